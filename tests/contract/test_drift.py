"""A table to predict may have other types than the training table: the values of its cells count."""

import json
import warnings
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.errors import InputError, InputWarning

N_ROWS = 40
CELLS = {
    "age": [3 + row // 2 for row in range(N_ROWS)],
    "bmi": [20.5 + row / 8 for row in range(N_ROWS)],
    "grade": [str(row % 4) for row in range(N_ROWS)],
    "smokes": [row % 3 == 0 for row in range(N_ROWS)],
    "flag": [row % 2 for row in range(N_ROWS)],
    "seen": [f"{1 + row % 28:02}.03.2024" for row in range(N_ROWS)],
    "born": [date(1960, 1, 1 + row % 28) for row in range(N_ROWS)],
}
LABELS = [int(row % 5 < 2) for row in range(N_ROWS)]
ROW = {"age": 7, "bmi": 21.0, "grade": "2", "smokes": True, "flag": 1, "seen": "05.03.2024", "born": date(1960, 1, 5)}


@pytest.fixture(scope="module")
def fitted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = {"hidden": (8,), "epochs": 5, "n_folds": 2, "lr": 0.03, "categorical": ["grade"]}
        return DemarcateClassifier(**settings).fit(pl.DataFrame(CELLS), LABELS)


@pytest.fixture(scope="module")
def predictor(fitted):
    assert {column.name: column.kind for column in fitted.schema_.columns} == {
        **dict.fromkeys(("age", "bmi", "flag"), "numerical"),
        "grade": "categorical",
        "smokes": "boolean",
        **dict.fromkeys(("seen", "born"), "date"),
    }
    return fitted.predictor_


def of_row(predictor, **cells):
    return predictor.predict_proba({name: [cell] for name, cell in {**ROW, **cells}.items()}).tolist()


@pytest.mark.parametrize(
    ("column", "spellings"),
    [
        ("age", [7.0, "7", " 7 ", "7e0", "+7", "7.", "07", Decimal(7), Decimal("7.0"), np.int8(7), np.float32(7)]),
        ("bmi", [21, "21", "21.0", "2.1e1", " 21.00\u00a0"]),
        ("grade", [2, 2.0, "2.0", " 2 ", "2e0", np.int64(2), Decimal(2)]),
        ("smokes", ["yes", "TRUE", "t", "Y", 1, 1.0, "1", "1.0", np.True_]),
        ("flag", [True, "true", "1", 1.0]),
        ("seen", [date(2024, 3, 5), datetime(2024, 3, 5), "2024-03-05", "2024-03-05 00:00", "5.3.2024"]),
        (
            "born",
            [
                19600105,
                "1960-01-05",
                "1960/01/05",
                "05.01.1960",
                "5 Jan 1960",
                "January 5, 1960",
                datetime(1960, 1, 5),
                "1960-01-05T00:00Z",
                np.datetime64("1960-01-05"),
            ],
        ),
    ],
)
def test_equal_values_in_other_spellings_predict_the_same(predictor, column, spellings):
    expected = of_row(predictor)
    assert {str(spelling): of_row(predictor, **{column: spelling}) == expected for spelling in spellings} == {
        str(spelling): True for spelling in spellings
    }


@pytest.mark.parametrize("column", CELLS)
@pytest.mark.parametrize("nothing", [None, "", "  ", float("nan"), pd.NA, pd.NaT, np.datetime64("NaT")], ids=repr)
def test_all_missing_values_predict_the_same(predictor, column, nothing):
    assert of_row(predictor, **{column: nothing}) == of_row(predictor, **{column: None})


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("age", "old", "'age' needs numbers: row 1 holds 'old'"),
        ("age", "1,234", "'age' needs numbers: row 1 holds '1,234'"),
        ("age", "1_000", "'age' needs numbers: row 1 holds '1_000'"),
        ("age", "\uff13", "'age' needs numbers: row 1 holds"),
        ("age", date(2024, 3, 5), "'age' needs numbers: row 1 holds"),
        ("flag", "yes", "'flag' needs numbers: row 1 holds 'yes'"),
        ("born", 17, "'born' needs dates: row 1 holds 17"),
    ],
)
def test_unreadable_cells_are_refused_with_their_place(predictor, column, cell, told):
    with pytest.raises(InputError) as caught:
        of_row(predictor, **{column: cell})
    assert told in str(caught.value)


def test_dates_that_may_be_read_either_way_are_read_day_first_with_a_warning(predictor):
    expected = of_row(predictor)
    with pytest.warns(InputWarning, match="'05/03/2024' in row 1 are read day first, and could be the other way round"):
        assert of_row(predictor, seen="05/03/2024") == expected


def test_missing_columns_and_bad_cells_of_several_rows_are_reported_together(predictor):
    table = {**CELLS, "age": ["old", *CELLS["age"][1:-1], "young"], "seen": ["soon", *CELLS["seen"][1:]]}
    del table["bmi"], table["grade"]
    with pytest.raises(InputError, match="3 problems") as caught:
        predictor.predict_proba(table)
    assert [problem.fact for problem in caught.value.problems] == [
        "Missing columns: 'bmi', 'grade'",
        "Column 'age' needs numbers: row 1 holds 'old', row 40 holds 'young'",
        "Column 'seen' needs dates: row 1 holds 'soon'",
    ]


def test_columns_are_matched_by_name_in_any_order_and_with_padded_names(predictor):
    expected = predictor.predict_proba(CELLS)
    backwards = dict(reversed(CELLS.items()))
    np.testing.assert_array_equal(predictor.predict_proba(backwards), expected)
    padded = pd.DataFrame({f" {name}\t": cells for name, cells in CELLS.items()})
    np.testing.assert_array_equal(predictor.predict_proba(padded), expected)


def test_unknown_columns_change_nothing_and_are_warned_of(predictor):
    expected = predictor.predict_proba(CELLS)
    with pytest.warns(InputWarning, match="unknown columns are not used: 'weight'"):
        np.testing.assert_array_equal(predictor.predict_proba({"weight": [1.0] * N_ROWS, **CELLS}), expected)


def test_whole_numbers_with_a_gap_which_pandas_makes_floats_of(predictor):
    gap = {**CELLS, "age": [None, *CELLS["age"][1:]], "flag": [*CELLS["flag"][:-1], None]}
    frame = pd.DataFrame(gap)
    assert str(frame["age"].dtype) == "float64"
    np.testing.assert_array_equal(predictor.predict_proba(frame), predictor.predict_proba(pl.DataFrame(gap)))


def test_categories_in_another_order_or_as_numbers(predictor):
    expected = predictor.predict_proba(CELLS)
    for grades in (
        pd.Categorical(CELLS["grade"], categories=["3", "1", "0", "2", "9"]),
        pd.Categorical([int(grade) for grade in CELLS["grade"]]),
        pl.Series(CELLS["grade"], dtype=pl.Enum(["3", "2", "1", "0"])),
        pl.Series(CELLS["grade"]).cast(pl.UInt8),
    ):
        np.testing.assert_array_equal(predictor.predict_proba({**CELLS, "grade": grades}), expected)


def test_an_empty_column_is_a_column_of_missing_cells(predictor):
    expected = predictor.predict_proba({**CELLS, "age": [None] * N_ROWS, "grade": [""] * N_ROWS})
    nothing = pl.Series([None] * N_ROWS, dtype=pl.Null)
    found = predictor.predict_proba(pl.DataFrame({**CELLS, "age": nothing, "grade": nothing}))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "dtype", [pl.String, pl.Int8, pl.Float64, pl.Boolean, pl.Categorical, pl.Decimal(10, 2)], ids=str
)
def test_labels_match_with_any_type(fitted, run, tmp_path, dtype):
    model = tmp_path / "model.safetensors"
    fitted.save(model)
    labels = pl.Series(LABELS)
    typed = labels.cast(pl.String).cast(dtype) if dtype == pl.Categorical else labels.cast(dtype)
    scores = []
    for name, target in (("given", labels), ("typed", typed)):
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame({**CELLS, "y": target}).write_parquet(path)
        code, told = run("evaluate", model, path, "--target", "y", "--json")
        assert code == 0, told
        scores.append(json.loads(told)["scores"])
    assert scores[0] == scores[1]
