import numpy as np
import pytest

from demarcate.evaluation.measures import average_of, calibration_bins, class_measures, mean_of


def test_a_mean_of_rows_without_weight_is_undefined():
    values = mean_of(np.array([1.0, 2.0]))(np.array([[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(values, [1.5, 2.0, np.nan])


def test_an_average_leaves_out_measures_that_are_undefined():
    assert average_of([mean_of(np.array([1.0])), mean_of(np.array([np.nan]))])(np.ones((1, 1))).tolist() == [1.0]


def test_precision_recall_and_f1_are_of_one_class():
    measures = class_measures(np.array([0, 1, 1]), np.array([0, 0, 1]), 1)
    values = {name: measure(np.ones((1, 3)))[0] for name, measure in measures.items()}
    assert values == pytest.approx({"precision": 1.0, "recall": 0.5, "f1": 2 / 3})


def test_rows_that_stand_for_several_fill_calibration_bins():
    assert calibration_bins(np.array([0.1, 0.9, 0.2]), n_bins=2, counts=np.array([3.0, 2.0, 1.0])).tolist() == [0, 1, 1]
