"""Cells of a column of dates, in seconds since 1970-01-01 UTC."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any, ClassVar

import numpy as np

from demarcate.export.plain_torch.cell_readers import float_or_none, is_missing
from demarcate.tabular.cells import MISSING_WORDS
from demarcate.tabular.clock import LAYOUT, MAYBE_CLOCK, SECOND, in_layout
from demarcate.tabular.date_formats import ISO, NUMBER_FORMATS
from demarcate.tabular.date_numbers import count_format
from demarcate.tabular.month_names import in_english, plain_day

DIRECTIVES = {
    **dict.fromkeys("de", "(?P<day>[0-9]{1,2})"),
    "m": "(?P<month>[0-9]{1,2})",
    **dict.fromkeys("bBh", "(?P<name>[A-Za-z]{3,9})"),
    "Y": "(?P<year>[0-9]{4})",
    "y": "(?P<short>[0-9]{2})",
    "H": "(?P<hour>[0-9]{2})",
    "M": "(?P<minute>[0-9]{2})",
    "S": "(?P<second>[0-9]{2})",
}
"""What the directives of ``strptime`` match; patterns with others are not read."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_SHORT_YEAR, LONGEST_DATE = 1970, 60
FIRST_SECOND, LAST_SECOND = -62_135_596_800.0, 253_402_300_799.0


@dataclass(frozen=True)
class DateCells:
    """A column of dates in some formats, or ISO 8601; a missing cell is NaN."""

    name: str
    formats: tuple[str, ...] = ()  # patterns of strptime, or names of `NUMBER_FORMATS`
    missing: tuple[str, ...] = ()  # words, or dates, for a missing value beside the usual words
    goes_to: ClassVar[str] = "numbers"

    def read(self, cell: Any) -> float:
        """Return a cell in seconds; raise ValueError if it is no date."""
        if is_missing(cell, self.missing, MISSING_WORDS):
            return math.nan
        moment = self.moment(cell)
        if moment is None:
            raise ValueError("is no date")
        return math.nan if moment in self.none_moments else moment / SECOND

    @cached_property
    def none_moments(self) -> frozenset[int]:
        """The dates that stand for none."""
        return frozenset(moment for word in self.missing if (moment := self.moment(word)) is not None)

    def moment(self, cell: Any) -> int | None:
        """Return a cell in microseconds since 1970-01-01 UTC; None if it is no date."""
        if isinstance(cell, date):
            midnight = datetime(cell.year, cell.month, cell.day)
            moment = cell if isinstance(cell, datetime) else midnight
            seconds = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)
            return seconds.days * 86_400 * SECOND + seconds.seconds * SECOND + seconds.microseconds
        text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
        read = moment_of(text, (*self.formats, ""))
        if read is None and re.search(MAYBE_CLOCK, text):
            read = moment_of(in_layout(text[:80]), (*self.formats, ""))
        other = self.other_count(text)
        # A number that counts from another zero than those trained on, by its size, is not guessed at.
        return None if other and moment_of(text, (other,)) != read else read

    def other_count(self, text: str) -> str:
        """Return the format that a number has by its size if that is none of the column's; empty for other text."""
        number = float_or_none(text)
        if number is None:
            return ""
        by_size = count_format(np.array([number]), excel=bool(NUMBER_FORMATS.keys() & set(self.formats)))
        return "" if by_size in self.formats else by_size


def moment_of(text: str, formats: Iterable[str]) -> int | None:
    """Return a text in microseconds since 1970-01-01 UTC in the first format that it fits; ISO 8601 is the empty."""
    days, time = split_moment(text)
    for date_format in formats:
        if date_format in NUMBER_FORMATS:
            moment = counted_moment(text, date_format)
        elif re.search("%[HMS]", date_format):
            moment = patterned_moment(text, date_format)
        else:
            day = day_moment(days, date_format)
            moment = None if day is None or time is None else day + time
        if moment is not None:
            return moment
    return None


def split_moment(text: str) -> tuple[str, int | None]:
    """Return the text of the day, and microseconds from its midnight UTC: None where no clock shows the time."""
    match = re.fullmatch(LAYOUT, text) if ":" in text else None
    if match is None or match["hour"] is None:
        return text, 0
    hour, minute = int(match["hour"]), int(match["minute"])
    second = round(float((match["second"] or "0").replace(",", ".")) * SECOND)
    if match["half"]:
        if not 1 <= hour <= 12:
            return match["date"], None
        hour = hour % 12 + 12 * (match["half"] in "Pp")
    is_end = (hour, minute, second) == (24, 0, 0)
    if not is_end and not (hour < 24 and minute < 60 and second < 60 * SECOND):
        return match["date"], None
    offset = int(match["off_hour"] or 0) * 60 + int(match["off_minute"] or 0)
    offset = -offset if match["sign"] == "-" else offset
    return match["date"], ((hour * 60 + minute) - offset) * 60 * SECOND + second


def day_moment(text: str, pattern: str) -> int | None:
    """Return a day in microseconds since 1970-01-01; ISO 8601, and what else leaves no doubt, without a pattern."""
    for own in (pattern,) if pattern else ISO:
        if (moment := patterned_moment(text, own)) is not None:
            return moment
    if len(text) > LONGEST_DATE or ":" in text or not re.search("[0-9]", text):
        return None
    spelled = in_english(text) if pattern else plain_day(text)
    return None if spelled is None else patterned_moment(spelled, pattern or ISO[0])


def patterned_moment(text: str, pattern: str) -> int | None:
    """Return a moment in a pattern of ``strptime`` in microseconds since 1970-01-01; None for other text."""
    pattern, _, pivot = pattern.partition("@")
    if re.fullmatch("(?:%[A-Za-z])+", pattern) and pattern != "%Y":
        # Digits without separators: a number does not begin with a zero.
        n_digits = sum(4 if directive == "Y" else 2 for directive in re.findall("%(.)", pattern))
        if len(text) < n_digits - (not pattern.startswith("%Y")):
            return None
        text = text.zfill(n_digits)
    match = compiled(pattern).fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts.get("year") or 0)
    if "short" in parts:
        first = int(pivot or FIRST_SHORT_YEAR)
        year = first + (int(parts["short"]) - first) % 100
    name = (parts.get("name") or "").lower()
    if name and name[:3] not in MONTHS:
        return None
    month = MONTHS.index(name[:3]) + 1 if name else int(parts.get("month") or 1)
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    try:
        day = date(year, month, int(parts.get("day") or 1))
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    days = day.toordinal() - date(1970, 1, 1).toordinal()
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * SECOND


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern of ``strptime``."""
    is_compact = re.fullmatch("(?:%[A-Za-z])+", pattern)
    parts = re.split("%(.)", pattern)
    text = "".join(DIRECTIVES[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile(text.replace("{1,2}", "{2}") if is_compact else text)


def counted_moment(text: str, date_format: str) -> int | None:
    """Return a number that counts from a zero in microseconds since 1970-01-01; None beyond the calendar."""
    _, unit, zero = NUMBER_FORMATS[date_format]
    try:
        seconds = float(text) * unit + zero
    except ValueError:
        return None
    return round(seconds * SECOND) if FIRST_SECOND <= seconds <= LAST_SECOND else None
