"""Dates and moments, written in whatever way.

A text is taken apart into a date, a time of day and an offset from UTC. Only the date is written in many ways; those
are tried on a whole column, and a column is one of dates if every cell fits the same way.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from demarcate.tabular.cells import Parsed, is_missing_word, stripped

_ISO = ("%Y-%m-%d", "%Y/%m/%d")
DATE_FORMATS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d %B %Y", "%d-%B-%Y", "%B %d, %Y", "%B %d %Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
)
"""Ways of writing a date beside ISO 8601; ``%B`` is a month's English name, whole or its first three letters."""

_EITHER_WAY = ({"%d/%m/%Y", "%m/%d/%Y"}, {"%d-%m-%Y", "%m-%d-%Y"}, {"%d/%m/%y", "%m/%d/%y"})
_FIRST_YEAR = 1000
_LOOKED_AT = 100

_LAYOUT = (
    r"^(?P<date>.*?)(?:[T ] *(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,6})?)[0-9]*)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?(?: ?(?:Z|UTC|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):?(?P<off_minute>[0-9]{2})?))?)?$"
)
_SECOND = 1_000_000
"""In microseconds, the unit of everything below."""


def dates(column: pl.Series, date_format: str = "") -> Parsed:
    """A column read as moments, in seconds since 1970-01-01, UTC.

    Text is read in ``date_format`` and, failing that, as ISO 8601.

    Examples
    --------
    >>> dates(pl.Series(["02.01.1970", "1970-01-03T00:30+00:30", "soon"]), "%d.%m.%Y").values.tolist()
    [86400.0, 172800.0, nan]
    """
    bad = np.zeros(len(column), dtype=bool)
    if column.dtype in (pl.Date, pl.Datetime):
        moments = column.cast(pl.Datetime("us")).dt.timestamp("us")
    else:
        text = stripped(column)
        moments = _moments(text, (date_format, *_ISO) if date_format else _ISO)
        if moments.null_count() > text.null_count():
            bad = (moments.is_null() & ~is_missing_word(text)).to_numpy()
    seconds = moments.cast(pl.Float64) / _SECOND
    return Parsed(seconds.fill_null(np.nan).to_numpy(), bad)


def fitting_formats(distinct: pl.Series) -> list[str]:
    """The ways of writing in which every one of the distinct stripped texts is a date; an empty one is ISO 8601.

    Examples
    --------
    >>> fitting_formats(pl.Series(["01/02/2024", "03/04/2024"]))
    ['%d/%m/%Y', '%m/%d/%Y']
    >>> fitting_formats(pl.Series(["2024-02-01 10:30", "2024-02-01"]))
    ['']
    """
    some = distinct.head(_LOOKED_AT)
    if not some.str.contains("[0-9]").all():
        return []
    likely = [name for name in ("", *DATE_FORMATS) if _all_fit(some, name)]
    return [name for name in likely if _all_fit(distinct, name)]


def either_way(formats: list[str]) -> bool:
    """Whether dates that fit these formats could have day and month swapped."""
    return any(pair <= set(formats) for pair in _EITHER_WAY)


def moment_text(seconds: float) -> str:
    """A moment as ISO 8601, without a time of day at midnight.

    Examples
    --------
    >>> moment_text(86400.0), moment_text(-0.5)
    ('1970-01-02', '1969-12-31 23:59:59.500000')
    """
    return str(datetime(1970, 1, 1) + timedelta(seconds=seconds)).removesuffix(" 00:00:00")


def _all_fit(distinct: pl.Series, date_format: str) -> bool:
    return not _moments(distinct, (date_format,) if date_format else _ISO).has_nulls()


def _moments(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Microseconds since 1970-01-01, null where a text fits no format."""
    if not text.str.contains(":", literal=True).any():
        return _days(text, formats)
    distinct = text.drop_nulls().unique()
    parts = distinct.str.extract_groups(_LAYOUT).struct.unnest()
    days = _days(parts["date"], formats)
    moments = parts.select(days + _time_of_day() - _offset()).to_series()
    return text.replace_strict(distinct, moments, default=None, return_dtype=pl.Int64)


def _days(text: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    days = pl.repeat(None, len(text), dtype=pl.Int64, eager=True)
    for date_format in formats:
        if days.has_nulls():
            read = text.str.to_date(date_format, strict=False)
            # "24.12.99" is not of the first century.
            is_short = (read.dt.year() < _FIRST_YEAR) & ~text.str.contains("[0-9]{4}")
            moments = read.cast(pl.Datetime("us")).dt.timestamp("us").set(is_short, None)
            days = days.zip_with(days.is_not_null(), moments)
    return days


def _time_of_day() -> pl.Expr:
    """Microseconds since midnight; null where the clock has no such time, 0 where none is given."""
    hour, minute = pl.col("hour").cast(pl.Int64), pl.col("minute").cast(pl.Int64)
    second = (pl.col("second").cast(pl.Float64).fill_null(0) * _SECOND).round().cast(pl.Int64)
    half, is_halved = pl.col("half").str.to_lowercase(), pl.col("half").is_not_null()
    hour_of_day = pl.when(is_halved).then(hour % 12 + 12 * (half == "p").cast(pl.Int64)).otherwise(hour)
    is_time = (hour_of_day < 24) & (minute < 60) & (second < 60 * _SECOND)
    is_time &= pl.when(is_halved).then(hour.is_between(1, 12)).otherwise(statement=True)
    given = pl.when(is_time).then((hour_of_day * 60 + minute) * 60 * _SECOND + second)
    return pl.when(hour.is_null()).then(0).otherwise(given)


def _offset() -> pl.Expr:
    minutes = pl.col("off_hour").cast(pl.Int64) * 60 + pl.col("off_minute").cast(pl.Int64).fill_null(0)
    signed = pl.when(pl.col("sign") == "-").then(-minutes).otherwise(minutes)
    return signed.fill_null(0) * 60 * _SECOND
