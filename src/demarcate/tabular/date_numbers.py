"""Numbers that are dates: 20240430, seconds since 1970, days of Excel."""

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.odd_cells import MAX_SHARE, MAX_WORDS
from demarcate.tabular.timestamps import SECONDS_OF_A_DAY, format_timestamp

Values = NDArray[np.float64]

_LEAST = 10_000.0
_NO_DATES = (-9999.0, -999.0, -99.0, -1.0, 0.0, 99_991_231.0, 99_999_999.0)
"""Numbers that stand for no date."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MIN_DAYS = 5
"""Different days from which digits that all are days are dates: of random ones 4% are."""
_MIN_DISTINCT = 10
_EARLIEST, _LATEST = 631_152_000.0, 2_208_988_800.0
"""1990 and 2040: moments that programs have recorded, or plan."""
_EXCEL_EARLIEST, _EXCEL_LATEST = 20_000.0, 55_000.0
"""1954 and 2050."""
_RECENT_EARLIEST, _RECENT_LATEST = 32_874.0, 51_136.0
"""1990 and 2040, in days of Excel."""
_FEW_YEARS = 4000
"""Days over which days of Excel without times and a name are taken for such: other whole numbers spread further."""
_MINUTES, _MINUTE_ERROR = 1440.0, 0.02
_MIN_FRACTIONS = 0.8
_DAYS_OF_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])")
_DATE_NAMES = frozenset(
    {"date", "dates", "datum", "datetime", "timestamp", "fecha", "jour", "day", "tag", "dia", "giorno", "dag"}
    | {"dob", "birthday", "birthdate", "excel", "serial"}
)
_TIME_NAMES = _DATE_NAMES | {"time", "times", "ts", "epoch", "unix", "posix"}
_TIME_NAMES |= {"zeit", "zeitpunkt", "hora", "heure", "tijd"}
_NO_DATE_NAMES = {"update", "candidate", "mandate", "validate"}
_ENDINGS = ("date", "datum", "timestamp", "datetime")
_MAGNITUDES = (("epoch", 1e8, 1e10), ("epoch_ms", 1e11, 1e13), ("epoch_us", 1e14, 1e16), ("epoch_ns", 1e17, 9.3e18))


@dataclass(frozen=True)
class CountedDates:
    """Numbers that may be dates: their format, what they look like, and whether they can be nothing else."""

    date_format: str
    description: str
    is_certain: bool
    missing: tuple[str, ...] = ()  # numbers that stand for no date


def dates_in_numbers(name: str, values: Values) -> CountedDates | None:
    """Return what dates the numbers of a column look like, NaN where missing, or None."""
    present = values[np.isfinite(values)]
    if not len(present) or np.mean(present >= _LEAST) < 1 - MAX_SHARE:
        return None
    numbers, counts = np.unique(present, return_counts=True)
    is_none = np.isin(numbers, _NO_DATES)
    stand_in = tuple(f"{number:.0f}" for number in numbers[is_none])
    if len(stand_in) > MAX_WORDS or counts[is_none].sum() > MAX_SHARE * len(present):
        return None
    numbers = numbers[~is_none]
    if len(numbers) < 2 or numbers[0] < _LEAST:
        return None
    found = _written_days(numbers) if np.array_equal(numbers, np.floor(numbers)) else None
    found = found or _moments(name, numbers) or _excel_days(name, numbers)
    return found and replace(found, missing=stand_in)


def count_format(values: Values, *, excel: bool) -> str:
    """Return the format of numbers that are known to be dates, by their size, or nothing; days of Excel on request."""
    present = np.abs(values[np.isfinite(values)])
    if not len(present):
        return ""
    if np.array_equal(present, np.floor(present)) and _are_days(present, _FIRST_YEAR, _LAST_YEAR).all():
        return "%Y%m%d"
    for name, low, high in _MAGNITUDES:
        if present.min() >= low and present.max() < high:
            return name
    is_excel = excel and present.min() >= _EXCEL_EARLIEST and present.max() <= _EXCEL_LATEST
    return "excel" if is_excel else ""


def is_named(name: str, *, as_date: bool = False) -> bool:
    """Tell whether the name of a column says that it holds times, or dates."""
    words = {word.lower() for word in _WORD.findall(name)}
    names = _DATE_NAMES if as_date else _TIME_NAMES
    return bool(words & names) or any(word.endswith(_ENDINGS) for word in words - _NO_DATE_NAMES)


def written_span(date_format: str, values: Values) -> str:
    """Return the first and the last date of numbers in a format as text."""
    _, unit, zero = NUMBER_FORMATS[date_format]
    first, last = (format_timestamp(number * unit + zero)[:10] for number in (values.min(), values.max()))
    return f"{first} to {last}"


def _written_days(present: Values) -> CountedDates | None:
    """Return dates whose digits are written one after another: 20240430, 20240430024200, 202404, 240430, 30042024."""
    n_days = len(present)
    for date_format, digits in (("%Y%m%d", 0), ("%Y%m%d%H%M", 4), ("%Y%m%d%H%M%S", 6)):
        days = np.floor(present / 10**digits)
        if _are_days(days, _FIRST_YEAR, _LAST_YEAR).all() and _are_times(present - days * 10**digits, digits):
            return CountedDates(date_format, f"dates written {present[0]:.0f}", n_days >= _MIN_DAYS)
    if n_days < _MIN_DISTINCT:
        return None
    year, month = np.divmod(present, 100)
    if np.all((year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)) and n_days > 12:
        return CountedDates("%Y%m", f"months written {present[0]:.0f}", is_certain=False)
    for date_format, year, month, day in _other_orders(present):
        low, high = (0, 99) if date_format == "%y%m%d" else (_FIRST_YEAR, _LAST_YEAR)
        if _are_parts(year, month, day, low, high).all():
            return CountedDates(date_format, f"dates written {present[-1]:.0f}", is_certain=False)
    return None


def _other_orders(present: Values) -> list[tuple[str, Values, Values, Values]]:
    head, last = np.divmod(present, 10_000)
    first, second = np.divmod(head, 100)
    years = [("%d%m%Y", last, second, first), ("%m%d%Y", last, first, second)]
    short = np.floor(present / 10_000), np.floor(present / 100) % 100, present % 100
    return [*years, ("%y%m%d", *short)] if present[-1] < 1e6 <= present[-1] * 10 else years


def _moments(name: str, present: Values) -> CountedDates | None:
    for date_format, (what, unit, zero) in NUMBER_FORMATS.items():
        with np.errstate(over="ignore"):
            seconds = present * unit + zero
        is_span = date_format != "excel" and seconds[0] >= _EARLIEST and seconds[-1] <= _LATEST
        if is_span and seconds[-1] - seconds[0] >= SECONDS_OF_A_DAY and len(present) >= _MIN_DISTINCT:
            description = f"{what} ({written_span(date_format, present)})"
            return CountedDates(date_format, description, is_named(name))
    return None


def _excel_days(name: str, present: Values) -> CountedDates | None:
    """Return days of Excel if the column is named so, or holds times to the minute, or days of few years."""
    if not (present[0] >= _EXCEL_EARLIEST and present[-1] <= _EXCEL_LATEST) or len(present) < _MIN_DISTINCT:
        return None
    fractions = present % 1
    minutes = fractions * _MINUTES
    has_times = np.mean(fractions > 0) >= _MIN_FRACTIONS
    to_the_minute = has_times and np.all(np.abs(minutes - np.round(minutes)) < _MINUTE_ERROR)
    is_dated = is_named(name, as_date=True)
    is_recent = present[0] >= _RECENT_EARLIEST and present[-1] <= _RECENT_LATEST
    are_days = not fractions.any() and present[-1] - present[0] <= _FEW_YEARS and _step(present) == 1
    if not (is_dated or (is_recent and (to_the_minute or are_days))):
        return None
    return CountedDates("excel", f"{NUMBER_FORMATS['excel'][0]} ({written_span('excel', present)})", is_dated)


def _step(present: Values) -> int:
    """Return the greatest common divisor of whole numbers."""
    return int(np.gcd.reduce(present.astype(np.int64)))


def _are_days(numbers: Values, first_year: int, last_year: int) -> NDArray[np.bool_]:
    year, rest = np.divmod(numbers, 10_000)
    return _are_parts(year, *np.divmod(rest, 100), first_year, last_year)


def _are_parts(year: Values, month: Values, day: Values, first_year: int, last_year: int) -> NDArray[np.bool_]:
    is_month = (month >= 1) & (month <= 12) & (year >= first_year) & (year <= last_year)
    n_days = _DAYS_OF_MONTH[np.where(is_month, month, 0).astype(int)]
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0) | (last_year < _FIRST_YEAR))
    n_days = n_days - ((month == 2) & ~is_leap)
    return np.asarray(is_month & (day >= 1) & (day <= n_days))


def _are_times(numbers: Values, digits: int) -> bool:
    if not digits:
        return True
    clock = numbers if digits == 6 else numbers * 100
    hour, rest = np.divmod(clock, 10_000)
    minute, second = np.divmod(rest, 100)
    return bool(np.all((hour < 24) & (minute < 60) & (second < 60)))
