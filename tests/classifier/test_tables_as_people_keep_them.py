"""Numbers as people write them are as good as plain ones, from the table to the scores."""

import warnings
from pathlib import Path

import polars as pl
import pytest

from demarcate import DemarcateClassifier, load
from demarcate.errors import InputWarning
from demarcate.io.tables import read_table

FIELD = Path(__file__).parents[1] / "data" / "field"
SMALL = {"hidden": (16,), "epochs": 30, "lr": 0.02, "n_folds": 4, "patience": 8}


def fitted(path, **settings):
    frame = read_table(path)
    target = frame.columns[-1]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InputWarning)
        classifier = DemarcateClassifier(**SMALL, **settings).fit(frame.drop(target), frame[target].to_list())
    return classifier, [str(each.message) for each in caught]


@pytest.fixture(scope="module")
def clean():
    return fitted(FIELD / "number-formats" / "klar.csv")[0]


def test_decimal_commas_are_as_good_as_points():
    commas, said = fitted(FIELD / "decimal-comma" / "messung.csv")
    points, _ = fitted(FIELD / "decimal-comma" / "control_point.csv")
    assert commas.scores_["roc_auc"].value == points.scores_["roc_auc"].value > 0.85
    assert not any("Temperatur" in each or "Druck" in each or "Feuchte" in each for each in said)


@pytest.mark.parametrize("name", ["beides", "dezkomma", "euro", "kilo", "nbsp", "prozent", "schweiz"])
def test_a_column_in_one_format_is_as_good_as_a_plain_one_without_a_word(name, clean):
    classifier, said = fitted(FIELD / "number-formats" / f"{name}.csv")
    assert classifier.schema_.columns[0].kind == "numerical"
    assert classifier.scores_["roc_auc"].value > clean.scores_["roc_auc"].value - 0.03
    assert not any(f"'{name}'" in each for each in said)


@pytest.mark.parametrize("name", ["dauer", "minus", "nachmin"])
def test_durations_and_minus_signs_of_every_kind_are_numbers(name):
    classifier, said = fitted(FIELD / "number-formats" / f"{name}.csv")
    assert classifier.schema_.columns[0].kind == "numerical"
    assert classifier.scores_["roc_auc"].value > 0.75
    assert not any(f"'{name}'" in each for each in said)


@pytest.mark.parametrize(("name", "cell"), [("exceldiv", "'#DIV/0!' and 3 more cells"), ("zirka", "'~2806' in row 15")])
def test_odd_cells_among_numbers_are_noted_with_their_place_and_cost_next_to_nothing(name, cell, clean):
    classifier, said = fitted(FIELD / "number-formats" / f"{name}.csv")
    assert classifier.scores_["roc_auc"].value > clean.scores_["roc_auc"].value - 0.03
    (note,) = [each for each in said if f"'{name}'" in each]
    assert cell in note
    assert "--missing" in note


def test_amounts_rates_and_brackets_are_numbers():
    classifier, said = fitted(FIELD / "number-formats" / "loans.csv")
    assert {column.kind for column in classifier.schema_.columns} == {"numerical"}
    units = [column.number_format.unit for column in classifier.schema_.columns]
    assert units == ["$", "%", "", ""]
    assert not said


def test_units_and_limits_of_detection(tmp_path):
    classifier, said = fitted(FIELD / "units-in-cells" / "units.csv")
    assert not said
    classifier.save(tmp_path / "model.safetensors")
    predictor = load(tmp_path / "model.safetensors")
    same = [predictor.predict_proba({"height": [cell], "b": [0.1]})[0, 0] for cell in ("172 cm", "172", 172, "172cm")]
    assert len(set(same)) == 1
    classifier, said = fitted(FIELD / "units-in-cells" / "lab.csv")
    (note,) = said
    assert "row 82 holds 'n.d.' and 7 more cells among numbers: read as missing" in note
    assert "66 cells are limits, first in row 2: '<0.3' as half of it and '>5' as the limit" in note


def test_a_stray_cell_among_yes_and_no_is_noted_and_read_as_missing():
    classifier, said = fitted(FIELD / "stray-cell" / "stray.csv")
    assert classifier.schema_.columns[1].kind == "boolean"
    (note,) = said
    assert "row 8 holds '5.2' among yes and no: read as missing" in note


def test_a_table_to_predict_may_be_written_otherwise(tmp_path):
    classifier, _ = fitted(FIELD / "decimal-comma" / "messung.csv")
    classifier.save(tmp_path / "model.safetensors")
    predictor = load(tmp_path / "model.safetensors")
    commas, points = (
        read_table(FIELD / "decimal-comma" / name).drop("Ergebnis") for name in ("messung.csv", "control_point.csv")
    )
    expected = predictor.predict_proba(commas).tolist()
    assert predictor.predict_proba(points).tolist() == expected
    typed = points.with_columns(pl.col("Temperatur", "Druck", "Feuchte").cast(pl.Float64))
    assert predictor.predict_proba(typed).tolist() == expected
