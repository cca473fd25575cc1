import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.report import Report


@pytest.mark.usefixtures("binary_report")  # which compares with the baselines
def test_rows_other_than_those_of_the_fit_are_refused(binary_fit):
    classifier, frame, labels = binary_fit
    with pytest.raises(InputError, match="not the rows that the networks were trained on"):
        Report.of(classifier, frame.reverse(), labels)
    with pytest.raises(InputError, match="rows are not the ones that the classifier was fitted on"):
        Report.of(classifier, frame.reverse(), labels, baselines={})


def test_rows_of_weight_0_are_left_out_as_in_the_fit(table):
    frame, codes = table(80)
    weight = np.ones(80)
    weight[::8] = 0
    classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(frame, codes, weight)
    assert Report.of(classifier, frame, codes, weight).to_json()["headline"]["n_samples"] == 70


def test_a_saved_classifier_is_referred_to_from_predictor(binary_fit):
    classifier, frame, labels = binary_fit
    with pytest.raises(SettingError, match=r"got a Predictor\. .* Report\.from_predictor\(predictor, table, labels\)"):
        Report.of(classifier.predictor_, frame, labels)


def test_given_rows_are_scored_and_training_rows_are_recognised(recorded_predictor, binary_fit, table):
    _, frame, labels = binary_fit
    fresh, codes = table(90, seed=1)
    truth = np.where(codes == 1, "ill", "well")
    report = Report.from_predictor(recorded_predictor, fresh, truth)
    assert report.evaluated.kind == "given"
    assert not report.evaluated.is_training_data
    assert report.evaluated.scores["accuracy"].value == pytest.approx(
        (recorded_predictor.predict(fresh) == truth).mean()
    )
    assert Report.from_predictor(recorded_predictor, frame, labels).evaluated.is_training_data
    assert not Report.from_predictor(recorded_predictor, frame[::-1], labels[::-1]).evaluated.is_training_data


def test_a_model_without_a_record_has_a_report(binary_fit, table):
    fresh, codes = table(60, seed=2)
    predictor = replace(binary_fit[0].predictor_, record={})
    report = Report.from_predictor(predictor, fresh, np.where(codes == 1, "ill", "well"))
    assert not {"training", "reproduce"} & set(report.to_json())
    assert "<h1>" in report.to_html()


def test_the_note_on_decisions_names_costs_or_threshold(abstaining_fit, abstaining_report, binary_report, table):
    assert binary_report.evaluated.decision_note == ""
    assert abstaining_report.evaluated.decision_note.endswith("decisions by the model's costs.")
    predictor = replace(abstaining_fit[0].predictor_, costs=None, threshold=0.3)
    report = Report.from_predictor(predictor, *table(100, seed=5))
    assert report.evaluated.decision_note.endswith("decisions by the model's threshold.")


@pytest.fixture(scope="module")
def infinite_fit(table):
    """A classifier of a table with an infinite cell."""
    frame, codes = table(120)
    frame = frame.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(np.inf).otherwise("signal").alias("signal"))
    with pytest.warns(InputWarning, match="1 cell is infinite"):
        return DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(frame, codes), frame, codes


def test_cells_that_fit_warned_of_are_not_warned_of_again(infinite_fit):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Report.of(*infinite_fit).to_html()


def test_cells_of_new_rows_are_warned_of_once(infinite_fit):
    classifier, frame, codes = infinite_fit
    with pytest.warns() as caught:
        Report.from_predictor(classifier.predictor_, frame[:50], codes[:50]).to_html()
    assert [str(each.message) for each in caught] == ["column 'signal': 1 cell is infinite, read as missing"]
