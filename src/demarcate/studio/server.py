"""The studio's server: the page, its socket, uploads of tables, and what is taken away.

The page and its files are no secret and need no token; everything else does. Nothing here imports numpy, torch, polars
or scikit-learn, so that the page appears before they are imported.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from demarcate.errors import MAX_PROBLEMS_SHOWN
from demarcate.studio.access import Access, Guard
from demarcate.studio.connection import Connection
from demarcate.studio.sessions import Sessions, in_thread
from demarcate.studio.uploads import Uploads
from demarcate.studio.web_files import SCRIPT, WebFiles

if TYPE_CHECKING:
    from demarcate.studio.placed_problem import PlacedProblem, StudioError

PROTOCOL = "demarcate"
"""The subprotocol of the socket; the token is one more of them, because a page can set no other header of a socket."""
TOKEN_PREFIX = "token."  # noqa: S105 - what precedes the token
REFUSED, TAKEN_OVER = 1008, 4001
"""Codes with which a socket is closed for good: a page does not connect again."""
FOR_GOOD = "public, max-age=31536000, immutable"
CLOSE_SECONDS = 5.0
NOT_FOUND = "There is nothing at this address.\n"
NEEDS_TOKEN = "This needs the token of the address that 'demarcate studio' printed.\n"  # noqa: S105 - a sentence
SLOW = "The connection was lost because this page did not read for a while. Its session went on."


@dataclass
class StudioServer:
    """What the routes need.

    Parameters
    ----------
    access
        Who may ask.
    sessions
        The sessions of the server.
    page
        A page of its own, in place of the studio's.
    abort
        Ends the connection to a client, by its address and port, without waiting for it to read.
    prepare
        Is called in a thread when a page first has its script: it will ask for a session, soon.
    """

    access: Access
    sessions: Sessions
    page: bytes | None = None
    abort: Callable[[tuple[str, int]], None] = field(default_factory=lambda: lambda _client: None)
    prepare: Callable[[], None] | None = None
    files: WebFiles = field(default_factory=WebFiles)
    uploads: Uploads = field(default_factory=Uploads)

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/", self.shell),
            Route("/web/{version}/{name}", self.web_file),
            WebSocketRoute("/socket", self.socket),
            Route("/tables", self.upload, methods=["POST"]),
            Route("/cards/{session}/{card}/{what}", self.take_away),
        ]
        return Guard(Starlette(routes=routes, exception_handlers={Exception: _unexpected}), self.access)

    async def shell(self, _request: Request) -> Response:
        """Return the page."""
        headers = {"cache-control": "no-cache"}
        if self.page is None:
            return Response(self.files.shell(), media_type="text/html", headers=headers)
        # Such a page has a policy of its own within, for the one script that it is.
        headers["content-security-policy"] = "frame-ancestors 'none'"
        return Response(self.page, media_type="text/html", headers=headers)

    async def web_file(self, request: Request) -> Response:
        """Return a file of the page; under an address of its version it never changes."""
        file = self.files.get(request.path_params["name"])
        if file is None:
            return PlainTextResponse(NOT_FOUND, 404)
        is_current = request.path_params["version"] == self.files.version
        headers = {"content-type": file.content_type, "cache-control": FOR_GOOD if is_current else "no-cache"}
        ready = BackgroundTask(self._prepare) if request.path_params["name"] == SCRIPT else None
        return Response(file.content, headers=headers, background=ready)

    async def _prepare(self) -> None:
        """Begin what sessions need, once the first page has its script: imports keep a server from answering."""
        if self.prepare is not None:
            Thread(target=self.prepare, daemon=True).start()
            self.prepare = None

    async def socket(self, websocket: WebSocket) -> None:
        """Connect a page with its session, or with a new one."""
        from demarcate.studio.placed_problem import PlacedProblem, StudioError

        offered = offered_protocols(websocket.headers.getlist("sec-websocket-protocol"))
        await websocket.accept(PROTOCOL if PROTOCOL in offered else None)
        token = next((each.removeprefix(TOKEN_PREFIX) for each in offered if each.startswith(TOKEN_PREFIX)), "")
        if not self.access.admits(token):
            fact = "This page has no valid token" if token else "This page has no token"
            remedy = "Start 'demarcate studio' again, and open the address that it prints"
            await _refuse(websocket, PlacedProblem.of("connection", fact, remedy))
            return
        page = Connection(websocket)
        try:
            session_id, session = await self.sessions.connect(websocket.query_params.get("session"), page)
        except StudioError as error:
            await _refuse(websocket, *error.problems)
            return
        try:
            end = await page.serve(session)
        finally:
            self.sessions.disconnect(session_id, page)
        if end == "slow":
            self.sessions.leave_word(session_id, SLOW)
        if end == "slow" or (end == "taken over" and not await self._closes(websocket)):
            assert websocket.client is not None
            self.abort((websocket.client.host, websocket.client.port))

    async def _closes(self, websocket: WebSocket) -> bool:
        """Whether a page whose session another one shows takes that in: it may be gone without a word."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await websocket.close(TAKEN_OVER, "another page shows this session")
        except TimeoutError:
            return False
        return True

    async def upload(self, request: Request) -> Response:
        """Open a table or a model file that is sent, and return its facts for the page's form."""
        from demarcate.studio.placed_problem import StudioError

        if not self.access.admits_request(request.headers):
            return PlainTextResponse(NEEDS_TOKEN, 403)
        try:
            tables = self.sessions.session(request.query_params.get("session", "")).tables
            facts = await self.uploads.open(request, tables)
        except StudioError as error:
            return _refusal(error)
        return JSONResponse(facts)

    async def take_away(self, request: Request) -> Response:
        """Return a card as a model file, as plain PyTorch, as a report or a picture."""
        from demarcate.studio.placed_problem import PlacedProblem, StudioError

        if not self.access.admits_request(request.headers):
            return PlainTextResponse(NEEDS_TOKEN, 403)
        session_id, card, what = (request.path_params[name] for name in ("session", "card", "what"))
        try:
            session = self.sessions.session(session_id)
            file = await in_thread(lambda: session.take_away(card, what))
        except StudioError as error:
            return _refusal(error)
        except TimeoutError:
            fact = "The session is busy and did not answer"
            return _refusal(
                StudioError([PlacedProblem.of("card", fact, "Pause the training and try again", card=card)])
            )
        headers = {"content-disposition": f'attachment; filename="{file.name}"', "content-type": file.content_type}
        return Response(file.data, headers=headers)


def offered_protocols(headers: list[str]) -> list[str]:
    """Return the subprotocols that a page offers; some servers do not take lists apart.

    Examples
    --------
    >>> offered_protocols(["demarcate, token.secret"])
    ['demarcate', 'token.secret']
    """
    return [each.strip() for header in headers for each in header.split(",")]


def _refusal(error: "StudioError", status: int = 400) -> Response:
    """Return a refusal as the facts of the message `problem`; several problems become one."""
    first, *others = error.problems
    facts = dict(first.message().facts)
    if others:
        listed = [each.problem for each in error.problems[:MAX_PROBLEMS_SHOWN]]
        facts["fact"] = f"{len(error.problems)} problems: {'; '.join(problem.fact for problem in listed)}"
        facts["remedy"] = ". ".join(dict.fromkeys(problem.remedy for problem in listed))
    return JSONResponse(facts, status)


async def _unexpected(_request: Request, error: Exception) -> Response:
    """Return what a page is told of an error that nothing expects; the terminal has it as well."""
    from demarcate.studio.placed_problem import PlacedProblem, StudioError

    fact = f"The studio met an error that it did not expect: {type(error).__name__}: {error}"
    return _refusal(StudioError([PlacedProblem.of("connection", fact, "Load the page again")]), 500)


async def _refuse(websocket: WebSocket, *problems: "PlacedProblem") -> None:
    """Say why a page is not served, and close its socket for good."""
    try:
        for problem in problems:
            await websocket.send_bytes(problem.message().to_bytes())
        await websocket.close(REFUSED, str(problems[0].problem)[:100])
    except WebSocketDisconnect:
        return
