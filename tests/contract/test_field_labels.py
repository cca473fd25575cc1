"""Labels as people keep them: each table is read as a person reads it, warned of, or refused, at every door."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from typer.testing import CliRunner

from demarcate import DemarcateClassifier, Network, Training, audit, diagnose, load, sweep, train
from demarcate.cli.app import app
from demarcate.errors import InputError, InputWarning

LABELS = Path(__file__).parents[1] / "data" / "field" / "labels"
TINY = ("--epochs", "1", "--folds", "2", "--hidden", "none")
SMALL = {"hidden": (), "epochs": 1, "n_folds": 2}
MERGE = "merge_labels=True (--merge-labels) makes one class of each group, named by its most frequent spelling"
WARNINGS = {
    "age": "the 41 classes are numbers from 20 to 79. This looks like a number to predict: cut it into a few ranges",
    "mixed01": f"'0' (44), 'false' (27), 'False' (20); '1' (56), 'True' (30), 'true' (23). {MERGE}",
    "mixedcase": f"'N' (38), 'no' (37), 'No' (30); 'Yes' (48), 'YES' (27), 'yes' (20). {MERGE}",
    "question": "the label '?' (8 rows, first 1) is a class, although it looks like a missing label. --missing '?' "
    "--drop-missing-target leaves out these rows (in Python y and X without them)",
}
SEVERAL = "This looks like several labels a row: not supported"
NETWORK, TRAINING = Network(()), Training(epochs=1)
DOORS = {
    "estimator": lambda X, y: DemarcateClassifier(**SMALL).fit(X, y),
    "train": lambda X, y: train((X, y), NETWORK, TRAINING),
    "sweep": lambda X, y: sweep((X, y), {"lr": [0.1, 0.2]}, training=TRAINING, seeds=1),
    "diagnose": lambda X, y: diagnose((X, y), NETWORK, TRAINING, seeds=2),
    "audit": lambda X, y: audit((X, y), rescore=False),
}


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def labels_of(name):
    table = pd.read_csv(LABELS / f"{name}.csv", dtype=str, skipinitialspace=True)
    return table.iloc[:, :2].astype(float), table.iloc[:, 2].str.strip().str.replace(r"^([01])\.0$", r"\1", regex=True)


def messages_of(door, name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        door(*labels_of(name))
    return [str(each.message) for each in caught if issubclass(each.category, InputWarning)]


@pytest.mark.parametrize("name", WARNINGS)
def test_each_is_warned_of_once_at_the_command_line(name):
    result = run("fit", LABELS / f"{name}.csv", "--target", "Target", *TINY, "--quiet")
    assert result.exit_code == 0
    assert result.stderr.count(WARNINGS[name]) == 1
    assert result.stderr.count("Warning: ") == (2 if name == "age" else 1)  # classes of a single row


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", [name for name in WARNINGS if name != "age"])
def test_each_is_warned_of_once_in_python(door, name):
    assert sum(WARNINGS[name] in message for message in messages_of(DOORS[door], name)) == 1


@pytest.mark.parametrize("command", ["fit", "audit", "sweep", "diagnose"])
def test_several_labels_a_row_are_refused_in_words(command):
    grid = ("--lr", "0.1,0.2") if command == "sweep" else ()
    result = run(command, LABELS / "tags.csv", "--target", "tags", *grid)
    assert result.exit_code == 1
    assert "The label in row 1 is 'action|comedy|horror', and 16 labels are made of 5: 'action'" in result.stderr
    assert SEVERAL in result.stderr


@pytest.mark.parametrize("door", DOORS)
def test_several_labels_a_row_are_refused_in_python(door):
    with pytest.raises(InputError, match=SEVERAL):
        DOORS[door](*labels_of("tags"))


@pytest.mark.parametrize(("name", "classes"), [("mixedcase", ["N", "Yes"]), ("mixed01", ["0", "1"])])
def test_merged_spellings_are_two_classes_that_a_saved_model_knows(name, classes, tmp_path):
    table, model = LABELS / f"{name}.csv", tmp_path / "m.safetensors"
    arguments = ("--target", "Target", "--merge-labels", "--preset", "fast", "--quiet", "--out", model)
    fitted = run("fit", table, *arguments, "--json")
    assert fitted.stderr == ""
    assert json.loads(fitted.stdout)["classes"] == classes
    assert json.loads(fitted.stdout)["scores"]["accuracy"]["value"] > 0.7
    assert load(model).merge_labels
    frame = pl.read_csv(table, infer_schema=False).with_columns(pl.col("Target").str.to_uppercase())
    frame.write_csv(tmp_path / "other.csv")
    scored = run("evaluate", model, tmp_path / "other.csv", "--json")
    assert json.loads(scored.stdout)["n_samples"] == 200
    picture = run("plot", model, table, "--kind", "confusion", "--out", tmp_path / "p.svg")
    assert picture.exit_code == 0
    assert run("report", model, table, "--out", tmp_path / "p.html").exit_code == 0


def test_merged_spellings_are_known_to_an_estimator():
    X, y = labels_of("mixedcase")
    classifier = DemarcateClassifier(**SMALL, merge_labels=True).fit(X, y)
    assert classifier.classes_.tolist() == ["N", "Yes"]
    folded = np.where(y.str.lower().str[0] == "y", "Yes", "N")
    assert classifier.score(X, y) == classifier.score(X, folded) == np.mean(classifier.predict(X) == folded)
    assert classifier.baselines(X, y)["majority"]["accuracy"].value == pytest.approx(0.525)


def test_words_for_a_missing_label_are_left_out_when_asked(tmp_path):
    model = tmp_path / "m.safetensors"
    arguments = (LABELS / "question.csv", "--target", "Target", "--missing", "?")
    refused = run("fit", *arguments, *TINY)
    assert "The target is missing in rows 1, " in refused.stderr
    fitted = run("fit", *arguments, "--drop-missing-target", *TINY, "--json", "--out", model)
    assert json.loads(fitted.stdout)["classes"] == ["neg", "pos"]
    assert "8 rows without a target are left out." in fitted.stderr
    scored = run("evaluate", model, *arguments, "--drop-missing-target", "--json")
    assert json.loads(scored.stdout)["n_samples"] == 192
    audited = run("audit", *arguments, "--drop-missing-target", "--no-rescore", "--json")
    assert json.loads(audited.stdout)["n_rows"] == 192


def test_spaces_around_the_name_of_the_target_do_not_matter():
    result = run("fit", LABELS / "spacehead.csv", "--target", "My Target", *TINY, "--json")
    assert json.loads(result.stdout)["classes"] == ["neg", "pos"]
    assert result.stderr == ""


def test_costs_of_labels_that_do_not_say_which_is_positive_need_its_name():
    result = run("fit", LABELS / "screen.csv", "--target", "result", "--cost", "false_negative=10", *TINY)
    assert result.exit_code != 0
    assert "--positive" in result.stderr


def test_a_column_called_target_is_predicted_unasked_and_that_is_said(tmp_path):
    frame = pl.read_csv(LABELS / "screen.csv").rename({"result": "target"})
    frame.write_csv(tmp_path / "t.csv")
    result = run("fit", tmp_path / "t.csv", *TINY, "--json")
    assert json.loads(result.stdout)["target"] == "target"
    assert "The column 'target' is predicted; --target names another.\n" in result.stderr
    frame.rename({"target": "Target"}).write_csv(tmp_path / "t.csv")
    assert "There is no column to predict" in run("fit", tmp_path / "t.csv", *TINY).stderr
