from collections import Counter

import numpy as np
import polars as pl
import pytest

from demarcate.cli.console_tables import (
    print_averaging_gain,
    print_class_balance,
    print_scores,
    print_training_set,
    print_verdict,
)
from demarcate.evaluation import PairedComparison, Score
from demarcate.nn import Network
from demarcate.tabular import infer_schema
from demarcate.trainingset import TrainingSet


def test_many_columns_are_cut_and_counted(capsys):
    frame = pl.DataFrame({f"c{place}": [1, 2, 3] for place in range(45)})
    training_set = TrainingSet(infer_schema(frame), {}, np.array(["u", "v"]), np.array([0, 1, 0]), target="y")
    print_training_set("wide", training_set, {})
    out = capsys.readouterr().out
    assert "wide: 3 rows, 45 columns and the target 'y'" in out
    assert "c39" in out
    assert "c40" not in out
    assert "and 5 more" in out


def test_many_classes_are_cut_and_counted_most_frequent_first(capsys):
    print_class_balance(Counter(place % 35 for place in range(36)))
    out = capsys.readouterr().out
    assert out.index(" 0 ") < out.index(" 1 ")
    assert "and 5 more" in out


def test_a_metric_that_a_baseline_lacks_is_left_empty(capsys):
    one = Score(0.5, 0.25, 0.75, 9, "given")
    print_scores({"accuracy": one, "log_loss": one}, {"majority": {"accuracy": one}})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Scores on 9 given rows, with 95% intervals"
    assert next(line for line in lines if "accuracy" in line).count("0.500 [0.250, 0.750]") == 2
    assert next(line for line in lines if "log loss" in line).count("0.500 [0.250, 0.750]") == 1


@pytest.mark.parametrize(
    ("ends", "hidden", "ends_with"),
    [
        ((-0.2, -0.3, -0.1), (8,), "on the same rows.\n"),
        ((0.2, 0.1, 0.3), (8,), "Try a linear network: --hidden none.\n"),
        ((0.2, 0.1, 0.3), (), "on the same rows.\n"),
    ],
)
def test_the_verdict_says_what_to_try_only_where_it_was_measured(capsys, ends, hidden, ends_with):
    comparison = PairedComparison("logistic regression", {"log_loss": Score(*ends, 100, "out-of-fold")})
    print_verdict(comparison, [Network(()), Network(hidden)])
    assert " ".join(capsys.readouterr().out.split("\n")).strip().endswith(ends_with.strip())


def test_scores_by_group_say_so_in_the_title(capsys):
    print_scores({"accuracy": Score(0.5, 0.25, 0.75, 1200, "weighted out-of-fold", 60, 800.0)})
    title = capsys.readouterr().out.splitlines()[0]
    assert title == "Scores on 1,200 weighted out-of-fold rows in 60 groups, with 95% intervals"


@pytest.mark.parametrize("text", ["[red]x[/]", "\\[b]", "[/]", "x\\", ":bomb:", "plain"])
def test_a_users_text_is_not_markup(capsys, text):
    print_class_balance({text: 2, "other": 1})
    assert text in capsys.readouterr().out


def test_scores_that_allow_for_a_gain_say_so_and_others_say_nothing(capsys):
    print_averaging_gain({})
    assert capsys.readouterr().out == ""
    print_averaging_gain({"log_loss": -0.0154, "accuracy": 0.0105})
    assert "an estimate (log loss -0.015, accuracy +0.011)" in capsys.readouterr().out
