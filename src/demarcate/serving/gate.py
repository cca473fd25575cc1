"""What every request passes on its way to the application: who asks, how much there is to do, and for how long.

A request is refused as early as possible: before its body is read where headers tell enough, while it is read where it
grows too large, and once it is read where too many are in work. The deadline holds from its headers to its answer.
"""

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demarcate.formatting import sized
from demarcate.serving.backlog import Backlog
from demarcate.serving.host_names import is_own_name
from demarcate.serving.problems import RequestRefusedError
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_settings import ServiceSettings
from demarcate.serving.tokens import Tokens

MISDIRECTED = HTTPStatus.MISDIRECTED_REQUEST
CLIENT_LEFT = 499
"""The status, in log and metrics, of a request whose client did not wait for an answer."""
RETRY_AFTER = {"retry-after": "1"}
OPEN_PATHS = frozenset(
    {"/", "/docs", "/favicon.ico", "/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"}
)
"""Paths that need no token: pages without anything of a model, and the probes of whoever runs the service."""
OPEN_FOLDER = "/web/"
"""The folder of the files of those pages."""
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


@dataclass
class ServiceStatus:
    """Whether this process takes requests.

    Attributes
    ----------
    is_draining
        Whether the process is about to end: it answers what has arrived, and is not ready for more.
    """

    is_draining: bool = False


class Gate:
    """An application of which only requests that are admitted, and no larger and no longer than allowed, are asked.

    Parameters
    ----------
    app
        The application.
    settings
        The limits.
    tokens
        What requests must show; None where everyone may ask.
    log
        Gets a line for each request.
    count
        Gets the route, the status and the seconds of each request.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServiceSettings,
        tokens: Tokens | None,
        log: ServiceLog,
        count: Callable[[str, int, float], None] = lambda *_: None,
    ) -> None:
        self._app, self._settings, self._tokens, self._log, self._count = app, settings, tokens, log, count
        self._id_start, self._numbers = f"{secrets.token_hex(6)}-", itertools.count(1)
        self._passing: dict[asyncio.Task[Any], _Passage] = {}
        self.n_in_work = 0
        self.backlog = Backlog()
        self.n_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        passage = _Passage(self, scope, receive, send)
        task = asyncio.current_task()
        assert task is not None
        self._passing[task] = passage
        try:
            self._check(passage)
            await self._app(scope, passage.receive, passage.send)
        except RequestRefusedError as refusal:
            await passage.refuse(refusal)
        except asyncio.CancelledError:
            if not passage.is_overdue:
                raise
            task.uncancel()
            await passage.refuse(self._too_slow(passage))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next request must not meet it
            self._log.error("failure", error, request=passage.id)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            fact = f"The service met an error that it did not expect (request {passage.id})"
            await passage.refuse(RequestRefusedError.of(status, fact, "Report it with the line of the service's log"))
        finally:
            del self._passing[task]
            passage.leave()
            route = scope["state"].get("route", "")
            passage.status = passage.status or CLIENT_LEFT
            self._count(route, passage.status, time.monotonic() - passage.began)
            if self._log.logs_requests:
                self._log.request(passage.facts())

    def next_id(self) -> str:
        """Return an identifier for a request that has none."""
        return f"{self._id_start}{next(self._numbers):x}"

    def refused_early(self, status: int) -> None:
        """Count and log something that was refused before it was a request."""
        self._count("", status, 0.0)
        self._log.request({"status": status, "route": ""})

    def end_overdue(self, now: float) -> None:
        """End requests that have been here for longer than allowed."""
        for task, passage in self._passing.items():
            if not passage.is_overdue and now - passage.began > self._settings.timeout:
                passage.is_overdue = True
                task.cancel()

    def _check(self, passage: "_Passage") -> None:
        """Refuse what headers alone tell to refuse."""
        headers = passage.headers
        self._check_origin(headers)
        if self._tokens is not None and not _is_open(passage.scope["path"]):
            shown = headers.get(b"authorization", b"").decode("latin-1")
            if not self._tokens.admits_header(shown):
                fact = "This token is not one of the service's" if shown else "This request shows no token"
                remedy = "Send the header 'Authorization: Bearer TOKEN'"
                raise RequestRefusedError.of(
                    HTTPStatus.UNAUTHORIZED, fact, remedy, {"www-authenticate": 'Bearer realm="demarcate"'}
                )
        if headers.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
            raise RequestRefusedError.of(
                HTTPStatus.BAD_REQUEST, "The body has a transfer encoding other than chunked", "Send it without"
            )
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._settings.max_body:
            raise self.too_large()
        if passage.scope["method"] == "POST":
            self.check_room(int(length) if length.isdigit() else 0)

    def _check_origin(self, headers: "_Headers") -> None:
        """Refuse requests of other pages, and those for other names, where no token tells who asks."""
        hosts = headers.all(b"host")
        if len(hosts) > 1 or (not hosts and headers.needs_host):
            raise RequestRefusedError.of(HTTPStatus.BAD_REQUEST, "A request needs one Host header", "Send one")
        if self._tokens is not None:
            return
        host = hosts[0].decode("latin-1") if hosts else ""
        if hosts and not is_own_name(host, self._settings.host):
            fact = "This service answers under names of its own machine only"
            remedy = "Use the address that 'demarcate serve' printed, or start it with --token-file"
            raise RequestRefusedError.of(MISDIRECTED, fact, remedy)
        origins = headers.all(b"origin")
        if origins and origins not in ([f"{scheme}://{host}".encode("latin-1")] for scheme in ("http", "https")):
            fact = "This request comes from a page of another address"
            raise RequestRefusedError.of(HTTPStatus.FORBIDDEN, fact, "Send it from a page of this service")

    def check_room(self, n_bytes: int) -> None:
        """Refuse a request with so many bytes where it would be one too many, or have to wait for too long."""
        if self.n_in_work >= self._settings.max_concurrent or not self.backlog.admits(n_bytes):
            raise self.busy("requests")

    def too_large(self) -> RequestRefusedError:
        """Return the refusal of a body."""
        fact = f"The body has more than {sized(self._settings.max_body)}"
        remedy = "Send fewer rows at a time, or start the service with a larger --max-body ('demarcate serve')"
        return RequestRefusedError.of(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, fact, remedy)

    def busy(self, what: str) -> RequestRefusedError:
        """Return the refusal of a request that there is no room for."""
        fact = f"The service has as many {what} in work as it takes at the same time"
        return RequestRefusedError.of(HTTPStatus.SERVICE_UNAVAILABLE, fact, "Try again in a second", RETRY_AFTER)

    def _too_slow(self, passage: "_Passage") -> RequestRefusedError:
        seconds = f"{self._settings.timeout:g} seconds"
        if passage.is_read:
            fact, remedy = f"The answer took longer than {seconds}", "Send fewer rows at a time, or try again later"
            return RequestRefusedError.of(HTTPStatus.GATEWAY_TIMEOUT, fact, remedy)
        fact = f"The body took longer than {seconds} to arrive"
        return RequestRefusedError.of(HTTPStatus.REQUEST_TIMEOUT, fact, "Send fewer rows at a time")


class _Passage:
    """One request on its way, and what it takes up."""

    __slots__ = (
        "_gate",
        "_is_in_backlog",
        "_is_in_work",
        "_n_bytes",
        "_receive",
        "_send",
        "began",
        "headers",
        "id",
        "is_overdue",
        "is_read",
        "scope",
        "status",
    )

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate, self.scope, self._receive, self._send = gate, scope, receive, send
        self.began = time.monotonic()
        self.headers = _Headers(scope)
        given = self.headers.get(b"x-request-id", b"")
        self.id = given.decode() if given and _ID.fullmatch(given) else gate.next_id()
        self.status = 0
        self.is_overdue = self.is_read = self._is_in_work = self._is_in_backlog = False
        self._n_bytes = 0

    async def receive(self) -> Message:
        """Return the next part of the body, if there is still room for it."""
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        gate, settings = self._gate, self._gate._settings  # noqa: SLF001 - a passage is a part of its gate
        n_bytes = len(message.get("body", b""))
        self._n_bytes += n_bytes
        gate.n_bytes += n_bytes
        if self._n_bytes > settings.max_body:
            raise gate.too_large()
        if gate.n_bytes > settings.max_bytes_in_work:
            raise gate.busy("bytes")
        if not message.get("more_body", False):
            self.is_read = True
            gate.check_room(self._n_bytes)
            self._is_in_work = self._is_in_backlog = True
            gate.n_in_work += 1
            gate.backlog.enter(self._n_bytes)
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer, which has the request's identifier."""
        if message["type"] == "http.response.start":
            # What is left is the client's time.
            self._leave_backlog()
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.id.encode())]
        await self._send(message)

    async def refuse(self, refusal: RequestRefusedError) -> None:
        """Answer a refusal; where an answer has begun already, the connection ends with it."""
        if self.status:
            raise ConnectionAbortedError
        body = refusal.body()
        headers = [*refusal.answer_headers(), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if self.scope["method"] == "HEAD" else body})

    def leave(self) -> None:
        """Make room for others."""
        self._gate.n_bytes -= self._n_bytes
        self._gate.n_in_work -= self._is_in_work
        self._leave_backlog()

    def _leave_backlog(self) -> None:
        if self._is_in_backlog:
            self._is_in_backlog = False
            self._gate.backlog.leave(self._n_bytes)

    def facts(self) -> dict[str, Any]:
        """Return what the log says of the request: nothing that the client wrote freely."""
        state = self.scope["state"]
        client = self.scope.get("client")
        return {
            "id": self.id,
            "method": self.scope["method"],
            "route": state.get("route", ""),
            "status": self.status,
            "ms": round((time.monotonic() - self.began) * 1000, 3),
            "bytes": self._n_bytes,
            "client": client[0] if client else "",
        } | {name: state[name] for name in ("model", "version", "rows") if name in state}


class _Headers:
    """The headers of a request, by their names in small letters."""

    __slots__ = ("_headers", "needs_host")

    def __init__(self, scope: Scope) -> None:
        self._headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        self.needs_host = scope.get("http_version") == "1.1"

    def get(self, name: bytes, default: bytes) -> bytes:
        """Return the first value of a header."""
        return next((value for each, value in self._headers if each == name), default)

    def all(self, name: bytes) -> list[bytes]:
        """Return all values of a header."""
        return [value for each, value in self._headers if each == name]


def _is_open(path: str) -> bool:
    """Whether a path needs no token."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)
