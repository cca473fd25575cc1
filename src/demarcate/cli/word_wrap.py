"""Lines for a terminal, broken between words: left to itself it breaks them anywhere."""

import os
import re
from collections.abc import Sequence
from typing import TextIO

_WORD = re.compile(r"(?:\[[^\[\]]{1,40}\]|\S)+")
"""A word; the two ends of an interval are one."""
_INDENT = re.compile(r" *(?:- )?")


def wrap_line(line: str, width: int, indent: int | None = None) -> list[str]:
    """Return a line as lines of at most ``width`` cells; a longer word stays whole, and the terminal breaks it.

    Lines after the first have ``indent`` spaces, None for those that the first begins with.

    Examples
    --------
    >>> wrap_line("accuracy   0.83 [0.79, 0.88] of the rows", 27, indent=11)
    ['accuracy   0.83', '           [0.79, 0.88] of', '           the rows']
    """
    if _cells(line) <= width:
        return [line]
    start = _INDENT.match(line)
    indent = indent if indent is not None else start.end() if start else 0
    margin = " " * (indent if indent <= width // 2 else 2)
    lines, current, end = [], "", 0
    for match in _WORD.finditer(line):
        longer = current + line[end : match.start()] + match[0]
        if current.strip() and _cells(longer) > width:
            lines.append(current)
            current = margin + match[0]
        else:
            current = longer
        end = match.end()
    return [*lines, current]


def column_widths(lines: Sequence[Sequence[str]], room: int, *, narrow: bool = False) -> list[int] | None:
    """Return widths of a table's columns that break no word; None if none fit.

    With ``narrow`` no line may be broken either.

    Examples
    --------
    >>> column_widths([["a", "one two"], ["b", "three"]], 6), column_widths([["a", "one two"]], 3)
    ([1, 5], None)
    """
    cells = [[row[place] if place < len(row) else "" for row in lines] for place in range(len(lines[0]))]
    least = [max((_cells(word[0]) for cell in column for word in _WORD.finditer(cell)), default=0) for column in cells]
    widths = [max(map(_cells, column)) for column in cells]
    if sum(least) > room or (narrow and sum(widths) > room):
        return None
    widths = [min(width, room) for width in widths]
    while sum(widths) > room:
        widest = max((width, place) for place, width in enumerate(widths) if width > least[place])[1]
        widths[widest] -= 1
    return widths


def terminal_width(stream: TextIO) -> int | None:
    """Return the columns of the terminal that a stream writes to; None where it writes elsewhere."""
    try:
        if not stream.isatty():
            return None
        own = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return None
    named = os.environ.get("COLUMNS", "")
    return int(named) if named.isdecimal() and int(named) else own or None


def _cells(text: str) -> int:
    """Return how many of a terminal's cells a text takes: two for each wide character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
