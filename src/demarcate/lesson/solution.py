"""Run a learner's file in a process of its own, with a time limit, and read the numbers that it set."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from demarcate.errors import InputError, Problem

SECONDS = 120.0
"""The default time limit: the longest answer takes a few seconds, of which torch takes half to import."""

_ENDED = "Python ended before the file did: leave out os._exit(), or use less memory."


@dataclass(frozen=True)
class Solution:
    """What a learner's file did.

    Attributes
    ----------
    path
        The file.
    exercise
        Which exercise it says it solves; empty where it does not say.
    numbers
        The numbers among its variables.
    others
        The kinds of all other variables by name, such as ``list``; of None ``NoneType``.
    error, line, code
        The message of the exception that ended it, and the number and text of the line; empty where none did.
    problem
        Why it did not end by itself; empty where it did.
    """

    path: str
    exercise: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    line: int = 0
    code: str = ""
    problem: str = ""


def run(path: str | os.PathLike[str], *, seconds: float = SECONDS) -> Solution:
    """Run a file as Python does, in its own folder, without input or windows, and return what it set.

    The file runs with all rights of the caller: check only files that you would run yourself.

    Raises
    ------
    InputError
        If there is no such file.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError([Problem(f"There is no file {str(path)!r}", "Name the Python file of a solution")])
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        problem = _run_process(file.resolve(), result, seconds)
        if problem or not result.is_file():
            return Solution(str(path), file.stem, problem=problem or _ENDED)
        document = json.loads(result.read_text(encoding="utf-8"))
    document["exercise"] = document["exercise"] or file.stem
    return Solution(str(path), **document)


def _run_process(file: Path, result: Path, seconds: float) -> str:
    """Run the file, which writes ``result`` at its end; return why it did not end, or nothing."""
    # -P: a learner's random.py must not stand in for Python's while this package is imported.
    command = [sys.executable, "-P", "-m", "demarcate.lesson.run_solution", str(file), str(result)]
    # One thread: two that wait for each other beside a busy process can take ten times as long.
    settings = {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(  # noqa: S603 - the program is this Python, the file one the caller named
        command,
        cwd=file.parent,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return (
            f"It did not end within {seconds:g} seconds. Look for a loop that never ends, such as a while whose "
            "condition stays true, or train for fewer epochs; --limit allows more seconds."
        )
    finally:
        _kill(process)
    return ""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the process, and on POSIX what it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
