from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from small_classifier import tiny

from demarcate.classifier.notices import convergence_notice
from demarcate.errors import DivergenceWarning, InputWarning


def test_dropped_and_doubtful_columns_are_warned_of_unless_the_user_drops_them(frame, matrix):
    X = frame.assign(unit="a", n=[*map(str, range(59)), "many"], gone="x")
    with pytest.warns(InputWarning) as warned:
        tiny(drop=["gone"]).fit(X, matrix[1])
    messages = [str(warning.message) for warning in warned]
    assert any("column 'unit': not used (constant" in message for message in messages)
    assert any("column 'n': not used (id-like" in message for message in messages)
    assert not any("gone" in message for message in messages)


def test_leaks_and_warnings_of_the_audit_are_warned_of_and_notes_are_recorded(matrix):
    X, y = matrix
    told = pd.DataFrame(X).assign(told=np.where(y == 1, "yes", "no"), again=np.where(y == 1, "a", "b"))
    told.columns = map(str, told.columns)
    with pytest.warns(InputWarning) as warned:
        fitted = tiny().fit(told, y)
    assert [finding.severity for finding in fitted.audit_].count("leak") == 2
    notes = [str(finding) for finding in fitted.audit_ if finding.severity == "note"]
    assert any("'again', 'told' hold the same information" in note for note in notes)
    said = [str(warning.message) for warning in warned]
    assert not set(said) & set(notes)
    assert {str(finding) for finding in fitted.audit_ if finding.severity == "leak"} <= set(said)
    assert fitted.record()["audit"] == [finding.to_json() for finding in fitted.audit_]


def test_copies_of_a_row_in_several_folds_are_warned_of(matrix):
    X, y = matrix
    with pytest.warns(InputWarning, match="rows were scored by networks trained on a copy"):
        tiny().fit(np.concatenate([X, X[:20]]), np.concatenate([y, y[:20]]))


FIELD = Path(__file__).parents[1] / "data/field"


def test_rows_of_one_subject_are_warned_of_with_the_option_until_the_groups_are_named():
    frame = pl.read_csv(FIELD / "groups/visits.csv", infer_schema=False)
    X, y = frame.drop("relapse"), frame["relapse"]
    with pytest.warns(InputWarning, match="column 'patient' names 60 subjects.*fit with --group patient") as warned:
        tiny().fit(X, y)
    assert not any("leave it out" in str(warning.message).lower() for warning in warned)
    tiny().fit(X, y, groups="patient")


def test_an_id_that_is_not_used_is_only_said_to_name_subjects():
    frame = pl.read_csv(FIELD / "groups/visits.csv", infer_schema=False).sort("patient")
    numbers = pl.int_range(pl.len()).over("patient").cast(pl.String)
    frame = frame.with_columns(patient=pl.col("patient") + "_" + numbers)
    with pytest.warns(InputWarning) as warned:
        tiny().fit(frame.drop("relapse"), frame["relapse"])
    of_patient = [str(warning.message) for warning in warned if "column 'patient'" in str(warning.message)]
    assert len(of_patient) == 1
    assert "names 60 subjects of 8 rows each (the part before the counter in each id)" in of_patient[0]


def test_a_date_along_which_classes_change_is_noted_until_the_time_is_named():
    frame = pl.read_csv(FIELD / "time-order/past.csv", infer_schema=False)
    X, y = frame.drop("up"), frame["up"]
    with pytest.warns(InputWarning, match="fit with --time day"):
        tiny().fit(X, y)
    tiny().fit(X, y, time="day")


def test_a_class_of_one_row_is_warned_of_and_left_out_of_the_scores(matrix):
    X, y = matrix
    y = np.array(["a", "b"], dtype=object)[y]
    y[10] = "rare"
    with pytest.warns(InputWarning, match="classes with a single row each: 'rare'"):
        fitted = tiny().fit(X, y)
    assert fitted.classes_.tolist() == ["a", "b", "rare"]
    assert 10 not in fitted.oof_rows_
    assert fitted.scores_["accuracy"].n_rows == 59
    assert fitted.baselines(X, y)["logistic_regression"]["accuracy"].n_rows == 59


def test_divergence_is_warned_of_and_probabilities_stay_finite(matrix):
    X, y = matrix
    with pytest.warns(DivergenceWarning, match=r"network [01]: .*no longer finite.*Lower lr") as warned:
        fitted = tiny(lr=1e6, optimizer="sgd", activation="relu", batch_size=8, epochs=20).fit(X, y)
    assert sum(warning.category is DivergenceWarning for warning in warned) == 2
    assert all(member.divergence for member in fitted.members_)
    probabilities = fitted.predict_proba(X)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(1), 1)


def test_training_that_its_last_epoch_ends_with_patience_left_has_not_converged(matrix):
    fitted = tiny(epochs=3, patience=30, n_folds=2).fit(*matrix)
    notice = "Not converged: 2 of 2 networks trained to the last epoch, 3, with patience left. More epochs may help: "
    assert convergence_notice(fitted.members_) == f"{notice}--epochs 6 (epochs in Python)."


@pytest.mark.parametrize("settings", [{"epochs": 3, "patience": None}, {"epochs": 500, "patience": 1, "lr": 0.5}])
def test_training_that_is_to_take_all_epochs_or_that_patience_ended_says_nothing(matrix, settings):
    assert convergence_notice(tiny(n_folds=2, **settings).fit(*matrix).members_) == ""


def test_half_of_the_networks_is_not_most_of_them():
    one, other = SimpleNamespace(at_last_epoch=False), SimpleNamespace(at_last_epoch=True)
    other.history = SimpleNamespace(n_epochs=7)
    assert convergence_notice([one, other]) == ""
    assert convergence_notice([other]).startswith("Not converged: the network trained to the last epoch, 7,")
