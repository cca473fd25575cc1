from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular.date_formats import DATE_FORMATS, is_day_month_ambiguous
from demarcate.tabular.dates import matching_formats, parse_dates
from demarcate.tabular.timestamps import format_timestamp

THE_DAY = datetime(2020, 12, 24, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "date_format"),
    [
        ("2020-12-24", ""),
        ("2020/12/24", ""),
        ("24.12.2020", "%d.%m.%Y"),
        ("24/12/2020", "%d/%m/%Y"),
        ("12/24/2020", "%m/%d/%Y"),
        ("24-12-2020", "%d-%m-%Y"),
        ("12-24-2020", "%m-%d-%Y"),
        ("24 December 2020", "%d %B %Y"),
        ("24 Dec 2020", "%d %B %Y"),
        ("24-DEC-2020", "%d-%B-%Y"),
        ("December 24, 2020", "%B %d, %Y"),
        ("Dec 24 2020", "%B %d %Y"),
        ("24.12.20", "%d.%m.%y"),
        ("24/12/20", "%d/%m/%y"),
        ("12/24/20", "%m/%d/%y"),
    ],
)
def test_a_day_is_recognised_and_read_in_every_format(text: str, date_format: str):
    assert matching_formats(pl.Series([text]))[0] == date_format
    assert parse_dates(pl.Series([text]), date_format).values.tolist() == [THE_DAY]
    later = parse_dates(pl.Series([f" {text} 13:45"]), date_format)
    assert later.values.tolist() == [THE_DAY + 13 * 3600 + 45 * 60]


def test_every_format_has_its_case_above():
    pattern = test_a_day_is_recognised_and_read_in_every_format.pytestmark[0]
    assert {date_format for _, date_format in pattern.args[1]} == {"", *DATE_FORMATS}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2020-12-24T10:00", 36_000),
        ("2020-12-24 10:00:01", 36_001),
        ("2020-12-24T10:00:01.25Z", 36_001.25),
        ("2020-12-24 10:00:01.123456789", 36_001.123456),
        ("2020-12-24T10:00:00+01:00", 32_400),
        ("2020-12-24 10:00:00-0530", 36_000 + 5.5 * 3600),
        ("2020-12-24 10:00+02", 28_800),
        ("2020-12-24 10:00 UTC", 36_000),
        ("2020-12-24 12:30 AM", 1_800),
        ("2020-12-24 12:30pm", 45_000),
        ("2020-12-24 1:05 PM", 47_100),
    ],
)
def test_times_and_offsets_are_read(text: str, seconds: float):
    parsed = parse_dates(pl.Series([text]))
    assert parsed.values[0] == pytest.approx(THE_DAY + seconds, abs=1e-6)
    assert not parsed.bad[0]


@pytest.mark.parametrize(
    "text",
    ["soon", "2020-02-30", "2020-13-01", "2020-12-24 25:00", "2020-12-24 10:60", "2020-12-24 13:00 PM", "10:30", "7"],
)
def test_what_is_no_date_is_bad_and_fits_no_format(text: str):
    assert parse_dates(pl.Series([text, "2020-12-24"])).bad.tolist() == [True, False]
    assert matching_formats(pl.Series([text])) == []


def test_a_year_of_two_digits_is_not_of_the_first_century():
    assert parse_dates(pl.Series(["24.12.99"]), "%d.%m.%Y").bad.tolist() == [True]
    assert parse_dates(pl.Series(["24.12.99"]), "%d.%m.%y").values.tolist() == [
        datetime(1999, 12, 24, tzinfo=UTC).timestamp()
    ]


def test_missing_words_are_missing_dates():
    parsed = parse_dates(pl.Series(["", "NaT", None, "n/a"]))
    assert np.isnan(parsed.values).all()
    assert not parsed.bad.any()


def test_day_or_month_first_is_told_by_the_whole_column():
    assert matching_formats(pl.Series(["01/02/2020", "13/02/2020"])) == ["%d/%m/%Y"]
    assert matching_formats(pl.Series(["01/02/2020", "02/13/2020"])) == ["%m/%d/%Y"]
    both = matching_formats(pl.Series(["01/02/2020", "03/04/2020"]))
    assert both == ["%d/%m/%Y", "%m/%d/%Y"]
    assert is_day_month_ambiguous(both)
    assert not is_day_month_ambiguous(both[:1])


def test_one_odd_cell_far_down_makes_a_column_no_dates():
    assert matching_formats(pl.Series([f"2020-01-{day:02d}" for day in range(1, 29)] * 10 + ["soon2"])) == []


def test_iso_is_understood_whatever_the_format():
    assert parse_dates(pl.Series(["24.12.2020", "2020-12-24"]), "%d.%m.%Y").values.tolist() == [THE_DAY, THE_DAY]


@given(moment=st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)), minutes=st.integers(-720, 720))
def test_a_moment_is_the_same_typed_or_written_in_any_zone(moment: datetime, minutes: int):
    typed = parse_dates(pl.Series([moment])).values
    zoned = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    for text in (str(moment), moment.isoformat(), str(zoned), zoned.isoformat()):
        assert parse_dates(pl.Series([text])).values.tolist() == typed.tolist()


@given(day=st.dates(date(1000, 1, 1)), date_format=st.sampled_from(["%Y-%m-%d", *DATE_FORMATS[:8]]))
def test_a_day_written_in_a_format_is_read_back(day: date, date_format: str):
    written = pl.Series([day]).dt.strftime(date_format)
    read = parse_dates(written, "" if date_format == "%Y-%m-%d" else date_format)
    assert read.values.tolist() == parse_dates(pl.Series([day])).values.tolist()


@pytest.mark.parametrize(("seconds", "text"), [(86400.0, "1970-01-02"), (-0.5, "1969-12-31 23:59:59.500000")])
def test_a_timestamp_is_written_in_iso_8601(seconds, text):
    assert format_timestamp(seconds) == text


@pytest.mark.parametrize(
    "text",
    [
        "30. Apr 2024 02:42",
        "Tue, 30 Apr 2024 02:42:00 +0000",
        "Tue, 30 Apr 2024 04:42:00 +0200 (CEST)",
        "Tue Apr 30 02:42:00 2024",
        "Tue Apr 30 04:42:00 CEST 2024",
        "30/Apr/2024:02:42:00 +0000",
        "April 30th, 2024 at 2:42 a.m.",
        "Apr 30 2024  2:42AM",
        "Dienstag, 30. April 2024 02:42 Uhr",
        "30 avril 2024 à 2h42",
        "02:42 30 de abril de 2024",
        "2024-04-30T02:42:00.000Z",
        "2024-04-30 02:42:00,000",
        "2024-04-30T04:42:00+02:00[Europe/Berlin]",
        "20240430T024200Z",
        "20240430 0242",
        "2024.04.30 02:42",
        "2024年4月30日 02:42",
    ],
)
def test_a_moment_that_says_itself_what_it_is_needs_no_format(text: str):
    assert matching_formats(pl.Series([text]))
    assert parse_dates(pl.Series([text])).values.tolist() == [datetime(2024, 4, 30, 2, 42, tzinfo=UTC).timestamp()]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-04", (2024, 4, 1)),
        ("04/2024", (2024, 4, 1)),
        ("Apr 2024", (2024, 4, 1)),
        ("Mai 2024", (2024, 5, 1)),
        ("June 1996", (1996, 6, 1)),
        ("2024Q2", (2024, 4, 1)),
        ("Q2 2024", (2024, 4, 1)),
        ("2024-W18", (2024, 4, 29)),
        ("2024-W18-2", (2024, 4, 30)),
        ("20240430", (2024, 4, 30)),
        ("1er janvier 2024", (2024, 1, 1)),
    ],
)
def test_months_quarters_and_weeks_are_their_first_day(text: str, day: tuple[int, int, int]):
    assert parse_dates(pl.Series([text])).values.tolist() == [datetime(*day, tzinfo=UTC).timestamp()]


def test_the_end_of_a_day_is_the_next_one():
    assert parse_dates(pl.Series(["2020-12-24 24:00"])).values.tolist() == [THE_DAY + 86_400]


@pytest.mark.parametrize(
    ("cells", "date_format"),
    [
        ([1608768000, None], "epoch"),
        (["1608768000", ""], "epoch"),
        ([1608768000000.0, None], "epoch_ms"),
        ([44189, None], "excel"),
        ([20201224, None], "%Y%m%d"),
        ([20201224.0, None], "%Y%m%d"),
        ([24122020, None], "%d%m%Y"),
        (["24.12.2020 00:00", None], "%d.%m.%Y %H:%M"),
        (["2020-12-24", None], "epoch"),
    ],
)
def test_numbers_and_patterns_of_the_caller_are_read(cells: list, date_format: str):
    parsed = parse_dates(pl.Series(cells), date_format)
    assert parsed.values[0] == THE_DAY
    assert np.isnan(parsed.values[1])
    assert not parsed.bad.any()


def test_words_and_dates_that_stand_for_none_are_missing():
    for cells in (["2020-12-24", "soon", "9999-12-31"], [date(2020, 12, 24), None, date(9999, 12, 31)]):
        parsed = parse_dates(pl.Series(cells), "", ("soon", "9999-12-31"))
        assert np.isnan(parsed.values).tolist() == [False, True, True]
        assert not parsed.bad.any()


def test_seasons_and_versions_are_no_dates():
    assert matching_formats(pl.Series(["2009/10", "2010/11"])) == []
    assert matching_formats(pl.Series(["2009/10", "2009/11"])) == [""]
    assert matching_formats(pl.Series(["1.2.3", "1.2.4"])) == []


def test_eight_digits_are_not_days_of_distant_centuries():
    cells = pl.Series([f"201212{day:02d} 10:20" for day in range(12, 30)])
    formats = matching_formats(cells)
    assert parse_dates(cells, formats[0]).values[0] == datetime(2012, 12, 12, 10, 20, tzinfo=UTC).timestamp()
