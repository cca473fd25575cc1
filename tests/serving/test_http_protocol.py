import json
import socket
import time

import pytest

from demarcate.serving import http_protocol


@pytest.fixture
def short(monkeypatch):
    """Shortens what the protocol waits for."""

    def shorten(**seconds):
        for name, value in seconds.items():
            monkeypatch.setattr(http_protocol, name, value)
        monkeypatch.setattr("demarcate.serving.worker.TICKS_PER_SECOND", 1)

    return shorten


def test_answers_come_in_the_order_of_the_requests(run_worker, echo_app, as_bytes):
    with run_worker(echo_app).client() as client:
        client.send(b"".join(as_bytes("POST", f"/{number}", b"x" * number) for number in range(1, 30)))
        assert [json.loads(client.answer()[2])["path"] for _ in range(1, 30)] == [f"/{n}" for n in range(1, 30)]


def test_a_request_may_come_byte_by_byte(run_worker, echo_app, as_bytes):
    with run_worker(echo_app).client() as client:
        for byte in as_bytes("POST", "/", b"xyz"):
            client.send(bytes([byte]))
        assert json.loads(client.answer()[2])["body"] == "xyz"


@pytest.mark.parametrize(
    "data",
    [b"NO REQUEST\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
     b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
     b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
     b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n",
     b"GET / HTTP/1.1\r\nhost : localhost\r\n\r\n", b"GET / HTTP/1.1\r\nhost: local\0host\r\n\r\n",
     b"GET /\xff HTTP/1.1\r\nhost: localhost\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_the_connection_ends(run_worker, echo_app, data):
    with run_worker(echo_app).client() as client:
        status, headers, body = client.send(data).answer()
        assert (status, headers["connection"], headers["content-type"]) == (400, "close", "application/problem+json")
        assert json.loads(body)["problems"]
        assert client.is_closed()


def test_what_is_no_request_does_not_cost_the_one_before_its_answer(run_worker, echo_app, as_bytes):
    with run_worker(echo_app).client() as client:
        client.send(as_bytes("POST", "/first", b"x") + b"NO REQUEST\r\n\r\n")
        assert json.loads(client.answer()[2])["path"] == "/first"
        assert client.is_closed()


@pytest.mark.parametrize("part", [1000, 40_000])
def test_headers_that_are_too_large_are_refused(run_worker, echo_app, as_bytes, part):
    running = run_worker(echo_app)
    assert running.ask(x_large="x" * 30_000)[0] == 200
    data = as_bytes(x_large="x" * 33_000)
    with running.client() as client:
        for start in range(0, len(data), part):
            client.send(data[start : start + part])
        assert client.answer()[0] == 431


def test_headers_that_do_not_end_are_refused_in_time(run_worker, echo_app, short):
    running = run_worker(echo_app)
    with running.client() as begun, running.client() as silent:
        begun.send(b"GET / HTTP/1.1\r\nhost: loc")
        while sorted(each._waits_for for each in running.worker._state.connections) != ["first", "headers"]:
            time.sleep(0.005)
        short(HEADER_SECONDS=0.05)
        assert begun.answer()[0] == 408
        assert silent.is_closed()


def test_a_connection_that_is_idle_for_long_is_closed(run_worker, echo_app, short):
    short(IDLE_SECONDS=0.1)
    with run_worker(echo_app).client() as client:
        assert client.ask()[0] == 200
        assert client.is_closed()


def test_a_client_that_does_not_read_its_answer_loses_the_connection(run_worker, short, as_bytes, send_answer):
    short(WRITE_SECONDS=0.1)

    async def flood(scope, receive, send):
        await send_answer(send, 200, b"x" * 30_000_000)

    running = run_worker(flood)
    running.client().send(as_bytes())
    while not running.log.lines or running.worker._state.connections:
        time.sleep(0.01)
    assert running.log.lines[-1]["status"] == 200


def test_the_rest_of_a_refused_body_is_awaited_for_a_while_only(run_worker, echo_app, as_bytes, short):
    short(LINGER_SECONDS=0.1)
    with run_worker(echo_app, max_body=10).client() as client:
        client.send(as_bytes("POST", "/", content_length="1000") + b"x")
        assert client.answer()[0] == 413
        assert client.is_closed()


class Endless:
    """A file without an end."""

    mode = "rb"

    def read(self, n_bytes=1000):
        return b"x" * n_bytes


@pytest.mark.parametrize("bounds", [{"LINGER_SECONDS": 0.1}, {"LINGER_BYTES": 50_000}])
def test_a_refused_body_that_does_not_end_is_not_read_for_ever(run_worker, echo_app, as_bytes, short, bounds):
    short(**bounds)
    with run_worker(echo_app, max_body=10).client() as client:
        client.send(as_bytes("POST", "/", content_length="1000000000000") + b"x")
        assert client.answer()[0] == 413
        with pytest.raises(ConnectionError):
            client.socket.sendfile(Endless())


def test_a_connection_outlives_a_refused_body_that_ends(run_worker, echo_app, as_bytes, short):
    running = run_worker(echo_app, max_body=10)
    with running.client() as client:
        client.send(as_bytes("POST", "/", content_length="100") + b"x" * 40)
        assert client.answer()[0] == 413
        client.send(b"x" * 60)
        assert client.ask("POST", "/", b"x")[0] == 200
        short(LINGER_SECONDS=0.0)
        assert not running.worker._connections()[0].has_unread_body


def test_the_connection_that_is_idle_for_the_longest_makes_room(run_worker, echo_app):
    running = run_worker(echo_app, max_connections=2)
    with running.client() as first, running.client() as second:
        assert (first.ask()[0], second.ask()[0]) == (200, 200)
        with running.client() as third:
            assert third.ask()[0] == 200
            assert second.ask()[0] == 200
            assert first.is_closed()


def test_a_request_for_another_protocol_is_answered_as_it_is(run_worker, echo_app, as_bytes):
    with run_worker(echo_app).client() as client:
        client.send(as_bytes("GET", "/", connection="upgrade", upgrade="websocket", sec_websocket_key="x"))
        assert client.answer()[0] == 200
        assert client.is_closed()


def test_a_client_that_leaves_costs_nothing(run_worker, echo_app, as_bytes):
    running = run_worker(echo_app)
    for _ in range(20):
        client = running.client().send(as_bytes("POST", "/", content_length="100") + b"x")
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    while len([line for line in running.log.lines if line["event"] == "request"]) < 20:
        time.sleep(0.005)
    assert running.gate.n_bytes == 0
    assert running.ask()[0] == 200
