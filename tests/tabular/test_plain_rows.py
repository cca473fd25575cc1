"""Rows that are read without polars are what the reader of tables makes of them."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import Column, Schema, as_frame
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.plain_rows import PlainReader

COLUMNS = (
    Column("size", "numerical"),
    Column("ward", "categorical", categories=("3", "a", "b c", "é")),
    Column("smokes", "boolean", categories=("false", "true")),
    Column("since", "date"),
    Column("until", "date", date_format="%d.%m.%Y"),
    Column("paid", "date", date_format="%m-%d-%Y"),
    Column("cost", "numerical", number_format=NumberFormat(",", ".", "€", "number")),
    Column("note", "text"),
    Column("left", "numerical", missing=("-9", "Gone")),
    Column("right", "categorical", categories=("1", "b"), missing=("-9", "gone")),
    Column("left out", "numerical", dropped="constant"),
)
NUMBERS = st.sampled_from([None, "", "NA", "1e3", " 7 ", "-.5", "1,5", True, 3, 2**53, 1e-7, 0.1, float("nan"), 1e300])
WORDS = st.sampled_from(
    [None, "", "3", "3.0", 3, 3.0, "a", " b c", "é", "É\u00a0", "ünseen", "yes", False, 0.5, "\ud800"]
)
MOMENTS = st.sampled_from(
    [
        *(None, "", "n/a", "2020-02-29", "2021-02-29", "0001-01-01", "9999-12-31", "2020-01-02 03:04:05"),
        *("2020-01-02T23:59:60", "2020-01-02T03:04:05Z", "2020-1-2", "20200102", 20200102, "0000-01-01"),
        *("2020-01-02 24:00:00", "31.12.2020", " 01.02.2003 ", "1.2.2003", "31.02.2020", "12-31-2020"),
        *("13-01-2020", "01.02.0003", "12-31-20", "12/31/2020", "2020-12-31"),
    ]
)
TEXTS = st.sampled_from([None, "", " two words ", "größer", "東京 station", "\u2003x", "x\x1f", 5, "🙂"])
WITHOUT = st.sampled_from([None, "", -9, -9.0, "-9.0", " gone ", "1", 1, True, 0.5, "-"])
CELLS = {"size": NUMBERS, "cost": NUMBERS, "ward": WORDS, "smokes": WORDS, "note": TEXTS}
CELLS |= {"since": MOMENTS, "until": MOMENTS, "paid": MOMENTS, "left": WITHOUT, "right": WITHOUT}
ROW = {"size": 1.5, "cost": 2, "ward": "a", "smokes": "yes", "note": "x"}
ROW |= {"since": "2020-01-02", "until": "31.12.2020", "paid": "12-31-2020", "left": 1, "right": "b"}


def read_as_table(rows):
    """Return the columns that the reader of tables makes of rows, and what it would say; None where it refuses them."""
    reader = Schema(COLUMNS).reader()
    try:
        parsed = reader.parse(as_frame(rows))
        assert parsed is None or not reader.problems
    except InputError:
        return None
    return parsed and (parsed, reader.messages())


@settings(derandomize=True, max_examples=300)
@given(rows=st.lists(st.builds(lambda name, cell: (name, cell), st.sampled_from(sorted(CELLS)), st.data()), max_size=4))
def test_rows_that_are_read_are_what_the_reader_of_tables_makes_of_them(rows):
    changed = [{**ROW, name: data.draw(CELLS[name])} for name, data in rows] or [ROW]
    check(changed)


@example(rows=[{**ROW, "size": "1e3"}, {**ROW, "size": 2, "ward": 3.0}])
@example(rows=[{**ROW, "cost": 1}, {**ROW, "cost": True}])
@settings(derandomize=True, max_examples=100)
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=3))
def test_columns_of_mixed_cells_are_what_the_reader_of_tables_makes_of_them(rows):
    check(rows)


def check(rows):
    plain = PlainReader(COLUMNS).read(rows)
    if plain is None:
        return
    expected = read_as_table(rows)
    assert expected, "rows that the reader refuses are left to it"
    parsed, messages = expected
    for column in COLUMNS[:-1]:
        if column.is_quantity:
            np.testing.assert_array_equal(plain[column.name], parsed[column.name])
        else:
            assert plain[column.name] == parsed[column.name].to_list()
    assert not [message for message in messages if "outside" not in message], "what is warned of is left to the reader"


def test_usual_rows_are_plain():
    rows = [ROW, {**ROW, "size": "5", "ward": "ünseen", "smokes": False, "since": None, "cost": None, "note": "größer"}]
    plain = PlainReader(COLUMNS, "target").read([{**row, "left out": 1, "target": "yes"} for row in rows])
    assert plain["ward"] == ["a", "ünseen"]
    assert plain["since"].tolist()[0] == 1577923200


def test_rows_of_other_columns_or_that_are_none_are_left_to_the_reader():
    reader = PlainReader(COLUMNS)
    odd = ([], [{**ROW, "target": 1}], [{"size": 1}], [ROW, {"size": 1}], [ROW, 5], ["row"], [[1, 2]], [None])
    assert [reader.read(rows) for rows in odd] == [None] * len(odd)
