"""Ways to write a day: those that are recognised, and those that a caller may name.

A format is a pattern of ``strptime``, a name of `NUMBER_FORMATS`, or empty: then a text must say itself what it means,
as ISO 8601 and names of months do. Several formats of one column are joined by ``|``. A pattern with ``%y`` may end in
``@1935``: its two digits are the years from 1935 to 2034.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from demarcate.errors import SettingError
from demarcate.tabular.clock import SECOND
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.month_names import in_english, plain_day

ISO = ("%Y-%m-%d", "%Y/%m/%d")
DATE_FORMATS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d %B %Y", "%d-%B-%Y", "%B %d, %Y", "%B %d %Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
)
"""Formats besides those that speak for themselves, in order of preference; ``%B`` is a month's name."""
LATER_FORMATS = (
    *("%d-%m-%y", "%m-%d-%y", "%y/%m/%d", "%y-%m-%d", "%d %B %y", "%d %m %Y", "%m %d %Y", "%m.%d.%Y"),
    *("%d%m%Y", "%m%d%Y", "%B %y"),
)
"""Formats that are looked for where none of the first fits."""
NUMBER_FORMATS = {
    "epoch": ("seconds since 1970", 1.0, 0.0),
    "epoch_ms": ("milliseconds since 1970", 1e-3, 0.0),
    "epoch_us": ("microseconds since 1970", 1e-6, 0.0),
    "epoch_ns": ("nanoseconds since 1970", 1e-9, 0.0),
    "excel": ("days of Excel", 86400.0, -2_209_161_600.0),
}
"""Dates as numbers: what they count, their unit in seconds, and their zero in seconds since 1970-01-01."""
_SYNONYMS = {"yyyymmdd": "%Y%m%d", "iso": "", "unix": "epoch"}

_EITHER = (
    {"%d/%m/%Y", "%m/%d/%Y"},
    {"%d-%m-%Y", "%m-%d-%Y"},
    {"%d %m %Y", "%m %d %Y"},
    {"%d%m%Y", "%m%d%Y"},
    {"%d/%m/%y", "%m/%d/%y", "%y/%m/%d"},
    {"%d-%m-%y", "%m-%d-%y", "%y-%m-%d"},
)
"""Formats that the same digits may be in."""
_FIRST_YEAR = 1000
_COMPACT_YEARS = 1800, 2199
_CENTURY, _PIVOT = 100, 1970
_DIRECTIVE = re.compile(r"%(.)")
_KNOWN = frozenset("aAbBhdejmyYGVuHIMSpfzZTRDF%")
_CLOCK, _DAY, _MONTH = frozenset("HIMSpfzTR"), frozenset("dejDFV"), frozenset("mbBhjDFV")
_WORDS = frozenset("aAbBh")
_MAX_LENGTH = 60
_SAMPLE = "2004-11-17"


def checked_format(text: str) -> str:
    """Return a format as it is kept, or raise SettingError: it must read years, and days from nothing but text."""
    name = well_formed(text)
    if name and name not in NUMBER_FORMATS:
        for pattern in spellings(name):
            if not _reads_days(pattern):
                raise _refusal(pattern)
    return name


def well_formed(text: str) -> str:
    """Return a format as it is kept, or raise SettingError if it is none by its form.

    Nothing is read with it, so polars and its threads are not started: whoever reads a model file may copy its process.
    """
    name = _SYNONYMS.get(text.strip().lower(), text.strip())
    if name in NUMBER_FORMATS or not name:
        return name
    for pattern in spellings(name):
        if not _has_form(pattern):
            raise _refusal(pattern)
    return name


def _has_form(text: str) -> bool:
    """Tell whether a text is a short pattern of known directives, one of them a year."""
    pattern, _, pivot = text.partition("@")
    directives = _DIRECTIVE.findall(pattern.replace("%.f", ".%f"))
    is_pivot = not pivot or (re.fullmatch("1[0-9]{3}|20[0-9]{2}", pivot) and "y" in directives)
    is_pattern = text.isprintable() and "%" not in _DIRECTIVE.sub("", pattern) and {*directives} <= _KNOWN
    return bool(len(text) <= _MAX_LENGTH and is_pattern and is_pivot and {*directives} & {*"yYGDF"})


def _reads_days(text: str) -> bool:
    """Tell whether a pattern reads a moment that it has written."""
    pattern = text.partition("@")[0]
    sample = pl.Series([f"{_SAMPLE} 13:45:00"]).str.to_datetime("%Y-%m-%d %H:%M:%S")
    try:
        back = parse_patterned(sample.dt.strftime(pattern.replace("%z", "+0000")), pattern)
    except pl.exceptions.PolarsError:
        return False
    return back[0] is not None


def _refusal(text: str) -> SettingError:
    names = ", ".join(NUMBER_FORMATS)
    return SettingError(f"a date format must be a pattern such as %d.%m.%Y, yyyymmdd, or one of {names}, got {text!r}")


def has_clock_pattern(date_format: str) -> bool:
    """Tell whether a pattern reads the time of day too."""
    return bool(_CLOCK & {*_DIRECTIVE.findall(date_format.replace("%.f", "%f"))})


def spellings(date_format: str) -> Iterator[str]:
    """Iterate over the formats of a column."""
    return iter(date_format.split("|"))


def parse_days(text: pl.Series, date_format: str, *, strict: bool = False) -> pl.Series:
    """Return days as microseconds since 1970-01-01, Int64, null where a text fits no format.

    Unless ``strict``, weekdays and spaces are ignored, and months may have names in seven languages.
    """
    days = pl.repeat(None, len(text), dtype=pl.Int64, eager=True)
    for pattern in ISO if not date_format else (date_format,):
        if days.has_nulls():
            days = days.zip_with(days.is_not_null(), _strictly(text, pattern))
    if strict or not days.has_nulls():
        return days
    may_be_day = text.str.contains("^[^:]*[0-9][^:]*$") & (text.str.len_chars() <= _MAX_LENGTH)
    left = text.filter(days.is_null() & may_be_day).unique()
    spell = in_english if date_format else plain_day
    spelled = pl.Series([spell(day) for day in left], dtype=pl.String)
    read = _strictly(spelled, date_format or ISO[0])
    return days.zip_with(days.is_not_null(), text.replace_strict(left, read, default=None, return_dtype=pl.Int64))


def parse_patterned(text: pl.Series, date_format: str) -> pl.Series:
    """Return moments in a pattern with a time of day as microseconds since 1970-01-01 UTC, Int64."""
    pattern = date_format.partition("@")[0].replace(".%f", "%.f")
    if not has_clock_pattern(pattern):
        return _strictly(text, pattern)
    full, lead = _completed(pattern)
    return (lead + text).str.to_datetime(full, strict=False, time_unit="us").dt.timestamp("us")


def parse_counts(numbers: pl.Series, date_format: str) -> pl.Series:
    """Return moments that are counted from a zero as microseconds since 1970-01-01, Int64; null beyond the calendar."""
    _, unit, zero = NUMBER_FORMATS[date_format]
    seconds = numbers.cast(pl.Float64) * unit + zero
    inside = seconds.is_between(-62_135_596_800, 253_402_300_799)
    return (seconds.set(~inside, None).fill_nan(None) * SECOND).round().cast(pl.Int64)


def is_day_month_ambiguous(formats: list[str]) -> bool:
    """Tell whether dates in these formats could have their parts in another order."""
    return any(len(either & {*formats}) > 1 for either in _EITHER)


def day_month_order(date_format: str) -> str:
    """Return "day first", "month first" or "year first" for a format whose digits could be in another, else nothing."""
    orders = {"d": "day first", "m": "month first", "y": "year first"}
    return next((orders[each[1]] for each in spellings(date_format) if _either(each)), "")


def other_orders(date_format: str) -> list[str]:
    """Return the formats with day, month and year in another order, if there are any."""
    own = [*spellings(date_format)]
    others = {other for each in own for other in _either(each)} - {*own}
    return [each for each in (*DATE_FORMATS, *LATER_FORMATS) if each in others]


def _either(date_format: str) -> set[str]:
    return next((either for either in _EITHER if date_format.partition("@")[0] in either), set())


def _strictly(text: pl.Series, pattern: str) -> pl.Series:
    pattern, _, pivot = pattern.partition("@")
    is_compact = "%" in pattern and not re.search(r"%.[^%]", pattern) and pattern != "%Y"
    if is_compact:
        # Digits without separators: none may be missing but the zero that a number does not begin with.
        n = _n_digits(pattern)
        fewest = n if pattern.startswith(("%Y", "%G")) else n - 1
        text = text.set(~text.str.contains(f"^[0-9]{{{fewest},{n}}}$"), None).str.zfill(n)
    elif " " in pattern and not _WORDS & {*_DIRECTIVE.findall(pattern)}:
        # strptime would take no space for one.
        text = text.set(~text.str.contains(" ", literal=True), None)
    if pattern.startswith("%y") or pattern.endswith("%y"):
        # The third part of a version such as 1.2.3 is no year.
        years = r"^[0-9]{2}([^0-9]|[0-9]{4}$)" if pattern.startswith("%y") else r"[0-9]{2}$"
        text = text.set(~text.str.contains(years), None)
    full, lead = _completed(pattern)
    days = (lead + text).str.to_date(full, strict=False)
    if "%y" in pattern:
        first = int(pivot or _PIVOT)
        days = days.zip_with(days.dt.year() >= first, days.dt.offset_by(f"{_CENTURY}y"))
        days = days.zip_with(days.dt.year() < first + _CENTURY, days.dt.offset_by(f"-{_CENTURY}y"))
    # "24.12.99" is not of the first century, and neither are the last digits of "June 1996" read as a day and a year.
    is_short = (days.dt.year() < _FIRST_YEAR) & ~text.str.contains(r"\b0[0-9]{3}\b")
    if is_compact:
        # Of eight digits many are days of some century.
        is_short |= ~days.dt.year().is_between(*_COMPACT_YEARS)
    return days.cast(pl.Datetime("us")).dt.timestamp("us").set(is_short, None)


def _n_digits(pattern: str) -> int:
    return sum(4 if directive in "YG" else 3 if directive == "j" else 2 for directive in _DIRECTIVE.findall(pattern))


def _completed(pattern: str) -> tuple[str, str]:
    """Return a pattern with a day and a month, and the text of those that it lacks: months are their first day."""
    directives = {*_DIRECTIVE.findall(pattern)}
    lacks = [part for part, has in (("%d", directives & _DAY), ("%m", directives & _MONTH)) if not has]
    return " ".join([*lacks, pattern]), "1 " * len(lacks)
