"""Dates and times, and values that look like them."""

from datetime import date as day
from datetime import datetime, time, timedelta, timezone

import polars as pl
from cases import category, cells, date, number, taken, words

_DAY = 86_400.0
_BERLIN = timezone(timedelta(hours=2))
_NOON = [datetime(2024, 3, 1, 12), datetime(2024, 3, 2, 12), None, datetime(2024, 3, 1, 12)]
_NOON_SECONDS = (1709294400.0, 1709380800.0, None, 1709294400.0)
_MAR_1 = 19783 * _DAY
_JAN_1 = _MAR_1 - 60 * _DAY
_EITHER = "day and month could be either way round"


def _moments(unit: str, zone: str | None = None) -> pl.Series:
    return pl.Series(_NOON, dtype=pl.Datetime(unit)).dt.replace_time_zone(zone)


CASES = (
    cells(
        "ISO dates",
        ["2024-03-01", "2024-03-31", "", "1999-12-31"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY),
    ),
    cells(
        "days before months",
        ["01.03.2024", "31.03.2024", "n/a", "31.12.1999"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY, written="%d.%m.%Y"),
    ),
    cells(
        "months before days",
        ["03/01/2024", "03/31/2024", "", "12/31/1999"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY, written="%m/%d/%Y"),
    ),
    cells(
        "years first, slashes",
        ["2024/03/01", "2024/03/31", "", "1999/12/31"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY),
    ),
    cells(
        "names of months",
        ["1 March 2024", "31 Mar 2024", "", "31 December 1999"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY, written="%d %B %Y"),
    ),
    cells(
        "days and months either way round",
        ["01/03/2024", "02/03/2024", "", "01/03/2024"],
        date(_MAR_1, _MAR_1 + _DAY, None, _MAR_1, written="%d/%m/%Y", note=_EITHER),
    ),
    cells(
        "days that no calendar has",
        ["2024-02-30", "2024-02-29", "2024-02-30", "2024-02-29"],
        category("2024-02-30", "2024-02-29", "2024-02-30", "2024-02-29", note="row 1 holds '2024-02-30'"),
    ),
    cells(
        "dates in two ways",
        ["2024-03-01", "31.03.2024", "2024-03-01", "31.03.2024"],
        date(*2 * (_MAR_1, _MAR_1 + 30 * _DAY), written="%d.%m.%Y", note="row 2 holds '31.03.2024'"),
    ),
    cells(
        "an odd cell among dates",
        [*["2024-03-01", "2024-03-31"] * 10, "soon", "2024-03-01"],
        date(*10 * (_MAR_1, _MAR_1 + 30 * _DAY), None, _MAR_1, note="row 21 holds 'soon' among dates"),
    ),
    cells(
        "zeros for dates that are not known",
        ["2024-03-01", "2024-03-31", "0000-00-00", "2024-03-01"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, _MAR_1, note="row 3 holds '0000-00-00'"),
    ),
    cells(
        "names of months in other languages",
        ["1. März 2024", "dimanche 31 mars 2024", "", "31 de dezembro de 1999"],
        date(_MAR_1, _MAR_1 + 30 * _DAY, None, 10956 * _DAY),
    ),
    cells(
        "days and months in two orders",
        ["13/01/2024", "01/13/2024", "13/01/2024", "01/13/2024"],
        category("13/01/2024", "01/13/2024", "13/01/2024", "01/13/2024", note="in two orders"),
    ),
    cells(
        "moments of mail and of logs",
        ["Fri, 1 Mar 2024 14:00:00 +0200", "Sat Mar  2 12:00:00 2024", "", "01/Mar/2024:12:00:00 +0000"],
        date(*_NOON_SECONDS, note="without: read as UTC"),
    ),
    cells(
        "times before days",
        ["12:00 01.03.2024", "12:00 02.03.2024", "", "12h 01.03.2024"],
        date(*_NOON_SECONDS, written="%d.%m.%Y"),
    ),
    cells(
        "seconds since 1970",
        [1709294400 + 86400 * day for day in range(12)],
        number(*(1709294400 + 86400 * day for day in range(12)), note="looks like seconds since 1970 (2024-03-01 to"),
    ),
    taken(
        "seconds since 1970 by name",
        {
            "time": (
                [1709294400 + 86400 * day for day in range(12)],
                date(*(1709294400 + 86400 * day for day in range(12)), written="epoch", note="seconds since 1970"),
            )
        },
    ),
    cells("quarters", ["2024Q1", "2024Q2", "", "2024Q1"], date(_JAN_1, _JAN_1 + 91 * _DAY, None, _JAN_1)),
    words("seasons, not months", ["2009/10", "2010/11", "2009/10", "2010/11"]),
    words("versions, not dates", ["1.2.3", "1.2.4", "2.0.1", "1.2.3"]),
    cells(
        "moments with and without zones",
        ["2024-03-01T12:00:00Z", "2024-03-02 14:00+02:00", "", "2024-03-01 12:00"],
        date(*_NOON_SECONDS, note="row 4 holds '2024-03-01 12:00' without: read as UTC"),
    ),
    cells(
        "years without a century",
        ["01.03.24", "31.12.99", "01.03.24", "31.12.99"],
        date(_MAR_1, 10956 * _DAY, _MAR_1, 10956 * _DAY, written="%d.%m.%y"),
    ),
    cells(
        "dates before 1700 and after 2262",
        [day(1500, 1, 1), day(2500, 1, 1), day(1970, 1, 1), None],
        date(-171664 * _DAY, 193579 * _DAY, 0, None),
    ),
    cells(
        "dates before 1000",
        [day(987, 1, 1), day(1970, 1, 1), day(1970, 1, 2), None],
        date(-359033 * _DAY, 0, _DAY, None),
    ),
    cells("years alone", ["2024", "1999", "", "2024"], number(2024, 1999, None, 2024)),
    cells(
        "dates without separators, two of them",
        ["20240301", "19991231", "", "20240301"],
        number(20240301, 19991231, None, 20240301, note="looks like dates written 19991231"),
    ),
    cells(
        "dates without separators",
        ["20240301", "19991231", "", "20240331", "20240302", "20240303", "20240304"],
        date(_MAR_1, 10956 * _DAY, None, _MAR_1 + 30 * _DAY, *(_MAR_1 + n * _DAY for n in (1, 2, 3)), written="%Y%m%d"),
    ),
    cells(
        "dates", [day(2024, 3, 1), day(2024, 3, 2), None, day(2024, 3, 1)], date(_MAR_1, _MAR_1 + _DAY, None, _MAR_1)
    ),
    cells("moments", _NOON, date(*_NOON_SECONDS)),
    cells(
        "dates and moments",
        [day(2024, 3, 1), datetime(2024, 3, 1, 12), None, day(2024, 3, 1)],
        date(_MAR_1, _NOON_SECONDS[0], None, _MAR_1),
        apart=dict.fromkeys(("parquet", "pyarrow", "pandas over Arrow"), "pyarrow itself makes dates of them"),
    ),
    cells("moments in milliseconds", _moments("ms"), date(*_NOON_SECONDS)),
    cells("moments in microseconds", _moments("us"), date(*_NOON_SECONDS)),
    cells("moments in nanoseconds", _moments("ns"), date(*_NOON_SECONDS)),
    cells("moments in UTC", _moments("us", "UTC"), date(*_NOON_SECONDS)),
    cells(
        "moments in Berlin's winter",
        _moments("us", "Europe/Berlin"),
        date(*(None if at is None else at - 3600 for at in _NOON_SECONDS)),
    ),
    cells(
        "moments with an offset",
        [moment and moment.replace(tzinfo=_BERLIN) for moment in _NOON],
        date(*(None if at is None else at - 7200 for at in _NOON_SECONDS)),
    ),
    cells("one day for all", [day(2024, 3, 1)] * 4, date(dropped="constant: every cell is '2024-03-01'")),
    cells(
        "times of day",
        [time(1, 2, 3), time(1, 2, 3, 500_000), None, time(1, 2, 3)],
        number(3723, 3723.5, None, 3723),
    ),
    cells("durations", [timedelta(seconds=1.5), timedelta(days=2), None, timedelta(0)], number(1.5, 172800, None, 0)),
)
