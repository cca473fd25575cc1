"""The service's log: lines about requests and about the service itself, none of which has a cell's value.

A line says what was asked, how it ended and how long it took. Paths and query strings are not logged as they come: a
client may have put a cell there. A line that the reader of the log has no room for is dropped and counted: a stuck
reader must not stop the service.
"""

import logging
import os
import select
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

STDERR = 2
Level = Literal["info", "warning", "error"]


def _standard_error() -> int:
    try:
        return sys.stderr.fileno()
    except (OSError, ValueError):
        return STDERR  # a stream that is no file stands in its place


@dataclass
class ServiceLog:
    """Writes lines to a descriptor.

    Parameters
    ----------
    as_json
        Whether a line is a JSON object, or text for people.
    logs_requests
        Whether requests are logged.
    descriptor
        Where the lines go: standard error, which is not always 2 (`demarcate.cli.process.silent_libraries`).
    """

    as_json: bool = True
    logs_requests: bool = True
    descriptor: int = field(default_factory=_standard_error)
    n_dropped: int = field(default=0, init=False)

    def event(self, event: str, text: str, level: Level = "info", **facts: Any) -> None:
        """Log something about the service: a word for programs, a sentence for people."""
        self._write({"level": level, "event": event, "text": text, "process": os.getpid(), **facts}, text)

    def error(self, event: str, error: BaseException, **facts: Any) -> None:
        """Log an error that nothing expects: its type and where it was raised, without its message or any value."""
        place = _place(error)
        kind = type(error).__name__
        self.event(event, f"An unexpected {kind} in {place}.", "error", error=kind, place=place, **facts)

    def request(self, facts: dict[str, Any]) -> None:
        """Log a request that is over."""
        if self.logs_requests:
            facts = {"level": "info", "event": "request", **facts}
            words = " ".join(f"{name}={value}" for name, value in facts.items() if name not in ("level", "event"))
            self._write(facts, words)

    def _write(self, facts: dict[str, Any], words: str) -> None:
        now = time.time()
        stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"
        if self.as_json:
            line = orjson.dumps({"time": stamp, **facts}, default=str) + b"\n"
        else:
            line = f"{stamp} {facts['level']}: {words}\n".encode("utf-8", "backslashreplace")
        if not _has_room(self.descriptor):
            self.n_dropped += 1
            return
        if self.n_dropped:
            n_dropped, self.n_dropped = self.n_dropped, 0
            self.event("log", f"{n_dropped} lines of the log were dropped: nobody read them.", "warning")
        try:
            os.write(self.descriptor, line)
        except OSError:
            self.n_dropped += 1

    def take_over(self, *names: str) -> None:
        """Log the errors of other libraries' loggers as this log does, and nothing else of them."""
        for name in names:
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [_ErrorHandler(self)], False


class _ErrorHandler(logging.Handler):
    """Logs an error by its type and place: messages of libraries may quote anything."""

    def __init__(self, log: ServiceLog) -> None:
        super().__init__(logging.ERROR)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log one error."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._log.error("error", error, logger=record.name)
        else:
            place = f"{record.module}:{record.lineno}"
            self._log.event("error", f"{record.name} reports an error at {place}.", "error", place=place)


def _place(error: BaseException) -> str:
    """Return the file and line that raised an error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "an unknown place"  # noqa: PTH119


def _has_room(descriptor: int) -> bool:
    """Whether a line can be written without waiting; a file always has room."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    try:
        poll.register(descriptor, select.POLLOUT)
        return any(events & select.POLLOUT for _, events in poll.poll(0))
    except OSError:
        return False
