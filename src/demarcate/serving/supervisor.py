"""The process that loads the models, keeps copies of itself that answer, and replaces them.

A copy shares the memory of the models. One that dies, or gives no sign of life, is replaced. Where a file has changed,
copies of what was loaded anew take the places of all: they answer before the others drain, so no request is lost.
"""

import gc
import math
import os
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn

from demarcate.errors import InputError, Problem
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_files import LoadedFiles, ServiceFiles
from demarcate.serving.trial import UnfitError
from demarcate.serving.worker import Beat

WATCH_SECONDS = 1.0
"""Seconds between two looks at the files."""
SILENCE_SECONDS = 60.0
"""Seconds without a sign of life after which a process is replaced."""
LEAST_LIFE_SECONDS = 1.0
"""A process that lived for less is replaced after a pause, which doubles each time."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
FIRST_ATTEMPTS = 5
"""Deaths before all processes were ready after which what they have loaded is given up."""
UNFIT_CODE = 4
"""The exit code of a process that does not predict an example row: another one would not either."""
_LIVES, _MUST_GO = b".", b"!"
KILL_SECONDS = 5.0
"""Seconds beyond the time that draining takes at most after which a process is killed."""

GENERATIONS = 8
"""How many times the processes of a service there may be at the same time, while files are replaced."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD) if hasattr(signal, "SIGHUP") else ()

RunWorker = Callable[[LoadedFiles, int, Beat, int], None]
"""Serves in a copy, with the files, a number that no other copy has, its sign of life, and a descriptor to watch."""


@dataclass(eq=False)
class _Child:
    """A copy of the process."""

    process: int
    place: int
    """A number that no other living process has."""
    generation: int
    signs: int
    """The reading end of its signs of life."""
    born: float = field(default_factory=time.monotonic)
    last_sign: float = field(default_factory=time.monotonic)
    is_ready: bool = False
    drains_until: float | None = None


class Supervisor:
    """Keeps processes that answer.

    Parameters
    ----------
    files
        What they need.
    n_workers
        How many there are.
    run_worker
        What each of them does.
    log
        Gets a line for whatever happens to one.
    drain_seconds
        How long draining takes at most.
    on_ready
        Is called once all of them answer for the first time.
    on_end
        Gets the number that a process had which has ended.
    start_fresh
        Starts a process that is no copy, where this one has threads, with the files, its number, the descriptor of
        its signs of life, and a descriptor to watch.
    """

    def __init__(
        self,
        files: ServiceFiles,
        n_workers: int,
        run_worker: RunWorker,
        log: ServiceLog,
        *,
        drain_seconds: float,
        on_ready: Callable[[], None],
        on_end: Callable[[int], None] = lambda _: None,
        start_fresh: Callable[[LoadedFiles, int, int, int], int] | None = None,
    ) -> None:
        self._start_fresh = start_fresh
        self._files, self._n_workers, self._run_worker, self._log = files, n_workers, run_worker, log
        self._drain_seconds, self._on_ready, self._on_end = drain_seconds, on_ready, on_end
        self._children: dict[int, _Child] = {}
        self._generation = self._n_generations = 0
        self._good_generation = -1
        """The last one whose processes were all ready."""
        self._pause, self._pauses_until = 0.0, 0.0
        """Seconds of the last pause before a process was replaced, and when it is over."""
        self._n_early_deaths = 0
        self._was_ready = self._knows_threads = False
        self._received: set[int] = set()
        self._selector = selectors.DefaultSelector()
        self._life, self._own_life = os.pipe()
        """Its writing end is open as long as this process lives."""

    @staticmethod
    def n_places(n_workers: int) -> int:
        """Return how many processes there are at most, those that drain included."""
        return GENERATIONS * n_workers

    def run(self, listener: socket.socket) -> None:
        """Serve until a signal ends it, then let every request be answered.

        Raises
        ------
        InputError
            If no process becomes ready.
        """
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        wake, self._waker = os.pipe()
        for descriptor in (wake, self._waker):
            os.set_blocking(descriptor, False)
        former = signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._selector.register(wake, selectors.EVENT_READ, None)
        try:
            self._freeze()
            while not self._is_asked_to_end():
                self._replace_missing()
                self._wait(wake)
                self._refresh()
            # Whoever listens last decides when the system refuses connections: that is a process which answers them.
            listener.close()
            self._end_all(wake)
        finally:
            self._kill_all()
            signal.set_wakeup_fd(former)
            self._selector.close()
            for descriptor in (wake, self._waker, self._life, self._own_life):
                os.close(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._received.add(number)

    def _is_asked_to_end(self) -> bool:
        return not self._received.isdisjoint((signal.SIGINT, signal.SIGTERM))

    def _wait(self, wake: int) -> None:
        """Wait for signals and signs of life, until the files are looked at again."""
        now = time.monotonic()
        pause = self._pauses_until - now
        for key, _ in self._selector.select(pause if 0 < pause < WATCH_SECONDS else WATCH_SECONDS):
            with suppress(BlockingIOError):
                data = os.read(key.fd, 4096)
                if key.fd != wake:
                    self._note_sign(key.data, data)
        self._reap()
        self._watch_children()

    def _note_sign(self, child: _Child, data: bytes) -> None:
        if not data:
            self._selector.unregister(child.signs)
            return
        child.last_sign = time.monotonic()
        if _MUST_GO in data:
            self._drain(child)
        if not child.is_ready:
            child.is_ready = True
            if sum(each.is_ready for each in self._current()) == self._n_workers:
                self._pause = 0.0
                self._finish_swap()

    def _current(self) -> list[_Child]:
        """Return the processes that serve what was loaded last."""
        children = self._children.values()
        return [each for each in children if each.generation == self._generation and each.drains_until is None]

    def _finish_swap(self) -> None:
        """Drain the processes of before, now that new ones answer."""
        for child in self._children.values():
            if child.generation != self._generation:
                self._drain(child)
        self._good_generation, self._n_early_deaths = self._generation, 0
        self._files.accept()
        if not self._was_ready:
            self._was_ready = True
            self._on_ready()

    def _reap(self) -> None:
        """Take note of processes that have ended."""
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            child = self._children.pop(process, None)
            if child is not None:
                self._bury(child, status)

    def _bury(self, child: _Child, status: int) -> None:
        with suppress(KeyError):
            self._selector.unregister(child.signs)
        os.close(child.signs)
        self._on_end(child.place)
        was_late = child.drains_until == math.inf and not child.is_ready and child.generation == self._generation
        if child.drains_until is not None and not was_late:
            return
        code = os.waitstatus_to_exitcode(status)
        end = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        self._log.event(
            "worker ended", f"Process {child.process} ended ({end}); another one takes its place.", "error", end=end
        )
        now = time.monotonic()
        if now - child.born < LEAST_LIFE_SECONDS:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
            self._pauses_until = now + self._pause
        if child.generation == self._generation != self._good_generation:
            self._n_early_deaths += 1
            if code == UNFIT_CODE or self._n_early_deaths >= FIRST_ATTEMPTS:
                self._give_up(end)

    def _give_up(self, end: str) -> None:
        """Go back to what served before, if something did."""
        if not self._was_ready:
            processes = "process" if self._n_early_deaths == 1 else "processes"
            fact = f"{self._n_early_deaths} {processes} of the service ended before they were ready ({end})"
            raise InputError([Problem(fact, "Look at the lines above, and run 'demarcate serve' with --debug")])
        for child in self._current():
            child.drains_until = math.inf
            self._send(child, signal.SIGKILL)
        self._files.revert(self._log)
        self._generation, self._n_early_deaths, self._pause = self._good_generation, 0, 0.0

    def _watch_children(self) -> None:
        """Kill processes that give no sign of life, or drain for too long."""
        now = time.monotonic()
        for child in self._children.values():
            is_late = child.drains_until is not None and now > child.drains_until
            if is_late or now - child.last_sign > SILENCE_SECONDS:
                self._log.event("killed", f"Process {child.process} does not answer, and is killed.", "error")
                child.last_sign = child.drains_until = math.inf
                self._send(child, signal.SIGKILL)

    def _replace_missing(self) -> None:
        """Start as many processes as are missing."""
        if time.monotonic() < self._pauses_until:
            return
        for _ in range(self._n_workers - len(self._current())):
            free = set(range(self.n_places(self._n_workers))) - {child.place for child in self._children.values()}
            self._start(min(free))

    def _refresh(self) -> None:
        """Load files that have changed; all processes are replaced by those that serve them."""
        if len(self._children) > (GENERATIONS - 2) * self._n_workers:
            return  # files are replaced faster than requests are answered: the next ones wait
        is_asked = signal.SIGHUP in self._received
        self._received.discard(signal.SIGHUP)
        if self._files.refresh(self._log, everything=is_asked):
            self._n_generations += 1
            self._generation, self._n_early_deaths = self._n_generations, 0
            self._freeze()

    def _freeze(self) -> None:
        """Keep the collector off what copies share: looking at an object is writing to its page."""
        gc.collect()
        gc.freeze()
        gc.enable()

    def _start(self, place: int) -> None:
        """Start a copy of this process."""
        signs, own_signs = os.pipe()
        os.set_blocking(signs, False)
        # A signal that came to the copy before it has handlers of its own would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            if self._start_fresh is not None and self._has_threads():
                process = self._start_fresh(self._files.loaded, place, own_signs, self._life)
            else:
                process = os.fork()
                if process == 0:
                    self._be_worker(place, signs, own_signs)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.close(own_signs)
        child = _Child(process, place, self._generation, signs)
        self._children[process] = child
        self._selector.register(signs, selectors.EVENT_READ, child)

    def _has_threads(self) -> bool:
        """Return whether something has started threads here, which copies would lack."""
        n = n_threads()
        if n > 1 and not self._knows_threads:
            self._knows_threads = True
            text = "Something has started threads in the first process: the others load the models themselves."
            self._log.event("threads", text, "warning", threads=n)
        return n > 1

    def _be_worker(self, place: int, signs: int, own_signs: int) -> NoReturn:
        """Serve in the copy, and end it."""

        def serve(beat: Beat) -> None:
            self._run_worker(self._files.loaded, place, beat, self._life)

        try:
            signal.set_wakeup_fd(-1)
            for descriptor in (signs, self._own_life, *(child.signs for child in self._children.values())):
                os.close(descriptor)
            self._selector.close()
        finally:
            be_worker(serve, own_signs, self._log)

    def _drain(self, child: _Child) -> None:
        if child.drains_until is None:
            child.drains_until = time.monotonic() + self._drain_seconds + KILL_SECONDS
            self._send(child, signal.SIGTERM)

    def _send(self, child: _Child, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(child.process, number)

    def _end_all(self, wake: int) -> None:
        """Let all processes drain; a second signal ends them at once."""
        self._received.clear()
        for child in self._children.values():
            self._drain(child)
        while self._children and not self._is_asked_to_end():
            self._wait(wake)

    def _kill_all(self) -> None:
        """Leave no process behind."""
        for child in self._children.values():
            self._send(child, signal.SIGKILL)
        for child in self._children.values():
            with suppress(ChildProcessError):
                os.waitpid(child.process, 0)
        self._children.clear()


def n_threads() -> int:
    """Return how many threads this process has, those of libraries included where the system tells."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names alone
    except OSError:
        return threading.active_count()


def can_copy_processes() -> bool:
    """Return whether this system can copy a process, which Windows cannot."""
    platform: Any = os
    return hasattr(platform, "fork") and bool(_SIGNALS)


def be_worker(serve: Callable[[Beat], None], signs: int, service_log: ServiceLog) -> NoReturn:
    """Serve in a process that a supervisor has started with its signals blocked, and end it."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a terminal sends them to all processes; the first one decides
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.set_blocking(signs, False)

        def beat(must_go: bool = False, /) -> None:
            with suppress(OSError):
                os.write(signs, _MUST_GO if must_go else _LIVES)

        serve(beat)
        code = 0
    except UnfitError:
        code = UNFIT_CODE  # the log has it
    except BaseException as error:  # noqa: BLE001 - nothing may go back to where the process was copied
        service_log.error("worker failed", error)
    finally:
        os._exit(code)
