import numpy as np
import pytest

from demarcate.engine import Training
from demarcate.experiments.sweep import Between
from demarcate.experiments.sweep.validate_sweep import value_problems
from demarcate.nn import Network, ResidualNetwork


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
def test_valid_values_have_no_problems(over):
    assert wrong(over) == []


@pytest.mark.parametrize("over", [{}, None, [("lr", [0.1])], "lr"])
def test_an_empty_or_foreign_mapping_is_refused_with_an_example(over):
    (message,) = wrong(over)
    assert message.startswith(
        f"over is {over!r}, not a mapping of settings to the values to try. Name at least one setting, as in {{'hidden'"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("hiden", "Did you mean 'hidden'?"),
        ("weightdecay", "Did you mean 'weight_decay'?"),
        ("patience", "Set it for all networks: training=Training(patience=...)."),
        ("head", "Set it for all networks: network=Network(head=...)."),
        ("zzz", "Leave it out."),
        (7, "Leave it out."),
    ],
)
def test_an_unknown_setting_is_refused_with_the_likely_one(name, remedy):
    (message,) = wrong({name: [1]})
    settings = "hidden, activation, dropout, weight_decay, lr, optimizer, batch_size, epochs"
    assert message == f"A sweep cannot try {name!r}, only {settings}. {remedy}"


def test_a_setting_of_another_family_of_networks_is_set_on_its_specification():
    (problem,) = value_problems({"head": ["logit"]}, ResidualNetwork(), Training(), sampled=False)
    assert problem.remedy == "Set it for all networks: network=ResidualNetwork(head=...)"


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"lr": 0.1}, "lr is 0.1, not a list of values to try. Write [0.1]."),
        ({"optimizer": "adam"}, "optimizer is 'adam', not a list of values to try. Write ['adam']."),
        ({"lr": []}, "lr is [], not a list of values to try. Give at least one value."),
        ({"lr": None}, "lr is None, not a list of values to try. Give at least one value."),
        (
            {"lr": [0.1, -1, 0.2]},
            "Value 2 of lr: lr must be above 0 and finite, got -1. Change it or leave it out.",
        ),
        (
            {"hidden": [(16, 16), (16, 0)]},
            "Value 2 of hidden: hidden widths must be whole numbers from 1 up, got 0. Change it or leave it out.",
        ),
        ({"hidden": (16, 16)}, "Values 1 and 2 of hidden are both 16. Leave one out."),
        ({"batch_size": [None, 8, None]}, "Values 1 and 3 of batch_size are both all. Leave one out."),
    ],
)
def test_a_wrong_value_is_reported_with_its_position_and_rule(over, message):
    (problem,) = wrong(over)
    assert problem.startswith(message)


@pytest.mark.parametrize(
    ("name", "between", "message"),
    [
        (
            "hidden",
            Between(2, 8),
            "hidden is 2..8, but a range is for dropout, weight_decay, lr, batch_size, epochs. Li",
        ),
        (
            "lr",
            Between(0.1, 0.01),
            "lr is 0.1..0.01, but a range goes from a lower number to a higher one. Change the ran",
        ),
        (
            "lr",
            Between(0.1, 0.1),
            "lr is 0.1..0.1, but a range goes from a lower number to a higher one. Change the range",
        ),
        ("lr", Between(0, 1), "lr is 0..1: lr must be above 0 and finite, got 0. Change the range."),
        ("dropout", Between(0, 1), "dropout is 0..1: dropout must be at least 0 and below 1, got 1. Change the range."),
        (
            "epochs",
            Between(1.5, 3),
            "epochs is 1.5..3: epochs must be a whole number from 1 up, got 1.5. Change the range.",
        ),
        ("lr", Between("a", "b"), "lr is a..b: lr must be above 0 and finite, got 'a'. Change the range."),
        (
            "weight_decay",
            Between(0, 1, log=True),
            "weight_decay is 0..1, but a range on a logarithmic scale begins above 0. Raise",
        ),
    ],
)
def test_a_wrong_range_is_reported_with_its_rule(name, between, message):
    (problem,) = wrong({name: between}, sampled=True)
    assert problem.startswith(message)


def test_a_range_needs_a_sample():
    over = {"lr": Between(0.001, 0.1, log=True)}
    assert wrong(over, sampled=True) == []
    assert wrong(over) == [
        "lr is 0.001..0.1, a range, and there is no sample. Give the number of combinations to sample, such as 20."
    ]


def test_all_problems_are_reported_at_once():
    assert len(wrong({"lr": [-1, "x"], "hidden": [0], "width": [3], "dropout": 0.1, "epochs": Between(3, 1)})) == 7
