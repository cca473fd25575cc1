"""Running the studio's server: a free port, a browser, and an end within a second."""

import asyncio
import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import uvicorn

from demarcate.errors import InputError, Problem
from demarcate.io.signals import deferred_interrupt
from demarcate.studio.access import EVERY_ADDRESS, Access
from demarcate.studio.server import StudioServer
from demarcate.studio.sessions import PageSession, Sessions

PORT = 8642
N_PORTS = 20
"""How many ports are tried, from the first one up, where it is taken."""
MAX_CONNECTIONS = 256
MAX_COMMAND_BYTES = 2**20
_TAKEN = (errno.EADDRINUSE, errno.EACCES)
"""Why a port is not to be had; a system may keep low ones for itself."""


class StudioLoop(uvicorn.Server):
    """A server that ends when it is interrupted, at once, whatever its clients do."""

    def __init__(self, config: uvicorn.Config, is_interrupted: Callable[[], bool]) -> None:
        super().__init__(config)
        self._is_interrupted = is_interrupted

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Say whether to end, ten times a second."""
        if self._is_interrupted():
            self.should_exit = self.force_exit = True
        return await super().on_tick(counter)

    def abort(self, client: tuple[str, int]) -> None:
        """End the connection to a client without waiting for it to read."""
        for connection in list(self.server_state.connections):
            peer = connection.transport.get_extra_info("peername")
            if peer is not None and peer[:2] == client:
                connection.transport.abort()


def run_studio(
    open_session: Callable[[str], PageSession],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    opens_browser: bool = True,
    report: Callable[[str], None],
) -> None:
    """Serve the studio until the program is interrupted.

    Parameters
    ----------
    open_session
        Makes a session of its id.
    host
        The host to listen on.
    port
        The port; without one `PORT`, and another where it is taken, which is reported.
    opens_browser
        Whether the page is opened in a browser.
    report
        Gets each line for the person at the terminal; the first has the address.

    Raises
    ------
    InputError
        If no port is free, or the host is none of this machine.
    """
    listener = listening_socket(host, port, report)
    access = Access(secrets.token_urlsafe(24), host)
    sessions = Sessions(open_session)
    server = StudioServer(access, sessions)
    config = uvicorn.Config(
        server.app(),
        http="h11",
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=MAX_COMMAND_BYTES,
        ws_per_message_deflate=False,
        limit_concurrency=MAX_CONNECTIONS,
    )
    address = page_address(host, listener.getsockname()[1], access.token)
    with suppress(KeyboardInterrupt), deferred_interrupt() as is_interrupted:
        loop = StudioLoop(config, is_interrupted)
        server.abort = loop.abort
        report(address)
        if opens_browser:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        asyncio.run(_serve(loop, listener, sessions))


async def _serve(loop: StudioLoop, listener: socket.socket, sessions: Sessions) -> None:
    try:
        await loop.serve([listener])
    finally:
        sessions.close()


def page_address(host: str, port: int, token: str) -> str:
    """Return the address of the page, which takes the token out of it.

    Examples
    --------
    >>> page_address("127.0.0.1", 8642, "secret")
    'http://127.0.0.1:8642/?token=secret'
    """
    name = "127.0.0.1" if host in EVERY_ADDRESS else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/?token={token}"


def listening_socket(host: str, port: int | None, report: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on a port, or on the next one that is free, which is reported.

    Raises
    ------
    InputError
        If none of them is free, or the host is none of this machine.
    """
    first = PORT if port is None else port
    for candidate in [first] if first == 0 else range(first, min(first + N_PORTS, 65_536)):
        try:
            listener = socket.create_server(
                (host, candidate), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=MAX_CONNECTIONS
            )
        except socket.gaierror as error:
            raise InputError([_no_host(host, error)]) from error
        except OSError as error:
            if error.errno not in _TAKEN:
                raise InputError([_no_host(host, error)]) from error
            continue
        if candidate != first:
            report(f"Port {first} is taken; this is port {candidate}.")
        return listener
    fact = f"Ports {first} to {first + N_PORTS - 1} are taken"
    raise InputError([Problem(fact, "Name a free one with --port, or any with --port 0")])


def _no_host(host: str, error: OSError) -> Problem:
    return Problem(f"Nothing can listen on {host!r} ({error.strerror or error})", "Name an address of this machine")
