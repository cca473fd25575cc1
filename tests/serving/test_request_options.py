import pytest

from demarcate.serving.request_options import (
    KEYS,
    NOTHING_ASKED,
    PredictionOptions,
    joined_options,
    options_of_json,
    options_of_query,
)


def asked(query=(), **values):
    problems = []
    of_query, of_json = options_of_query(list(query), problems), options_of_json(values, problems)
    return joined_options(of_query, of_json, problems), [(problem.key, problem.fact) for problem in problems]


def test_nothing_asks_for_nothing():
    assert asked() == (NOTHING_ASKED, [])
    assert asked(**{key.name: None for key in KEYS}) == (NOTHING_ASKED, [])


def test_addresses_and_bodies_say_the_same():
    expected = PredictionOptions("1", ("a:b=2", "b:a=3"), 0.25, coverage=0.9, per_class=True, spread=True)
    query = [("positive", "1"), ("cost", "a:b=2"), ("cost", "b:a=3"), ("abstain", "0.25"), ("set", "0.9")]
    assert asked([*query, ("set_per_class", "true"), ("spread", "")]) == (expected, [])
    values = {"positive": 1, "cost": ["a:b=2", "b:a=3"], "abstain": 0.25, "set": 0.9}
    assert asked(**values, set_per_class=True, spread=True) == (expected, [])
    assert asked(positive=True)[0].positive == "true"
    assert asked(cost="a:b=2")[0].cost == ("a:b=2",)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("set", "1", 1),
        ("set", "nan", float("nan")),
        ("set", "most", "most"),
        ("set", "0", True),
        ("abstain", "-1", -1),
        ("abstain", "inf", float("inf")),
        ("spread", "perhaps", 1),
        ("set_per_class", "2", "true"),
    ],
)
def test_values_that_are_none_are_named(key, text, value):
    for problems in (asked([(key, text)])[1], asked(**{key: value})[1]):
        assert [place for place, _ in problems] == [key]
        assert problems[0][1].startswith(f"{key} is ")


def test_lists_of_costs_are_lists_of_texts():
    assert asked(cost=[1])[1] == [("cost", "cost is [1]")]
    assert asked(positive=[1])[1] == [("positive", "positive is [1]")]


def test_keys_that_there_are_not_are_named_the_first_of_many():
    _, problems = asked([("sett", "0.9")], sprad=True, **{f"key {number}": 1 for number in range(10_000)})
    assert problems[0] == ("sett", "The request has an unknown key 'sett'")
    assert problems[-1][1] == "The request has 9,993 more unknown keys"
    assert len(problems) == 10


def test_a_key_is_given_once():
    assert asked([("set", "0.9"), ("set", "0.8")])[1] == [("set", "set is given twice")]
    assert asked([("set", "0.9")], set=0.9)[1] == [("set", "set is given in the address and in the body")]
    assert asked(set_per_class=True)[1] == [("set_per_class", "set_per_class has no coverage")]
