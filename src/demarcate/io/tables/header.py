"""Column names: those that repeat or cannot be used, and names for columns that have none."""

from collections.abc import Sequence

from demarcate.errors import InputWarning, Problem, warn_caller
from demarcate.formatting import is_whole, listed, quoted


def name_columns(header: Sequence[str], table: str = "") -> tuple[list[str], list[Problem]]:
    """Return the names without surrounding space, blank ones as ``column_<position>``, and the problems with them."""
    problems = []
    names: list[str] = []
    positions: dict[str, list[str]] = {}
    for position, name in enumerate(header, start=1):
        stripped, fallback = name.strip(), f"column_{position}"
        if not is_whole(name):
            fact = f"{_called(table)} has half a character in the name of column {position}"
            problems.append(Problem(fact, "Write the character in full"))
            stripped = ""
        elif stripped == "*" or (stripped.startswith("^") and stripped.endswith("$")):
            fact = f"{_called(table)} has column {position} named {quoted(name)}, which polars takes for a pattern"
            problems.append(Problem(fact, "Rename it"))
            stripped = ""
        names.append(stripped or fallback)
        place = f"{position}" if name.strip() else f"{position} (without a name)"
        positions.setdefault(names[-1], []).append(place)
    for name, places in positions.items():
        if len(places) > 1:
            where = f"columns {', '.join(places[:-1])} and {places[-1]}"
            fact = f"{_called(table)} has more than one column named {quoted(name)}: {where}"
            problems.append(Problem(fact, "Rename or remove all but one"))
    return names, problems


def warn_of_unnamed(header: Sequence[str], names: Sequence[str], table: str = "") -> None:
    """Warn the caller of the package that columns had no name, with the names that they have now."""
    new = [name for name, old in zip(names, header, strict=True) if not old.strip()]
    if new:
        warn(f"{_called(table)} has columns without a name; they are called {listed(new, write=quoted)}")


def warn(message: str) -> None:
    """Warn the caller of the package of the way that a table is read."""
    warn_caller(InputWarning(message))


def _called(table: str) -> str:
    return f"'{table}'" if table else "The table"
