"""Numbers and tables in words, for people to read."""

from collections.abc import Sequence


def counted(n: int, thing: str) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "seed"), counted(1200, "seed")
    ('1 seed', '1,200 seeds')
    """
    return f"{n:,} {thing}{'s' * (n != 1)}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of as many cells each as lines, their columns below each other.

    Examples
    --------
    >>> aligned([["seeds", "loss"], ["3", "0.25"]])
    ['seeds  loss', '3      0.25']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
