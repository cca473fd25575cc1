"""Running the studio's server: a free port, a browser, and an end within a second.

What the server needs is imported once the browser has been asked to open the page: it takes a while to begin.
"""

import logging
import secrets
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from demarcate.errors import InputError, Problem
from demarcate.io.signals import deferred_interrupt
from demarcate.serving.host_names import LOOPBACK, open_listener, server_address

if TYPE_CHECKING:
    from demarcate.studio.server_loop import StudioLoop
    from demarcate.studio.sessions import PageSession, Sessions

PORT = 8642
SWITCH_SECONDS = 0.001
"""How long a thread may keep the others waiting for the interpreter."""
N_PORTS = 20
"""How many ports are tried, from the first one up, where it is taken."""
OPEN_TO_OTHERS = (
    "Whoever knows this address, or reads along on the way to it, can see the tables and networks of this page: the "
    "connection is not encrypted."
)
_TEXT_BROWSERS = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers that would take the terminal, and run no scripts."""


def run_studio(
    open_session: "Callable[[str], PageSession]",
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    opens_browser: bool = True,
    announce: Callable[[str], None],
    notify: Callable[[str], None],
    page: bytes | None = None,
) -> None:
    """Serve the studio until the program is interrupted.

    Parameters
    ----------
    open_session
        Makes a session of its id.
    host
        The host to listen on.
    port
        The port; None is `PORT`, and another one where that is taken, which is reported.
    opens_browser
        Whether the page is opened in a browser.
    announce
        Gets the page's address.
    notify
        Gets whatever else there is to say to the person at the terminal, a line at a time.
    page
        A page of its own, which needs no session, in place of the studio's.

    Raises
    ------
    InputError
        If no port is free, or the host is none of this machine.
    """
    _report_errors(notify)
    token = secrets.token_urlsafe(24)
    listener = listening_socket(host, port, notify)
    address = page_address(host, listener.getsockname()[1], token)
    with suppress(KeyboardInterrupt), deferred_interrupt() as is_interrupted:
        announce(address)
        if host not in LOOPBACK:
            notify(OPEN_TO_OTHERS)
        if opens_browser:
            Thread(target=_open_browser, args=(address, notify), daemon=True).start()
        # Requests are answered while torch is imported and networks train, in other threads.
        sys.setswitchinterval(SWITCH_SECONDS)
        import asyncio

        from demarcate.studio.access import Access
        from demarcate.studio.server import StudioServer
        from demarcate.studio.server_loop import StudioLoop
        from demarcate.studio.sessions import Sessions

        sessions = Sessions(open_session)
        server = StudioServer(Access(token, host), sessions, page=page, prepare=None if page else _import_torch)
        loop = StudioLoop(server.app(), is_interrupted)
        server.abort = loop.abort
        asyncio.run(serve(loop, listener, sessions))


def _report_errors(notify: Callable[[str], None]) -> None:
    """Let errors that nothing expects reach the person at the terminal, a line each."""

    class ErrorLines(logging.Handler):
        """Makes a line of an error."""

        def emit(self, record: logging.LogRecord) -> None:
            """Report an error."""
            error = record.exc_info[1] if record.exc_info else None
            notify(f"Error: {record.getMessage().strip()}{f' ({type(error).__name__}: {error})' if error else ''}.")

    for name in ("uvicorn.error", "asyncio", "demarcate.studio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [ErrorLines(logging.ERROR)], False


def _open_browser(address: str, notify: Callable[[str], None]) -> None:
    """Open the page in a browser, or say that there is none."""
    try:
        browser = webbrowser.get()
        is_open = getattr(browser, "name", "") not in _TEXT_BROWSERS and browser.open(address)
    except webbrowser.Error:
        is_open = False
    if not is_open:
        notify("No browser could be opened. Open the address above in one.")


async def serve(loop: "StudioLoop", listener: socket.socket, sessions: "Sessions") -> None:
    """Serve until the loop is to end, then close all sessions."""
    try:
        await loop.serve([listener])
    finally:
        sessions.close()


def _import_torch() -> None:
    """Import what takes longest while the browser still reads the page."""
    import torch  # noqa: F401


def page_address(host: str, port: int, token: str) -> str:
    """Return the address of the page, which takes the token out of it.

    Examples
    --------
    >>> page_address("127.0.0.1", 8642, "secret")
    'http://127.0.0.1:8642/?token=secret'
    """
    return f"{server_address('http', host, port)}/?token={token}"


def listening_socket(host: str, port: int | None, notify: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on a port, or on the next one that is free, which is reported.

    Raises
    ------
    InputError
        If none of them is free, or the host is none of this machine.
    """
    first = PORT if port is None else port
    candidates = [first] if first == 0 else range(first, min(first + N_PORTS, 65_536))
    for candidate in candidates:
        listener = open_listener(host, candidate)
        if listener is None:
            continue
        if candidate != first:
            notify(f"Port {first} is taken, so this is port {candidate}.")
        return listener
    fact = f"Ports {first} to {candidates[-1]} are taken"
    raise InputError([Problem(fact, "Name a free one with --port, or let the system choose with --port 0")])
