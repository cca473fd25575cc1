import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import ValidationResult
from demarcate.experiments.sweep import Savings
from demarcate.experiments.sweep.successive_halving import HalvingRule, halving_epochs, halving_problems

REPEATABLE = settings(deadline=None, derandomize=True)


def results(losses, accuracies=None):
    accuracies = accuracies or [0.5] * len(losses)
    return {member: ValidationResult(*pair) for member, pair in enumerate(zip(losses, accuracies, strict=True))}


def test_the_worse_half_goes_by_the_mean_over_seeds():
    losses = [0.9, 0.1, 0.2, 0.3, 0.6, 0.6, 0.1, 0.1]
    assert HalvingRule(n_seeds=2).drop(1, results(losses)) == [0, 1, 4, 5]


def test_accuracy_is_better_when_higher():
    given_ = results([0.1, 0.2, 0.3, 0.4], [0.6, 0.7, 0.8, 0.9])
    assert HalvingRule(n_seeds=1, metric="accuracy").drop(1, given_) == [0, 1]
    assert HalvingRule(n_seeds=1).drop(1, given_) == [2, 3]


@pytest.mark.parametrize(("n", "stay"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (12, 6)])
def test_of_an_odd_number_the_middle_stays_and_the_last_one_always(n, stay):
    assert n - len(HalvingRule(n_seeds=1).drop(1, results([0.1 * place for place in range(n)]))) == stay


def test_of_equal_configurations_the_first_stay():
    assert HalvingRule(n_seeds=1).drop(1, results([0.5, 0.5, 0.5, 0.5])) == [2, 3]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_the_worst(loss):
    assert HalvingRule(n_seeds=2).drop(1, results([0.1, loss, 9.0, 9.0])) == [0, 1]


@REPEATABLE
@given(st.integers(1, 20), st.integers(1, 4), st.data())
def test_round_after_round_seeds_go_together_and_the_best_stay(n_configurations, n_seeds, data):
    rule, left = HalvingRule(n_seeds), set(range(n_configurations * n_seeds))
    for epoch in range(1, 7):
        losses = {member: data.draw(st.floats(0, 10)) for member in sorted(left)}
        dropped = set(rule.drop(epoch, {member: ValidationResult(loss, 0.5) for member, loss in losses.items()}))
        assert dropped < left
        means = {
            number: np.mean([losses[member] for member in left if member // n_seeds == number])
            for number in {member // n_seeds for member in left}
        }
        gone = {member // n_seeds for member in dropped}
        assert len(gone) == len(means) // 2
        assert all(means[number] >= means[other] for number in gone for other in means if other not in gone)
        left -= dropped
        assert {member // n_seeds for member in left} == set(means) - gone
    assert len({member // n_seeds for member in left}) == 1


def test_the_same_results_drop_the_same_members():
    rule, every = HalvingRule(n_seeds=1), results([0.1, 0.2, 0.3, 0.4])
    assert rule.drop(1, every) == rule.drop(1, every) == [2, 3]


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [(1, ()), (2, (1,)), (3, (1, 2)), (8, (1, 2, 4)), (9, (2, 3, 5)), (100, (13, 25, 50)), (800, (100, 200, 400))],
)
def test_by_default_it_halves_after_an_eighth_a_quarter_and_a_half_rounded_up(epochs, expected):
    assert halving_epochs(True, epochs) == expected
    assert halving_epochs(False, epochs) == ()


@pytest.mark.parametrize("halving", [True, False, (1,), [3, 5, 9], np.array([2, 4])])
def test_valid_halvings_have_no_problems(halving):
    assert halving_problems(halving, {10}) == []


@pytest.mark.parametrize("halving", [(), (0, 3), (3, 3), (5, 2), (10,), (2.5,), (True, 2), "ab", 5, None, 0.5])
def test_wrong_halvings_are_reported_with_the_rule(halving):
    (problem,) = halving_problems(halving, {10})
    assert problem.fact == f"halving is {halving!r}, not ascending whole numbers of epochs from 1 to 9"


def test_trainings_of_several_lengths_cannot_be_halved():
    (problem,) = halving_problems(True, {10, 5})
    assert str(problem).startswith("Halving compares trainings of the same length, and epochs are 5, 10. ")
    assert halving_problems(False, {10, 5}) == []


def test_savings_read_as_a_sentence():
    assert str(Savings((3,), n_dropped=1, trained=50, at_most=100)) == (
        "Halving after epoch 3 dropped 1 configuration: "
        "networks trained 50 epochs in all instead of up to 100, 50% fewer."
    )
    assert str(Savings((3, 6, 12), 2, 50, 100)).startswith("Halving after epochs 3, 6 and 12 dropped 2 configurations:")
