"""From a command's failures to messages and exit codes: an error is one paragraph, a warning one line."""

import functools
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from demarcate.cli import process
from demarcate.cli.console import notify
from demarcate.cli.option_groups import add_option, output_paths, setting_flags
from demarcate.errors import DemarcateError, DemarcateWarning, Problem, SettingError, problem_lines
from demarcate.io import signals

_DEBUG = "Show the traceback when something fails, every warning, and the output of compiled libraries."
_NO_MEMORY = re.compile("(can't|cannot|failed to) allocate|out of memory", re.IGNORECASE)
"""The words of torch when memory runs out, on the CPU and on a GPU."""


_OPTION_VALUES = {
    "must be None or a whole number from 1 up": "must be a whole number from 0 up",
    "must be None or a number": "must be a number",
    "must be None, a RandomState or a whole number": "must be a whole number",
    "must be 'balanced', None, or a mapping of labels to numbers from 0 up, not all 0": "must be balanced",
}
"""Rules of Python's arguments, and the same rules for options: 0 stands for None."""


_PLACES: ContextVar[Mapping[str, str]] = ContextVar("places of options in files", default=MappingProxyType({}))


@contextmanager
def places_in_files(places: Mapping[str, str]) -> Iterator[None]:
    """Name the file and the line, by the flag of an option that a file sets, in messages about it."""
    token = _PLACES.set(places)
    try:
        yield
    finally:
        _PLACES.reset(token)


class UsageError(Exception):
    """The options or arguments of a command contradict each other, or one cannot be read."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(str(Problem(fact, remedy)))


def handle_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose failures reach the user as one paragraph on standard error; add ``--debug`` to it."""
    flags = setting_flags(command)

    @functools.wraps(command)
    def run(*, debug: bool, **values: Any) -> None:
        code, before = 0, {path: _identity(path) for path in output_paths(command, values)}
        try:
            with (
                nullcontext() if debug else process.silent_libraries(),
                signals.interruptible(),
                _printed_warnings(everything=debug),
            ):
                command(**values)
                if sys.stdout is not None:
                    sys.stdout.flush()
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except BrokenPipeError:
            process.silence_stdout()
            code = process.EXIT_BROKEN_PIPE
        except BaseException as error:  # noqa: BLE001 - the last place: every error gets a message and an exit code
            if debug:
                notify(*_traceback_lines(error))
            written = [path for path, identity in before.items() if _identity(path) not in (identity, None)]
            if isinstance(error, KeyboardInterrupt) or signals.received_signal():
                # Whatever goes wrong after a signal comes from the signal.
                notify(process.signal_message(_interruption(error, written)))
                code = process.signal_exit_code()
            else:
                code, lines = _explain(error, flags)
                notify(*lines[:-1], f"{lines[-1]} {_are(written)} saved already." if written else lines[-1])
        if code:
            raise typer.Exit(code)

    add_option(run, "debug", Annotated[bool, typer.Option("--debug", help=_DEBUG)], default=False)
    return run


def _interruption(error: BaseException, written: Iterable[str]) -> str:
    """Return the message of an interrupt: how to resume, or the files that are written."""
    if isinstance(error, KeyboardInterrupt) and str(error):
        return str(error)
    return f"{_are(written)} written; what comes after is not." if written else "nothing was written."


def _are(paths: Iterable[str]) -> str:
    *first, last = paths
    return f"{' and '.join([*first, last])} {'are' if first else 'is'}"


def _identity(path: str) -> tuple[int, int] | None:
    """Return a value that changes when another file takes the place of one: files are written whole."""
    with suppress(OSError, ValueError):
        status = Path(path).stat()
        return status.st_ino, status.st_mtime_ns
    return None


def _explain(error: BaseException, flags: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return the exit code and the message of an error, a line for each of its problems."""
    if isinstance(error, UsageError | DemarcateError):
        lines = problem_lines(problems) if (problems := getattr(error, "problems", ())) else [str(error)]
    elif isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error))):
        lines = ["There is not enough memory. Use fewer rows, fewer networks at once, or a smaller --hidden."]
    elif isinstance(error, OSError):
        lines = [f"The system refused ({error.strerror or error}{f': {error.filename}' if error.filename else ''})."]
    else:
        kind = f"{type(error).__name__}: {error}"
        remedy = "Run the command again with --debug and report what it shows."
        lines = [f"demarcate failed where it should not have ({kind}). {remedy}"]
    if isinstance(error, DemarcateError):
        lines = [with_flags(line, flags) for line in lines]
    lines = [_with_place(line, _PLACES.get()) for line in lines]
    is_usage = isinstance(error, UsageError | SettingError)
    lines[0] = f"{'Usage' if is_usage else 'Error'}: {lines[0]}"
    return process.EXIT_USAGE if is_usage else process.EXIT_REFUSED, lines


def with_flags(line: str, flags: Mapping[str, str]) -> str:
    """Return a message with options in place of Python's arguments, and with the values that options take.

    Names of several words are replaced everywhere, words of one name only where a statement about it begins.
    """
    if not flags:
        return line
    renamed = [name for name, flag in flags.items() if flag != f"--{name}"]
    unambiguous = rf"(?<!['\w./\\-])(?:{'|'.join(renamed)})(?!['\w/\\])|" if renamed else ""
    beginning = rf"(?:(?<=^)|(?<=: )|(?<=^- ))(?:{'|'.join(flags)})(?= (?:must|is|names)\b)"
    line = re.sub(unambiguous + beginning, lambda match: flags[match[0]], line)
    for python, option in _OPTION_VALUES.items():
        line = line.replace(python, option)
    return line


def _with_place(line: str, places: Mapping[str, str]) -> str:
    """Return a message about an option that a file sets with the file and the line, and the setting's name there."""
    match = re.match(r"(- )?--([\w-]+)(?= (?:must|is|names|needs)\b)", line)
    if match is None or f"--{match[2]}" not in places:
        return line
    return f"{match[1] or ''}{places[f'--{match[2]}']}: {match[2]!r}{line[match.end() :]}"


def _traceback_lines(error: BaseException) -> list[str]:
    """Return the lines of a traceback; the message of an error, which may quote anything, is one of them."""
    lines: list[str] = []
    for chunk in traceback.TracebackException.from_exception(error).format():
        is_ours = chunk.startswith(("Traceback", " ", "\n"))
        text = chunk.removesuffix("\n")
        lines += text.split("\n") if is_ours else [text]
    return lines


@contextmanager
def _printed_warnings(*, everything: bool) -> Iterator[None]:
    """Print demarcate's own warnings as a line each, once, and others only when debugging."""
    printed: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if (everything or issubclass(category, DemarcateWarning)) and str(message) not in printed:
            printed.add(str(message))
            notify(f"Warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield
