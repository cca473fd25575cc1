import pytest

from demarcate.cli.guard import UsageError
from demarcate.cli.options import given, names, widths


def test_names_come_from_lists_and_repeated_options_alike():
    assert names(["a, b", "c,", ""]) == ["a", "b", "c"]
    assert names(None) == []


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
