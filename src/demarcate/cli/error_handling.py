"""What stands between a command and its user: errors in one paragraph, warnings in one line, the right exit code."""

import functools
import inspect
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import typer

from demarcate.cli.process import (
    EXIT_BROKEN_PIPE,
    EXIT_REFUSED,
    EXIT_USAGE,
    exit_code,
    silence_stdout,
    silent_natives,
    told,
)
from demarcate.errors import DemarcateError, DemarcateWarning, SettingError
from demarcate.io import signals

OUTPUTS = ("out", "save", "plot", "report")
"""What commands call the files they write."""

_NO_MEMORY = re.compile("(can't|cannot|failed to) allocate|out of memory", re.IGNORECASE)
"""How torch says that memory ran out, on the CPU and on a GPU."""


class UsageError(Exception):
    """The command was asked for something it cannot mean."""


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose failures reach the user as one clear paragraph on standard error.

    Every guarded command takes ``--debug``, with which the traceback is shown as well.
    """

    @functools.wraps(command)
    def run(*args: Any, debug: bool, **kwargs: Any) -> None:
        code, before = 0, {path: _identity(path) for name in OUTPUTS if (path := kwargs.get(name))}
        try:
            with (
                nullcontext() if debug else silent_natives(),
                signals.interruptible(),
                _spoken_warnings(everything=debug),
            ):
                command(*args, **kwargs)
                if sys.stdout is not None:
                    sys.stdout.flush()
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except BrokenPipeError:
            silence_stdout()
            code = EXIT_BROKEN_PIPE
        except BaseException as error:  # noqa: BLE001 - the last door: whatever it was, it is told and has an exit code
            if debug:
                traceback.print_exc()
            if isinstance(error, KeyboardInterrupt) or signals.received_signal():
                # Whatever went wrong after a signal came is of its making.
                say(told(_what_is_left(error, before)))
                code = exit_code()
            else:
                code = _explain(error)
        if code:
            raise typer.Exit(code)

    signature = inspect.signature(command)
    option = typer.Option(
        False, "--debug", help="Show the traceback when something fails, every warning, and what libraries say."
    )
    added = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=option, annotation=bool)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), added])  # type: ignore[attr-defined]
    run.__annotations__ = {**command.__annotations__, "debug": bool}
    return run


def say(message: str = "") -> None:
    """Write a line to standard error: what is said beside a command's result, and is no reason to lose it."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(message, file=sys.stderr, flush=True)


def _what_is_left(error: BaseException, before: Mapping[str, tuple[int, int] | None]) -> str:
    """What an interrupted command leaves behind."""
    if isinstance(error, KeyboardInterrupt) and str(error):
        return str(error)
    written = [path for path, identity in before.items() if _identity(path) not in (identity, None)]
    if not written:
        return "nothing was written."
    return f"{' and '.join(written)} {'is' if len(written) == 1 else 'are'} written; what comes after is not."


def _identity(path: str) -> tuple[int, int] | None:
    """What differs once a file has taken the place of another: files are written whole."""
    with suppress(OSError, ValueError):
        status = Path(path).stat()
        return status.st_ino, status.st_mtime_ns
    return None


def _explain(error: BaseException) -> int:
    """Tell what went wrong; the exit code it calls for."""
    if isinstance(error, UsageError | SettingError):
        say(f"Usage: {error}")
        return EXIT_USAGE
    if isinstance(error, DemarcateError):
        say(f"Error: {error}")
        return EXIT_REFUSED
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error))):
        say(
            "Error: there is not enough memory for this. Use fewer rows, fewer networks at once, or a smaller --hidden."
        )
        return EXIT_REFUSED
    if isinstance(error, OSError):
        say(f"Error: the system refused ({error.strerror or error}{f': {error.filename}' if error.filename else ''}).")
        return EXIT_REFUSED
    say(
        f"Error: demarcate failed where it should not have ({type(error).__name__}: {error}). "
        "Run the command again with --debug and report what it shows."
    )
    return EXIT_REFUSED


@contextmanager
def _spoken_warnings(*, everything: bool) -> Iterator[None]:
    """Show demarcate's own warnings as a line each, once, and others only when debugging."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if (everything or issubclass(category, DemarcateWarning)) and str(message) not in said:
            said.add(str(message))
            say(f"Warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield
