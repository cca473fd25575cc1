import math

import numpy as np
import pytest

from demarcate.errors import SettingError
from demarcate.tabular.trained_range import TrainedRange


def test_missing_cells_do_not_count():
    cells = np.array([np.nan, *range(101), np.nan], dtype=np.float64)
    assert TrainedRange.of(cells) == TrainedRange(101, 0.0, 10.0, 90.0, 100.0)


def test_a_column_without_values_has_no_range():
    assert TrainedRange.of(np.full(3, np.nan)) is None


def test_the_cells_stay_as_they_are():
    cells = np.array([3.0, 1.0, 2.0])
    TrainedRange.of(cells)
    assert cells.tolist() == [3.0, 1.0, 2.0]


def test_the_largest_numbers_do_not_overflow():
    largest = np.finfo(np.float64).max
    assert TrainedRange.of(np.array([-largest, largest])).greatest == largest


def test_zero_has_one_sign():
    assert math.copysign(1, TrainedRange.of(np.array([-0.0])).least) == 1


@pytest.mark.parametrize("values", [(0, 1, 1, 1, 1), (1, 2, 1, 1, 1), (1, 1, 1, 1, math.inf), (1, math.nan, 1, 1, 1)])
def test_numbers_that_no_column_has_are_refused(values):
    with pytest.raises(SettingError, match="finite and ascending"):
        TrainedRange(*values)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ((400, 18.0, 25.0, 83.0, 90.0), -18.0, 126.0),
        # Most are 0, and nothing is known of the tail but its extreme.
        ((400, 0.0, 0.0, 0.0, 99.0), -math.inf, math.inf),
    ],
)
def test_far_is_beyond_half_the_span_and_what_a_heavy_tail_reaches(values, low, high):
    assert TrainedRange(*values).far == (low, high)


def test_a_heavy_tail_reaches_further():
    assert TrainedRange(1000, 0.0, 1.0, 9.0, 1000.0).far[1] > 100_000


def test_of_a_few_values_nothing_is_far():
    assert TrainedRange(10, 1.0, 1.0, 2.0, 2.0).far == (-math.inf, math.inf)
