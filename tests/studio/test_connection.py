import socket
import time

import numpy as np
import pytest

from demarcate.studio import connection
from demarcate.studio.connection import CommandPace
from demarcate.studio.messages import Message

FRAME = Message("frame", {}, {"0.logits": np.zeros((4, 100, 100), dtype=np.int16)})


def slow_page(studio):
    """A page's socket that nobody reads."""
    client = socket.create_connection(("127.0.0.1", studio.port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = f"GET /socket HTTP/1.1\r\nHost: {studio.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    head += f"Sec-WebSocket-Protocol: demarcate, token.{studio.token}\r\n\r\n"
    client.sendall(head.encode())
    return client


def until(condition):
    """Wait for what another thread does."""
    while not condition():
        time.sleep(0.01)


def test_messages_arrive_whole_and_in_order(studio):
    with studio.page() as (page, _, session):
        for number in range(200):
            session.send(Message("frame", {"number": number}, FRAME.arrays))
        messages = [studio.received(page) for _ in range(200)]
    assert [each.facts["number"] for each in messages] == list(range(200))
    assert all(each.arrays["0.logits"].shape == (4, 100, 100) for each in messages)


def test_commands_arrive_in_order_as_text_or_bytes(studio):
    with studio.page() as (page, _, session):
        page.send('{"type": "run"}')
        page.send(b"\xff\xfe")
        page.send("")
        assert [studio.received(page).kind for _ in range(3)] == ["notice"] * 3
        assert session.notes == ["attached", '{"type": "run"}', b"\xff\xfe", ""]


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_WAITING_BYTES", 2_000_000), ("MAX_WAITING_MESSAGES", 50), ("WRITE_SECONDS", 0.2)]
)
def test_a_page_that_does_not_read_is_dropped_alone_and_its_session_goes_on(start, monkeypatch, limit, value):
    monkeypatch.setattr(connection, limit, value)
    studio = start()
    with slow_page(studio):
        until(lambda: studio.opened and studio.opened[0].send)
        slow = studio.opened[0]
        with studio.page() as (page, _, _):
            for _ in range(300):
                if (send := slow.send) is not None:
                    send(FRAME)
            until(lambda: slow.send is None)
            page.send("I still read")
            assert studio.received(page).facts["text"] == "I still read"
            assert not slow.is_closed.is_set()
            with studio.page(slow.id) as (again, session_id, _):
                assert session_id == slow.id
                assert "did not read" in studio.received(again).facts["text"]


def test_a_session_that_sends_after_its_page_left_is_not_harmed(studio):
    with studio.page() as (_, _, session):
        send = session.send
    until(lambda: session.send is None)
    for _ in range(10):
        send(FRAME)


def test_commands_are_read_at_a_bounded_rate():
    now = [0.0]
    pace = CommandPace(10, 2, lambda: now[0])
    assert [pace.wait_after_one() for _ in range(3)] == pytest.approx([0, 0, 0.1])
    now[0] = 0.1
    assert pace.wait_after_one() == pytest.approx(0.1)
    now[0] = 1e6
    assert [pace.wait_after_one() for _ in range(3)] == pytest.approx([0, 0, 0.1])
