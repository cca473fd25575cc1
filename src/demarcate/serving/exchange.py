"""One request and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Message, Receive, Scope, Send

from demarcate.serving.bodies import JSON, too_large, unpacked
from demarcate.serving.problems import RequestRefusedError

_MAX_KEYS = 100


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    body: bytes
    headers: Mapping[str, str]
    status: int = 200


class ClientLeftError(Exception):
    """The client went away before its request was whole: nobody waits for an answer."""


class HttpRequest:
    """A request, as far as its headers."""

    __slots__ = ("_receive", "headers", "parameters", "scope")

    def __init__(self, scope: Scope, receive: Receive, parameters: Mapping[str, str]) -> None:
        self.scope, self._receive, self.parameters = scope, receive, parameters
        self.headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: str) -> str:
        """Return a header; empty where there is none."""
        return self.headers.get(name.encode(), b"").decode("latin-1")

    def query(self) -> list[tuple[str, str]]:
        """Return the keys of the address and their values."""
        text = self.scope["query_string"]
        if not text:
            return []
        try:
            return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_KEYS)
        except ValueError:
            fact = "The part of the address after '?' cannot be read"
            raise RequestRefusedError.of(
                400, fact, f"Write at most {_MAX_KEYS} keys as KEY=VALUE&KEY=VALUE, UTF-8"
            ) from None

    async def body(self, max_bytes: int) -> bytes:
        """Return the whole body, unpacked if it is gzip."""
        message = await self._next()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            parts, n_bytes = [body], len(body)
            while message.get("more_body"):
                message = await self._next()
                parts.append(message.get("body", b""))
                n_bytes += len(parts[-1])
                if n_bytes > max_bytes:
                    raise too_large(max_bytes)
            body = b"".join(parts)
        if len(body) > max_bytes:
            raise too_large(max_bytes)
        encoding = self.headers.get(b"content-encoding")
        return body if encoding is None else unpacked(body, encoding.decode("latin-1"), max_bytes)

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientLeftError
        return message


def json_answer(value: Any) -> Answer:
    """Return an answer of JSON."""
    return Answer(orjson.dumps(value), {"content-type": JSON})


async def send_answer(answer: Answer, send: Send, *, with_body: bool) -> None:
    """Send an answer, or its headers alone."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
