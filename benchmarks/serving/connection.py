"""A connection that asks one thing after another, cheap enough to load a server from the machine that it runs on."""

import asyncio
from dataclasses import dataclass, field

import httptools


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes
    headers: dict[bytes, bytes]
    closes: bool
    """Whether the server ends the connection with it."""


class LostError(Exception):
    """The connection ended before the answer did."""

    def __init__(self, *, began: bool) -> None:
        super().__init__("the answer broke off" if began else "the connection ended without an answer")
        self.began = began


@dataclass(eq=False)
class Connection(asyncio.Protocol):
    """A client's side of a connection, with one request at a time.

    It keeps the last answer's parts until the answer is complete, so that nothing but a connection's life is shared
    between two requests.
    """

    _transport: asyncio.Transport = None
    _parser: httptools.HttpResponseParser = None
    _waiter: asyncio.Future[Answer] | None = None
    _parts: list[bytes] = field(default_factory=list)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _began: bool = False
    is_open: bool = False

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Connect to a port of this machine."""
        return (await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port))[1]

    async def ask(self, request: bytes, seconds: float = 60.0) -> Answer:
        """Send a request's bytes and return the answer.

        Raises
        ------
        LostError
            If the connection ends before the answer does.
        TimeoutError
            If there is no answer in time.
        """
        if not self.is_open:
            raise LostError(began=False)
        loop = asyncio.get_running_loop()
        self._waiter, self._parts, self._headers, self._began = loop.create_future(), [], {}, False
        timer = loop.call_later(seconds, self._time_out)
        try:
            self._transport.write(request)
            return await self._waiter
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()
        self.is_open = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin: called by the loop."""
        self._transport, self.is_open = transport, True
        self._parser = httptools.HttpResponseParser(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Fail what is waited for: called by the loop."""
        self.is_open = False
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(LostError(began=self._began))

    def data_received(self, data: bytes) -> None:
        """Read a part of an answer: called by the loop."""
        self._began = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header: called by the parser."""
        self._headers[name.lower()] = value

    def on_body(self, part: bytes) -> None:
        """Keep a part of the body: called by the parser."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """Give out the answer: called by the parser."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        closes = not self._parser.should_keep_alive()
        if closes:
            self.close_later()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(Answer(status, b"".join(self._parts), self._headers, closes))

    def close_later(self) -> None:
        """Use the connection no more, and end it once what is read is read."""
        self.is_open = False
        self._transport.close()

    def _time_out(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(TimeoutError("no answer in time"))


def request_bytes(path: str, body: bytes = b"", *, method: str = "POST", **headers: str) -> bytes:
    """Return a request, of JSON unless headers say otherwise.

    Examples
    --------
    >>> request_bytes("/predict", b"{}").splitlines()[0]
    b'POST /predict HTTP/1.1'
    """
    named = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
