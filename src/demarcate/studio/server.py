"""The studio's server: the page, its socket, uploads of tables, and what is taken away.

The page and its files are no secret and need no token; everything else does. Nothing here imports torch, polars or
scikit-learn, so that the page appears before they are imported.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from demarcate.studio.access import Access, Guard
from demarcate.studio.connection import REFUSED, TAKEN_OVER, Connection
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.sessions import Sessions
from demarcate.studio.web_files import WebFiles

PROTOCOL = "demarcate"
"""The subprotocol of the socket; the token is one more of them, because a page can set no other header of a socket."""
TOKEN_PREFIX = "token."  # noqa: S105 - what precedes the token
FOR_GOOD = "public, max-age=31536000, immutable"
NOT_FOUND = "There is nothing at this address.\n"


@dataclass
class StudioServer:
    """What the routes need.

    Parameters
    ----------
    access
        Who may ask.
    sessions
        The sessions of the server.
    abort
        Ends the connection to a client, by its address and port, without waiting for it to read.
    """

    access: Access
    sessions: Sessions
    abort: Callable[[tuple[str, int]], None] = field(default_factory=lambda: lambda _client: None)
    files: WebFiles = field(default_factory=WebFiles)

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/", self.shell),
            Route("/web/{version}/{name}", self.web_file),
            WebSocketRoute("/socket", self.socket),
        ]
        return Guard(Starlette(routes=routes), self.access)

    async def shell(self, _request: Request) -> Response:
        """Return the page."""
        return Response(self.files.shell(), media_type="text/html", headers={"cache-control": "no-cache"})

    async def web_file(self, request: Request) -> Response:
        """Return a file of the page; under an address of its version it never changes."""
        file = self.files.get(request.path_params["name"])
        if file is None:
            return PlainTextResponse(NOT_FOUND, 404)
        is_current = request.path_params["version"] == self.files.version
        headers = {"content-type": file.content_type, "cache-control": FOR_GOOD if is_current else "no-cache"}
        return Response(file.content, headers=headers)

    async def socket(self, websocket: WebSocket) -> None:
        """Connect a page with its session, or with a new one."""
        offered = websocket.scope["subprotocols"]
        await websocket.accept(PROTOCOL if PROTOCOL in offered else None)
        token = next((each.removeprefix(TOKEN_PREFIX) for each in offered if each.startswith(TOKEN_PREFIX)), "")
        if not self.access.admits(token):
            fact = "This page has no valid token" if token else "This page has no token"
            remedy = "Open the address that 'demarcate studio' printed"
            await _refuse(websocket, PlacedProblem.of("connection", fact, remedy))
            return
        page = Connection(websocket)
        try:
            session_id, session = await self.sessions.connect(websocket.query_params.get("session"), page)
        except StudioError as error:
            await _refuse(websocket, *error.problems)
            return
        try:
            reason = await page.serve(session)
        finally:
            self.sessions.disconnect(session_id, page)
        if reason == "taken over":
            await websocket.close(TAKEN_OVER, "another page shows this session")
        elif reason == "slow" and websocket.client is not None:
            self.abort((websocket.client.host, websocket.client.port))


async def _refuse(websocket: WebSocket, *problems: PlacedProblem) -> None:
    """Say why a page is not served, and close its socket for good."""
    for problem in problems:
        await websocket.send_bytes(problem.message().to_bytes())
    await websocket.close(REFUSED, str(problems[0].problem)[:120])
