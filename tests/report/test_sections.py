"""What single sections say where a table is unusual."""

import warnings

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.evaluation import Score
from demarcate.report import Report
from demarcate.report.sections.deciding import cheapest
from demarcate.report.sections.section import as_json, verdict


def report_of(frame, labels, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2, **settings).fit(frame, labels)
        return Report.of(classifier, frame, labels)


@pytest.mark.parametrize(
    ("own", "other", "higher", "expected"),
    [
        ((0.8, 0.9), (0.85, 0.95), True, "cannot tell"),
        ((0.8, 0.9), (0.4, 0.5), True, "better"),
        ((0.8, 0.9), (0.4, 0.5), False, "worse"),
        ((0.1, 0.2), (0.2, 0.3), False, "cannot tell"),
    ],
)
def test_a_verdict_is_given_only_where_intervals_part(own, other, higher, expected):
    scores = [Score(sum(each) / 2, *each, 100, "test") for each in (own, other)]
    assert verdict(*scores, higher=higher) == expected


def test_the_headline_says_which_rows(two_report, many_report):
    told = two_report.to_html()
    assert "Scores are out-of-fold: each of 240 rows is judged by the networks that did not train on it." in told
    assert "Learned from 240 rows and 3 columns by 4 networks" in told


def test_a_hold_out_is_called_one():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=100), "b": rng.normal(size=100)})
    report = report_of(frame, rng.integers(0, 2, 100), holdout_above=50)
    told = report.to_json()["headline"]
    assert (told["rows"], told["n_rows"]) == ("held-out", 20)
    assert "held out from all networks" in report.to_html()


def test_without_two_columns_of_numbers_there_is_no_slice():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "c": rng.choice(["x", "y"], 60)})
    assert "slice" not in report_of(frame, rng.integers(0, 2, 60)).to_json()


def test_the_slice_is_over_the_most_important_numbers_and_says_what_is_held(two_report):
    told = two_report.to_json()["slice"]
    assert told["columns"] == ["signal", "other"]
    assert [each["column"] for each in told["held"]] == ["colour"]
    assert sum(told["shares"].values()) == pytest.approx(1)


def test_missing_cells_columns_not_used_and_dates_are_told_of():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": [None, *rng.normal(size=79)],
            "b": rng.normal(size=80),
            "day": [f"2024-01-{1 + day % 28:02d}" for day in range(80)],
            "same": [1] * 80,
        }
    )
    told = {each["name"]: each for each in report_of(frame, rng.integers(0, 2, 80)).to_json()["columns"]["columns"]}
    assert told["a"]["n_missing"] == 1
    assert told["day"]["kind"] == "date"
    assert told["same"]["remark"].startswith("not used")


def test_findings_of_the_audit_are_shown_as_they_are_on_record(page_of):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 100)
    frame = pl.DataFrame({"a": rng.normal(size=100), "leak": codes + 0.01 * rng.normal(size=100)})
    report = report_of(frame, codes)
    told = report.to_json()["findings"]
    assert told["findings"] == report.judged.record["audit"]
    assert ("giveaway", "leak", ["leak"]) in [
        (each["rule"], each["severity"], each["columns"]) for each in told["findings"]
    ]
    shown = [each for each in page_of(report.to_html()).all("li") if each.get("class", "").startswith("finding")]
    assert [each["class"].split()[-1] == "grave" for each in shown] == [
        each["severity"] == "leak" for each in told["findings"]
    ]
    assert all(each["text"] in shown[place]["text"] for place, each in enumerate(told["findings"]))


def test_a_model_without_an_audit_has_its_given_rows_audited():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 100)
    frame = pl.DataFrame({"a": rng.normal(size=100), "leak": codes + 0.01 * rng.normal(size=100)})
    judged = report_of(frame, codes).judged
    bare = judged.predictor.with_record({})
    told = Report.from_predictor(bare, frame, codes).to_json()["findings"]
    assert told["audited"] == "given"
    assert "giveaway" in [each["rule"] for each in told["findings"]]


def test_the_command_repeats_the_settings_that_were_changed(two):
    classifier, frame, labels = two
    report = Report.of(classifier, frame, labels, target="state", name="my table.csv").to_json()["reproduce"]
    assert report["command"] == (
        "demarcate fit 'my table.csv' --target state --hidden 8 --epochs 12 --folds 4 --seed 0 --out model.safetensors"
    )
    assert report["python"] == "DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4, random_state=0).fit(X, y)"
    assert len(report["provenance"]["data_sha256"]) == 64


def test_settings_the_command_line_lacks_are_shown_in_python_alone():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    told = report_of(frame, rng.integers(0, 2, 60), class_weight={0: 1.0, 1: 2.0}, patience=None).to_json()["reproduce"]
    assert told["command"] == ""
    assert "class_weight={0: 1.0, 1: 2.0}" in told["python"]
    assert "patience=None" in told["python"]


def test_of_equal_costs_the_threshold_is_where_true_probabilities_would_put_it():
    cost = np.array([2.0, 1.0, 1.0, 1.0, 1.0, 3.0])
    assert cheapest(cost, expected=0.0) == 0.2
    assert cheapest(cost, expected=0.61) == 0.6
    assert cheapest(cost, expected=1.0) == 0.8


def test_of_many_classes_the_commonest_mistakes_are_shown_instead_of_a_matrix(page_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    report = report_of(frame, np.array([f"class {code}" for code in rng.integers(0, 25, 300)]))
    page = page_of(report.to_html())
    captions = [each["text"] for each in page.all("caption")]
    assert not [each for each in captions if each.startswith("Rows of each class (down)")]
    assert [each for each in captions if each.startswith("Rows of a class put in another")]
    assert len(report.to_json()["curves"]["classes"]) == 12


def test_json_knows_no_nan():
    assert as_json({"a": float("nan"), "b": np.array([1.0, np.inf]), 3: ("x",)}) == {
        "a": None,
        "b": [1.0, None],
        "3": ["x"],
    }
