import numpy as np
import polars as pl
import pytest

from demarcate.errors import InputError
from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.schema_inference import DROPPED_BY_CALLER


def only(cells, **settings):
    return infer_schema(pl.DataFrame({"x": cells}, strict=False), ColumnOptions.of(**settings)).columns[0]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", "-3e4"], "numerical"),
        (["1", "NA", "2"], "numerical"),
        (["1", "inf", "2"], "numerical"),
        ([1, 2, 1], "numerical"),
        (["0", "1", "1"], "numerical"),
        (["007", "10", "11"], "categorical"),
        (["DE", "NA", "FR"], "categorical"),
        (["none", "some", "none"], "categorical"),
        ([2**53 + 1, 1, 2], "categorical"),
        ([-(2**53) - 1, 1, 2], "categorical"),
        (["9007199254740993", "1", "2"], "categorical"),
        ([2**53 - 1, 1, 2], "numerical"),
        (["yes", "no", ""], "boolean"),
        (["T", "F", "?"], "boolean"),
        (["true", "True", "false"], "boolean"),
        ([True, False, None], "boolean"),
        (["yes", "no", "perhaps"], "categorical"),
        (["no", "se", "dk"], "categorical"),
        (["2020-01-31", "2020-02-01 10:30", "NaT"], "date"),
        (["31.01.2020", "01.02.2020", ""], "date"),
        (["31.01.2020", "2020-02-01", "soon"], "categorical"),
    ],
)
def test_kinds_by_what_cells_say(cells: list, kind: str):
    assert only(cells).kind == kind


def test_na_is_missing_among_numbers_and_a_country_among_words():
    numeric, words = pl.DataFrame({"x": ["1", "NA", "2"]}), pl.DataFrame({"x": ["DE", "NA", "DE"]})
    assert np.isnan(infer_schema(numeric).parse(numeric)["x"]).tolist() == [False, True, False]
    assert infer_schema(words).columns[0].categories == ("DE", "NA")
    assert infer_schema(words).parse(words)["x"].to_list() == ["DE", "NA", "DE"]


def test_numbers_that_are_too_large_keep_every_digit_and_say_why():
    for cells in ([2**53 + 1, 2**53 + 2], [str(2**53 + 1), str(2**53 + 2)]):
        column = only(cells)
        assert column.categories == ("9007199254740993", "9007199254740994")
        assert "too large" in column.note


def test_dates_that_could_be_either_way_round_are_read_day_first_and_noted():
    column = only(["01/02/2020", "03/04/2020"])
    assert (column.date_format, column.note) == (
        "%d/%m/%Y",
        (
            "day and month could be either way round: read day first. "
            "--dates 'x=%m/%d/%Y' (dates in Python) reads month first"
        ),
    )
    assert only(["01/02/2020", "13/04/2020"]).note == ""


def test_a_stray_word_among_numbers_is_noted_with_its_row():
    cells = [str(number) for number in range(40)] * 2
    cells[6] = " 6 kg"
    column = only(cells)
    assert (column.kind, column.missing) == ("numerical", ("6 kg",))
    assert column.note == (
        "row 7 holds '6 kg' among numbers: read as missing. --missing '6 kg' (missing in Python) confirms it, "
        "--categorical 'x' (categorical in Python) reads categories"
    )
    assert only(["a", "1", "b"]).note == ""


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["a", "a", "a"], "constant: every cell is 'a'"),
        ([3.0, 3.0, 3.0], "constant: every cell is '3'"),
        (["3", "3.0", " 3 "], "constant: every cell is '3'"),
        (["2020-01-31", "2020/1/31"], "constant: every cell is '2020-01-31'"),
        (["yes", "yes"], "constant: every cell is 'yes'"),
        ([True, True], "constant: every cell is 'true'"),
        (["true", "TRUE"], "constant: every cell is 'true'"),
        ([None, None], "constant: every cell is missing"),
        (["", "  "], "constant: every cell is missing"),
        (["NA", "?", ""], "constant: every cell is missing"),
        ([float("inf"), None], "constant: every cell is missing"),
        ([f"name {row}" for row in range(30)], "id-like: 30 different values in 30 rows"),
        (list(range(10, 40)), "id-like: it numbers the rows"),
        ([str(row) for row in range(40, 10, -1)], "id-like: it numbers the rows"),
    ],
)
def test_columns_of_no_use_are_dropped_with_the_reason(cells: list, reason: str):
    frame = pl.DataFrame({"x": cells, "y": np.arange(len(cells)) % 7 * 0.5})
    assert infer_schema(frame).columns[0].dropped == reason


def test_names_in_a_column_that_is_id_like_are_not_kept():
    assert only([f"name {row}" for row in range(30)]).categories == ()


def test_a_cell_as_long_as_a_document_is_quoted_in_part():
    assert len(only(["long " * 1000] * 3).dropped) < 100


@pytest.mark.parametrize(
    "cells",
    [
        ["a", None],
        [1.0, None],
        [True, None],
        ["true", "n/a"],
        ["2020-01-31", ""],
        [f"name {row}" for row in range(29)],
        [f"name {row}" for row in range(20)] * 2,
        [row * 0.5 for row in range(40)],
        [row * row for row in range(40)],
        list(range(29)),
    ],
)
def test_columns_that_may_help_are_used(cells: list):
    assert only(cells).dropped == ""


def test_a_lone_column_that_numbers_the_rows_is_used():
    assert only(list(range(50))).dropped == ""
    assert infer_schema(pl.DataFrame({"x": range(50), "unit": ["mg"] * 50})).used[0].name == "x"


def test_the_caller_decides_before_the_cells():
    frame = pl.DataFrame({"grade": [1, 2, 1], "code": ["007", "08", "n/a"], "unit": ["mg"] * 3, "id": [1.5, 2.5, 3.5]})
    schema = infer_schema(frame, ColumnOptions.of(categorical=["grade", "unit"], numerical=["code"], drop=["id"]))
    grade, code, unit, identifier = schema.columns
    assert (grade.kind, grade.categories) == ("categorical", ("1", "2"))
    assert schema.parse(frame)["code"][:2].tolist() == [7.0, 8.0]
    assert (code.kind, code.dropped, unit.dropped) == ("numerical", "", "")
    assert (identifier.dropped, identifier.kind) == (DROPPED_BY_CALLER, "numerical")


def test_asking_for_numbers_where_there_are_words_is_refused_when_parsing():
    frame = pl.DataFrame({"x": ["1", "two"], "when": ["2020-01-01", "2020-01-02"]})
    with pytest.raises(InputError, match=r"2 problems(.|\n)*row 2 holds 'two'(.|\n)*row 1 holds '2020-01-01'"):
        infer_schema(frame, ColumnOptions.of(numerical=["x", "when"])).parse(frame)


def test_settings_that_name_no_column_or_one_twice_are_refused_together():
    options = ColumnOptions.of(categorical=["a", "c"], numerical=["a"], drop=["d"])
    with pytest.raises(InputError) as caught:
        infer_schema(pl.DataFrame({"a": [1], "b": [2]}), options)
    assert [problem.fact for problem in caught.value.problems] == [
        "Column 'a' is in categorical and numerical",
        "categorical names columns that the table does not have: 'c'",
        "drop names columns that the table does not have: 'd'",
    ]


def test_inference_does_not_depend_on_the_order_of_rows():
    frame = pl.DataFrame({"x": ["b", "a", None, "NA"], "n": ["1", "n/a", "3", "4"], "d": ["1.2.2020", "3.4.2020"] * 2})
    assert infer_schema(frame) == infer_schema(frame.reverse())
