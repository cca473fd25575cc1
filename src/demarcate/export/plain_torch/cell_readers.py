"""Cells as numbers, categories and texts, each column in its own way: the first step of a model in plain PyTorch."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.cells import MISSING_WORDS, boolean_word, category_spelling

PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf(?:inity)?", re.IGNORECASE)
ONE_SIGN = str.maketrans(
    {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"), **dict.fromkeys("\u00a0\u2009\u202f", " ")}
    | dict.fromkeys("\u2018\u2019", "'")
)
"""Dashes, spaces and apostrophes that people write in numbers."""
MAX_PROBLEMS = 20


@dataclass(frozen=True)
class NumberCells:
    """A column of numbers; a missing or infinite cell is NaN."""

    name: str
    missing: tuple[str, ...] = ()  # words for a missing value beside the usual ones
    goes_to: ClassVar[str] = "numbers"

    def read(self, cell: Any) -> float:
        """Return a cell as a number; raise ValueError if it is none."""
        return math.nan if is_missing(cell, self.missing, MISSING_WORDS) else plain_number(cell)


@dataclass(frozen=True)
class FormattedCells:
    """A column of numbers as people write them: with separators of their own, and a unit."""

    name: str
    decimal: str
    thousands: str = ""
    unit: str = ""
    unit_is_first: bool = False  # whether it may stand before the number too, as a currency does
    missing: tuple[str, ...] = ()
    goes_to: ClassVar[str] = "numbers"

    def read(self, cell: Any) -> float:
        """Return a cell as a number; raise ValueError if it is none in this format."""
        if is_missing(cell, self.missing, MISSING_WORDS):
            return math.nan
        if not isinstance(cell, str):
            return plain_number(cell)
        units = self.unit if self.unit_is_first else "", self.unit
        number = formatted_number(cell, self.decimal, self.thousands, *units)
        if number is None and self.decimal == "," and self.thousands != ".":
            number = formatted_number(cell, ".", "", *units)
        if number is None and self.thousands == "." and "." in cell:
            raise ValueError("is no number in the format of the column")
        return plain_number(cell) if number is None else number


@dataclass(frozen=True)
class DurationCells:
    """A column of durations, hours, minutes and seconds between colons, in seconds."""

    name: str
    missing: tuple[str, ...] = ()
    goes_to: ClassVar[str] = "numbers"

    def read(self, cell: Any) -> float:
        """Return a cell in seconds; raise ValueError if it is no duration."""
        if is_missing(cell, self.missing, MISSING_WORDS):
            return math.nan
        layout = r"([+-]?)([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]+)?))?"
        match = re.fullmatch(layout, cell.strip()) if isinstance(cell, str) else None
        if match is None:
            return plain_number(cell)
        seconds = float(match[2]) * 60 + float(match[3])
        if match[4]:
            seconds = seconds * 60 + float(match[4].replace(",", "."))
        return -seconds if match[1] == "-" else seconds


@dataclass(frozen=True)
class WordCells:
    """A column of categories, as codes: one past the last for all others, two past it for a missing cell."""

    name: str
    categories: tuple[str, ...] = ()  # those that the model tells apart
    missing: tuple[str, ...] = ()
    goes_to: ClassVar[str] = "codes"

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """The code of each category."""
        return {category: code for code, category in enumerate(self.categories)}

    def read(self, cell: Any) -> int:
        """Return the code of a cell."""
        others, absent = len(self.categories), len(self.categories) + 1
        if is_missing(cell, self.missing):
            return absent
        word = self.word(as_text(cell))
        return absent if word is None else self.codes.get(word, others)

    def word(self, text: str) -> str | None:
        """Return the category of a text: 3, 3.0 and " 3 " are the same."""
        return text if text in self.codes else category_spelling(text.strip())


@dataclass(frozen=True)
class BooleanCells(WordCells):
    """A column of yes and no in any of the usual words."""

    def word(self, text: str) -> str | None:
        """Return ``true`` or ``false``, or another word as it is."""
        spelled = super().word(text)
        return None if spelled is None else boolean_word(spelled)


@dataclass(frozen=True)
class TextCells:
    """A column of texts; a missing cell is None."""

    name: str
    missing: tuple[str, ...] = ()
    goes_to: ClassVar[str] = "texts"

    def read(self, cell: Any) -> str | None:
        """Return a cell as text."""
        return None if is_missing(cell, self.missing) else as_text(cell).strip()


def is_missing(cell: Any, words: Sequence[str], usual: Iterable[str] = ("",)) -> bool:
    """Return whether a cell is empty or a word for a missing value; a number among the words stands for its equals."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    if not isinstance(cell, str) and not words:
        return False
    text = as_text(cell).strip().lower()
    if (isinstance(cell, str) and text in usual) or text in {word.lower() for word in words}:
        return True
    number = float_or_none(text)
    return number is not None and number in map(float_or_none, words)


def as_text(cell: Any) -> str:
    """Return a cell as text, booleans as ``true`` and ``false``."""
    return str(cell).lower() if isinstance(cell, bool | np.bool_) else str(cell)


def float_or_none(text: str) -> float | None:
    """Return the number that a text is; None for other text."""
    return float(text) if PLAIN_NUMBER.fullmatch(text) else None


def plain_number(cell: Any) -> float:
    """Return a number as programming languages write it, true and false as 1 and 0, and NaN if it is infinite."""
    if isinstance(cell, str):
        text = cell.strip().lower()
        number = {"true": 1.0, "false": 0.0}.get(text, float_or_none(text))
    else:
        number = float_of(cell)
    if number is None:
        raise ValueError("is no number")
    return number if math.isfinite(number) else math.nan


def float_of(cell: Any) -> float | None:
    """Return a number of any type as a float; None for what is no number."""
    try:
        return float(cell)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return None


def formatted_number(text: str, decimal: str, thousands: str, before: str, behind: str) -> float | None:
    """Return a number with these separators, with or without a unit before or behind it; None for other text."""
    first, last = (f"(?:{re.escape(unit)})?" if unit else "" for unit in (before, behind))
    body = r"[0-9]+(?:[.,' ][0-9]+)*[.,]?|[.,][0-9]+"
    layout = rf"([+-]?) ?({first}) ?([+-]?) ?({body})(?:[eE]([+-]?[0-9]{{1,3}}))? ?({last})"
    match = re.fullmatch(layout, text.translate(ONE_SIGN).strip())
    if match is None or (match[1] and match[3]) or (match[2] and match[6]):
        return None
    point, whole = re.escape(decimal), "0|[1-9][0-9]*"
    if thousands:
        whole += rf"|[1-9][0-9]{{0,2}}(?:[{thousands}][0-9]{{3}})+"
    if thousands == ",":
        whole += "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # lakhs and crores
    if not re.fullmatch(rf"(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+", match[4]):
        return None
    digits = match[4].replace(thousands, "") if thousands else match[4]
    number = float(f"{digits.replace(decimal, '.')}e{match[5] or '0'}")
    if math.isinf(number):
        return math.nan
    return -number if "-" in (match[1], match[3]) else number


def read_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Any]
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[list[str | None]]]:
    """Return numbers ``(n_rows, n_numbers)``, codes ``(n_rows, n_words)`` and the texts of each column of text.

    Raise ValueError with every column that is missing, and every cell that cannot be read, with its row from 1.
    """
    read: dict[str, list[list[Any]]] = {"numbers": [], "codes": [], "texts": []}
    problems = []
    for column in columns:
        cells: list[Any] = []
        for number, row in enumerate(rows, 1):
            try:
                cells.append(column.read(row[column.name]))
            except KeyError:
                problems.append(f"row {number} has no column {column.name!r}")
            except ValueError as error:
                problems.append(f"row {number}, column {column.name!r}: {str(row[column.name])[:60]!r} {error}")
        read[column.goes_to].append(cells)
    if problems:
        more = f"\n... and {len(problems) - MAX_PROBLEMS:,} more" if len(problems) > MAX_PROBLEMS else ""
        raise ValueError("\n".join(problems[:MAX_PROBLEMS]) + more)
    numbers = np.array(read["numbers"], dtype=np.float64).reshape(-1, len(rows)).T
    codes = np.array(read["codes"], dtype=np.int64).reshape(-1, len(rows)).T
    return numbers, codes, read["texts"]
