import numpy as np
import pytest

from demarcate.engine import Training
from demarcate.experiments.sweep import Between
from demarcate.experiments.sweep.validate_sweep import value_problems
from demarcate.nn import Network


def wrong(over, *, sampled=False):
    return [str(problem) for problem in value_problems(over, Network(), Training(), sampled=sampled)]


@pytest.mark.parametrize(
    "over",
    [
        {"hidden": [(), 2, (16, 16)], "batch_size": [None, 32]},
        {"lr": np.array([0.1, 0.01])},
        {"hidden": ((2,), (3,)), "optimizer": ("adam",)},
    ],
)
def test_good_values_have_nothing_against_them(over):
    assert wrong(over) == []


@pytest.mark.parametrize("over", [{}, None, [("lr", [0.1])], "lr"])
def test_nothing_to_try_is_refused_with_an_example(over):
    (message,) = wrong(over)
    assert message.startswith(f"over maps settings to the values to try: it is {over!r}. Name at least one, as in {{'h")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("hiden", "Did you mean 'hidden'."),
        ("weightdecay", "Did you mean 'weight_decay'."),
        ("patience", "It is the same for all: training=Training(patience=...)."),
        ("head", "It is the same for all: network=Network(head=...)."),
        ("zzz", "Leave it out."),
        (7, "Leave it out."),
    ],
)
def test_an_unknown_setting_is_refused_with_what_it_may_have_meant(name, remedy):
    (message,) = wrong({name: [1]})
    assert message.startswith("A sweep tries hidden, activation, dropout, weight_decay, lr, optimizer, batch_size, ep")
    assert message.endswith(f"there is no {name!r}. {remedy}")


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"lr": 0.1}, "The values to try are a list: lr is 0.1. Write [0.1]."),
        ({"optimizer": "adam"}, "The values to try are a list: optimizer is 'adam'. Write ['adam']."),
        ({"lr": []}, "The values to try are a list: lr is []. Give at least one value."),
        ({"lr": None}, "The values to try are a list: lr is None. Give at least one value."),
        (
            {"lr": [0.1, -1, 0.2]},
            "lr is above 0 and finite: value 2 of lr is -1. Mend it or leave it out.",
        ),
        (
            {"hidden": [(16, 16), (16, 0)]},
            "hidden widths are whole numbers from 1 up: value 2 of hidden is (16, 0). Mend it or leave it out.",
        ),
        ({"hidden": (16, 16)}, "A value is tried once: values 1 and 2 of hidden are both 16. Leave one out."),
        ({"batch_size": [None, 8, None]}, "A value is tried once: values 1 and 3 of batch_size are both all. Leave o"),
    ],
)
def test_a_wrong_value_is_told_with_its_rule_and_place(over, message):
    (told,) = wrong(over)
    assert told.startswith(message)


@pytest.mark.parametrize(
    ("name", "between", "message"),
    [
        ("hidden", Between(2, 8), "A range is for dropout, weight_decay, lr, batch_size, epochs: hidden is 2..8. Li"),
        ("lr", Between(0.1, 0.01), "A range goes from a lower number to a higher one: lr is 0.1..0.01. Mend the ran"),
        ("lr", Between(0.1, 0.1), "A range goes from a lower number to a higher one: lr is 0.1..0.1. Mend the range"),
        ("lr", Between(0, 1), "lr is above 0 and finite: lr is 0..1. Mend the range."),
        ("dropout", Between(0, 1), "dropout is at least 0 and below 1: dropout is 0..1. Mend the range."),
        ("epochs", Between(1.5, 3), "epochs is a whole number from 1 up: epochs is 1.5..3. Mend the range."),
        ("lr", Between("a", "b"), "lr is above 0 and finite: lr is a..b. Mend the range."),
        ("weight_decay", Between(0, 1, log=True), "A range on a logarithmic scale begins above 0: weight_decay is 0"),
    ],
)
def test_a_wrong_range_is_told_with_its_rule(name, between, message):
    (told,) = wrong({name: between}, sampled=True)
    assert told.startswith(message)


def test_a_range_needs_a_sample():
    over = {"lr": Between(0.001, 0.1, log=True)}
    assert wrong(over, sampled=True) == []
    assert wrong(over) == [
        "A range is drawn from as often as sample says: lr is 0.001..0.1, without a sample. Give sample, say 20."
    ]


def test_everything_wrong_is_told_at_once():
    assert len(wrong({"lr": [-1, "x"], "hidden": [0], "width": [3], "dropout": 0.1, "epochs": Between(3, 1)})) == 7
