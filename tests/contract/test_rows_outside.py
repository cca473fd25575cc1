"""Tables to predict that differ from the training table: dates, codes, units, the future and names of columns."""

import json
import warnings
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import demarcate
from demarcate.cli.app import app
from demarcate.errors import InputError, InputWarning

FIELD = Path(__file__).parents[1] / "data" / "field" / "predict-drift"


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("drift") / "m.safetensors"
    options = ("--epochs", "3", "--folds", "2", "--hidden", "8", "--quiet")
    assert run("fit", FIELD / "train.csv", "-t", "churn", *options, "--out", path).exit_code == 0
    return path


def predict(model, table, *options):
    return run("predict", model, FIELD / table, *options)


def test_the_training_table_itself_is_not_warned_of(model):
    assert predict(model, "train.csv", "--strict").stderr == ""


def test_dates_in_another_spelling_are_read(model):
    result = predict(model, "eu_dates.csv", "--strict")
    assert (result.exit_code, result.stderr) == (0, "")
    expected = predict(model, "train.csv").stdout.splitlines()[:61]
    assert result.stdout.splitlines() == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "age_neg.csv",
            "100% of 5 rows hold values outside what was trained on: 'age' in 100% (-999 in row 1; trained",
        ),
        ("units.csv", "100% of 5 rows hold values outside what was trained on: 'balance' in 100% ("),
        ("future.csv", "'joined' in 100% (2031-05-01 in row 1; trained on 2024-01-0"),
    ],
)
def test_rows_outside_what_was_trained_on_are_warned_of_once(model, table, message):
    result = predict(model, table)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 6
    assert result.stderr.startswith("Warning: ")
    assert result.stderr.count("Warning: ") == 1
    assert message in " ".join(result.stderr.split())


def test_strict_exits_with_1_once_everything_is_written(model, tmp_path):
    out = tmp_path / "predictions.csv"
    result = predict(model, "units.csv", "--strict", "--out", out)
    assert result.exit_code == 1
    assert out.read_text().count("\n") == 6
    row = dict(zip(*(line.split(",") for line in (FIELD / "age_neg.csv").read_text().splitlines()[:2]), strict=True))
    result = run("predict", model, "--row", *(f"{name}={cell}" for name, cell in row.items()), "--strict", "--json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["predictions"]) == 1
    assert "the row holds values outside what was trained on: 'age' (-999 in row 1" in " ".join(result.stderr.split())


def test_evaluate_warns_and_is_strict_too(model):
    result = run("evaluate", model, FIELD / "units.csv", "--json", "--strict")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["n_samples"] == 5
    assert "'balance' in 100%" in result.stderr


def test_a_loaded_model_warns_once_in_python(model):
    predictor = demarcate.load(model)
    with pytest.warns(InputWarning, match="'age' in 100%") as caught:
        predictor.predict(pl.read_csv(FIELD / "age_neg.csv").drop("churn"))
    assert len(caught) == 1


def test_a_column_under_another_name_is_refused_with_the_name_that_is_meant(model):
    result = predict(model, "upperhead.csv")
    assert result.exit_code == 1
    assert "Missing columns: 'age', 'plan'. Did you mean 'Age' for 'age', 'Plan' for 'plan'?" in result.stderr


@pytest.mark.parametrize(("name", "other"), [("age", "AGE"), ("balance", "Balence"), ("joined", "joined?")])
def test_typos_and_punctuation_are_found_too(model, name, other):
    table = pl.read_csv(FIELD / "train.csv").rename({name: other}).drop("churn")
    with pytest.raises(InputError, match=rf"Missing column: '{name}'\. Did you mean '.*' for '{name}'\? Rename it"):
        demarcate.load(model).predict(table)


def test_a_fresh_table_of_the_same_kind_is_not_warned_of(model):
    generator = np.random.default_rng(3)
    table = pl.read_csv(FIELD / "train.csv").drop("churn", "customer")
    fresh = pl.DataFrame({name: generator.permutation(table[name].to_numpy()) for name in table.columns})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        demarcate.load(model).predict(fresh)
