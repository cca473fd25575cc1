"""Template filters: how the page writes numbers and text from a table."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from demarcate.formatting import decimal, interval_texts, percent, visible

MAX_WIDTH = 60


def elided(text: object, width: int = MAX_WIDTH) -> str:
    """Return text from a table, visible and cut in the middle: long names often differ only at their ends."""
    shown = visible(text)
    if len(shown) <= width:
        return shown
    n_end = (width - 3) // 3
    return f"{shown[: width - 3 - n_end]}...{shown[len(shown) - n_end :]}"


def bdi(text: object, width: int = MAX_WIDTH) -> Markup:
    """Return elided text in an element that isolates its direction; a line may break after an underscore."""
    return Markup("<bdi>{}</bdi>").format(escape(elided(text, width)).replace("_", Markup("_<wbr>")))


def joined(items: Sequence[object], max_items: int = 8) -> str:
    """Join the first items with commas and "and", and count the rest."""
    shown = [elided(item, 40) for item in items[:max_items]]
    if len(items) > max_items:
        return f"{', '.join(shown)} and {len(items) - max_items:,} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number to some digits, or a dash for None."""
    if value is None:
        return "\u2013"
    return decimal(value, digits)


def with_interval(value: float, low: float, high: float) -> str:
    """Return a number with its interval in brackets."""
    return " ".join(filter(None, interval_texts(value, low, high)))


def percent_of(share: float) -> str:
    """Return a share in percent, to a tenth, and further where that would be 0% or 100%."""
    return percent(share, 1)


def escaped(value: Any) -> Markup:
    """Return a value as visible, escaped text."""
    return escape(visible(value))
