import socket
import time

import pytest

from demarcate.studio import server_loop


def ends(client):
    """Whether the server ends a connection that waits."""
    client.settimeout(60)
    try:
        while client.recv(65_536):
            pass
    except ConnectionError:
        pass
    return True


def until_is_let_go(studio):
    """Wait until the server has no connection but those of this test's own requests."""
    while studio.loop.server_state.connections:
        time.sleep(0.01)


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"G"])
def test_a_client_that_never_sends_a_whole_request_is_let_go(start, monkeypatch, begin):
    monkeypatch.setattr(server_loop, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(server_loop, "TICKS_PER_SECOND", 1)
    studio = start()
    with socket.create_connection(("127.0.0.1", studio.port)) as client, studio.page():
        client.sendall(begin)
        assert ends(client)
        assert studio.get("/")[0] == 200


def test_an_answer_that_nobody_reads_is_given_up(start, monkeypatch):
    monkeypatch.setattr(server_loop, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(server_loop, "TICKS_PER_SECOND", 1)
    studio = start()
    studio.server.page = b" " * 50_000_000
    with socket.create_connection(("127.0.0.1", studio.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(10) == b"HTTP/1.1 2"
        until_is_let_go(studio)
        received = 0
        client.settimeout(60)
        try:
            while part := client.recv(1_000_000):
                received += len(part)
        except ConnectionError:
            pass
        assert received < len(studio.server.page)


def test_a_command_larger_than_may_be_ends_its_own_page_only(studio):
    with studio.page() as (page, _, _), studio.page() as (other, _, _):
        page.send("x" * (server_loop.MAX_COMMAND_BYTES + 1))
        with pytest.raises(Exception, match="1009"):
            page.recv(timeout=60)
        other.send("here")
        assert other.recv(timeout=60)


def test_the_server_ends_while_clients_hang(start):
    studio = start()
    clients = [socket.create_connection(("127.0.0.1", studio.port)) for _ in range(3)]
    clients[1].sendall(b"POST /tables HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1")
    clients[2].sendall(
        f"POST /tables?session=x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {studio.token}\r\n"
        "Content-Length: 10\r\n\r\n1".encode()
    )
    with studio.page() as (_, _, session):
        studio.close()
        assert session.is_closed.wait(60)
    for client in clients:
        client.close()
