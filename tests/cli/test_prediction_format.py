import json
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from demarcate.cli import prediction_format
from demarcate.cli.prediction_format import PredictionPrinter, write_csv, write_json, write_words
from demarcate.inference.predictions import Predictions, significant

CLASSES = np.array(["low", "mid", "high"])
PROBABILITIES = np.array([[0.125, 0.625, 0.25], [0.5, 0.25, 0.25]])
SETS = np.array([[False, True, True], [False, False, False]])
SPREAD = np.array([[0.25, 0.125, 0.5], [0.0, 0.0, 0.0]])


def some(labels=("mid", "low"), **asked):
    return Predictions("y", CLASSES, np.array(labels, dtype=object), PROBABILITIES, **asked)


def test_a_table_has_the_label_and_a_probability_for_each_class():
    table = some().as_table()
    assert table.rows() == [("mid", 0.125, 0.625, 0.25), ("low", 0.5, 0.25, 0.25)]
    assert table.columns == ["prediction", "probability_low", "probability_mid", "probability_high"]


@pytest.mark.parametrize("labels", [[0, 7], [False, True], [0.5, 1.0]])
def test_labels_keep_their_type(labels):
    table = Predictions("y", np.array(labels), np.array(labels[1:]), np.array([[0.25, 0.75]])).as_table()
    assert table["prediction"].to_list() == labels[1:]
    assert table.columns[1:] == [f"probability_{str(label).lower()}" for label in labels]


@given(
    numbers=arrays(np.float64, 20, elements=st.floats(0, 1) | st.sampled_from([0.5, 1 / 3, 1e-300, 1 - 1e-9])),
    digits=st.integers(1, 17),
)
def test_numbers_are_those_of_their_short_text(numbers, digits):
    expected = [float(f"{number:.{digits - 1}e}") for number in numbers]
    found = significant(numbers, digits).tolist()
    assert found == pytest.approx(expected, rel=1.01 * 10.0 ** (1 - digits), abs=0)
    assert all(number == float(f"{number:.{digits - 1}e}") for number in found)
    assert ((significant(numbers, digits) == 0) == (numbers == 0)).all()


def test_sets_and_spreads_follow_where_they_were_asked_for():
    table = some(sets=SETS, coverage=0.9, spread=SPREAD).as_table()
    assert table.columns[4:] == ["set", "spread_low", "spread_mid", "spread_high"]
    assert table["set"].to_list() == ["mid|high", ""]
    assert table["spread_high"].to_list() == [0.5, 0.0]


def test_labels_in_a_set_can_be_told_apart_whatever_they_hold():
    classes = np.array(["a|b", "c\\", "d"])
    table = Predictions(
        "y", classes, classes[:1], PROBABILITIES[:1], sets=np.ones((1, 3), bool), coverage=0.9
    ).as_table()
    assert table["set"].to_list() == ["a\\|b|c\\\\|d"]


@pytest.mark.parametrize(
    ("classes", "dtype"),
    [
        ([0, 7], pl.Int64),
        (["a", "b"], pl.String),
        ([False, True], pl.Boolean),
        ([5, 2**70], pl.String),
        ([date(2024, 3, 5), date(2024, 3, 6)], pl.Date),
        ([Decimal("0.50"), Decimal(2)], pl.Decimal(38, 2)),
    ],
)
def test_rows_that_are_not_decided_are_empty_cells_of_the_labels_type(classes, dtype):
    labels = np.array([None, None], dtype=object)
    predicted = Predictions("y", np.array(classes), labels, np.full((2, 2), 0.5))
    assert predicted.as_table().schema["prediction"] == dtype
    assert predicted.as_table().write_csv().splitlines()[1:] == [",0.5,0.5", ",0.5,0.5"]


def test_json_says_null_where_nothing_is_decided():
    first, second = some((None, "low"), sets=SETS, coverage=0.9, spread=SPREAD).json_rows()
    assert (first["prediction"], second["prediction"]) == (None, "low")
    assert (first["set"], second["set"]) == (["mid", "high"], [])
    assert first["spread"] == {"low": 0.25, "mid": 0.125, "high": 0.5}


def test_words_begin_with_the_likelier_class():
    words = Predictions("target", np.array([0, 1]), np.array([1]), np.array([[0.25, 0.75]])).in_words()
    assert words == ["P(target = 1) = 0.750", "P(target = 0) = 0.250", "prediction: 1"]


def test_words_say_what_else_was_asked_for():
    words = some((None, "low"), sets=SETS, coverage=0.9, spread=SPREAD).in_words()
    assert words[0] == "P(y = mid) = 0.625, networks differ by 0.125"
    assert words[-2:] == ["prediction: no decision", "set that holds it 0.9 of the time: mid, high"]


def test_words_say_that_a_set_is_empty():
    words = some(sets=~SETS & False, coverage=0.9).in_words()
    assert words[-1].endswith("no label is as likely as true ones usually are")


def test_truth_values_name_columns_as_they_are_written_in_csv():
    predicted = Predictions("y", np.array([False, True]), np.array([True]), np.array([[0.25, 0.75]]))
    assert predicted.as_table().columns == ["prediction", "probability_false", "probability_true"]
    assert list(predicted.json_rows()[0]["probabilities"]) == ["false", "true"]


TWO_CLASSES = np.array(["a", "b"])
PARTS = [
    Predictions("y", TWO_CLASSES, TWO_CLASSES[[0, 1]], np.array([[0.75, 0.25], [0.5, 0.5]])),
    Predictions("y", TWO_CLASSES, TWO_CLASSES[[1]], np.array([[0.125, 0.875]])),
]


def shown(sink, capsys, parts=PARTS):
    with sink:
        for part in parts:
            sink.add(part)
        assert capsys.readouterr().out == ""
        sink.finish()
    return capsys.readouterr().out


@pytest.fixture(params=[1 << 24, 1], ids=["in memory", "in a file"], autouse=True)
def _memory(request, monkeypatch):
    monkeypatch.setattr(prediction_format, "MAX_IN_MEMORY", request.param)


def test_csv_has_one_header_and_all_rows_once_it_is_finished(capsys):
    assert shown(PredictionPrinter(write_csv), capsys) == pl.concat([part.as_table() for part in PARTS]).write_csv()


def test_json_is_one_object(capsys):
    report = json.loads(shown(PredictionPrinter(write_json, end="]}\n"), capsys))
    assert report == {"target": "y", "predictions": [row for part in PARTS for row in part.json_rows()]}


def test_words_are_those_of_the_row(capsys):
    assert shown(PredictionPrinter(write_words), capsys, PARTS[1:]) == "\n".join(PARTS[1].in_words()) + "\n"


def test_json_never_holds_what_is_not_a_number():
    bad = Predictions("y", TWO_CLASSES, TWO_CLASSES[:1], np.array([[np.nan, 0.5]]))
    with PredictionPrinter(write_json) as sink, pytest.raises(ValueError, match="JSON"):
        sink.add(bad)


def test_without_a_standard_output_nothing_is_printed(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    with PredictionPrinter(write_csv) as sink:
        sink.add(PARTS[0])
        sink.finish()
