"""Who may talk to a studio's server: pages that it served itself, under a name of this machine, with the token.

Any page that a person visits can send requests to a server on the person's own machine. Three checks keep them out:
the `Host` that is asked for must be a name of ours, which a name that was pointed at this machine is not; the `Origin`
must be that host, which another page's is not; and whatever reads or changes something needs the token, which is in the
address that was printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demarcate.serving.host_names import host_name, is_own_name
from demarcate.serving.page_headers import PAGE_HEADERS
from demarcate.serving.tokens import Tokens

MISDIRECTED = 421
"""The status of a request to a host that is none of ours."""
FORBIDDEN = 403


@dataclass(frozen=True)
class Access:
    """The token, and the names by which the server may be asked for.

    Parameters
    ----------
    token
        What whoever uses a session has to show.
    host
        The host that the server listens on. Where that is every address of the machine, the machine's own names and all
        addresses in numbers are names of the server: nobody can point those at another machine.
    """

    token: str
    host: str = "127.0.0.1"

    def has_name(self, host: str) -> bool:
        """Whether a `Host` is a name of the server, whatever its port: it may have been forwarded.

        Examples
        --------
        >>> [Access("secret").has_name(host) for host in ("localhost:8642", "[::1]:80", "example.org", "")]
        [True, True, False, False]
        """
        return is_own_name(host, self.host)

    def refusal(self, headers: Headers) -> tuple[int, str] | None:
        """Return status and reason if a request comes from elsewhere, None if it may be answered."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.has_name(hosts[0]):
            reason = "This server answers under names of its own machine only: use the address that it printed."
            return MISDIRECTED, reason
        origins = headers.getlist("origin")
        if origins and origins not in ([f"{scheme}://{hosts[0]}"] for scheme in ("http", "https")):
            return FORBIDDEN, "This request comes from another page: open the address that 'demarcate studio' printed."
        return None

    def admits(self, token: str) -> bool:
        """Whether a token is the server's; the time it takes says nothing about where they differ."""
        return Tokens((self.token,)).admits(token)

    def admits_request(self, headers: Headers) -> bool:
        """Whether a request has the token, as ``Authorization: Bearer``."""
        return Tokens((self.token,)).admits_header(headers.get("authorization", ""))


class Guard:
    """An application whose requests are checked and whose answers say what a browser may do with them."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in security_headers(headers.get("host", "")).items():
                    sent.setdefault(name, value)
            await send(message)

        refusal = self._access.refusal(headers)
        if refusal is None:
            await self._app(scope, receive, send_guarded)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            status, reason = refusal
            await PlainTextResponse(f"{reason}\n", status)(scope, receive, send_guarded)


def security_headers(host: str) -> Mapping[str, str]:
    """Return the headers of every answer, for a page that is asked for under a host."""
    # Some browsers do not count sockets to the page's own host among 'self'.
    sockets = f" ws://{host} wss://{host}" if host_name(host) else ""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": f"'self'{sockets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {**PAGE_HEADERS, "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items())}
