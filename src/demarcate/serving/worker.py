"""One process that answers: it takes connections from a socket that it shares, and ends without losing a request."""

import asyncio
import os
import signal
import socket
import ssl
import struct
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from typing import Any, Protocol, cast

from uvicorn.config import Config
from uvicorn.server import ServerState

from demarcate.serving.connection_counts import ConnectionCounts
from demarcate.serving.gate import Gate, ServiceStatus
from demarcate.serving.http_protocol import LimitedProtocol
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_settings import ServiceSettings

TICK_SECONDS = 0.1
TICKS_PER_SECOND = 10
HANDSHAKE_SECONDS = 10.0
DRAIN_SECONDS = 5.0
"""Seconds beyond a request's own deadline in which a process that ends waits for its connections."""
YIELD_SECONDS, MOST_YIELDS = 0.002, 5
"""Seconds for which a connection is left to a process with fewer, and how often in turn: that one may be busy."""
CONNECTIONS_AT_ONCE = 32
"""Connections that are taken in one turn of the loop at most."""
NO_DESCRIPTOR_SECONDS = 0.2
"""Seconds without taking connections once the system has no descriptor for another one."""


class Beat(Protocol):
    """A sign of life."""

    def __call__(self, must_go: bool = False, /) -> None:
        """Tell that the process lives, or that another one has to take its place."""


class Worker:
    """Answers what comes through a socket, until it is asked to drain.

    Parameters
    ----------
    gate
        The application behind its gate.
    listener
        The socket, which other processes may share; it is closed at the end.
    settings, status, log
        Those of the process.
    tls
        What makes connections https.
    beat
        Is called once a second, as a sign of life, and with True where another process has to take its place.
    trial
        Is awaited before the first sign of life and the first connection; what it raises ends the worker.
    seconds_at_work
        Returns for how long the work takes already which takes the longest; longer than a request may take is stuck.
    counts, place
        The connections of all processes, and the place of this one there; None where it is the only one.
    """

    def __init__(
        self,
        gate: Gate,
        listener: socket.socket,
        settings: ServiceSettings,
        status: ServiceStatus,
        log: ServiceLog,
        *,
        tls: ssl.SSLContext | None = None,
        beat: Beat = lambda _=False: None,
        trial: Callable[[], Awaitable[None]] | None = None,
        seconds_at_work: Callable[[], float] = lambda: 0.0,
        counts: ConnectionCounts | None = None,
        place: int = 0,
    ) -> None:
        self._gate, self._listener, self._settings, self._status, self._log = gate, listener, settings, status, log
        self._tls, self._beat = tls, beat
        self._trial, self._seconds_at_work, self._is_stuck = trial, seconds_at_work, False
        self._counts, self._place = counts or ConnectionCounts(place + 1), place
        self._n_yields = 0
        self._config = Config(
            gate,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=3600,  # the protocol has its own
        )
        self._config.load()
        self._state = ServerState()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._drains = asyncio.Event()

    def drain(self) -> None:
        """Take no more connections, answer what has arrived, and end."""
        self._status.is_draining = True
        self._drains.set()

    async def serve(self) -> None:
        """Serve until `drain` is called and everything is answered."""
        if self._trial is not None:
            await self._trial()
        loop = asyncio.get_running_loop()
        self._listener.setblocking(False)
        self._set_date()
        loop.add_reader(self._listener.fileno(), self._accept)
        ticking = loop.create_task(self._tick())
        self._count_connections()
        self._beat()
        try:
            await self._drains.wait()
            self._counts.leave(self._place)
            loop.remove_reader(self._listener.fileno())
            # Clients whose connections the system has accepted already have been promised an answer.
            while self._take_connection():
                pass
            self._listener.close()
            await self._end_connections()
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking

    def _accept(self) -> None:
        """Take connections while this process has no more than others, which otherwise take them soon."""
        self._count_connections()
        if self._counts.has_more(self._place) and self._n_yields < MOST_YIELDS:
            self._n_yields += 1
            self._pause_accepting(YIELD_SECONDS)
            return
        self._n_yields = 0
        # Where the loop has much to do it does not come here often, and what it is to refuse should not wait for that.
        for _ in range(CONNECTIONS_AT_ONCE):
            if not self._take_connection():
                break
            self._count_connections()
            if self._counts.has_more(self._place):
                break

    def _count_connections(self) -> None:
        self._counts.set(self._place, len(self._state.connections) + len(self._handshakes))

    def _take_connection(self) -> bool:
        """Take one connection, and return whether there was one."""
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError):
            return False
        except ConnectionError:
            return True
        except OSError as error:
            self._log.event("connections", f"No connection can be taken ({error.strerror}).", "error")
            self._pause_accepting(NO_DESCRIPTOR_SECONDS)
            return False
        connection.setblocking(False)
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.get_running_loop().create_task(self._connect(connection))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)
        return True

    def _pause_accepting(self, seconds: float) -> None:
        """Take no connection for a moment; they wait in the system's queue."""
        loop = asyncio.get_running_loop()
        if not self._status.is_draining:
            number = self._listener.fileno()
            loop.remove_reader(number)
            loop.call_later(seconds, lambda: self._status.is_draining or loop.add_reader(number, self._accept))

    async def _connect(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        patience = HANDSHAKE_SECONDS if self._tls is not None else None
        try:
            await loop.connect_accepted_socket(
                self._protocol, connection, ssl=self._tls, ssl_handshake_timeout=patience
            )
        except (OSError, ssl.SSLError, TimeoutError):
            connection.close()

    def _protocol(self) -> LimitedProtocol:
        protocol = LimitedProtocol(
            self._config,
            self._state,
            max_connections=self._settings.max_connections,
            refused=self._gate.refused_early,
        )
        if self._status.is_draining:
            protocol.drain(time.monotonic())
        return protocol

    async def _tick(self) -> None:
        """Watch deadlines ten times a second, and connections once."""
        counter = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            counter += 1
            if not self._status.is_draining:
                self._count_connections()
            self._gate.end_overdue(time.monotonic())
            if self._status.is_draining or counter % TICKS_PER_SECOND == 0:
                self._end_overdue(time.monotonic())
            if counter % TICKS_PER_SECOND == 0:
                self._set_date()
                self._beat()
                self._look_for_stuck_work()

    def _look_for_stuck_work(self) -> None:
        """Ask for another process in the place of this one where a thread does not come back from its work."""
        if not self._is_stuck and self._seconds_at_work() > self._settings.timeout:
            self._is_stuck = True
            text = f"Work of process {os.getpid()} has not come back for {self._settings.timeout:g} seconds."
            self._log.event("stuck", text, "error")
            self._beat(True)

    def _set_date(self) -> None:
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]

    def _connections(self) -> list[LimitedProtocol]:
        return cast("list[LimitedProtocol]", list(self._state.connections))

    def _end_overdue(self, now: float) -> None:
        for connection in self._connections():
            if connection.is_overdue(now) and not _has_unread_bytes(connection):
                connection.end_overdue()

    async def _end_connections(self) -> None:
        """Let requests that have begun be answered, and connections without one end soon."""
        ends_at = time.monotonic() + self._settings.timeout + DRAIN_SECONDS
        for connection in self._connections():
            connection.drain(time.monotonic())
        while self._handshakes or self._state.connections or self._state.tasks:
            if time.monotonic() > ends_at:
                n_left = len(self._state.connections)
                self._log.event("drain", f"{n_left} connections were ended before their answer.", "warning")
                for connection in self._connections():
                    connection.transport.abort()
                break
            await asyncio.sleep(TICK_SECONDS / 5)


def _has_unread_bytes(connection: LimitedProtocol) -> bool:
    """Whether bytes of a new request have arrived that the loop has not read yet."""
    if not connection.is_idle or connection.has_unread_body:
        return False
    try:
        import fcntl
        import termios

        number = connection.transport.get_extra_info("socket").fileno()
        (n_bytes,) = struct.unpack("i", fcntl.ioctl(number, termios.FIONREAD, b"\0" * 4))
    except (ImportError, OSError, ValueError):
        return False
    return bool(n_bytes)


def raise_descriptor_limit() -> None:
    """Let the process have as many descriptors as the system allows it: a connection is one."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def run_until_drained(
    make_worker: Callable[[], Worker],
    *,
    signals: Iterable[int] = (signal.SIGTERM,),
    watched: int | None = None,
) -> None:
    """Run a worker in a loop of its own until a signal asks it to drain, or a descriptor is at its end.

    Parameters
    ----------
    make_worker
        Makes the worker, within the loop.
    signals
        The signals that ask it to drain.
    watched
        The reading end of a pipe whose writing end another process holds: when that process is gone, so is the worker.
    """

    def orphan(loop: asyncio.AbstractEventLoop, worker: Worker) -> None:
        assert watched is not None
        loop.remove_reader(watched)
        worker.drain()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_report)
        worker = make_worker()

        def ask_to_drain(*_: object) -> None:
            with suppress(RuntimeError):  # a second signal may come when the loop has ended
                loop.call_soon_threadsafe(worker.drain)

        for number in signals:
            signal.signal(number, ask_to_drain)
        if watched is not None:
            loop.add_reader(watched, orphan, loop, worker)
        await worker.serve()

    before = {number: signal.getsignal(number) for number in signals}
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(main())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report an error of the loop, but not that a client ended its connection."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes event loops: uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.SelectorEventLoop
    return uvloop.new_event_loop
