"""The sessions of a server: as many as the machine can bear, each kept a while for a page that lost its connection."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from demarcate.studio.connection import Connection

if TYPE_CHECKING:
    from demarcate.studio.messages import Message
    from demarcate.studio.placed_problem import StudioError
    from demarcate.studio.tables import Tables
    from demarcate.studio.take_away import TakenFile

MAX_SESSIONS = 16
KEPT_SECONDS = 300.0
"""How long a session without a page is kept."""

Result = TypeVar("Result")


class PageSession(Protocol):
    """What a server needs of a session; `demarcate.studio.session.Session` is one."""

    @property
    def tables(self) -> "Tables":
        """The tables and model files that the session has."""

    def attach(self, send: "Callable[[Message], None]") -> None:
        """Send messages to a page from now on, beginning with `welcome`."""

    def detach(self) -> None:
        """Send no more messages."""

    def receive(self, command: str | bytes) -> None:
        """Take a command of a page: from any thread, at once, and without raising."""

    def take_away(self, card: str, what: str) -> "TakenFile":
        """Return a card as a file; not from the session's own thread."""

    def close(self) -> None:
        """End the session and its thread."""


class Sessions:
    """All sessions of a server, each with the page that shows it. Only the event loop's thread may use it.

    Parameters
    ----------
    open_session
        Makes a session of its id.
    max_sessions
        How many there may be at once.
    kept_seconds
        How long a session without a page is kept.
    """

    def __init__(
        self,
        open_session: Callable[[str], PageSession],
        max_sessions: int = MAX_SESSIONS,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._open_session = open_session
        self._max_sessions, self._kept_seconds = max_sessions, kept_seconds
        self._sessions: dict[str, PageSession] = {}
        self._pages: dict[str, Connection] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._words: dict[str, list[str]] = {}
        self._n_opening = 0

    def session(self, session_id: str) -> PageSession:
        """Return the session of an id; StudioError if there is none."""
        if session_id in self._sessions:
            return self._sessions[session_id]
        raise _refused("The session of this page has ended", "Load the page again")

    async def connect(self, session_id: str | None, page: Connection) -> tuple[str, PageSession]:
        """Return the session of an id with this page attached to it, or a new one where there is none.

        A page that asks for a session which another page shows takes it over: a connection may be lost on one side.

        Raises
        ------
        StudioError
            If there are as many sessions as may be, all with a page.
        """
        if session_id is None or session_id not in self._sessions:
            session_id = await self._open()
        session = self._sessions[session_id]
        if expiry := self._expiries.pop(session_id, None):
            expiry.cancel()
        if former := self._pages.get(session_id):
            former.take_over()
        self._pages[session_id] = page
        session.attach(page.send)
        for word in self._words.pop(session_id, []):
            page.send(_notice(word))
        return session_id, session

    def leave_word(self, session_id: str, text: str) -> None:
        """Keep a notice for the page that next shows a session."""
        if session_id in self._sessions:
            self._words.setdefault(session_id, []).append(text)

    def disconnect(self, session_id: str, page: Connection) -> None:
        """Detach a page from its session, which is kept a while."""
        if self._pages.get(session_id) is not page:
            return
        del self._pages[session_id]
        self._sessions[session_id].detach()
        loop = asyncio.get_running_loop()
        self._expiries[session_id] = loop.call_later(self._kept_seconds, self._close, session_id)

    def close(self) -> None:
        """Close all sessions."""
        for session_id in list(self._sessions):
            self._close(session_id)

    async def _open(self) -> str:
        if len(self._sessions) + self._n_opening >= self._max_sessions and self._expiries:
            # The oldest of those that no page shows any more.
            self._close(next(iter(self._expiries)))
        if len(self._sessions) + self._n_opening >= self._max_sessions:
            fact = f"This studio has {self._max_sessions} pages open, as many as it can"
            raise _refused(fact, "Close one of them and load this page again")
        session_id = secrets.token_urlsafe(12)
        self._n_opening += 1
        try:
            self._sessions[session_id] = await in_thread(lambda: self._open_session(session_id))
        finally:
            self._n_opening -= 1
        return session_id

    def _close(self, session_id: str) -> None:
        if expiry := self._expiries.pop(session_id, None):
            expiry.cancel()
        self._pages.pop(session_id, None)
        self._words.pop(session_id, None)
        # It may wait for its thread to end.
        Thread(target=self._sessions.pop(session_id).close, daemon=True).start()


def _notice(text: str) -> "Message":
    from demarcate.studio.messages import Message

    return Message("notice", {"text": text})


def _refused(fact: str, remedy: str) -> "StudioError":
    from demarcate.studio.placed_problem import PlacedProblem, StudioError

    return StudioError([PlacedProblem.of("connection", fact, remedy)])


def in_thread(function: Callable[[], Result]) -> Awaitable[Result]:
    """Run a function in a thread that keeps no program from ending, and return what waits for its result."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = function()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where the result is waited for
            error = raised
        # The server may have ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=run, daemon=True).start()
    return future
