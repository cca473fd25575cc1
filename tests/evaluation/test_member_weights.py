import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.evaluation.member_weights import (
    check_member_folds,
    check_member_weights,
    deviation_over_members,
    mean_over_members,
)

VALUES = np.random.default_rng(0).random((4, 6, 3))
WEIGHTS = (0.1, 0.5, 0.15, 0.25)


def test_weights_are_those_of_numpys_average():
    mean = np.average(VALUES, axis=0, weights=WEIGHTS)
    np.testing.assert_allclose(mean_over_members(VALUES, WEIGHTS), mean, rtol=1e-14)
    variance = np.average((VALUES - mean) ** 2, axis=0, weights=WEIGHTS)
    np.testing.assert_allclose(deviation_over_members(VALUES, WEIGHTS), np.sqrt(variance), rtol=1e-12)


def test_without_weights_the_bits_are_those_of_numpys_mean_and_deviation():
    assert mean_over_members(VALUES, None).tobytes() == VALUES.mean(0).tobytes()
    assert deviation_over_members(VALUES, None).tobytes() == VALUES.std(0).tobytes()


def test_weights_of_some_members_need_not_sum_to_1():
    halves = [0.5 * weight for weight in WEIGHTS]
    np.testing.assert_allclose(mean_over_members(VALUES, halves), mean_over_members(VALUES, WEIGHTS), rtol=1e-14)
    np.testing.assert_array_equal(mean_over_members(VALUES[2:3], [0.15]), VALUES[2])


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=40))
def test_no_mean_leaves_the_range_of_its_values(weights):
    values = np.stack([np.ones(len(weights)), np.linspace(0, 1, len(weights)), np.full(len(weights), 0.3)], 1)
    ones, between, same = mean_over_members(values, weights)
    assert (ones, 0 <= between <= 1) == (1, True)
    assert same == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize("weights", [None, (1.0,), (0.25, 0.75), (0.1,) * 10, (1 / 3,) * 3])
def test_weights_of_all_members_are_taken(weights):
    check_member_weights(weights, 0 if weights is None else len(weights))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ((0.5, 0.5), "weights must have one number for each of 3 members, got 2"),
        ((0.5, 0.5, 0.0), "weights must be above 0 and at most 1, got 0.0 of member 2"),
        ((1.5, -0.25, -0.25), "weights must be above 0 and at most 1, got 1.5 of member 0"),
        ((0.5, float("nan"), 0.5), "weights must be above 0 and at most 1, got nan of member 1"),
        ((0.5, float("inf"), 0.5), "weights must be above 0 and at most 1, got inf of member 1"),
        ((0.5, 0.25, 0.25 + 1e-8), "weights must sum to 1, got 1.00000001"),
    ],
)
def test_other_weights_are_refused(weights, message):
    with pytest.raises(SettingError, match=f"^{message}$"):
        check_member_weights(weights, 3)


@pytest.mark.parametrize("folds", [None, (0, 0, 0), (2, 0, 1)])
def test_folds_without_gaps_are_taken(folds):
    check_member_folds(folds, 3)


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ((0, 1), "folds must have one number for each of 3 members, got 2"),
        ((0, 2, 2), r"folds must be numbered from 0 without gaps, got \[0, 2\]"),
        ((1, 1, 1), r"folds must be numbered from 0 without gaps, got \[1\]"),
        ((-1, 0, 1), r"folds must be numbered from 0 without gaps, got \[-1, 0, 1\]"),
    ],
)
def test_other_folds_are_refused(folds, message):
    with pytest.raises(SettingError, match=f"^{message}$"):
        check_member_folds(folds, 3)
