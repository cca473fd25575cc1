"""Numbers, tables and outside text, as people read them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

MAX_LISTED = 8
MAX_DIGITS = 6
"""Decimal places beyond which a value and the ends of its interval are taken for the same."""
ALL_DIGITS = 17
"""Significant digits that every 64-bit float keeps."""
_MAX_QUOTED = 60
_ROUNDING = 1e-10
_MAX_MORE = 3
"""Decimal places that a percentage gains at most to be told from 0% and 100%."""
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that Python counts as printable although nothing is seen of them."""


def visible(text: object) -> str:
    r"""Return text on one line with its control, escape, bidirectional and invisible characters spelled out.

    Every text from outside passes through this function on its way to a person: a terminal would obey such characters.

    Examples
    --------
    >>> print(visible("line\nbreak"), visible("\x1b[31mred"), visible("\u202eleft"))
    line\nbreak \x1b[31mred \u202eleft
    """
    line = str(text)
    if line.isprintable() and not INVISIBLE.search(line):
        return line
    return "".join(char if char.isprintable() and not INVISIBLE.match(char) else ascii(char)[1:-1] for char in line)


def plain_text(cell: object) -> str:
    """Return a cell as text, booleans as CSV files have them: ``true`` and ``false``."""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def counted(n: int, thing: str) -> str:
    """Return a number with its thing, singular or plural: ``1 row``, ``20,000 rows``, ``2 classes``."""
    ending = "" if n == 1 else "es" if thing.endswith("s") else "s"
    return f"{n:,} {thing}{ending}"


def listed(
    items: Sequence[Any], max_items: int = MAX_LISTED, *, total: int | None = None, write: Callable[[Any], str] = str
) -> str:
    """Join the first items with commas and count the rest: ``a, b and 2 more`` of ``total`` items, if not of these."""
    shown = items[:max_items]
    n_more = (len(items) if total is None else total) - len(shown)
    return ", ".join(map(write, shown)) + (f" and {n_more:,} more" if n_more else "")


def decimal(number: float, digits: int = 3, *, sign: bool = False) -> str:
    """Return a number to some decimal places: ``0.840``, with a ``sign`` also ``+0.840``; 0 is never negative."""
    # Adding 0.0 turns -0.0 into 0.0.
    rounded = round(number, digits) + 0.0
    return f"{rounded:+.{digits}f}" if sign else f"{rounded:.{digits}f}"


def percent(share: float, digits: int = 0) -> str:
    """Return a share as a percentage, with decimal places enough that it is 100% only of all, and 0% only of none.

    Examples
    --------
    >>> percent(0.834), percent(299 / 300), percent(2 / 70_000), percent(1.0)
    ('83%', '99.7%', '0.003%', '100%')
    >>> percent(0.9996, 1), percent(0, 1), percent(1e-9)
    ('99.96%', '0.0%', '<0.001%')
    """
    shown = percent_digits(share, digits)
    if _seems_whole(share, shown):
        least = 10.0**-shown
        return f"<{least:.{shown}f}%" if share < 0.5 else f">{100 - least:.{shown}f}%"
    return f"{share:.{shown}%}"


def percent_digits(share: float, digits: int = 0) -> int:
    """Return the decimal places, at least ``digits``, that tell a share's percentage from 0% and 100%."""
    shown = digits
    while shown < digits + _MAX_MORE and _seems_whole(share, shown):
        shown += 1
    return shown


def _seems_whole(share: float, digits: int) -> bool:
    """Tell whether a share is neither all nor none, but reads so; a rounding error is far below one row's share."""
    return min(abs(share), abs(1 - share)) >= _ROUNDING and float(f"{share:.{digits}%}"[:-1]) in (0, 100)


def interval_texts(value: float, low: float, high: float, digits: int = 3, *, sign: bool = False) -> tuple[str, str]:
    """Return a value and its interval as texts, with as many decimal places as it takes to tell them apart.

    Everything that shows a value with an interval writes it with this function. An interval without width is empty.

    Examples
    --------
    >>> interval_texts(0.842, 0.798, 0.881), interval_texts(0.99983, 0.99961, 0.99994)
    (('0.842', '[0.798, 0.881]'), ('0.9998', '[0.9996, 0.9999]'))
    >>> interval_texts(0.5, 0.5, 0.5)
    ('0.500', '')
    """
    for n_digits in range(digits, max(digits, MAX_DIGITS) + 1):
        shown = [decimal(number, n_digits, sign=sign) for number in (value, low, high)]
        if len(set(shown)) > 1:
            return shown[0], f"[{shown[1]}, {shown[2]}]"
    return decimal(value, digits, sign=sign), ""


def aligned(rows: Sequence[Sequence[str]], *, right: bool = False) -> list[str]:
    """Return rows of cells as lines, with the columns aligned to the left or the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    side = ">" if right else "<"
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def sized(n_bytes: float) -> str:
    """Return a number of bytes with its unit: ``256 MB``, ``1.5 GB``."""
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n_bytes >= unit * 0.9995:
            amount = n_bytes / unit
            return f"{amount:.1f} {name}" if amount < 9.95 else f"{amount:,.0f} {name}"
    return f"{n_bytes:.0f} bytes"


def duration(seconds: float) -> str:
    """Return a time in the unit that people would say it in.

    Examples
    --------
    >>> duration(0.42), duration(42.4), duration(150), duration(7500)
    ('0.4 s', '42 s', '2 min 30 s', '2 h 5 min')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if (whole := round(seconds)) < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = round(seconds / 60)
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def quoted(cell: object) -> str:
    """Return a cell as a message quotes it: visible, and shortened so that a document does not drown the rest."""
    text = visible(repr(cell))
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}..."


def is_whole(text: str) -> bool:
    """Tell whether a text can be encoded: half a character (a lone surrogate) cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shortened(text: object, width: int = 24) -> str:
    """Return a label for a picture, at most ``width`` characters long."""
    words = " ".join(str(text).split())
    # Matplotlib takes text between dollar signs for mathematics.
    words = words if len(words) <= width else f"{words[: width - 3]}..."
    return words.replace("$", r"\$")
