"""Connections that send what is no request, or not quite, or never finish; and what a server may do with each."""

import contextlib
import random
import socket
import time
from dataclasses import dataclass

_HEAD = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
GOOD = _HEAD + b'Content-Length: 12\r\n\r\n{"rows": []}'
SECONDS = 20.0
"""How long a server may take to answer a request that is none, or to end the connection."""


@dataclass(frozen=True)
class Exchange:
    """What came back on a connection."""

    answer: bytes
    is_ended: bool
    """Whether the server ended the connection, which it need not where it answered."""

    def statuses(self) -> list[int]:
        """Return the statuses of the answers; a body of ours never looks like one."""
        lines = self.answer.split(b"HTTP/1.1 ")[1:]
        return [int(line[:3]) for line in lines if line[:3].isdigit()]


def exchange(port: int, data: bytes, *, ends: bool = True, seconds: float = SECONDS) -> Exchange:
    """Send bytes, end this side of the connection or not, and return what is answered until the server ends its own.

    Without an end, a quarter of a second of silence after an answer is enough.
    """
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        with contextlib.suppress(OSError):
            client.sendall(data)
            if ends:
                client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while True:
                try:
                    part = client.recv(65_536)
                except TimeoutError:
                    return Exchange(answer, is_ended=False)
                if not part:
                    break
                answer += part
                client.settimeout(seconds if ends else 0.25)
    return Exchange(answer, is_ended=True)


def odd_request(dice: random.Random) -> bytes:
    """Return bytes that are no request, or an odd one."""
    return dice.choice((_noise, _mutated, _odd_path, _odd_length, _many_headers, _odd_method, _smuggled, _chunked))(
        dice
    )


def pipelined(count: int, row: bytes) -> bytes:
    """Return requests that follow each other without waiting for an answer."""
    head = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return (head % len(row) + row) * count


def slow_clients(port: int, count: int, seconds: float) -> int:
    """Hold connections that send a byte now and then, or nothing; return how many the server ended by itself."""
    beginnings = (b"", b"POST /predict HTTP/1.1\r\nHo", GOOD[:-6], GOOD.replace(b"Length: 12", b"Length: 900000"))
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    try:
        for number, client in enumerate(clients):
            client.sendall(beginnings[number % 4])
            client.setblocking(False)
        alive, until = dict(enumerate(clients)), time.monotonic() + seconds
        while alive and time.monotonic() < until:
            for number, client in list(alive.items()):
                if _has_ended(client, b"" if number % 4 == 0 else b"x"):
                    del alive[number]
            time.sleep(0.25)
        return count - len(alive)
    finally:
        for client in clients:
            client.close()


def _has_ended(client: socket.socket, part: bytes) -> bool:
    """Send a part and tell whether the server has ended the connection."""
    try:
        client.send(part)
        while client.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _smuggled(dice: random.Random) -> bytes:
    """Return a request whose end two readers may see at different places."""
    lines = dice.choice([
        b"Content-Length: 12\r\nContent-Length: 40", b"Content-Length: 12\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding: chunked, identity", b" Content-Length: 12", b"Content-Length: 12\n\tX: y",
        b"Content-Length:\x0b12",
        b"Host: example.org\r\nContent-Length: 12", b"Content-Length: 12\r\nExpect: 100-continue",
        b"Content-Length: 12\r\nConnection: Upgrade\r\nUpgrade: h2c", b"Content-Length: 12\r\nExpect: x",
        b"Content-Length: 12\r\nConnection: Upgrade\r\nUpgrade: websocket",
    ])  # fmt: skip
    return GOOD.replace(b"Content-Length: 12", lines) + GOOD


def _chunked(dice: random.Random) -> bytes:
    """Return a request in chunks that are odd."""
    head = GOOD.partition(b"\r\n\r\n")[0].replace(b"Content-Length: 12", b"Transfer-Encoding: chunked") + b"\r\n\r\n"
    chunks = dice.choice([
        b'c\r\n{"rows": []}\r\n0\r\n\r\n', b"c\r\n", b"-1\r\nx\r\n", b"fffffffffffffffff\r\nx",
        b"0x3\r\nabc\r\n0\r\n\r\n", b"0\r\n\r\n",
        b"3;" + b"e" * 70_000 + b"\r\nabc\r\n0\r\n\r\n", b"1\r\n{\r\n" * 3000 + b"0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n", b"3\nabc\n0\n\n",
        b"0\r\n" + b"T: x\r\n" * 5000 + b"\r\n", b"g\r\n", b'c;a="\r\n\r\n"\r\n{"rows": []}\r\n0\r\n\r\n',
    ])  # fmt: skip
    return head + chunks


def _noise(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 400))


def _odd_path(dice: random.Random) -> bytes:
    """Return a request for a path that climbs, or is very long."""
    parts = ["../", "%2e%2e/", "..%5c", "//", "%00", "models/", "x", "\\", "%ff", "a" * 3000, "a" * 70_000]
    return GOOD.replace(b"/predict", "/".join(dice.choices(parts, k=dice.choice([1, 8]))).encode())


def _odd_length(dice: random.Random) -> bytes:
    """Return a request that says its length otherwise."""
    length = dice.choice(["-1", "1e9", "99999999999999999999", "0x10", "5, 6", "", "+12", "12 12", "1_2", "\u0661"])
    return GOOD.replace(b"Content-Length: 12", f"Content-Length: {length}".encode())


def _many_headers(dice: random.Random) -> bytes:
    """Return a request with so many headers, or so large ones."""
    count, size = dice.choice([(5, 900), (70, 900), (300, 900), (5000, 1), (1, 70_000), (1, 1_000_000)])
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * size) for number in range(count))
    return GOOD.replace(b"\r\n\r\n", b"\r\n" + many + b"\r\n", 1)


def _odd_method(dice: random.Random) -> bytes:
    """Return a request of another method."""
    methods = [b"GET", b"PUT", b"DELETE", b"OPTIONS", b"HEAD", b"TRACE", b"CONNECT", b"PRI", b"x" * 200, b"\xff"]
    return GOOD.replace(b"POST", dice.choice(methods), 1)


def _mutated(dice: random.Random) -> bytes:
    """Return a request of which some bytes are others, doubled or gone."""
    changed = bytearray(GOOD)
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(changed))
        changed[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
    return bytes(changed)
