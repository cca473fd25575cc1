"""How rows were sampled."""

import numpy as np
import pytest

from demarcate.errors import InputError
from demarcate.evaluation.sampling import Sampling, effective_number


def test_groups_of_any_type_become_numbered_clusters():
    sampling = Sampling.of(4, groups=["b", "a", "b", "c"])

    assert sampling.units(4).tolist() == [1, 0, 1, 2]
    assert sampling.n_clusters == 3


def test_rows_without_anything_are_plain_and_units_of_their_own():
    sampling = Sampling.of(3)

    assert sampling.is_plain
    assert sampling.n_clusters is None
    assert sampling.units(3).tolist() == [0, 1, 2]
    assert sampling.row_weights(3).tolist() == [1, 1, 1]


def test_some_of_the_rows_keep_what_is_known_of_them():
    sampling = Sampling(np.array([1.0, 2.0, 3.0]), np.array([5, 5, 9]), np.array([0, 1, 1]), is_forward=True)

    some = sampling.rows(np.array([2, 0]))

    assert some.weights is not None
    assert some.weights.tolist() == [3, 1]
    assert some.units(2).tolist() == [1, 0]
    assert some.is_forward


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": [1, 2]}, r"groups has shape \(2,\), and there are 3 rows"),
        ({"sample_weight": [1, -1, 1]}, "The weight of row 1 is"),
        ({"sample_weight": [1, np.nan, 1]}, "The weight of row 1 is"),
        ({"sample_weight": ["a", "b", "c"]}, "The weight of row 0 is"),
        ({"sample_weight": [0, 0, 0]}, "All weights are 0"),
    ],
)
def test_what_is_no_sampling_is_refused_with_its_place(arguments, message):
    with pytest.raises(InputError, match=message):
        Sampling.of(3, **arguments)


def test_effective_number_is_that_of_equal_units():
    assert effective_number(np.ones(7)) == pytest.approx(7)
    assert effective_number(np.array([1.0, 0.0])) == pytest.approx(1)
    assert effective_number(np.ones(6), np.array([0, 0, 0, 1, 1, 1])) == pytest.approx(2)


def test_weights_are_named_with_the_rows():
    assert Sampling(np.ones(2)).rows_in_words("out-of-fold") == "weighted out-of-fold"
    assert Sampling().rows_in_words("out-of-fold") == "out-of-fold"
