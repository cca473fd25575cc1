"""Rules of values that come from outside, in words: each reads a value of JSON, or refuses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.formatting import visible

_MOST_SHOWN = 40


class RefusedValueError(ValueError):
    """A value does not meet its rule."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class FieldReader:
    """A rule: its words, which follow "Give", and what reads a value or raises `RefusedValueError`."""

    description: str
    read: Callable[[Any], Any]


def shown(value: Any) -> str:
    """Return a value from outside as a person reads it: short, on one line, text in quotes.

    Examples
    --------
    >>> shown(None), shown(-1.0), shown("a" * 100), shown([1, 2])
    ('empty', '-1', "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'", 'a list of 2')
    """
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) or abs(int(value)) < 10**15 else "a very large number"
    if isinstance(value, str):
        return f"'{visible(value[:_MOST_SHOWN])}{'...' if len(value) > _MOST_SHOWN else ''}'"
    return f"a list of {len(value)}" if isinstance(value, list | tuple) else "an object"


def number(low: float, high: float, *, above: bool = False) -> FieldReader:
    """Return the rule of a finite number from ``low``, or ``above`` it, to ``high``."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise RefusedValueError(value)
        if above and value == low:
            raise RefusedValueError(value)
        return float(value)

    return FieldReader(
        f"a number above {low:g}, at most {high:g}" if above else f"a number from {low:g} to {high:g}", read
    )


def whole(low: int, high: int) -> FieldReader:
    """Return the rule of a whole number, also one written as 5.0."""

    def read(value: Any) -> int:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high or value != int(value):
            raise RefusedValueError(value)
        return int(value)

    return FieldReader(f"a whole number from {low:,} to {high:,}", read)


def one_of(names: Sequence[str]) -> FieldReader:
    """Return the rule of a name out of some."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise RefusedValueError(value)
        return value

    return FieldReader(f"one of {', '.join(names)}", read)


def flag() -> FieldReader:
    """Return the rule of true or false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise RefusedValueError(value)
        return value

    return FieldReader("true or false", read)


def text(longest: int, *, empty: bool = True) -> FieldReader:
    """Return the rule of a text of at most so many characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest or not (empty or value):
            raise RefusedValueError(value)
        return value

    return FieldReader(f"a text of at most {longest} characters" + ("" if empty else ", at least one"), read)


def optional(rule: FieldReader) -> FieldReader:
    """Return the rule of a value that may be empty."""
    return FieldReader(f"{rule.description}, or nothing", lambda value: None if value is None else rule.read(value))


def list_of(rule: FieldReader, longest: int) -> FieldReader:
    """Return the rule of at most so many values of one rule, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > longest:
            raise RefusedValueError(value)
        return tuple(rule.read(each) for each in value)

    return FieldReader(f"a list of at most {longest:,}, each {rule.description}", read)


def pair_of_texts() -> FieldReader:
    """Return the rule of two different names."""

    def read(value: Any) -> tuple[str, str]:
        names = NAMES.read(value)
        if len(names) != 2 or names[0] == names[1]:
            raise RefusedValueError(value)
        return names[0], names[1]

    return FieldReader("two different names", read)


NAMES = list_of(text(1000), 10_000)
"""The rule of a list of names."""
