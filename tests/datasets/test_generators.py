import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_circles, make_moons

from demarcate.datasets import blobs, circles, moons
from demarcate.errors import SettingError


def assert_same_numbers(data, expected):
    X, y = data
    np.testing.assert_array_equal(X.to_numpy(), expected[0])
    np.testing.assert_array_equal(y, expected[1])
    assert y.dtype == np.int64


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"cluster_std": 0.5},
        {"cluster_std": 4.0},
        {"n_samples": 50},
        {"n_samples": 2000, "cluster_std": 2.0},
        {"n_features": 5, "centers": 3, "random_state": 7},
        {"cluster_std": [0.5, 1.0, 1.5, 2.0]},
        {"centers": [(0, 0, 1), (5, 5, 5)], "cluster_std": (0.1, 1)},
        {"n_samples": np.int64(10), "centers": np.array([[0.0, 1.0], [2.0, 3.0]]), "random_state": np.int32(3)},
    ],
)
def test_blobs_are_scikit_learns(settings):
    asked = {"n_samples": 1000, "n_features": 2, "centers": 4, "cluster_std": 1.5, "random_state": 42} | settings
    asked["centers"] = asked["centers"] if isinstance(asked["centers"], int) else np.asarray(asked["centers"], float)
    assert_same_numbers(blobs(**settings), make_blobs(**asked))


@pytest.mark.parametrize("settings", [{}, {"n_samples": 51}, {"noise": 0.0, "factor": 0.0}, {"random_state": 1}])
def test_circles_are_scikit_learns(settings):
    asked = {"n_samples": 1000, "noise": 0.05, "factor": 0.5, "random_state": 42} | settings
    assert_same_numbers(circles(**settings), make_circles(**asked))


@pytest.mark.parametrize("settings", [{}, {"n_samples": 1000, "noise": 0.2}, {"n_samples": 1}, {"random_state": 1}])
def test_moons_are_scikit_learns(settings):
    asked = {"n_samples": 300, "noise": 0.30, "random_state": 0} | settings
    assert_same_numbers(moons(**settings), make_moons(**asked))


def test_columns_are_numbered_from_one():
    assert blobs(n_features=3).frame.columns == ["x1", "x2", "x3", "label"]
    assert circles().frame.columns == moons().frame.columns == ["x1", "x2", "label"]


@pytest.mark.parametrize("generate", [blobs, circles, moons])
@pytest.mark.parametrize("value", [0, -5, 2.0, True, "10", None])
def test_n_samples_is_a_whole_number_from_1_up(generate, value):
    with pytest.raises(SettingError, match="n_samples must be a whole number from 1 up, got "):
        generate(n_samples=value)


@pytest.mark.parametrize("generate", [blobs, circles, moons])
@pytest.mark.parametrize("value", [-1, 2**32, 1.5, False, None])
def test_random_state_is_a_seed(generate, value):
    with pytest.raises(SettingError, match="random_state must be a whole number from 0 to 4294967295, got "):
        generate(random_state=value)


@pytest.mark.parametrize("generate", [circles, moons])
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "0.1", None, True])
def test_noise_is_a_finite_number_from_0_up(generate, value):
    with pytest.raises(SettingError, match="noise must be a finite number from 0 up, got "):
        generate(noise=value)


@pytest.mark.parametrize("value", [1.0, -0.1, math.nan, "0.5"])
def test_factor_is_at_least_0_and_below_1(value):
    with pytest.raises(SettingError, match="factor must be at least 0 and below 1, got "):
        circles(factor=value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_features": 0}, "n_features must be a whole number from 1 up, got 0"),
        ({"centers": 0}, "centers must be a whole number from 1 up, got 0"),
        ({"centers": 2.5}, "centers must be a whole number from 1 up or a list of points, .*, got 2.5"),
        ({"centers": [1, 2]}, "or a list of points, all of one length and finite, got "),
        ({"centers": [(1, 2), (3,)]}, "or a list of points, all of one length and finite, got "),
        ({"centers": [(1, math.nan)]}, "or a list of points, all of one length and finite, got "),
        ({"centers": []}, "or a list of points, all of one length and finite, got "),
        ({"cluster_std": -1.0}, "cluster_std must be a finite number from 0 up, got -1.0"),
        ({"cluster_std": [1, 2, 3, -4]}, "cluster_std must be a finite number from 0 up, got -4"),
        ({"cluster_std": [1.0, 2.0]}, "one number or one for each of 4 centres, got "),
        ({"centers": [(0, 0), (1, 1)], "cluster_std": [1.0]}, "one number or one for each of 2 centres, got "),
        ({"cluster_std": None}, "cluster_std must be a finite number from 0 up, got None"),
    ],
)
def test_blobs_refuses_settings_out_of_range(settings, message):
    with pytest.raises(SettingError, match=message):
        blobs(**settings)
