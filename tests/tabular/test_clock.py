import polars as pl
import pytest

from demarcate.tabular.clock import in_layout, split_moments


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("02:42 30.04.2024", "30.04.2024 02:42"),
        ("30/04/2024 2h42", "30/04/2024 2:42"),
        ("12h 01.03.2024", "01.03.2024 12:00"),
        ("04/30/2024 2 PM", "04/30/2024 2:00 Pm"),
        ("30.04.2024 02.42.11", "30.04.2024 02:42:11"),
        ("2024-04-30 02.42", "2024-04-30 02:42"),
        ("30.4.24 02.42 Uhr", "30.4.24 02:42"),
        ("20240430024211", "20240430 02:42:11"),
        ("30.04.2024 2:42 EST", "30.04.2024 2:42-05:00"),
        ("no clock", "no clock"),
    ],
)
def test_a_time_of_day_is_moved_behind_the_day(text, layout):
    assert in_layout(text) == layout


@pytest.mark.parametrize(
    ("text", "day", "seconds"),
    [
        ("2024-04-30T02:42", "2024-04-30", 9720),
        ("30/Apr/2024:02:42:11 +0200", "30/Apr/2024", 9731 - 7200),
        ("30.04.2024, 2:42 p.m.", "30.04.2024", 9720 + 43200),
        ("30.04.2024", "30.04.2024", 0),
        ("30.04.2024 25:00", "30.04.2024", None),
    ],
)
def test_day_and_time_are_parted(text, day, seconds):
    days, microseconds = split_moments(pl.Series([text]))
    assert days.to_list() == [day]
    assert microseconds.to_list() == [None if seconds is None else seconds * 1_000_000]
