import json
import re
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import confusion_matrix

from demarcate import load
from demarcate.evaluation import METRICS, class_scores, streaming_scores
from demarcate.io.tables import stream

TINY = ("--epochs", "3", "--folds", "2", "--hidden", "8", "--quiet")
OWN_ROWS = (
    "Warning: These are the very rows the model was trained on: its scores are too good. Score it on other rows.\n"
)


@pytest.fixture
def other(heart_frame, tmp_path):
    """A table that differs from the training rows."""
    path = tmp_path / "other.csv"
    heart_frame[:100].write_csv(path)
    return path


def test_json_holds_scores_with_intervals(demarcate, model, other):
    outcome = demarcate("evaluate", model, other, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    assert (report["model"], report["n_samples"], report["classes"]) == (str(model), 100, [0, 1])
    assert set(report["scores"]) == set(METRICS)
    for score in report["scores"].values():
        assert score["low"] <= score["value"] <= score["high"]
        assert (score["rows"], score["n_rows"]) == ("given", 100)


def test_every_class_has_scores_of_its_own(demarcate, model, other, heart_frame):
    report = json.loads(demarcate("evaluate", model, other, "--json").out)
    rows = heart_frame[:100]
    expected = class_scores(rows["target"].to_numpy(), load(model).predict_proba(rows.drop("target")), rows="given")
    assert report["class_scores"] == {
        str(code): {name: score.to_json() for name, score in scores.items()} for code, scores in enumerate(expected)
    }
    said = demarcate("evaluate", model, other).out
    assert str(expected[1]["recall"]) in said


def test_classes_are_scored_as_they_are_decided(demarcate, model, other):
    by_cost = json.loads(demarcate("evaluate", model, other, "--json", "--cost", "false_negative=50").out)
    plain = json.loads(demarcate("evaluate", model, other, "--json").out)
    assert by_cost["scores"] == plain["scores"]
    assert by_cost["class_scores"]["1"]["recall"]["value"] > plain["class_scores"]["1"]["recall"]["value"]


def test_decisions_are_counted_with_the_threshold_they_follow(demarcate, model, other, heart_frame):
    costs = ("--cost", "false_negative=4")
    report = json.loads(demarcate("evaluate", model, other, "--json", *costs).out)
    y = heart_frame[:100]["target"].to_numpy()
    decided = (load(model).predict_proba(heart_frame[:100].drop("target"))[:, 1] >= 0.2).astype(int)
    (tn, fp), (fn, tp) = expected = confusion_matrix(y, decided).tolist()
    assert (report["threshold"], report["confusion"]["counts"]) == (0.2, expected)
    names = ("true_negatives", "false_positives", "false_negatives", "true_positives")
    assert [report["confusion"][name] for name in names] == [tn, fp, fn, tp]
    shown = demarcate("evaluate", model, other, *costs).out
    assert "Decisions: 1 from a probability of 0.200 on" in shown
    assert re.search(rf"0 +{tn} true negatives +{fp} false positives", shown)
    assert f"{tn + tp} are decided for their class ({(tn + tp) / 100:.3f}); the accuracy among the scores is" in shown
    plain = demarcate("evaluate", model, other).out
    assert "Decisions: the likeliest class" in plain
    assert "the accuracy among the scores" not in plain


def test_scores_are_those_of_its_predictions(demarcate, model, other, heart_frame):
    report = json.loads(demarcate("evaluate", model, other, "--json").out)
    predictions = json.loads(demarcate("predict", model, other, "--json").out)["predictions"]
    labels = heart_frame[:100]["target"].to_list()
    hits = sum(row["prediction"] == label for row, label in zip(predictions, labels, strict=True))
    assert report["scores"]["accuracy"]["value"] == pytest.approx(hits / 100)


def test_balance_and_scores_are_shown(demarcate, model, other):
    outcome = demarcate("evaluate", model, other)
    assert "Class balance" in outcome.out
    assert "Scores on 100 given rows, with 95% intervals" in outcome.out
    assert re.search(r"log loss +\d\.\d{3} \[", outcome.out)


def test_quiet_shows_nothing(demarcate, model, other):
    outcome = demarcate("evaluate", model, other, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_training_rows_are_recognised_in_any_format(demarcate, model, heart_frame, tmp_path, suffix):
    assert demarcate("evaluate", model, "heart", "--json").err == OWN_ROWS
    path = tmp_path / f"t.{suffix}"
    heart_frame.write_csv(path) if suffix == "csv" else heart_frame.write_parquet(path)
    assert demarcate("evaluate", model, path, "--quiet").err == OWN_ROWS


def test_labels_the_model_does_not_know_are_refused_with_their_number(demarcate, model, heart_frame, tmp_path):
    labels = heart_frame["target"].cast(pl.String).to_list()
    labels[:3] = ["2", "sick", "2"]
    heart_frame.with_columns(target=pl.Series(labels)).write_csv(tmp_path / "t.csv")
    outcome = demarcate("evaluate", model, tmp_path / "t.csv")
    assert (outcome.code, outcome.out) == (1, "")
    assert "'2' in 2 rows, 'sick' in 1 row" in outcome.err
    assert "The classes are '0', '1'" in outcome.err


def test_missing_labels_are_refused_unless_their_rows_may_go(demarcate, model, heart_frame, tmp_path):
    labels = heart_frame["target"].to_list()
    labels[4] = None
    heart_frame.with_columns(target=pl.Series(labels)).write_csv(tmp_path / "t.csv")
    refused = demarcate("evaluate", model, tmp_path / "t.csv")
    assert refused.code == 1
    assert "missing in row 5" in refused.err
    taken = demarcate("evaluate", model, tmp_path / "t.csv", "--drop-missing-target", "--json")
    assert json.loads(taken.out)["n_samples"] == 302


def test_the_target_may_have_another_name(demarcate, model, heart_frame, tmp_path):
    heart_frame[:50].rename({"target": "disease"}).write_csv(tmp_path / "t.csv")
    refused = demarcate("evaluate", model, tmp_path / "t.csv")
    assert refused.code == 1
    assert "There is no column 'target'" in refused.err
    taken = demarcate("evaluate", model, tmp_path / "t.csv", "--target", "disease", "--json")
    assert (taken.code, taken.err) == (0, "")


def test_rows_of_one_class_have_no_roc_auc_and_json_has_no_nan(demarcate, model, heart_frame, tmp_path):
    heart_frame.filter(pl.col("target") == 1).write_csv(tmp_path / "t.csv")
    outcome = demarcate("evaluate", model, tmp_path / "t.csv", "--json")
    scores = json.loads(outcome.out, parse_constant=pytest.fail)["scores"]
    assert set(scores) == {name for name, metric in METRICS.items() if not metric.is_ranking}
    assert demarcate("evaluate", model, tmp_path / "t.csv").code == 0


@pytest.mark.parametrize("command", ["evaluate", "plot"])
def test_a_strange_table_is_warned_of_once(command, demarcate, model, heart_frame, tmp_path):
    heart_frame.head(60).with_columns(extra=1).write_csv(tmp_path / "extra.csv")
    beside = ("--kind", "confusion", "--out", tmp_path / "p.png") if command == "plot" else ()
    outcome = demarcate(command, model, tmp_path / "extra.csv", *beside)
    assert outcome.code == 0, outcome.err
    assert outcome.err.count("unknown columns are not used: 'extra'") == 1


@pytest.fixture
def in_parts(monkeypatch):
    """Tables are read a few rows at a time."""
    monkeypatch.setattr(stream, "_default_part_rows", lambda n_columns: 7)


def test_a_table_read_in_parts_has_the_same_scores(demarcate, model, other, request):
    whole = json.loads(demarcate("evaluate", model, other, "--json").out)
    request.getfixturevalue("in_parts")
    parted = json.loads(demarcate("evaluate", model, other, "--json").out)
    assert parted["n_samples"] == whole["n_samples"]
    assert parted["class_scores"] == whole["class_scores"]
    for name, expected in whole["scores"].items():
        # The last bits of a network's product depend on how many rows it is of.
        assert parted["scores"][name] == {
            **expected,
            **{end: pytest.approx(expected[end], abs=1e-6) for end in ("value", "low", "high")},
        }


@pytest.mark.usefixtures("in_parts")
def test_the_training_rows_are_recognised_in_parts(demarcate, model, heart_csv):
    assert demarcate("evaluate", model, heart_csv, "--quiet").err == OWN_ROWS


@pytest.mark.usefixtures("in_parts")
def test_all_that_is_wrong_in_any_part_is_said_at_once_with_its_row(demarcate, model, heart_frame, tmp_path):
    text = heart_frame.cast(pl.String)
    labels, ages = text["target"].to_list(), text["age"].to_list()
    labels[20], labels[100], labels[200], ages[60] = "sick", None, "sick", "old"
    text.with_columns(target=pl.Series(labels), age=pl.Series(ages)).write_csv(tmp_path / "t.csv")
    outcome = demarcate("evaluate", model, tmp_path / "t.csv")
    assert (outcome.code, outcome.out) == (1, "")
    assert "3 problems" in outcome.err
    for found in ("missing in row 101", "'sick' in 2 rows", "row 61 holds 'old'"):
        assert found in outcome.err


@pytest.mark.usefixtures("in_parts")
def test_rows_without_a_label_are_left_out_of_every_part(demarcate, model, heart_frame, tmp_path):
    labels = [None if row % 10 == 3 else label for row, label in enumerate(heart_frame["target"])]
    heart_frame.with_columns(target=pl.Series(labels)).write_csv(tmp_path / "t.csv")
    outcome = demarcate("evaluate", model, tmp_path / "t.csv", "--drop-missing-target", "--json")
    assert json.loads(outcome.out)["n_samples"] == 303 - labels.count(None)
    assert "30 rows without a target are left out." in outcome.err


def test_a_table_of_more_rows_than_are_kept_has_scores_of_all(demarcate, model, other, monkeypatch):
    whole = json.loads(demarcate("evaluate", model, other, "--json").out)
    monkeypatch.setattr(streaming_scores, "MAX_ROWS", 40)
    condensed = json.loads(demarcate("evaluate", model, other, "--json").out)
    assert condensed["n_samples"] == 100
    for name, expected in whole["scores"].items():
        assert condensed["scores"][name]["value"] == pytest.approx(expected["value"], abs=1e-3)
        assert condensed["scores"][name]["n_rows"] == 100


FIELD = Path(__file__).parents[2] / "data" / "field" / "groups"


@pytest.fixture(scope="module")
def grouped(demarcate, tmp_path_factory):
    path = tmp_path_factory.mktemp("grouped") / "m.safetensors"
    fitted = demarcate("fit", FIELD / "visits.csv", "-t", "relapse", "--group", "patient", *TINY, "--out", path)
    assert fitted.code == 0, fitted.err
    return path


class TestGroups:
    """A model that was fitted by group: its scores are those of new groups."""

    @pytest.fixture
    def mixed(self, tmp_path):
        """Rows of patients trained on, and of new ones."""
        tables = [pl.read_csv(FIELD / name) for name in ("visits.csv", "new_patients.csv")]
        pl.concat([tables[0].head(100), tables[1]]).write_csv(tmp_path / "mixed.csv")
        return tmp_path / "mixed.csv"

    def test_new_groups_are_scored_by_group_as_the_model_was(self, demarcate, grouped):
        outcome = demarcate("evaluate", grouped, FIELD / "new_patients.csv", "--json", "--strict")
        assert (outcome.code, outcome.err) == (0, "")
        report = json.loads(outcome.out)
        assert {score["n_clusters"] for score in report["scores"].values()} == {40}
        assert (report["trained_groups"], report["new_groups"]) == (0, None)
        by_row = demarcate("evaluate", grouped, FIELD / "new_patients.csv", "--group", "f1", "--json")
        width, narrow = (
            score["high"] - score["low"]
            for score in (report["scores"]["accuracy"], json.loads(by_row.out)["scores"]["accuracy"])
        )
        assert width > narrow

    def test_groups_trained_on_are_warned_of_and_new_ones_are_scored_alone(self, demarcate, grouped, mixed):
        outcome = demarcate("evaluate", grouped, mixed, "--json", "--strict")
        assert outcome.code == 1
        assert outcome.err.count("Warning: ") == 1
        assert re.search(r"23\.8% of 420 rows are of \d+ groups that the model was trained on: scores", outcome.err)
        report = json.loads(outcome.out)
        assert (report["n_samples"], report["trained_rows"], report["new_groups"]["n_samples"]) == (420, 100, 320)
        alone = json.loads(demarcate("evaluate", grouped, FIELD / "new_patients.csv", "--json").out)
        of_new = report["new_groups"]["scores"]["accuracy"]
        for end in ("value", "low", "high"):
            assert of_new[end] == pytest.approx(alone["scores"]["accuracy"][end], abs=1e-6)
        shown = demarcate("evaluate", grouped, mixed).out
        assert "Scores on 420 given rows in " in shown
        assert "Scores on 320 new-group rows in 40 groups, with 95% intervals" in shown

    @pytest.mark.usefixtures("in_parts")
    def test_groups_of_a_table_in_parts_are_the_same(self, demarcate, grouped, mixed):
        report = json.loads(demarcate("evaluate", grouped, mixed, "--json").out)
        assert (report["n_samples"], report["trained_rows"]) == (420, 100)
        assert report["new_groups"]["scores"]["accuracy"]["n_clusters"] == 40

    def test_a_table_without_the_column_is_scored_as_independent_rows_and_says_so(self, demarcate, grouped, tmp_path):
        pl.read_csv(FIELD / "new_patients.csv").drop("patient").write_csv(tmp_path / "t.csv")
        outcome = demarcate("evaluate", grouped, tmp_path / "t.csv", "--json")
        assert "scored by groups ('patient'), and the table has no such column: its rows count as" in outcome.err
        assert "n_clusters" not in json.loads(outcome.out)["scores"]["accuracy"]

    def test_a_report_goes_by_group_too(self, demarcate, grouped, mixed):
        outcome = demarcate("report", grouped, mixed, "--json")
        assert outcome.err.count("that the model was trained on: scores of these rows are too good") == 1
        assert '"n_clusters":' in outcome.out.replace(" ", "")


def test_the_verdict_compares_with_the_majority_class(demarcate, model, other):
    outcome = demarcate("evaluate", model, other)
    assert re.search(r"(Better|Worse|Cannot tell).* the majority class: log loss (lower|higher) by", outcome.out)
    comparison = json.loads(demarcate("evaluate", model, other, "--json").out)["comparison"]
    assert comparison["verdict"] in ("better", "worse", "cannot tell")


def test_rows_are_weighted_by_a_column(demarcate, model, heart_frame, tmp_path):
    weights = [row % 3 for row in range(60)]
    heart_frame.head(60).with_columns(weight=pl.Series(weights)).write_csv(tmp_path / "t.csv")
    outcome = demarcate("evaluate", model, tmp_path / "t.csv", "--weights", "weight", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    assert report["n_samples"] == 40
    assert report["scores"]["accuracy"]["rows"] == "weighted given"


def test_a_column_that_an_option_names_must_be_there(demarcate, model, other):
    outcome = demarcate("evaluate", model, other, "--group", "patient")
    assert outcome.code == 1
    assert "There is no column 'patient'" in outcome.err
