"""How the page writes numbers and what comes from a table."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from demarcate.formatting import visible

LONG = 60


def shortened(text: object, width: int = LONG) -> str:
    r"""Text of a table's own, visible and not too long: names that differ often differ at their ends, which are kept.

    Examples
    --------
    >>> shortened("a name\tof many words", 12)
    'a name...ds'
    """
    shown = visible(text)
    if len(shown) <= width:
        return shown
    tail = (width - 3) // 3
    return f"{shown[: width - 3 - tail]}...{shown[len(shown) - tail :]}"


def own(text: object, width: int = LONG) -> Markup:
    """The same as an element of its own: whichever way it is written, what stands around it stays in place.

    It may be broken behind an underscore, where a browser would sooner break in the middle of a word.

    Examples
    --------
    >>> own("<script>"), own("years_at_work")
    (Markup('<bdi>&lt;script&gt;</bdi>'), Markup('<bdi>years_<wbr>at_<wbr>work</bdi>'))
    """
    return Markup("<bdi>{}</bdi>").format(escape(shortened(text, width)).replace("_", Markup("_<wbr>")))


def listed(words: Sequence[object], most: int = 8) -> str:
    """Words in a row, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(range(10), most=2)
    ('a, b and c', '0, 1 and 8 more')
    """
    shown = [shortened(word, 40) for word in words[:most]]
    if len(words) > most:
        return f"{', '.join(shown)} and {len(words) - most:,} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def number(value: float | None, digits: int = 3) -> str:
    """A metric; a dash where there is none.

    Examples
    --------
    >>> number(0.84), number(None), number(-0.0004)
    ('0.840', '\u2013', '0.000')
    """
    if value is None:
        return "\u2013"
    rounded = round(value, digits)
    return f"{rounded + 0.0:.{digits}f}"


def interval(low: float, high: float, digits: int = 3) -> str:
    """An interval, as scores print theirs."""
    return f"[{number(low, digits)}, {number(high, digits)}]"


def percent(share: float) -> str:
    """A share in percent.

    Examples
    --------
    >>> percent(0.541), percent(0.0004)
    ('54.1%', '0.0%')
    """
    return f"{share:.1%}"


def escaped(value: Any) -> Markup:
    """A value as text of the page."""
    return escape(visible(value))
