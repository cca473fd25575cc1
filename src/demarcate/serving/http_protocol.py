"""HTTP/1.1 connections with limits: a client that is slow, silent or endless keeps a connection only for so long.

The deadline of a request that has its headers is the gate's; what lies before and after it is watched here, by a look
at all connections once a second, which costs requests nothing.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from demarcate.errors import Problem
from demarcate.serving.problems import RequestRefusedError

MAX_HEADER_BYTES = 32_768
"""Bytes of a request's first line and headers."""
HEADER_SECONDS = 10.0
"""Seconds until a connection has sent the headers of its first request, or those of a request that it has begun."""
IDLE_SECONDS = 75.0
"""Seconds that a connection may wait between requests: longer than proxies keep theirs, so that they close first."""
WRITE_SECONDS = 30.0
"""Seconds that a client may take to read some of an answer."""
LINGER_SECONDS, LINGER_BYTES = 5.0, 1 << 24
"""Seconds and bytes in which the rest of a refused body is thrown away, so that its sender reads the refusal."""
GRACE_SECONDS = 2.0
"""Seconds for which connections without a request stay open when the process ends: one may be on its way."""

_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class LimitedProtocol(HttpToolsProtocol):
    """One connection.

    Parameters
    ----------
    config, server_state
        As uvicorn has them.
    max_connections
        Open connections of the process; the longest idle one makes room for a new one.
    refused
        Gets the status of what is refused without the application.
    """

    def __init__(
        self, config: Config, server_state: ServerState, *, max_connections: int, refused: Callable[[int], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(config, server_state, {}, loop)
        self._max_connections, self._refused = max_connections, refused
        self.waits_since = time.monotonic()
        """When the connection was made, began a request, had its headers, or was answered."""
        self._waits_for = "first"
        """``first`` request, ``headers``, ``answer`` or ``next`` request."""
        self._has_begun_request = False
        self._n_header_bytes = self._n_lingering = 0
        self._bad_status = HTTPStatus.BAD_REQUEST
        self._stuck_since: float | None = None
        self._is_draining = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection, in place of the one that has been idle for the longest if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._max_connections:
            others: list[LimitedProtocol] = [each for each in self.connections if isinstance(each, LimitedProtocol)]
            idle = [each for each in others if each is not self and each.is_idle]
            min(idle, key=lambda each: each.waits_since, default=self).transport.close()

    def data_received(self, data: bytes) -> None:
        """Read what has arrived."""
        if self.transport.is_closing():
            return
        if self.has_unread_body:
            self._n_lingering += len(data)
            if self._n_lingering > LINGER_BYTES:
                self.transport.abort()
                return
        elif self._waits_for != "answer":
            self._n_header_bytes += len(data)
        super().data_received(data)
        if self._waits_for == "headers" and self._n_header_bytes > MAX_HEADER_BYTES:
            self._bad_status = _TOO_LARGE
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        super().on_message_begin()
        if self._waits_for != "answer":
            self._enter("headers")

    def on_headers_complete(self) -> None:
        """Check the size of the headers, and pass the request on."""
        if sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > MAX_HEADER_BYTES:
            self._bad_status = _TOO_LARGE
            raise httptools.HttpParserError
        super().on_headers_complete()
        self._n_header_bytes = 0
        self._has_begun_request = True
        self._enter("answer")
        # What follows a request to speak another protocol is not read as a request.
        if self._is_draining or self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that a body is whole, be it one that was refused before."""
        super().on_message_complete()
        if self.cycle.response_complete:
            self.cycle.more_body = False
            self._n_lingering = 0

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.pipeline:
            self._enter("next")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's name for the text
        """Refuse what is no request and close the connection, after the answer to a request before it."""
        cycle = self.cycle
        if self._has_open_request:
            cycle.keep_alive = False
            if not cycle.more_body or cycle.response_started:
                self.flow.pause_reading()
                return
            # Its own body is malformed: the application hears of a client that is gone.
            cycle.disconnected = True
            cycle.message_event.set()
        self._refuse(self._bad_status)

    def is_overdue(self, now: float) -> bool:
        """Whether the client has kept the connection waiting for too long."""
        if self.flow.write_paused or self.transport.is_closing():
            self._stuck_since = self._stuck_since or now
            return now - self._stuck_since > WRITE_SECONDS
        self._stuck_since = None
        waited = now - self.waits_since
        if self._waits_for == "next":
            if self.has_unread_body:
                return waited > LINGER_SECONDS
            return waited > (GRACE_SECONDS if self._is_draining else IDLE_SECONDS)
        if self._waits_for == "first":
            return waited > (GRACE_SECONDS if self._is_draining else HEADER_SECONDS)
        return self._waits_for == "headers" and waited > HEADER_SECONDS

    def end_overdue(self) -> None:
        """End a connection that is overdue."""
        if self._waits_for == "headers" and not self.flow.write_paused and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif self._stuck_since is not None or self.has_unread_body:
            self.transport.abort()
        else:
            self.transport.close()

    def drain(self, now: float) -> None:
        """Answer the request that has begun, or one that comes soon, and close the connection."""
        self._is_draining = True
        if self._waits_for == "answer":
            self.cycle.keep_alive = False
        elif self._waits_for != "headers":
            self.waits_since = now

    @property
    def is_idle(self) -> bool:
        """Whether no request has begun."""
        return self._waits_for in ("first", "next")

    @property
    def has_unread_body(self) -> bool:
        """Whether a request is answered whose body has not arrived as a whole."""
        return self._has_begun_request and self.cycle.response_complete and self.cycle.more_body

    @property
    def _has_open_request(self) -> bool:
        return self._has_begun_request and not self.cycle.response_complete

    def _enter(self, state: str) -> None:
        self._waits_for, self.waits_since = state, time.monotonic()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without the application, and close the connection."""
        refusal = RequestRefusedError(status, [_PROBLEMS[status]])
        body = refusal.body()
        lines: list[Any] = [STATUS_LINE[status]]
        length = (b"content-length", str(len(body)).encode())
        close = (b"connection", b"close")
        for name, value in [*self.server_state.default_headers, *refusal.answer_headers(), length, close]:
            lines += [name, b": ", value, b"\r\n"]
        self.transport.write(b"".join([*lines, b"\r\n", body]))
        self.transport.close()
        self._refused(status)


_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: Problem("This is not a request of HTTP/1.1", "Send a well-formed one"),
    HTTPStatus.REQUEST_TIMEOUT: Problem(
        f"The headers took longer than {HEADER_SECONDS:g} seconds", "Send them at once"
    ),
    _TOO_LARGE: Problem(f"The headers have more than {MAX_HEADER_BYTES:,} bytes", "Send fewer or shorter ones"),
}
