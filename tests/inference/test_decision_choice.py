"""Costs that texts name."""

import re

import pytest

from demarcate.errors import SettingError
from demarcate.inference.decision_choice import named_costs


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (None, None),
        ([], None),
        (["false_negative=2"], {"false_negative": 2}),
        (["false_negative=2,false_positive=0.5"], {"false_negative": 2, "false_positive": 0.5}),
        (["false_negative=2", " false_positive = 1e3"], {"false_negative": 2, "false_positive": 1000}),
        (["1:0=3"], {(1, 0): 3}),
        (["1:0=3,0:1=2"], {(1, 0): 3, (0, 1): 2}),
        (["false_negative=2,0:1=3"], {"false_negative": 2, (0, 1): 3}),
    ],
)
def test_costs_are_named_in_these_ways(texts, expected):
    assert named_costs(texts, [0, 1]) == expected


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("x:y:z=1", ("x:y", "z")),
        ("z:x:y=1", ("z", "x:y")),
        ("x:y:x:y=1", ("x:y", "x:y")),
        ("a=b:z=1", ("a=b", "z")),
    ],
)
def test_labels_may_hold_colons_and_equals_signs(text, pair):
    assert named_costs([text], ["z", "x:y", "a=b", "c,d"]) == {pair: 1}


def test_labels_may_hold_commas():
    assert named_costs(["c,d:z=1"], ["z", "c,d"]) == {("c,d", "z"): 1}
    assert named_costs(["c,d:z=1,z:c,d=2"], ["z", "c,d"]) == {("c,d", "z"): 1, ("z", "c,d"): 2}


def test_labels_have_the_type_they_have_in_the_table_however_they_are_written():
    assert named_costs(["True:false=2"], [False, True]) == {(True, False): 2}
    assert named_costs(["1.0: 2 =3"], [1, 2]) == {(1, 2): 3}


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([""], "The cost '' cannot be read. Write a cost as TRUE:DECIDED=3 or false_negative=2."),
        (["a:b"], "The cost 'a:b' cannot be read"),
        (["a:b="], "The cost 'a:b=' cannot be read. Write a cost as TRUE:DECIDED=3 or false_negative=2."),
        (["a:b=1,b:a"], "The cost 'b:a' cannot be read"),
        (["a:b=much"], "The cost of 'a:b' is 'much'. Give a number from 0 up."),
        (["a:b=-1"], "a number from 0 up"),
        (["a:b=nan"], "a number from 0 up"),
        (["a:b=inf"], "a number from 0 up"),
        (["a:d=1"], "'a:d' names no two of the classes a, b, a:b, b:a. Name a mistake as TRUE:DECIDED."),
        (["a=1"], "'a' names no two of the classes"),
        (["a:b:a=1"], "'a:b:a' can be read as 2 pairs of classes"),
        (["a:b=1", "a:b=2"], "The mistake 'a:b' has two costs. Give it one."),
        (["false_negative=1,false_negative=2"], "The mistake 'false_negative' has two costs"),
    ],
)
def test_what_is_no_cost_is_refused_with_the_reason(texts, reason):
    with pytest.raises(SettingError, match=re.escape(reason)):
        named_costs(texts, ["a", "b", "a:b", "b:a"])


def test_of_two_classes_the_mistakes_there_are_are_named():
    with pytest.raises(SettingError, match="Name a mistake as false_negative, false_positive or TRUE:DECIDED"):
        named_costs(["fn=2"], [0, 1])
