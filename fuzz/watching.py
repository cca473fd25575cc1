"""Sees to it that what reads a file only reads: nothing is run, loaded, opened or sent while it is watched."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HARMLESS = frozenset({"builtins.id", "sys._getframe", "sys._getframemodulename", "time.sleep", "object.__getattr__"})
"""Events of Python's audit hooks that say nothing of a file's doings; any other is one too many."""

_watch: dict[str, bool] = {"on": False, "hooked": False}


class Acted(BaseException):
    """Something was done that reading a file has no business to do."""


@contextmanager
def nothing_but_reading() -> Iterator[None]:
    """Raise `Acted` from whatever compiles, runs, imports, opens files or sockets, starts processes or loads code."""
    if not _watch["hooked"]:
        # A hook stays for good: there is one, and it is asleep most of the time.
        sys.addaudithook(_hook)
        _watch["hooked"] = True
    _watch["on"] = True
    try:
        yield
    finally:
        _watch["on"] = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watch["on"] and event not in HARMLESS:
        _watch["on"] = False
        raise Acted(f"{event} {arguments!r}"[:500])
