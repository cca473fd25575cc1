from datetime import date

import numpy as np
import polars as pl
import pytest

from demarcate.errors import InputError
from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.timestamps import format_timestamp

ISO = [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29, 3)]
DOTS = [f"{day:02d}.{month:02d}.2024" for month in range(1, 13) for day in range(1, 29, 3)]
SLASHES = [cell.replace(".", "/") for cell in DOTS]
AMERICAN = [f"{cell[5:7]}/{cell[8:]}/{cell[:4]}" for cell in ISO]


def read(cells, name="d", **options):
    frame = pl.DataFrame({name: pl.Series(cells), "x": np.arange(len(cells)) % 7 * 0.5})
    schema = infer_schema(frame, ColumnOptions.of(**options))
    column = schema.columns[0]
    seconds = schema.parse(frame)[name] if column.kind == "date" else []
    return column, [None if np.isnan(each) else format_timestamp(each) for each in seconds]


@pytest.mark.parametrize("cells", [ISO, DOTS, SLASHES, AMERICAN, [cell.replace("-", "") for cell in ISO]])
def test_what_all_cells_say_needs_no_note(cells):
    column, dates = read(cells)
    assert (column.note, dates) == ("", ISO)


@pytest.mark.parametrize("word", ["soon", "31.02.2024", "2024-02-30", "n.d.", "99.99.9999"])
@pytest.mark.parametrize("cells", [ISO, DOTS, SLASHES])
def test_an_odd_cell_is_missing_and_said(cells, word):
    column, dates = read([*cells[:6], word, *cells[6:]])
    assert (column.missing, dates) == ((word,), [*ISO[:6], None, *ISO[6:]])
    assert column.note.startswith(f"row 7 holds '{word}' among dates: read as missing. --missing '{word}'")


def test_odd_cells_that_are_many_or_different_make_categories_with_a_note():
    column, _ = read([*ISO[:40], "1 soon", "2 soon", "3 soon", "4 soon"])
    assert column.kind == "categorical"
    assert column.note.startswith("most cells are dates, but row 41 holds '1 soon', row 42 holds '2 soon'")


@pytest.mark.parametrize("zero", ["0000-00-00", "00.00.0000", "0000-00-00 00:00:00"])
def test_zeros_are_missing_dates_however_many(zero):
    column, dates = read(ISO + [zero] * 80)
    assert dates == ISO + [None] * 80
    assert f"row 121 holds '{zero}' and 79 more cells among dates" in column.note


@pytest.mark.parametrize("cells", [[*ISO, "9999-12-31"], [*map(date.fromisoformat, ISO), date(9999, 12, 31)]])
def test_the_last_day_of_the_calendar_stands_for_none_typed_or_written(cells):
    column, dates = read(cells)
    assert dates == [*ISO, None]
    assert column.note.startswith("row 121 holds '9999-12-31' among dates: read as missing")


def test_several_spellings_are_all_read_and_said():
    column, dates = read(ISO + DOTS)
    assert dates == ISO + ISO
    assert column.note == "dates in 2 spellings, all read: row 1 holds '2024-01-01', row 121 holds '01.01.2024'"
    column, dates = read([*DOTS, "Jan 2nd, 2025", *SLASHES])
    assert dates == [*ISO, "2025-01-02", *ISO]
    assert "dates in 3 spellings" in column.note


def test_two_orders_in_a_column_are_not_guessed():
    column, _ = read(SLASHES + AMERICAN)
    assert column.kind == "categorical"
    assert "two orders, as row 5 holds '13/01/2024' and row 125 holds '01/13/2024'" in column.note


def test_an_order_that_cannot_be_told_is_said_with_the_option():
    column, dates = read(["01/02/2024", "03/04/2024"])
    assert dates == ["2024-02-01", "2024-04-03"]
    assert column.note.endswith("read day first. --dates 'd=%m/%d/%Y' (dates in Python) reads month first")
    column, dates = read(["01/02/2024", "03/04/2024"], dates={"d": "%m/%d/%Y"})
    assert (column.note, dates) == ("", ["2024-01-02", "2024-03-04"])


def test_years_of_two_digits_come_first_where_they_differ_least():
    column, dates = read([cell[2:] for cell in ISO])
    assert dates == ISO
    assert "read year first. --dates 'd=%d-%m-%y'" in column.note


@pytest.mark.parametrize(
    ("years", "first", "last"),
    [(range(50, 68), 1950, 1967), ([*range(45, 100), *range(8)], 1945, 2007), (range(24, 55), 2024, 2054)],
)
def test_years_of_two_digits_that_could_be_of_another_century_belong_together(years, first, last):
    column, dates = read([f"{day:02d}.03.{year:02d}" for year in years for day in (1, 14)])
    assert (min(dates)[:4], max(dates)[:4]) == (str(first), str(last))
    assert f"years of two digits are read as {first} to" in column.note
    assert "--dates 'd=%d.%m.%y@" in column.note


def test_recent_years_of_two_digits_need_no_note():
    column, dates = read([f"{day:02d}.03.{year}" for year in (98, 99, 24) for day in (1, 14)])
    assert (column.note, dates[0], dates[-1]) == ("", "1998-03-01", "2024-03-14")


def test_times_with_and_without_a_zone_are_said():
    column, dates = read(["2024-04-30 02:42+02:00", "2024-05-01 02:42"])
    assert dates == ["2024-04-30 00:42:00", "2024-05-01 02:42:00"]
    assert "row 1 holds '2024-04-30 02:42+02:00' with a time zone and row 2" in column.note


SECONDS = [1_714_444_920 + 93_600 * day for day in range(40)]


@pytest.mark.parametrize("cells", [SECONDS, [float(each) for each in SECONDS], [str(each) for each in SECONDS]])
def test_seconds_since_1970_stay_numbers_with_a_note_unless_named(cells):
    column, _ = read(cells, "x1")
    assert column.kind == "numerical"
    assert column.note.startswith("looks like seconds since 1970 (2024-04-30 to 2024-06-11): read as numbers. --dates")
    for column, dates in (
        read(cells, "created_time"),
        read(cells, "x1", dates=["x1"]),
        read(cells, "x1", dates={"x1": "epoch"}),
    ):
        assert (column.kind, column.date_format, dates[0]) == ("date", "epoch", "2024-04-30 02:42:00")
    assert read(cells, "created_time")[0].note.startswith("read as dates, seconds since 1970")
    assert read(cells, "created_time", numerical=["created_time"])[0].kind == "numerical"


def test_numbers_that_stand_for_no_date_are_missing():
    column, dates = read([*(int(cell.replace("-", "")) for cell in ISO), 0])
    assert dates == [*ISO, None]
    assert column.note == "0 among dates is read as missing"


def test_columns_that_cannot_be_dates_are_refused_with_the_cell():
    with pytest.raises(InputError, match=r"Column 'd' cannot be read as dates in any format known: row 1 holds 'a'"):
        read(["a", "b", "2024-01-01"], dates=["d"])
    with pytest.raises(InputError, match=r"Column 'd' needs dates: row 1 holds '2024/31', row 2 holds 'b'"):
        read(["2024/31", "b", "2024-01-01"], dates={"d": "%Y-%m-%d"})
    with pytest.raises(InputError, match="every cell is missing"):
        read(["", "", None], dates=["d"])


def test_a_few_odd_cells_of_named_dates_are_missing():
    column, dates = read([*DOTS, "soon"], dates={"d": "%d.%m.%Y"})
    assert dates == [*ISO, None]
    assert "row 121 holds 'soon' among dates" in column.note


@pytest.mark.parametrize(
    "cells",
    [["2009/10", "2010/11"], ["1.2.3", "1.2.4", "2.0.1"], ["2024-001", "2024-117"], ["12-3456", "13-4567"],
     ["10.0.0.1", "192.168.1.1"], ["A1-2024", "B2-2024"], ["room 12", "room 14"], ["May", "June"]],
)  # fmt: skip
def test_words_with_digits_are_no_dates_and_need_no_note(cells):
    column, _ = read(cells * 20)
    assert (column.kind, column.note) == ("categorical", "")
