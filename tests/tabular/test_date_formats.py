import polars as pl
import pytest

from demarcate.errors import SettingError
from demarcate.tabular.date_formats import (
    DATE_FORMATS,
    LATER_FORMATS,
    NUMBER_FORMATS,
    checked_format,
    day_month_order,
    other_orders,
    parse_days,
    well_formed,
)

_DAY = 86_400_000_000


@pytest.mark.parametrize("date_format", ["", *DATE_FORMATS, *LATER_FORMATS, *NUMBER_FORMATS])
def test_every_format_of_ours_may_be_asked_for(date_format):
    assert checked_format(date_format) == date_format


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (" YYYYMMDD ", "%Y%m%d"),
        ("%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S.%f"),
        ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%z"),
        ("%b %y", "%b %y"),
        ("%Y", "%Y"),
        ("%Y-%j", "%Y-%j"),
        ("%d.%m.%y@1935", "%d.%m.%y@1935"),
        ("%d.%m.%Y|%d %B %Y", "%d.%m.%Y|%d %B %Y"),
    ],
)
def test_patterns_with_a_year_may_be_asked_for(asked, kept):
    assert checked_format(asked) == kept


@pytest.mark.parametrize("asked", ["%H", "%Q", "%d.%m", "day", "%", "%Y%", "%d.%m.%Y@1935", "%Y" * 40, "%5d", "%d\n%Y"])
def test_what_is_no_format_is_refused(asked):
    for check in well_formed, checked_format:
        with pytest.raises(SettingError, match="a date format must be a pattern"):
            check(asked)


@pytest.mark.parametrize("asked", ["%y", "%G-%V", "%Y-%m-%d %p"])
def test_a_pattern_that_reads_no_day_may_not_be_asked_for(asked):
    with pytest.raises(SettingError, match="a date format must be a pattern"):
        checked_format(asked)


def test_years_of_two_digits_begin_where_the_format_says():
    cells = pl.Series(["24.12.65", "24.12.34", "24.12.35"])
    days = parse_days(cells, "%d.%m.%y@1935")
    assert (days // _DAY).cast(pl.Int32).cast(pl.Date).dt.year().to_list() == [1965, 2034, 1935]


def test_orders_of_day_month_and_year():
    assert day_month_order("%d/%m/%Y") == "day first"
    assert day_month_order("%d.%m.%Y|%m/%d/%Y") == "month first"
    assert day_month_order("%d.%m.%Y") == day_month_order("") == ""
    assert other_orders("%d/%m/%Y") == ["%m/%d/%Y"]
    assert other_orders("%d.%m.%Y") == []
