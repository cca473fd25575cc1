import pytest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "moons", "--target", "label", "-t", "x1"), "--target is given 2 times: 'label', 'x1'"),
        (("fit", "moons", "-tlabel", "--target=x1"), "--target is given 2 times: 'label', 'x1'"),
        (("fit", "moons", "-qt", "label", "-t", "x1"), "--target is given 2 times: 'label', 'x1'"),
        (("fit", "moons", "--seed", "1", "--seed", "1"), "--seed is given 2 times: '1', '1'"),
        (("audit", "moons", "--rescore", "--no-rescore"), "--rescore, --no-rescore contradict each other"),
        (("predict", "m", "t.csv", "--set", "0.9", "--set=0.5"), "--set is given 2 times: '0.9', '0.5'"),
        (("fit", "\x1b[31m", "--out", "\x1b[31m", "--out", "b"), r"--out is given 2 times: '\x1b[31m', 'b'"),
    ],
)
def test_an_option_of_one_value_is_refused_when_it_is_given_twice(demarcate, arguments, message):
    outcome = demarcate(*arguments)
    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-q", "-q", "--quiet"), "There is no column 'y'"),
        (("--drop", "x1", "--drop", "x1"), "There is no column 'y'"),
        (("--class-weight", "--seed", "--seed", "1"), "class_weight"),
        (("--seed",), "requires an argument"),
    ],
)
def test_flags_lists_and_values_that_look_like_options_are_no_repetition(demarcate, arguments, message):
    outcome = demarcate("fit", "moons", "--target", "y", *arguments)
    assert outcome.code in (1, 2)
    assert "times" not in outcome.err
    assert message in outcome.err.replace("--class-weight", "class_weight")
