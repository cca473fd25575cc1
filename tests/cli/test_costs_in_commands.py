"""Costs, sets and spreads on the command line, from writing them down to what is printed."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score

from demarcate import DemarcateClassifier, load
from demarcate.cli.options import DecisionOptions
from demarcate.inference.decision_choice import apply_costs
from demarcate.plotting import ThresholdDisplay

SCREEN = Path(__file__).parents[1] / "data" / "field" / "labels" / "screen.csv"
"""Rows of people who are healthy or have cancer: the class that is looked for is the first in sorted order."""
TINY = ("--epochs", "3", "--folds", "2", "--hidden", "8")
ENOUGH = ("--epochs", "20", "--lr", "0.05", "--folds", "2", "--hidden", "8")


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(0)
    columns = {"size": generator.normal(size=90), "tone": generator.normal(size=90)}
    kind = (columns["size"] + 0.5 * generator.normal(size=90) > 0).astype(int) + (columns["tone"] > 0.4)
    return pl.DataFrame({**columns, "kind": np.array(["a", "b", "b:c"])[kind].tolist()})


@pytest.fixture(scope="module")
def table(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "three.csv"
    frame.write_csv(path)
    return path


@pytest.fixture(scope="module")
def saved(demarcate, table, tmp_path_factory):
    """A model of three classes with costs of its own."""
    out = tmp_path_factory.mktemp("models") / "three.safetensors"
    costs = ("--cost", "a:b=3", "--cost", "b:c:a=8", "--abstain", "0.6")
    assert demarcate("fit", table, "--target", "kind", *ENOUGH, *costs, "--out", out, "--quiet").code == 0
    return out


@pytest.fixture(scope="module")
def screened(demarcate, tmp_path_factory):
    """A model to which missing a cancer is dear, and what fit printed."""
    out = tmp_path_factory.mktemp("models") / "screen.safetensors"
    costs = ("--positive", "cancer", "--cost", "false_negative=10")
    outcome = demarcate("fit", SCREEN, "-t", "result", *ENOUGH, *costs, "--out", out)
    assert outcome.code == 0, outcome.err
    return out, outcome.out


@pytest.fixture
def other(frame, tmp_path):
    """A table that differs from the training rows."""
    path = tmp_path / "other.csv"
    frame[:60].write_csv(path)
    return path


class TestOverriding:
    def test_what_is_not_given_stays_as_it_was_saved(self, saved):
        predictor = load(saved)
        assert apply_costs(predictor, DecisionOptions()) is predictor
        assert apply_costs(predictor, DecisionOptions(cost=["a:b=5"])).costs.abstain == 0.6
        cautious = apply_costs(predictor, DecisionOptions(abstain=0.25)).costs
        assert (cautious.abstain, cautious.matrix.tolist()) == (0.25, predictor.costs.matrix.tolist())

    def test_other_costs_take_the_place_of_all_that_were_saved(self, saved):
        assert apply_costs(load(saved), DecisionOptions(cost=["b:a=5"])).costs.matrix.tolist() == [
            [0, 1, 1],
            [5, 0, 1],
            [1, 1, 0],
        ]

    def test_a_model_without_costs_gets_some(self, model):
        assert apply_costs(load(model), DecisionOptions(cost=["false_negative=3"])).threshold == 0.25
        assert apply_costs(load(model), DecisionOptions(abstain=0.2)).costs.matrix.tolist() == [[0, 1], [1, 0]]


class TestFit:
    def test_the_table_of_costs_is_printed_and_reported(self, demarcate):
        outcome = demarcate("fit", "heart", *TINY, "--cost", "false_negative=4", "--abstain", "0.3")
        assert "Costs on 303 out-of-fold rows, with 95% intervals" in outcome.out
        assert re.search(r"decided by cost +\d\.\d{3} \[", outcome.out)
        assert re.search(r"at 0\.5 +\d\.\d{3} \[.*\] +-?\d\.\d{3} \[", outcome.out)
        assert re.search(r"always 1 +\d\.\d{3} \[", outcome.out)
        assert re.search(r"\d+\.\d% of the rows are not decided", outcome.out)

    def test_json_and_the_file_say_the_same_as_the_estimator(self, demarcate, tmp_path, heart_frame):
        out = tmp_path / "heart.safetensors"
        outcome = demarcate("fit", "heart", *TINY, "--cost", "false_negative=4", "--out", out, "--json")
        report, predictor = json.loads(outcome.out), load(out)
        assert predictor.threshold == 0.2
        assert predictor.record["costs"] == report["costs"]
        assert report["costs"]["saved"]["rows"] == "out-of-fold"
        X, y = heart_frame.drop("target"), heart_frame["target"].to_list()
        categorical = [column.name for column in predictor.schema.columns if column.kind == "categorical"]
        settings = {"hidden": (8,), "epochs": 3, "n_folds": 2, "cost": {"false_negative": 4}}
        fitted = DemarcateClassifier(**settings, categorical=categorical).fit(X, y)
        assert report["costs"] == fitted.cost_comparison_.to_json()

    def test_without_costs_there_is_no_such_table(self, demarcate):
        assert "Costs on" not in demarcate("fit", "heart", *TINY).out
        report = json.loads(demarcate("fit", "heart", *TINY, "--json").out)
        assert (report["costs"], report["temperature"]) == (None, None)

    def test_wrong_costs_are_wrong_usage_and_nothing_is_trained(self, demarcate, table):
        outcome = demarcate("fit", table, "--target", "kind", *TINY, "--cost", "a:z=1", "--quiet")
        assert (outcome.code, outcome.out) == (2, "")
        assert "names no two of the classes a, b, b:c" in outcome.err
        outcome = demarcate("fit", table, "--target", "kind", *TINY, "--cost", "false_negative=1", "--quiet")
        assert outcome.code == 2
        assert "false_negative is a mistake between two classes, and there are 3" in outcome.err
        assert demarcate("fit", "heart", *TINY, "--abstain", "-1", "--quiet").code == 2

    def test_calibration_can_be_left_out(self, demarcate, tmp_path):
        rows = np.random.default_rng(0)
        path = tmp_path / "noise.csv"
        numbers = {name: rows.normal(size=240) for name in "abcde"}
        pl.DataFrame({**numbers, "y": rows.integers(2, size=240)}).write_csv(path)
        loud = ("--patience", "0", "--epochs", "60", "--lr", "0.02", "--hidden", "32", "--dropout", "0", "--folds", "4")
        report, raw = (
            json.loads(demarcate("fit", path, "--target", "y", *loud, "--json", *more).out)
            for more in ((), ("--no-calibration",))
        )
        assert report["temperature"] > 1.2
        assert raw["temperature"] is None
        assert report["scores"]["log_loss"]["value"] < raw["scores"]["log_loss"]["value"]


class TestPredict:
    def test_a_row_that_is_not_decided_is_an_empty_cell(self, demarcate, saved, table):
        outcome = demarcate("predict", saved, table)
        rows = list(csv.DictReader(io.StringIO(outcome.out)))
        expected = load(saved).predict(pl.read_csv(table).drop("kind")).tolist()
        assert [row["prediction"] or None for row in rows] == expected
        assert None in expected
        assert len({*expected}) > 1

    def test_it_is_null_in_json_and_no_decision_in_words(self, demarcate, saved, table):
        outcome = demarcate("predict", saved, table, "--abstain", "0", "--json")
        assert {row["prediction"] for row in json.loads(outcome.out)["predictions"]} == {None}
        outcome = demarcate("predict", saved, "--row", "size=0.1", "tone=0.2", "--abstain", "0")
        assert outcome.out.splitlines()[-1] == "prediction: no decision"

    def test_costs_given_here_decide(self, demarcate, model):
        always = json.loads(demarcate("predict", model, "heart", "--cost", "false_negative=1e9", "--json").out)
        assert {row["prediction"] for row in always["predictions"]} == {1}

    def test_sets_and_spreads_are_added_on_request(self, demarcate, saved, table, tmp_path):
        out = tmp_path / "predictions.parquet"
        assert demarcate("predict", saved, table, "--set", "0.8", "--spread", "--out", out, "--quiet").code == 0
        written, predictor, rows = pl.read_parquet(out), load(saved), pl.read_csv(table).drop("kind")
        sets = predictor.predict_set(rows, 0.8)
        assert written["set"].to_list() == ["|".join(predictor.classes[row]) for row in sets]
        spreads = written.select("spread_a", "spread_b", "spread_b:c").to_numpy()
        np.testing.assert_allclose(spreads, predictor.spread(rows))

    def test_sets_per_class_are_others(self, demarcate, saved, table):
        told = demarcate("predict", saved, table, "--set", "0.8", "--set-per-class", "--json")
        predictor = load(saved)
        sets = predictor.predict_set(pl.read_csv(table).drop("kind"), 0.8, per_class=True)
        expected = [predictor.classes[row].tolist() for row in sets]
        assert [row["set"] for row in json.loads(told.out)["predictions"]] == expected

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (("--set", "90"), "not between 0 and 1"),
            (("--set-per-class",), "--set-per-class has no coverage. Add one, such as --set 0.9."),
            (("--cost", "a=1"), "'a' names no two of the classes"),
            (("--abstain", "-2"), "Abstaining costs -2"),
        ],
    )
    def test_wrong_usage_is_told(self, demarcate, saved, table, options, reason):
        outcome = demarcate("predict", saved, table, *options)
        assert (outcome.code, outcome.out) == (2, "")
        assert reason in outcome.err


class TestEvaluate:
    def test_the_models_own_costs_are_compared(self, demarcate, saved, other):
        report = json.loads(demarcate("evaluate", saved, other, "--json").out)["costs"]
        assert report["decided"]["rows"] == "given"
        assert report["always"] in ("a", "b", "b:c")
        assert 0 < report["abstained"] < 1
        rows, predictor = pl.read_csv(other), load(saved)
        codes = np.searchsorted(predictor.classes, rows["kind"].to_numpy())
        decisions = predictor.costs.decide(predictor.predict_proba(rows.drop("kind")))
        assert report["decided"]["value"] == pytest.approx(predictor.costs.row_costs(codes, decisions).mean())

    def test_other_costs_can_be_tried(self, demarcate, model, heart_csv, tmp_path):
        other = tmp_path / "part.csv"
        pl.read_csv(heart_csv)[:150].write_csv(other)
        outcome = demarcate("evaluate", model, other, "--cost", "false_negative=5", "--abstain", "0.2")
        assert outcome.code == 0
        assert "Costs on 150 given rows, with 95% intervals" in outcome.out
        assert "1 decided as 0 (a false negative) costs 5, 0 decided as 1 (a false positive) 1." in outcome.out
        assert json.loads(demarcate("evaluate", model, other, "--json").out)["costs"] is None


def test_inspect_says_how_a_model_decides(demarcate, saved, tmp_path):
    assert re.search(r"decision +what costs least, or for none at a cost of 0\.6", demarcate("inspect", saved).out)
    assert re.search(r"prediction sets +by 90 rows", demarcate("inspect", saved).out)
    out = tmp_path / "heart.safetensors"
    assert demarcate("fit", "heart", *TINY, "--cost", "false_negative=4", "--out", out, "--quiet").code == 0
    assert re.search(r"decision +1 from a probability of 0\.2\n", demarcate("inspect", out).out)


@pytest.mark.parametrize(("given", "expected"), [((), (4, 1)), (("--false-negative", "2"), (2, 1))])
def test_a_threshold_is_drawn_by_the_models_own_costs_unless_others_are_given(
    demarcate, tmp_path, monkeypatch, given, expected
):
    out = tmp_path / "heart.safetensors"
    assert demarcate("fit", "heart", *TINY, "--cost", "false_negative=4", "--out", out, "--quiet").code == 0
    drawn, draw = [], ThresholdDisplay.from_predictions

    def kept(*rows, **asked):
        drawn.append(draw(*rows, **asked))
        return drawn[-1]

    monkeypatch.setattr(ThresholdDisplay, "from_predictions", kept)
    outcome = demarcate("plot", out, "heart", "--kind", "threshold", "--out", tmp_path / "t.png", *given)
    assert outcome.code == 0, outcome.err
    assert (drawn[0].false_negative, drawn[0].false_positive) == expected


def test_rows_that_are_not_decided_are_left_out_of_a_drawn_matrix(demarcate, saved, other, tmp_path):
    out = tmp_path / "confusion.png"
    assert demarcate("plot", saved, other, "--kind", "confusion", "--out", out, "--quiet").code == 0
    assert out.exists()


class TestPositiveClass:
    @pytest.fixture
    def others(self, tmp_path):
        """Half of the table, which is not the training table."""
        path = tmp_path / "others.csv"
        pl.read_csv(SCREEN)[:250].write_csv(path)
        return path

    def test_a_false_negative_is_refused_before_training_where_nothing_says_which_class_is_positive(self, demarcate):
        outcome = demarcate("fit", SCREEN, "-t", "result", *TINY, "--cost", "false_negative=10")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.strip().split("\n")[-1] == (
            "Usage: false_negative has a cost, and nothing says which of 'cancer' and 'healthy' is the positive class. "
            "Name it: --positive 'cancer' or 'healthy'."
        )

    def test_few_of_the_positive_class_are_missed_and_the_mistakes_are_named(self, screened):
        path, printed = screened
        assert "'cancer' decided as 'healthy' (a false negative) costs 10, 'healthy' decided as 'cancer'" in printed
        recall, low, high = map(
            int, re.search(r"Of the 'cancer' rows (\d+)% \[(\d+), (\d+)\] are found", printed).groups()
        )
        assert low <= recall <= high
        assert recall > 90
        model = load(path)
        assert (model.positive, model.classes.tolist()) == (0, ["cancer", "healthy"])
        assert model.threshold == pytest.approx(1 / 11)
        rows = pl.read_csv(SCREEN)
        labels, predicted = rows["result"].to_numpy(), model.predict(rows.drop("result"))
        assert np.mean(predicted[labels == "cancer"] == "cancer") > 0.9

    @pytest.mark.parametrize(
        ("positive", "reason"),
        [
            ("cancr", "--positive is 'cancr', and the labels are 'cancer' and 'healthy'. Did you mean 'cancer'?"),
            ("ill", "--positive is 'ill', and the labels are 'cancer' and 'healthy'. Name one of them."),
        ],
    )
    @pytest.mark.parametrize("command", ["fit", "sweep", "audit"])
    def test_a_label_that_there_is_not_is_refused(self, demarcate, command, positive, reason):
        options = ("--hidden", "2") if command == "sweep" else ()
        outcome = demarcate(command, SCREEN, "-t", "result", *options, "--positive", positive)
        assert outcome.code == 2
        assert reason in outcome.err

    def test_of_three_classes_none_is_positive(self, demarcate, table, saved):
        for arguments in (("fit", table, "-t", "kind", *TINY), ("evaluate", saved, table)):
            outcome = demarcate(*arguments, "--positive", "a")
            assert outcome.code == 2
            assert "--positive is 'a', and there are 3 classes: 'a', 'b', 'b:c'. Leave it out" in outcome.err

    def test_a_saved_model_uses_its_own(self, demarcate, screened, others):
        path, _ = screened
        report = json.loads(demarcate("evaluate", path, others, "--cost", "false_negative=3", "--json").out)
        named = json.loads(demarcate("evaluate", path, others, "--cost", "cancer:healthy=3", "--json").out)
        assert report["positive"] == "cancer"
        assert report["costs"] == named["costs"]
        printed = demarcate("evaluate", path, others).out
        assert "Positive class: 'cancer'. Of the 'cancer' rows" in printed

    def test_another_one_than_the_models_is_warned_of_and_changes_no_decision(self, demarcate, screened, others):
        path, _ = screened
        own, other = (demarcate("evaluate", path, others, *more, "--json") for more in ((), ("--positive", "healthy")))
        assert "The positive class is 'healthy' here; the model was saved with 'cancer'." in other.err
        own, other = json.loads(own.out), json.loads(other.out)
        rows, model = pl.read_csv(others), load(path)
        for report, label, code in ((own, "cancer", 0), (other, "healthy", 1)):
            of_class = model.predict_proba(rows.drop("result"))[:, code]
            expected = average_precision_score(rows["result"].to_numpy() == label, of_class)
            assert report["scores"]["average_precision"]["value"] == pytest.approx(expected)
        assert (own["positive"], other["positive"]) == ("cancer", "healthy")
        assert (own["costs"], own["class_scores"]) == (other["costs"], other["class_scores"])

    def test_a_model_that_knows_none_is_told(self, demarcate, others, tmp_path):
        path = tmp_path / "plain.safetensors"
        outcome = demarcate("fit", SCREEN, "-t", "result", *TINY, "--out", path)
        assert (
            "Nothing says which class is positive. Average precision is about 'healthy', the second label"
            in outcome.out
        )
        refused = demarcate("evaluate", path, others, "--cost", "false_negative=3")
        assert refused.code == 2
        assert "Name it: --positive 'cancer' or 'healthy'." in refused.err
        accepted = demarcate("evaluate", path, others, "--cost", "false_negative=3", "--positive", "cancer", "--json")
        assert (json.loads(accepted.out)["positive"], accepted.err) == ("cancer", "")

    @pytest.mark.parametrize(
        ("negative", "positive"), [("no", "yes"), (0, 1), ("false", "true"), (-1, 1), ("n", "P"), ("absent", "Present")]
    )
    def test_labels_that_say_it_need_no_option(self, demarcate, tmp_path, negative, positive):
        rows = pl.read_csv(SCREEN)
        labels = [positive if label == "cancer" else negative for label in rows["result"]]
        rows.with_columns(result=pl.Series(labels)).write_csv(tmp_path / "table.csv")
        out = tmp_path / "model.safetensors"
        costs = ("--cost", "false_negative=10", "--out", out)
        outcome = demarcate("fit", tmp_path / "table.csv", "-t", "result", *TINY, *costs, "--json")
        assert outcome.code == 0, outcome.err
        model = load(out)
        assert model.classes.tolist()[model.positive] == json.loads(outcome.out)["positive"] == positive
        assert model.threshold == pytest.approx(1 / 11)

    def test_the_report_and_the_picture_are_about_it(self, demarcate, screened, others, tmp_path, monkeypatch):
        path, _ = screened
        page = tmp_path / "page.html"
        report = json.loads(demarcate("report", path, others, "--out", page, "--json").out)
        assert (report["headline"]["positive"], report["threshold"]["positive"]) == ("cancer", "cancer")
        assert (report["threshold"]["false_negative"], report["threshold"]["start"]) == (10, 0.091)
        assert [curve["label"] for curve in report["curves"]["classes"]] == ["cancer"]
        drawn, draw = [], ThresholdDisplay.from_predictions
        monkeypatch.setattr(
            ThresholdDisplay, "from_predictions", lambda *rows, **asked: drawn.append(draw(*rows, **asked)) or drawn[-1]
        )
        outcome = demarcate("plot", path, others, "--kind", "threshold", "--out", tmp_path / "t.png")
        assert outcome.code == 0, outcome.err
        assert (drawn[0].positive, drawn[0].false_negative, drawn[0].false_positive) == ("cancer", 10, 1)

    def test_the_winner_of_a_sweep_keeps_it(self, demarcate, tmp_path):
        path = tmp_path / "winner.safetensors"
        sweep = ("sweep", SCREEN, "-t", "result", "--hidden", "2", "--epochs", "2", "--seeds", "1")
        outcome = demarcate(*sweep, "--positive", "cancer", "--save", path, "--json")
        assert json.loads(outcome.out)["positive"] == "cancer"
        assert load(path).positive == 0
