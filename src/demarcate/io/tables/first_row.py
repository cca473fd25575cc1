"""Whether the first line of a table has the names of its columns, or is a row like those below."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from demarcate.io.tables.cell_kinds import cell_kind, column_cells, column_kind

_MIN_ROWS_OF_WORDS = 4
_MIN_ORDERED = 5
_YEARS = range(1900, 2101)
_PLAIN_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")


def compare_with_rows(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> Literal["names", "row", "unclear"]:
    """Return whether cells are names, a row like the rows below them, or could be both.

    They are names if one stands over numbers, or dates, and is none, or if all are words that do not occur below them
    where others repeat. They are a row if all that stand over numbers are numbers (and not numbered names, such as
    years) and a word occurs below it, or if all are words that do.
    """
    if not rows:
        return "unclear"
    similar: list[tuple[str, list[str]]] = []
    n_repeated = n_new = 0
    for place, cell in enumerate(map(str.strip, cells)):
        kind, below = cell_kind(cell), column_cells(rows, place)
        of_column = column_kind(below)
        if kind == "missing" or of_column == "missing":
            continue
        if of_column == "word":
            words = [word for word in below if word]
            if len(set(words)) <= len(words) / 2:
                n_repeated, n_new = n_repeated + (cell in words), n_new + (cell not in words)
        elif kind != of_column:
            return "names"
        else:
            similar.append((cell, below))
    if not similar:
        if len(rows) < _MIN_ROWS_OF_WORDS:
            return "unclear"
        return "row" if n_repeated > 1 and not n_new else "names" if n_new > 1 and not n_repeated else "unclear"
    if n_repeated:
        return "row"
    return "names" if n_new or _are_numbered(similar) else "row"


def _are_numbered(similar: Sequence[tuple[str, list[str]]]) -> bool:
    """Tell whether numbers over numbers are names: 0, 1, 2, years, lengths of waves, or one beyond its column."""
    numbers = [_number(cell) for cell, _ in similar]
    if any(number is None for number in numbers):
        return False
    known = [number for number in numbers if number is not None]
    if len(known) == 1:
        below = [number for cell in similar[0][1] if (number := _number(cell)) is not None]
        return bool(below) and not min(below) <= known[0] <= max(below)
    steps = {round(b - a, 9) for a, b in pairwise(known)}
    if steps == {1} and (known[0] in (0, 1) or known[0] in _YEARS or len(known) >= _MIN_ORDERED):
        return True
    if len(known) < _MIN_ORDERED or not _is_ordered(known):
        return False
    n_ordered = 0
    for place in range(len(similar[0][1])):
        row = [_number(below[place]) for _, below in similar if place < len(below)]
        n_ordered += _is_ordered([number for number in row if number is not None])
    return n_ordered <= len(similar[0][1]) / 2


def _is_ordered(numbers: Sequence[float]) -> bool:
    pairs = list(pairwise(numbers))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def _number(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if _PLAIN_NUMBER.fullmatch(cell) else None
