"""A guard against side effects of reading a file: no code, import, file, process or socket."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HARMLESS = frozenset({"builtins.id", "sys._getframe", "sys._getframemodulename", "time.sleep", "object.__getattr__"})
"""Events of Python's audit hooks that are not side effects of a file; any other is a failure."""

_guard: dict[str, bool] = {"on": False, "hooked": False}


class SideEffectError(BaseException):
    """ModelFileCheck a file had a side effect."""


@contextmanager
def forbid_side_effects() -> Iterator[None]:
    """Raise `SideEffectError` where code is compiled, run or loaded, a file or socket opened, or a process started."""
    if not _guard["hooked"]:
        # An audit hook cannot be removed, so there is one, which is inactive most of the time.
        sys.addaudithook(_hook)
        _guard["hooked"] = True
    _guard["on"] = True
    try:
        yield
    finally:
        _guard["on"] = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _guard["on"] and event not in HARMLESS:
        _guard["on"] = False
        raise SideEffectError(f"{event} {arguments!r}"[:500])
