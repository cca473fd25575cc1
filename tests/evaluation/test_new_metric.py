"""A metric added to the registry arrives everywhere that metrics are shown."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from demarcate import DemarcateClassifier, datasets, load
from demarcate.cli.app import app
from demarcate.evaluation import METRICS, Metric, StreamingScores, score
from demarcate.evaluation.accumulators import StreamingValue
from demarcate.evaluation.measures import mean_of
from demarcate.formatting import interval_texts
from demarcate.report import Report


def row_margins(codes, probabilities):
    """How far the true class is ahead of the likeliest other one, -1 to 1."""
    others = probabilities.copy()
    others[np.arange(len(codes)), codes] = 0
    return probabilities[np.arange(len(codes)), codes] - others.max(axis=1)


MARGIN = Metric(
    name="margin",
    label="mean margin",
    meaning="lead of the true class over the likeliest other one",
    higher_is_better=True,
    bounds=(-1.0, 1.0),
    measure=lambda codes, probabilities: mean_of(row_margins(codes, probabilities)),
)
EXACT = Metric(**{**vars(MARGIN), "streaming": StreamingValue.mean_of(row_margins)})


@pytest.fixture(autouse=True)
def metric(monkeypatch, request):
    metric = getattr(request, "param", MARGIN)
    monkeypatch.setitem(METRICS, "margin", metric)
    return metric


def predictions(n_rows):
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet([1, 1, 1], n_rows)
    return generator.integers(3, size=n_rows), probabilities


def test_it_is_scored_with_an_interval_within_its_bounds():
    codes, probabilities = predictions(300)
    margin = score(codes, probabilities, rows="test")["margin"]
    assert margin.value == pytest.approx(row_margins(codes, probabilities).mean())
    assert -1 <= margin.low < margin.value < margin.high <= 1
    assert margin.value < 0
    assert score(codes[:1], probabilities[:1], rows="test")["margin"].low == -1


@pytest.mark.parametrize(("metric", "tolerance"), [(MARGIN, 0.05), (EXACT, 1e-9)], indirect=["metric"])
def test_it_is_scored_above_the_number_of_rows_that_are_held(metric, tolerance):
    codes, probabilities = predictions(6000)
    scoring = StreamingScores(3, max_rows=4000)
    for part in np.split(np.arange(6000), 6):
        scoring.add(codes[part], probabilities[part], codes[part])
    exact, streamed = score(codes, probabilities, rows="test"), scoring.scores("test")
    assert [*streamed] == [*exact]
    assert streamed["margin"].value == pytest.approx(exact["margin"].value, abs=tolerance)
    assert streamed["margin"].n_rows == 6000
    width = exact["margin"].high - exact["margin"].low
    assert streamed["margin"].high - streamed["margin"].low == pytest.approx(width, rel=0.2)


def test_it_is_in_the_model_file_the_json_the_terminal_table_and_the_report(tmp_path):
    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    table = tmp_path / "moons.csv"
    datasets.moons(n_samples=120).frame.write_csv(table)
    model, page = tmp_path / "model.safetensors", tmp_path / "page.html"
    tiny = ("--epochs", "2", "--folds", "2", "--hidden", "4", "--quiet")
    fitted = json.loads(run("fit", table, "--target", "label", *tiny, "--json", "--out", model, "--report", page))
    assert fitted["baselines"]["majority"].keys() == fitted["scores"].keys()
    assert load(model).record["scores"]["margin"] == fitted["scores"]["margin"]
    margin = fitted["scores"]["margin"]
    shown, interval = interval_texts(margin["value"], margin["low"], margin["high"])
    row, below = run("inspect", model).partition("mean margin")[2].splitlines()[:2]
    assert row.split()[0] == shown
    # An interval that is too long for its column stands below its value.
    assert interval in row + below
    html = page.read_text(encoding="utf-8")
    assert "lead of the true class over the likeliest other one; higher is better" in html
    contenders = json.loads(run("report", model, table, "--json"))["scores"]["contenders"]
    assert all("margin" in each["scores"] for each in contenders)


def test_a_model_file_without_it_still_loads_and_shows_its_scores(tmp_path, monkeypatch):
    data = datasets.moons(n_samples=80)
    with monkeypatch.context() as before:
        before.delitem(METRICS, "margin")
        classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(data.X, data.y)
        classifier.save(tmp_path / "old.safetensors")
    old = load(tmp_path / "old.safetensors")
    assert "margin" not in old.record["scores"]
    shown = Report.from_predictor(old, data.X, data.y).to_json()["scores"]["contenders"]
    assert "margin" in shown[0]["scores"]
    assert "margin" not in shown[-1]["scores"]
    assert "accuracy" in CliRunner().invoke(app, ["inspect", str(tmp_path / "old.safetensors")]).stdout
