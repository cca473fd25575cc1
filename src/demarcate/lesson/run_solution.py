"""Run a file and write its numbers as JSON, in a process of its own.

``python -P -m demarcate.lesson.run_solution FILE OUT`` is what `demarcate.lesson.solution` starts.
"""

import json
import math
import numbers
import sys
import traceback
from pathlib import Path
from typing import Any

MAX_TEXT = 400


def main(path: str, out: str) -> None:
    """Run the file at ``path`` and write what it set to ``out``."""
    Path(out).write_text(json.dumps(run_file(path)), encoding="utf-8")


def run_file(path: str) -> dict[str, Any]:
    """Return what a file set, and the error that ended it, as values of `Solution`."""
    file = Path(path)
    names: dict[str, Any] = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__}
    ended: dict[str, Any] = {"error": "", "line": 0, "code": ""}
    sys.argv, before = [path], list(sys.path)
    sys.path.insert(0, str(file.parent))
    try:
        exec(compile(file.read_bytes(), path, "exec"), names)  # noqa: S102 - this is what it is for
    except SystemExit:
        pass  # It has ended, with the numbers that it had set.
    except BaseException as error:  # noqa: BLE001 - whatever a learner's file raises is reported
        ended = _describe(error, path)
    finally:
        sys.path[:] = before
    values, others = _variables(names)
    exercise = names.get("exercise")
    return {"exercise": exercise if isinstance(exercise, str) else "", "numbers": values, "others": others, **ended}


def as_number(value: Any) -> float | None:
    """Return a number, or an array or tensor of one, as a float; None of anything else.

    Examples
    --------
    >>> as_number(True), as_number(10**400), as_number([0.5])
    (1.0, None, None)
    """
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and math.prod(shape) == 1 and hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, numbers.Real):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return None


def _variables(names: dict[str, Any]) -> tuple[dict[str, float], dict[str, str]]:
    """Return the numbers among a file's variables, and the types of the others."""
    values: dict[str, float] = {}
    others: dict[str, str] = {}
    for name, value in names.items():
        if name.startswith("_"):
            continue
        number = as_number(value)
        if number is None:
            others[name] = type(value).__name__
        else:
            values[name] = number
    return values, others


def _describe(error: BaseException, path: str) -> dict[str, Any]:
    """Return an error's message, and the last line of the file that it passed through."""
    text = str(error).strip() or "no message"
    message = f"{type(error).__name__}: {text}"[:MAX_TEXT]
    if isinstance(error, SyntaxError) and error.filename == path:
        return {"error": f"SyntaxError: {error.msg}", "line": error.lineno or 0, "code": (error.text or "").strip()}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    line, code = (frames[-1].lineno or 0, (frames[-1].line or "").strip()) if frames else (0, "")
    return {"error": message, "line": line, "code": code[:MAX_TEXT]}


if __name__ == "__main__":
    main(*sys.argv[1:])
