from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from demarcate.evaluation import PairedComparison, Score
from demarcate.report import Report


def test_the_summary_states_training_data_and_evaluated_rows(binary_report):
    html = binary_report.to_html()
    assert "Trained on 240 rows and 3 columns; 4 networks of 8 hidden units." in html
    assert "The scores are out-of-fold: each of 240 rows is predicted by the networks not trained on it." in html


def test_a_holdout_is_called_one(report_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=100), "b": rng.normal(size=100)})
    report = report_of(frame, rng.integers(0, 2, 100), holdout_above=50)
    section = report.to_json()["headline"]
    assert (section["rows"], section["n_rows"]) == ("held-out", 20)
    assert "20 rows held out from all networks" in report.to_html()


def test_training_rows_are_warned_of(recorded_predictor, binary_fit, table):
    _, frame, labels = binary_fit
    warning = "but these are the rows that it was trained on."
    assert warning in Report.from_predictor(recorded_predictor, frame, labels).to_html()
    fresh, codes = table(90, seed=1)
    report = Report.from_predictor(recorded_predictor, fresh, np.where(codes == 1, "ill", "well"))
    assert warning not in report.to_html()


def test_given_rows_may_contain_training_rows(recorded_predictor, binary_fit, section_of):
    _, frame, labels = binary_fit
    section = section_of(Report.from_predictor(recorded_predictor, frame[::-1], labels[::-1]), "headline")
    assert "not exactly the training table, but may contain rows of it" in section.evaluation_text


@pytest.mark.parametrize(("n_rows", "words"), [(1, "A single row is"), (29, "29 rows are")])
def test_few_rows_conclude_nothing(n_rows, words, recorded_predictor, binary_fit, parse_page):
    _, frame, labels = binary_fit
    # Rows that it predicts wrongly: of one alone every interval would say that it is worse.
    wrong = np.flatnonzero(recorded_predictor.predict(frame) != labels)[:1]
    rows = np.concatenate([wrong, np.setdiff1d(np.arange(len(labels)), wrong)])[:n_rows]
    report = Report.from_predictor(recorded_predictor, frame[rows.tolist()], labels[rows])
    verdicts = report.to_json()["headline"]["verdicts"].values()
    assert {each for baseline in verdicts for each in baseline.values()} == {"cannot tell"}
    html = report.to_html()
    assert parse_page(html).wrong == []
    assert f"{words} too few to compare it with the majority class." in html
    assert "Worse than" not in html
    assert "Better than" not in html


def test_thirty_rows_are_enough_to_conclude(recorded_predictor, binary_fit):
    _, frame, labels = binary_fit
    assert "too few to compare" not in Report.from_predictor(recorded_predictor, frame[:30], labels[:30]).to_html()


NOTE = "Accuracy and balanced accuracy are those of the likeliest class."


@pytest.mark.parametrize("report", ["cost_report", "abstaining_report"])
def test_the_scores_note_that_accuracy_ignores_the_costs_and_the_summary_does_not_ignore_them(
    report, request, parse_page
):
    report = request.getfixturevalue(report)
    page = parse_page(report.to_html())
    texts = {each["id"]: each["text"] for each in page.all("section")}
    assert [key for key, text in texts.items() if NOTE in text] == ["scores"]
    assert report.to_json()["headline"]["decisions"].endswith("are those of the decisions by the model's costs.")
    assert report.to_json()["headline"]["decided"][0]["name"] == "mean cost of a row"


def test_without_costs_there_is_no_note(binary_report, multiclass_report):
    for report in (binary_report, multiclass_report):
        assert report.to_json()["headline"]["decisions"] == ""
        assert NOTE not in report.to_html()


def test_baselines_are_compared_by_paired_differences_with_one_number_each(binary_report, section_of):
    section = section_of(binary_report, "headline")
    difference = Score(-0.2, -0.3, -0.1, 240, "out-of-fold")
    unclear = Score(0.01, -0.02, 0.04, 240, "out-of-fold")
    comparison = {
        "majority": PairedComparison("the majority class", {"log_loss": difference}),
        "logistic_regression": PairedComparison("logistic regression", {"log_loss": unclear}),
    }
    better, cannot_tell = replace(section, comparison=comparison).comparisons
    assert better == "Better than the majority class: log loss lower by 0.200 [0.100, 0.300] on the same rows."
    by_how_much = "log loss higher by 0.010 [-0.020, 0.040] on the same rows."
    assert cannot_tell == f"Cannot tell whether it is better than logistic regression: {by_how_much}"


def test_verdicts_are_those_of_the_paired_differences(binary_report, section_of):
    section = section_of(binary_report, "headline")
    for baseline, verdicts in section.verdicts.items():
        assert verdicts == {name: section.comparison[baseline].verdict_by(name) for name in section.scores}


def test_classes_with_few_scored_rows_are_named(recorded_predictor, binary_fit):
    _, frame, labels = binary_fit
    html = Report.from_predictor(recorded_predictor, frame[:60], labels[:60]).to_html()
    assert "Classes with fewer than 100 scored rows, whose scores are rough: " in html


def test_the_audit_is_counted_by_severity(binary_report, section_of):
    section = section_of(binary_report, "headline")
    assert replace(section, audit={}).audit_text == "Nothing."
    assert replace(section, audit={"leak": 1, "warning": 2}).audit_text == "1 leak and 2 warnings:"


def test_undecided_rows_are_counted(abstaining_report, binary_report, section_of):
    assert section_of(binary_report, "headline").undecided_text == ""
    section = section_of(abstaining_report, "headline")
    assert section.undecided_text == f"It leaves {section.n_undecided / 240:.1%} of the rows undecided."
