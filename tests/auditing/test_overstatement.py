import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate import audit
from demarcate.auditing import Audit, Overstatement
from demarcate.evaluation import Score

FIELD = Path(__file__).parents[1] / "data/field"
SETTINGS = {"hidden": (32,), "epochs": 40, "lr": 0.02, "n_folds": 4}


def table(path, target):
    frame = pl.read_csv(FIELD / path, infer_schema=False)
    return frame.drop(target), frame[target]


@pytest.fixture(scope="module")
def visits():
    return audit(table("groups/mild_visits.csv", "relapse"), settings=SETTINGS)


def test_what_random_folds_overstate_is_measured_where_groups_are_found(visits):
    (overstated,) = visits.overstated
    assert (overstated.by, overstated.columns, overstated.is_named) == ("group", ("patient_id",), False)
    assert (overstated.n_rows, overstated.n_groups) == (480, 60)
    difference = overstated.differences["roc_auc"]
    assert 0 < difference.low < difference.value < difference.high
    random, honest = (scores["roc_auc"].value for scores in (overstated.random, overstated.honest))
    assert difference.value == pytest.approx(random - honest)
    assert overstated.differences["log_loss"].value == pytest.approx(
        overstated.honest["log_loss"].value - overstated.random["log_loss"].value
    )


def test_the_overstatement_is_in_text_summary_and_json(visits):
    (overstated,) = visits.overstated
    sentence = f"Random folds overstate ROC AUC by {overstated.differences['roc_auc']}"
    assert visits.summary().endswith(f"{sentence}.")
    assert f"{sentence}; it is 0." in str(visits)
    assert "for new groups (by 'patient_id', 60 groups, on the same 480 rows)" in str(visits)
    (document,) = json.loads(json.dumps(visits.to_json()))["overstated"]
    assert document["differences"]["roc_auc"]["value"] == overstated.differences["roc_auc"].value
    assert [rescored.name for rescored in visits.rescored] == ["as it stands", "for new groups"]
    assert not visits.is_clean


def test_named_groups_are_scored_as_they_stand_and_beside_random_folds():
    result = audit(table("groups/visits.csv", "relapse"), groups="patient", settings=SETTINGS)
    (overstated,) = result.overstated
    assert (overstated.columns, overstated.is_named) == (("patient",), True)
    assert result.rescored[0].scores["roc_auc"].value == pytest.approx(overstated.honest["roc_auc"].value)
    assert not any(finding.rule == "groups" for finding in result.findings)
    assert result.is_clean
    assert overstated.is_beyond_chance


def test_groups_may_be_an_array():
    X, y = table("groups/visits.csv", "relapse")
    (overstated,) = audit((X.drop("patient"), y), groups=X["patient"], settings=SETTINGS).overstated
    assert (overstated.columns, overstated.n_groups) == ((), 60)


def test_runs_without_a_name_are_held_out_in_blocks():
    X, y = table("groups/mild_visits.csv", "relapse")
    order = X["patient_id"].cast(int).arg_sort()
    result = audit((X.drop("patient_id", "visit")[order], y[order]), settings=SETTINGS)
    (overstated,) = result.overstated
    assert "blocks of consecutive rows, on the same 480 rows" in str(overstated)
    assert overstated.differences["roc_auc"].value > 0.1


def test_a_date_along_which_classes_change_is_scored_forward():
    result = audit(table("time-order/past.csv", "up"), settings=SETTINGS)
    (overstated,) = result.overstated
    assert (overstated.by, overstated.columns) == ("time", ("day",))
    assert overstated.honest["log_loss"].value > overstated.random["log_loss"].value
    assert "overstate" in result.summary()
    assert "A random split" in str(overstated)


def test_weighted_rows_are_scored_by_their_weights():
    X, y = table("groups/mild_visits.csv", "relapse")
    weights = np.random.default_rng(0).integers(0, 3, len(X))
    result = audit((X.with_columns(weight=weights), y), sample_weight="weight", settings=SETTINGS)
    assert result.n_rows == np.count_nonzero(weights)
    (overstated,) = result.overstated
    assert overstated.random["accuracy"].n_effective < overstated.n_rows


def test_what_cannot_be_measured_is_said():
    X, y = table("groups/mild_visits.csv", "relapse")
    result = audit((X, y), settings={**SETTINGS, "holdout_above": 2})
    assert not result.overstated
    (remark,) = result.remarks
    assert remark.startswith("What random folds overstate was not measured: ")


def test_a_large_table_is_measured_on_whole_groups():
    generator = np.random.default_rng(1)
    patient = generator.permutation(np.repeat(np.arange(100), 8))
    X = pl.DataFrame({f"x{index}": generator.normal(size=100)[patient] for index in range(3)})
    X = X.with_columns(x0=pl.col("x0") + generator.normal(size=800), patient=pl.Series(patient + 1000))
    y = generator.integers(2, size=100)[patient]
    (overstated,) = audit((X, y), settings={**SETTINGS, "holdout_above": 400}).overstated
    assert overstated.n_rows == 400
    assert overstated.n_groups == 50


def difference(low, high):
    return Score((low + high) / 2, low, high, 100, "the same")


@pytest.mark.parametrize(
    ("by", "low", "words"),
    [
        ("group", 0.1, "Random folds overstate ROC AUC by 0.200 [0.100, 0.300]"),
        ("group", -0.1, "Random folds do not measurably overstate ROC AUC: by 0.100 [-0.100, 0.300]"),
        ("time", 0.1, "A random split overstates ROC AUC by 0.200 [0.100, 0.300]"),
        ("time", -0.1, "A random split does not measurably overstate ROC AUC: by 0.100 [-0.100, 0.300]"),
    ],
)
@pytest.mark.parametrize("is_named", [False, True])
def test_a_difference_counts_if_its_interval_is_above_0(by, low, words, is_named):
    scores = {"roc_auc": Score(0.9, 0.8, 1.0, 100, "the same")}
    overstated = Overstatement(by, ("day",), scores, scores, {"roc_auc": difference(low, 0.3)}, 100, 20, is_named)
    assert overstated.summary() == words
    result = Audit((), (), None, 100, "up", overstated=(overstated,))
    assert result.is_clean is (is_named or low < 0)
