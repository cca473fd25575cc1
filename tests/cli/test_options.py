from typing import get_args

import pytest

from demarcate.classifier.presets import PRESETS
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import settings_of
from demarcate.cli.options import (
    NetworkOptions,
    ReadingOptions,
    TableOptions,
    TrainingOptions,
    column_names,
    hidden_widths,
)
from demarcate.engine.backend import PRECISIONS
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.engine.training import ScheduleName
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.spec import HEAD_NAMES
from demarcate.tabular.column_options import CellOptions


def test_names_come_from_lists_and_repeated_options_alike():
    assert column_names(["a, b", "c,", ""]) == ["a", "b", "c"]
    assert column_names(None) == []


def test_a_value_that_names_a_column_as_it_is_is_that_column():
    assert column_names(["a,b", "a,b,c"], columns=["a", "b", "a,b"]) == ["a,b", "a", "b", "c"]


def test_quotes_keep_a_name_with_a_comma_together_in_a_list():
    assert column_names(['"income, yearly", sex', '"say ""ah"""']) == ["income, yearly", "sex", 'say "ah"']


def test_columns_that_a_table_calls_categories_follow_unless_an_option_names_them():
    options = TableOptions(table="t.csv", categorical=["a,b"], numerical=["c, d"])
    columns = options.column_options(["a", "b", "c, d", "e"], ReadingOptions(), own=["b", "e"])
    assert (columns.categorical, columns.numerical, columns.drop) == (("a", "b", "e"), ("c, d",), ())


def test_a_column_of_dates_is_named_with_its_format():
    options = TableOptions(table="t.csv", dates=["a=%d.%m.%Y,b", "c=1=epoch"])
    columns = options.column_options(
        ["a", "b", "c=1"], ReadingOptions(decimal=",", thousands="space", missing=["-9,?"])
    )
    assert columns.dates == {"a": "%d.%m.%Y", "b": "", "c=1": "epoch"}
    assert columns.cells == CellOptions(",", " ", ("-9", "?"))


def test_a_quote_that_is_not_closed_is_wrong_usage():
    with pytest.raises(UsageError, match="Put a name with a comma between double quotes"):
        column_names(['"a,b'])


@pytest.mark.parametrize(
    ("text", "expected"), [("16,16", (16, 16)), ("8", (8,)), (" 4 , 2 ", (4, 2)), ("none", ()), ("0", ()), ("", ())]
)
def test_widths_are_read(text, expected):
    assert hidden_widths(text) == expected


@pytest.mark.parametrize("text", ["wide", "16;16", "16,", "1.5", "16 16"])
def test_other_widths_are_wrong_usage(text):
    with pytest.raises(UsageError, match=r"^--hidden is .*\. Give the widths of the layers, such as 16,16, or none\.$"):
        hidden_widths(text)


def test_settings_that_are_not_named_are_left_to_the_estimator():
    assert settings_of(NetworkOptions(dropout=0.0), TrainingOptions()) == {"dropout": 0.0}


def test_no_rows_are_all_rows_and_no_patience_never_stops():
    assert settings_of(TrainingOptions(batch_size=0, patience=0)) == {"batch_size": None, "patience": None}
    assert settings_of(TrainingOptions(batch_size=32, patience=5)) == {"batch_size": 32, "patience": 5}


@pytest.mark.parametrize(
    ("command", "setting", "rule"),
    [
        ("fit", ("--lr", "0"), "--lr must be above 0 and finite, got 0.0"),
        (
            "fit",
            ("--time-limit", "-1"),
            "--time-limit must be a number of seconds above 0 and finite, got -1.0",
        ),
        ("fit", ("--preset", "nosuch"), "preset must be one of fast, default, best, lesson, got 'nosuch'"),
        ("fit", ("--precision", "fp16"), "precision must be one of auto, float32, bf16, got 'fp16'"),
        ("fit", ("--device", "toaster"), "device must be auto, cpu or a device torch finds here, got 'toaster'"),
        ("fit", ("--n-folds", "0"), "there must be at least 1 fold and 1 seed, got --n-folds=0"),
        ("fit", ("--class-weight", "heavy"), "--class-weight must be balanced, got 'heavy'"),
        ("fit", ("--abstain", "-1"), "Abstaining costs -1"),
        ("fit", ("--seed", "-1"), "a whole number from 0 up, got -1"),
        ("fit", ("--epochs", "0"), "epochs must be a whole number from 1 up, got 0"),
        ("fit", ("--epochs", "9" * 20), "epochs must be at most 1,000,000,000"),
        ("fit", ("--n-seeds", "9" * 20), f"--n-seeds is {'9' * 20}: more than 100,000 networks"),
        ("diagnose", ("--seeds", "9" * 20), "Give at most 10,000"),
        ("diagnose", ("--dropout", "1.5"), "--dropout must be at least 0 and below 1"),
        ("diagnose", ("--seeds", "1"), "--seeds is 1. Give a whole number from 2 up"),
        ("sweep", ("--lr", "0,-1"), "lr must be above 0 and finite"),
        ("sweep", ("--lr", "0.1", "--precision", "fp16"), "precision must be one of"),
        ("sweep", ("--lr", "0.1", "--patience", "-1"), "patience must be a whole number from 0 up, got -1"),
    ],
)
def test_a_setting_that_no_table_makes_good_is_refused_before_one_is_read(demarcate, command, setting, rule):
    outcome = demarcate(command, "nosuch.csv", "--target", "y", *setting)
    assert (outcome.code, outcome.out) == (2, "")
    assert rule in outcome.err
    assert "nosuch.csv" not in outcome.err


def test_the_help_names_every_choice_there_is(demarcate):
    text = " ".join(demarcate("fit", "--help").out.split())
    names = (*PRESETS, *get_args(ScheduleName), *PRECISIONS, *ACTIVATIONS, *OPTIMIZERS, *HEAD_NAMES)
    assert [name for name in names if name not in text] == []
