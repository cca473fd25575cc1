"""Column names: what is called what, which names repeat, and which had to be made up."""

import inspect
import warnings
from collections.abc import Sequence

from demarcate.errors import InputWarning, Problem
from demarcate.formatting import is_whole

_READERS = ("demarcate.io.tables", "demarcate.tabular.frame")


def column_names(given: Sequence[str], table: str = "") -> tuple[list[str], list[Problem]]:
    """Name every column, without white space around, those without a name by their position; say which names repeat.

    Parameters
    ----------
    given
        The names as the table has them, ``(n_columns,)``; a blank one becomes ``column_<position>``.
    table
        How messages call the table, if it has a name.

    Returns
    -------
    tuple of list of str and list of Problem
        The names and one problem for each name that stands more than once.

    Examples
    --------
    >>> column_names([" age ", ""], "heart.csv")
    (['age', 'column_2'], [])
    >>> print(*column_names(["age", "age"], "heart.csv")[1])
    Column names are unique: 'heart.csv' has 'age' in columns 1 and 2. Rename or remove all but one.
    """
    halved = [position for position, name in enumerate(given, start=1) if not is_whole(name)]
    patterns = [position for position, name in enumerate(given, start=1) if _is_pattern(name.strip())]
    # What cannot be worked with is called by its place, until the refusal is said.
    names = [
        f"column_{position}" if position in (*halved, *patterns) else name.strip() or f"column_{position}"
        for position, name in enumerate(given, start=1)
    ]
    places: dict[str, list[str]] = {}
    for position, (name, had) in enumerate(zip(names, given, strict=True), start=1):
        places.setdefault(name, []).append(f"{position}" if had.strip() else f"{position} (without a name)")
    remedy = "Write the character in full"
    problems = [
        Problem(
            "Texts hold whole characters", f"{_called(table)} has half a character in the name of column {at}", remedy
        )
        for at in halved
    ] + [
        Problem(
            "A column's name is no pattern of names",
            f"{_called(table)} has {given[at - 1]!r} in column {at}, which polars takes for every name that matches",
            "Rename it",
        )
        for at in patterns
    ]
    return names, problems + [
        Problem(
            "Column names are unique",
            f"{_called(table)} has {name!r} in columns {', '.join(standing[:-1])} and {standing[-1]}",
            "Rename or remove all but one",
        )
        for name, standing in places.items()
        if len(standing) > 1
    ]


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def warn_of_unnamed(given: Sequence[str], names: Sequence[str], table: str = "") -> None:
    """Warn whoever asked for the table that columns had no name, and what they are called now."""
    made_up = [repr(name) for name, had in zip(names, given, strict=True) if not had.strip()]
    if made_up:
        message = f"{_called(table)} has columns without a name; they are called {', '.join(made_up)}"
        warnings.warn(InputWarning(message), stacklevel=_depth() + 1)


def _depth() -> int:
    """How many calls of what reads tables lie between the caller of this function and whoever uses the package."""
    frame, depth = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").startswith(_READERS):
        frame, depth = frame.f_back, depth + 1
    return depth - 1


def _called(table: str) -> str:
    return f"'{table}'" if table else "the table"
