"""Every error and warning that a user can meet.

An error states a fact with its place and value, then the remedy. All problems of one input are reported together.
"""

import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

MAX_PROBLEMS_SHOWN = 20
MAX_CELLS_KEPT = 100
"""Cells of a column with one problem that are kept, each with its row; more are counted."""
_INNER = frozenset({"demarcate", "sklearn", "joblib", "contextlib", "functools"})
"""Packages whose calls lie between a caller and a warning: whoever reads it did not write their lines."""


@dataclass(frozen=True)
class Problem:
    """One fact that makes an input unusable, with its place and value, and the remedy.

    Attributes
    ----------
    fact
        What is wrong, without a full stop at its end.
    remedy
        What to do about it, without a full stop at its end; a question keeps its mark.

    Examples
    --------
    >>> print(Problem("Columns 1 and 3 are both named 'age'", "Rename one of them"))
    Columns 1 and 3 are both named 'age'. Rename one of them.
    """

    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.fact}. {self.remedy}{'' if self.remedy.endswith('?') else '.'}"


@dataclass(frozen=True)
class CellProblem(Problem):
    """A problem of one cell, or of a whole column.

    Attributes
    ----------
    fact, remedy
        As `Problem` has them.
    column
        The name of the column.
    row
        The row, from 1; None for the whole column.
    value
        What the cell holds, as text; None for the whole column.
    """

    column: str
    row: int | None = None
    value: str | None = None


@dataclass(frozen=True)
class ColumnProblem(Problem):
    """A problem of several cells of a column, or of several columns, in one sentence.

    Attributes
    ----------
    fact, remedy
        As `Problem` has them.
    parts
        The same problem by place, in the order of rows: the first `MAX_CELLS_KEPT` of a column.
    n_parts
        How many places there are.
    """

    parts: tuple[CellProblem, ...]
    n_parts: int


class DemarcateError(Exception):
    """The base class of all errors that demarcate raises on purpose."""


class InputError(DemarcateError, ValueError):
    """A table, a column, a row or a label was refused.

    Parameters
    ----------
    problems
        All problems of the input, in the order of the places where they are.

    Examples
    --------
    >>> raise InputError([Problem("'empty.csv' has a header and no rows", "Give at least 10 rows")])
    Traceback (most recent call last):
    demarcate.errors.InputError: 'empty.csv' has a header and no rows. Give at least 10 rows.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(_describe(self.problems))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def together(*checks: Callable[[], Any]) -> list[Any]:
    """Run several checks of one input and return their results, or raise the problems of all of them together.

    Raises
    ------
    InputError
        With the problems of all checks, if one raised it.

    Examples
    --------
    >>> def refuse(fact: str) -> None:
    ...     raise InputError([Problem(fact, "Add some")])
    >>> together(lambda: refuse("'a' has no rows"), lambda: 3, lambda: refuse("'b' has no rows"))
    Traceback (most recent call last):
    demarcate.errors.InputError: 2 problems:
    - 'a' has no rows. Add some.
    - 'b' has no rows. Add some.
    """
    results: list[Any] = []
    problems: list[Problem] = []
    for check in checks:
        try:
            results.append(check())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return results


class SettingError(DemarcateError, ValueError):
    """A setting (of a network, a training, a split) is out of its range."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "SettingError":
        """Return one error for several wrong settings.

        Examples
        --------
        >>> print(SettingError.of([Problem("lr must be above 0, got -1", "Try 0.001")]))
        lr must be above 0, got -1. Try 0.001.
        """
        listed = tuple(problems)
        error = cls(_describe(listed))
        error.problems = listed
        return error


class TargetError(DemarcateError, ValueError):
    """Targets have a type or a shape that the loss does not take."""


class BundleError(DemarcateError, ValueError):
    """A model file was refused: it is damaged, of an unknown format, or contradicts itself."""


class OutputError(DemarcateError, ValueError):
    """A file could not be written: a model, a report, a picture or a table."""


class ExportError(DemarcateError, ValueError):
    """A model was not exported: the format cannot hold it, or computes other probabilities."""


class CheckpointError(DemarcateError, ValueError):
    """A folder of checkpoints was refused: it belongs to another fit, or another process holds it."""


class Interrupted(KeyboardInterrupt):
    """Training was interrupted after saving a checkpoint; the message tells how to resume."""


class DemarcateWarning(UserWarning):
    """The base class of all warnings that demarcate gives."""


class InputWarning(DemarcateWarning):
    """Something in a table was handled in a way that the user should know of."""


class CheckpointWarning(DemarcateWarning):
    """A checkpoint could not be written, or a damaged one was skipped."""


class NetworkWarning(DemarcateWarning):
    """A network seems to return something else than its loss takes."""


class DivergenceWarning(DemarcateWarning):
    """A member's loss stopped being a finite number; its best weights were restored."""


_COLLECTED: ContextVar[list[Warning] | None] = ContextVar("warnings of this context", default=None)


@contextmanager
def collected_warnings() -> Iterator[list[Warning]]:
    """Collect the package's own warnings instead of giving them.

    Unlike `warnings.catch_warnings` it is about this thread and task alone: requests that are read at the same time
    never get each other's warnings.

    Examples
    --------
    >>> with collected_warnings() as collected:
    ...     warn_caller(InputWarning("1 cell is infinite"))
    >>> collected
    [InputWarning('1 cell is infinite')]
    """
    collected: list[Warning] = []
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def warn_caller(warning: Warning) -> None:
    """Give a warning at the line that called the package, also through scikit-learn's tools."""
    collected = _COLLECTED.get()
    if collected is not None:
        collected.append(warning)
        return
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _INNER:
        frame = frame.f_back
    module, seen = frame.f_globals.get("__name__"), frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(
        warning, type(warning), frame.f_code.co_filename, frame.f_lineno, module=module, registry=seen
    )


def problem_lines(problems: tuple[Problem, ...]) -> list[str]:
    """Return the lines that list problems, each problem in one of them."""
    if len(problems) == 1:
        return [str(problems[0])]
    shown = [f"- {problem}" for problem in problems[:MAX_PROBLEMS_SHOWN]]
    if len(problems) > MAX_PROBLEMS_SHOWN:
        shown.append(f"- and {len(problems) - MAX_PROBLEMS_SHOWN} more")
    return [f"{len(problems)} problems:", *shown]


def _describe(problems: tuple[Problem, ...]) -> str:
    return "\n".join(problem_lines(problems))
