"""The server's event loop: it ends at once when it is interrupted, and lets go of clients that keep it waiting."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 256
MAX_COMMAND_BYTES = 2**20
PATIENCE_SECONDS = 10.0
"""How long a client may take to send a request, or to read some of an answer."""
TICKS_PER_SECOND = 10


class StudioLoop(uvicorn.Server):
    """A server that ends when it is interrupted, whatever its clients do.

    Parameters
    ----------
    app
        The application.
    is_interrupted
        Is asked ten times a second.
    """

    def __init__(self, app: ASGIApp, is_interrupted: Callable[[], bool]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="websockets-sansio",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws_max_size=MAX_COMMAND_BYTES,
                # Frames hardly shrink, and a compressed command may be a bomb.
                ws_per_message_deflate=False,
                limit_concurrency=MAX_CONNECTIONS,
            )
        )
        self._is_interrupted = is_interrupted
        self._waiting_since: WeakKeyDictionary[H11Protocol, float] = WeakKeyDictionary()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Return whether to end, ten times a second."""
        if self._is_interrupted():
            self.should_exit = self.force_exit = True
        if counter % TICKS_PER_SECOND == 0:
            self._drop_idle(time.monotonic())
        return await super().on_tick(counter)

    def abort(self, client: tuple[str, int]) -> None:
        """End the connection to a client without waiting for it to read."""
        for connection in list(self.server_state.connections):
            peer = connection.transport.get_extra_info("peername")
            if peer is not None and peer[:2] == client:
                connection.transport.abort()

    def _drop_idle(self, now: float) -> None:
        """End connections that have neither sent a request nor read an answer for a while."""
        for connection in list(self.server_state.connections):
            if not isinstance(connection, H11Protocol):
                continue
            has_asked = getattr(connection, "cycle", None) is not None
            if has_asked and not connection.flow.write_paused:
                self._waiting_since.pop(connection, None)
            elif now - self._waiting_since.setdefault(connection, now) > PATIENCE_SECONDS:
                connection.transport.abort()
