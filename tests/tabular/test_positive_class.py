import re
from pathlib import Path

import numpy as np
import pytest

from demarcate.errors import SettingError
from demarcate.tabular import encode_labels
from demarcate.tabular.positive_class import NEGATIVE_AND_POSITIVE, positive_code


@pytest.mark.parametrize(("negative", "positive"), NEGATIVE_AND_POSITIVE)
@pytest.mark.parametrize("write", [str.lower, str.upper, str.capitalize], ids=["lower", "upper", "capitalised"])
@pytest.mark.parametrize("write_other", [str.lower, str.upper], ids=["lower", "upper"])
def test_labels_that_say_it_are_read_in_any_case_and_whatever_their_order(negative, positive, write, write_other):
    classes, _ = encode_labels([write(negative), write_other(positive), write(negative), write_other(positive)])
    assert classes.tolist()[positive_code(classes)] == write_other(positive)
    assert positive_code(classes[::-1]) == 1 - positive_code(classes)


def test_the_documents_list_the_labels():
    text = (Path(__file__).parents[2] / "docs" / "use.md").read_text(encoding="utf-8")
    table = text.split("| negative | positive |")[1].split("\n\n")[0]
    assert sorted(re.findall(r"\| `([^`]+)` \| `([^`]+)`", table)) == sorted(NEGATIVE_AND_POSITIVE)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1], 1),
        ([-1, 1], 1),
        ([False, True], 1),
        (["-1.0", "1.0"], 1),
        (["\N{MINUS SIGN}", "+"], 1),
        (["cancer", "healthy"], None),
        ([1, 2], None),
        ([0, 2], None),
        (["no", "true"], None),
        (["bad", "good"], None),
        ([0, 1, 2], None),
        (["maybe", "no", "yes"], None),
    ],
)
def test_other_labels_say_nothing(labels, expected):
    classes = sorted(labels)
    code = positive_code(classes)
    assert code == (None if expected is None else classes.index(labels[expected]))


@pytest.mark.parametrize(
    ("classes", "pos_label", "expected"),
    [
        (["cancer", "healthy"], "cancer", 0),
        (["cancer", "healthy"], " healthy ", 1),
        (["no", "yes"], "no", 0),
        ([0, 1], "0", 0),
        ([0, 1], "1.0", 1),
        ([0, 1], 1.0, 1),
        ([0, 1], np.int64(0), 0),
        ([0, 1], True, 1),
        ([1, 2], "2", 1),
        (["1", "2"], 1, 0),
        ([False, True], "false", 0),
        ([False, True], "True", 1),
        ([False, True], np.True_, 1),
        ([False, True], 1, 1),
    ],
)
def test_a_label_is_named_in_any_way_it_can_be_written(classes, pos_label, expected):
    assert positive_code(np.array(classes), pos_label) == expected


@pytest.mark.parametrize(
    ("classes", "pos_label", "message"),
    [
        (
            ["cancer", "healthy"],
            "cancr",
            "pos_label is 'cancr', and the labels are 'cancer' and 'healthy'. Did you mean",
        ),
        (["cancer", "healthy"], "Cancer", "Did you mean 'cancer'?"),
        (
            ["cancer", "healthy"],
            "ill",
            "pos_label is 'ill', and the labels are 'cancer' and 'healthy'. Name one of them.",
        ),
        ([0, 1], 2, "pos_label is 2, and the labels are 0 and 1. Name one of them."),
        ([0, 1], [1], "pos_label is [1], and the labels are 0 and 1. Name one of them."),
        ([0, 1], float("nan"), "pos_label is nan"),
        (["a", "b", "c"], "a", "pos_label is 'a', and there are 3 classes: 'a', 'b', 'c'. Leave it out"),
    ],
)
def test_a_label_that_there_is_not_is_refused_with_those_that_there_are(classes, pos_label, message):
    with pytest.raises(SettingError) as refused:
        positive_code(classes, pos_label)
    assert message in str(refused.value)
