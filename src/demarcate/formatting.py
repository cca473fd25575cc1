"""Numbers, tables and outside text, as people read them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

MAX_LISTED = 8
_MAX_QUOTED = 60
_INVISIBLE = re.compile(
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
    if line.isprintable() and not _INVISIBLE.search(line):
        return line
    return "".join(char if char.isprintable() and not _INVISIBLE.match(char) else ascii(char)[1:-1] for char in line)


def counted(n: int, thing: str) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "row"), counted(20000, "row"), counted(2, "class")
    ('1 row', '20,000 rows', '2 classes')
    """
    ending = "" if n == 1 else "es" if thing.endswith("s") else "s"
    return f"{n:,} {thing}{ending}"


def listed(
    items: Sequence[Any], max_items: int = MAX_LISTED, *, total: int | None = None, write: Callable[[Any], str] = str
) -> str:
    """Join the first items with commas and count the rest; ``total`` is for a list that is itself only a beginning.

    Examples
    --------
    >>> listed(["a", "b"]), listed(range(20), 3), listed(["a", "b"], total=12, write=repr)
    ('a, b', '0, 1, 2 and 17 more', "'a', 'b' and 10 more")
    """
    shown = items[:max_items]
    n_more = (len(items) if total is None else total) - len(shown)
    return ", ".join(map(write, shown)) + (f" and {n_more:,} more" if n_more else "")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of as many cells each as lines, their columns below each other.

    Examples
    --------
    >>> aligned([["seeds", "loss"], ["3", "0.25"]])
    ['seeds  loss', '3      0.25']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def sized(n_bytes: float) -> str:
    """An amount of memory.

    Examples
    --------
    >>> sized(256e6), sized(1_530_000_000), sized(12)
    ('256 MB', '1.5 GB', '12 bytes')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n_bytes >= unit * 0.9995:
            amount = n_bytes / unit
            return f"{amount:.1f} {name}" if amount < 9.95 else f"{amount:,.0f} {name}"
    return f"{n_bytes:.0f} bytes"


def quoted(cell: object) -> str:
    """Return a cell as a message quotes it, visible and shortened: a whole document would drown the rest.

    Examples
    --------
    >>> quoted("old"), len(quoted("a document " * 1000))
    ("'old'", 63)
    """
    text = visible(repr(cell))
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}..."


def is_whole(text: str) -> bool:
    r"""Whether a text can be written: half a character, which Python's texts may hold, cannot.

    Examples
    --------
    >>> is_whole("\U0001f642"), is_whole("\ud83d")
    (True, False)
    """
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def shortened(text: object, width: int = 24) -> str:
    """A label that may be long, as a picture shows it.

    Examples
    --------
    >>> shortened("a label of many more words than there is room for")
    'a label of many more ...'
    """
    words = " ".join(str(text).split())
    # matplotlib reads what stands between dollar signs as mathematics.
    words = words if len(words) <= width else f"{words[: width - 3]}..."
    return words.replace("$", r"\$")
