"""One page's socket: messages of a session go out through a bounded queue, and commands come in at a bounded rate.

A page that does not read is dropped once it has kept a message waiting, or too much has gathered; its session goes on,
and nobody else notices.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

if TYPE_CHECKING:
    from demarcate.studio.messages import Message
    from demarcate.studio.sessions import PageSession

MAX_WAITING_BYTES = 64 * 2**20
MAX_WAITING_MESSAGES = 1000
WRITE_SECONDS = 10.0
"""How long a message may wait for a page that does not read."""
COMMANDS_PER_SECOND = 300.0
COMMANDS_AT_ONCE = 300.0


class Connection:
    """The socket of one page. `send` may be called from any thread; everything else from the event loop's."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._n_bytes = 0
        self._lock = Lock()
        self._wake = asyncio.Event()
        self._end: asyncio.Future[str] = self._loop.create_future()
        self._pace = CommandPace(COMMANDS_PER_SECOND, COMMANDS_AT_ONCE, self._loop.time)

    def send(self, message: "Message") -> None:
        """Queue a message for the page, and return at once; once the page is lost, nothing is queued."""
        data = message.to_bytes()
        with self._lock:
            if self._end.done():
                return
            self._waiting.append(data)
            self._n_bytes += len(data)
            is_full = self._n_bytes > MAX_WAITING_BYTES or len(self._waiting) > MAX_WAITING_MESSAGES
        # A session may send a last message when the server has ended.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._drop if is_full else self._wake.set)

    def take_over(self) -> None:
        """End the connection because another page shows its session now."""
        self._finish("taken over")

    async def serve(self, session: "PageSession") -> str:
        """Pass messages and commands on until the connection ends, and return why: "left", "slow" or "taken over"."""
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._read(session))]
        ends: list[asyncio.Future[Any]] = [*tasks, self._end]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done() and (error := task.exception()) and not isinstance(error, WebSocketDisconnect):
                    raise error
            return self._end.result() if self._end.done() else "left"
        finally:
            self._finish("left")
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _finish(self, reason: str) -> None:
        with self._lock:
            if not self._end.done():
                self._end.set_result(reason)
            self._waiting.clear()
            self._n_bytes = 0

    def _drop(self) -> None:
        self._finish("slow")

    async def _write(self) -> None:
        while not self._end.done():
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                with self._lock:
                    data = self._waiting.popleft()
                    self._n_bytes -= len(data)
                try:
                    async with asyncio.timeout(WRITE_SECONDS):
                        await self._websocket.send_bytes(data)
                except TimeoutError:
                    self._drop()
                    return

    async def _read(self, session: "PageSession") -> None:
        while True:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text")
            session.receive(event.get("bytes") or b"" if text is None else text)
            await asyncio.sleep(self._pace.wait_after_one())


class CommandPace:
    """How fast commands may come: so many a second in the long run, and so many at once.

    Examples
    --------
    >>> pace = CommandPace(10, 2, clock=lambda: 0.0)
    >>> [pace.wait_after_one() for _ in range(4)]
    [0.0, 0.0, 0.1, 0.2]
    """

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float]) -> None:
        self._per_second, self._at_once, self._clock = per_second, at_once, clock
        self._left, self._since = at_once, clock()

    def wait_after_one(self) -> float:
        """Count a command, and return the seconds to wait before the next one is read."""
        now = self._clock()
        self._left = min(self._at_once, self._left + (now - self._since) * self._per_second) - 1
        self._since = now
        return max(0.0, -self._left / self._per_second)
