"""Dates and times in any of the usual formats.

A text is split into a date, a time of day and an offset from UTC. Only dates have many formats: these are tried on a
whole column, which holds dates if every cell fits the same format.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from demarcate.tabular.cells import ParsedCells, is_missing_word, strip

_ISO = ("%Y-%m-%d", "%Y/%m/%d")
DATE_FORMATS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d %B %Y", "%d-%B-%Y", "%B %d, %Y", "%B %d %Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
)
"""Formats besides ISO 8601; ``%B`` is a month's English name, whole or its first three letters."""

_AMBIGUOUS_PAIRS = ({"%d/%m/%Y", "%m/%d/%Y"}, {"%d-%m-%Y", "%m-%d-%Y"}, {"%d/%m/%y", "%m/%d/%y"})
_FIRST_YEAR = 1000
_N_TRIED_FIRST = 100

_LAYOUT = (
    r"^(?P<date>.*?)(?:[T ] *(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,6})?)[0-9]*)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?(?: ?(?:Z|UTC|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):?(?P<off_minute>[0-9]{2})?))?)?$"
)
SECONDS_OF_A_DAY = 86400
FIRST_DATE, LAST_DATE = -62_135_596_800.0, 253_402_300_799.999999
"""The first and the last moment that Python has a calendar for, in seconds since 1970-01-01: the years 1 to 9999."""
_SECOND = 1_000_000
"""In microseconds, the unit of everything below."""


def parse_dates(column: pl.Series, date_format: str = "") -> ParsedCells:
    """Read a column as seconds since 1970-01-01 UTC; text in ``date_format`` or, failing that, ISO 8601."""
    bad = np.zeros(len(column), dtype=bool)
    if column.dtype in (pl.Date, pl.Datetime):
        moments = column.cast(pl.Datetime("us")).dt.timestamp("us")
    else:
        text = strip(column)
        moments = _parse(text, (date_format, *_ISO) if date_format else _ISO)
        if moments.null_count() > text.null_count():
            bad = (moments.is_null() & ~is_missing_word(text)).to_numpy()
    seconds = moments.cast(pl.Float64) / _SECOND
    return ParsedCells(seconds.fill_null(np.nan).to_numpy(), bad)


def matching_formats(distinct: pl.Series) -> list[str]:
    """Return the formats in which all distinct stripped texts are dates; an empty one is ISO 8601."""
    first = distinct.head(_N_TRIED_FIRST)
    if not first.str.contains("[0-9]").all():
        return []
    candidates = [date_format for date_format in ("", *DATE_FORMATS) if _all_match(first, date_format)]
    return [date_format for date_format in candidates if _all_match(distinct, date_format)]


def is_day_month_ambiguous(formats: list[str]) -> bool:
    """Tell whether dates in these formats could have day and month swapped."""
    return any(pair <= set(formats) for pair in _AMBIGUOUS_PAIRS)


def day_month_order(date_format: str) -> str:
    """Return "day first" or "month first" for a format whose digits could be read either way, else nothing."""
    if not any(date_format in pair for pair in _AMBIGUOUS_PAIRS):
        return ""
    return "day first" if date_format.startswith("%d") else "month first"


def swapped_order(date_format: str) -> str:
    """Return the format with day and month the other way round, of one for which `day_month_order` is something."""
    (pair,) = (pair for pair in _AMBIGUOUS_PAIRS if date_format in pair)
    (other,) = pair - {date_format}
    return other


def format_timestamp(seconds: float) -> str:
    """Write seconds since 1970-01-01 as ISO 8601, without the time of day at midnight."""
    return str(datetime(1970, 1, 1) + timedelta(seconds=seconds)).removesuffix(" 00:00:00")


def _all_match(distinct: pl.Series, date_format: str) -> bool:
    return not _parse(distinct, (date_format,) if date_format else _ISO).has_nulls()


def _parse(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Return microseconds since 1970-01-01, null where a text fits no format."""
    if not text.str.contains(":", literal=True).any():
        return _parse_days(text, formats)
    distinct = text.drop_nulls().unique()
    parts = distinct.str.extract_groups(_LAYOUT).struct.unnest()
    days = _parse_days(parts["date"], formats)
    moments = parts.select(days + _time_of_day() - _offset()).to_series()
    return text.replace_strict(distinct, moments, default=None, return_dtype=pl.Int64)


def _parse_days(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    days = pl.repeat(None, len(text), dtype=pl.Int64, eager=True)
    for date_format in formats:
        if days.has_nulls():
            parsed = text.str.to_date(date_format, strict=False)
            # "24.12.99" is not of the first century.
            is_short = (parsed.dt.year() < _FIRST_YEAR) & ~text.str.contains("[0-9]{4}")
            moments = parsed.cast(pl.Datetime("us")).dt.timestamp("us").set(is_short, None)
            days = days.zip_with(days.is_not_null(), moments)
    return days


def _time_of_day() -> pl.Expr:
    """Return microseconds since midnight, 0 without a time; null where no clock shows it."""
    hour, minute = pl.col("hour").cast(pl.Int64), pl.col("minute").cast(pl.Int64)
    second = (pl.col("second").cast(pl.Float64).fill_null(0) * _SECOND).round().cast(pl.Int64)
    half, is_12_hour = pl.col("half").str.to_lowercase(), pl.col("half").is_not_null()
    hour_of_day = pl.when(is_12_hour).then(hour % 12 + 12 * (half == "p").cast(pl.Int64)).otherwise(hour)
    is_time = (hour_of_day < 24) & (minute < 60) & (second < 60 * _SECOND)
    is_time &= pl.when(is_12_hour).then(hour.is_between(1, 12)).otherwise(statement=True)
    time = pl.when(is_time).then((hour_of_day * 60 + minute) * 60 * _SECOND + second)
    return pl.when(hour.is_null()).then(0).otherwise(time)


def _offset() -> pl.Expr:
    minutes = pl.col("off_hour").cast(pl.Int64) * 60 + pl.col("off_minute").cast(pl.Int64).fill_null(0)
    signed = pl.when(pl.col("sign") == "-").then(-minutes).otherwise(minutes)
    return signed.fill_null(0) * 60 * _SECOND
