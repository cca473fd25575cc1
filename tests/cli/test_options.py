import pytest

from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import given, names, widths


def test_names_come_from_lists_and_repeated_options_alike():
    assert names(["a, b", "c,", ""]) == ["a", "b", "c"]
    assert names(None) == []


def test_a_value_that_names_a_column_as_it_is_is_that_column():
    assert names(["a,b", "a,b,c"], columns=["a", "b", "a,b"]) == ["a,b", "a", "b", "c"]


def test_quotes_keep_a_name_with_a_comma_together_in_a_list():
    assert names(['"income, yearly", sex', '"say ""ah"""']) == ["income, yearly", "sex", 'say "ah"']


def test_a_quote_that_is_not_closed_is_wrong_usage():
    with pytest.raises(UsageError, match="between double quotes"):
        names(['"a,b'])


@pytest.mark.parametrize(
    ("text", "expected"), [("16,16", (16, 16)), ("8", (8,)), (" 4 , 2 ", (4, 2)), ("none", ()), ("0", ()), ("", ())]
)
def test_widths_are_read(text, expected):
    assert widths(text) == expected


@pytest.mark.parametrize("text", ["wide", "16;16", "16,", "1.5", "16 16"])
def test_other_widths_are_wrong_usage(text):
    with pytest.raises(UsageError, match="--hidden takes widths such as 16,16, or none: got"):
        widths(text)


def test_settings_that_are_not_named_are_left_to_the_estimator():
    assert given({"lr": None, "dropout": 0.0}, batch_size=None, patience=None) == {"dropout": 0.0}


def test_no_rows_are_all_rows_and_no_patience_never_stops():
    assert given({}, batch_size=0, patience=0) == {"batch_size": None, "patience": None}
    assert given({}, batch_size=32, patience=5) == {"batch_size": 32, "patience": 5}


@pytest.mark.parametrize(
    ("command", "setting", "rule"),
    [
        ("fit", ("--lr", "0"), "lr is above 0 and finite: got 0.0"),
        ("fit", ("--time-limit", "-1"), "time_limit is None or a number of seconds above 0 and finite: got -1.0"),
        ("fit", ("--preset", "nosuch"), "preset is one of fast, default, best: got 'nosuch'"),
        ("fit", ("--precision", "fp16"), "precision is one of auto, float32, bf16: got 'fp16'"),
        ("fit", ("--device", "toaster"), "device is auto, cpu or a device torch finds here: got 'toaster'"),
        ("fit", ("--folds", "1"), "there are at least 2 folds and 1 seed: got n_folds=1"),
        ("fit", ("--class-weight", "heavy"), "class_weight is 'balanced', None, or a mapping"),
        ("fit", ("--abstain", "-1"), "Abstaining costs -1"),
        ("fit", ("--seed", "-1"), "a whole number from 0 up: got -1"),
        ("fit", ("--epochs", "0"), "epochs is a whole number from 1 up: got 0"),
        ("diagnose", ("--dropout", "1.5"), "dropout is"),
        ("diagnose", ("--seeds", "1"), "seeds is a whole number from 2 up: it is 1"),
        ("sweep", ("--lr", "0,-1"), "lr is above 0 and finite"),
        ("sweep", ("--lr", "0.1", "--precision", "fp16"), "precision is one of"),
        ("sweep", ("--lr", "0.1", "--patience", "-1"), "patience is None or a whole number from 1 up"),
    ],
)
def test_a_setting_that_no_table_makes_good_is_refused_before_one_is_read(demarcate, command, setting, rule):
    outcome = demarcate(command, "nosuch.csv", "--target", "y", *setting)
    assert (outcome.code, outcome.out) == (2, "")
    assert rule in outcome.err
    assert "nosuch.csv" not in outcome.err
