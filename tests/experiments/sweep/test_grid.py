import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Training
from demarcate.errors import SettingError
from demarcate.experiments.sweep import Between
from demarcate.experiments.sweep.grid import SWEEP_SETTINGS, configurations, format_setting
from demarcate.nn import Network

REPEATABLE = settings(deadline=None, derandomize=True)
VALUES = {
    "hidden": [(), (2,), (16, 16)],
    "activation": ["relu", "tanh"],
    "dropout": [0.0, 0.2],
    "weight_decay": [0.0, 1e-4, 1e-2],
    "lr": [1e-3, 1e-2],
    "optimizer": ["adam", "sgd"],
    "batch_size": [32, None],
    "epochs": [5, 7],
}
OVERS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), min_size=1, unique=True) for name, values in VALUES.items()}
).filter(bool)


def tried(over, sample=None, seed=0):
    return configurations(over, Network(dropout=0.1), Training(patience=3), sample, seed)


def combinations(found):
    return [tuple(configuration.settings.values()) for configuration in found]


@REPEATABLE
@given(OVERS)
def test_a_grid_is_every_combination_once_in_order(over):
    found = tried(over)
    assert combinations(found) == list(product(*over.values()))
    assert [configuration.number for configuration in found] == list(range(1, len(found) + 1))


@REPEATABLE
@given(OVERS, st.data())
def test_a_sample_of_a_grid_is_distinct_combinations_of_it_in_order(over, data):
    every = list(product(*over.values()))
    sample = data.draw(st.integers(1, len(every)))
    places = [every.index(combination) for combination in combinations(tried(over, sample, seed=1))]
    assert len(places) == sample
    assert places == sorted(set(places))


def test_every_setting_that_can_be_swept_is_tested():
    assert set(VALUES) == set(SWEEP_SETTINGS)


def test_specifications_have_the_settings_and_keep_the_others():
    over = {"hidden": [8], "lr": [0.5]}
    (found,) = tried(over)
    assert found.network == Network(hidden=(8,), dropout=0.1)
    assert found.training == Training(lr=0.5, patience=3)
    assert found.settings == {"hidden": (8,), "lr": 0.5}


RANGES = {
    "lr": Between(1e-4, 1e-1, log=True),
    "dropout": Between(0, 0.5),
    "epochs": Between(1, 3),
    "hidden": [2, (16, 16)],
}


def test_the_same_seed_draws_the_same_sample_and_another_seed_another():
    one, same, other = (combinations(tried(RANGES, 20, seed)) for seed in (0, 0, 1))
    assert one == same != other
    assert len(set(one)) == 20


@REPEATABLE
@given(st.integers(0, 100))
def test_what_is_drawn_lies_in_its_range_and_is_of_its_kind(seed):
    for found in tried(RANGES, 10, seed):
        assert 1e-4 <= found.training.lr <= 1e-1
        assert 0 <= found.network.dropout <= 0.5
        assert found.training.epochs in (1, 2, 3)
        assert found.network.hidden in ((2,), (16, 16))


def test_a_logarithmic_range_is_drawn_from_evenly_by_factors_and_another_by_steps():
    over = {"lr": Between(1e-4, 1.0, log=True), "dropout": Between(0.0, 0.8)}
    found = tried(over, 2000)
    rates = np.log10([configuration.training.lr for configuration in found])
    dropouts = [configuration.network.dropout for configuration in found]
    assert np.histogram(rates, bins=4, range=(-4, 0))[0] == pytest.approx([500] * 4, rel=0.2)
    assert np.histogram(dropouts, bins=4, range=(0, 0.8))[0] == pytest.approx([500] * 4, rel=0.2)


def test_whole_numbers_are_drawn_evenly_up_to_both_ends():
    over = {"epochs": Between(1, 4), "lr": Between(0.1, 0.2)}
    epochs = [configuration.training.epochs for configuration in tried(over, 2000)]
    assert np.bincount(epochs)[1:] == pytest.approx([500] * 4, rel=0.2)


def test_all_of_a_range_of_whole_numbers_can_be_drawn():
    assert sorted(combinations(tried({"batch_size": Between(1, 64, log=True)}, 64))) == [(n,) for n in range(1, 65)]


@pytest.mark.parametrize(
    ("over", "n_all"), [({"hidden": [2, 3], "lr": [0.1]}, 2), ({"epochs": Between(3, 5), "dropout": [0.0, 0.5]}, 6)]
)
def test_more_than_there_are_cannot_be_drawn(over, n_all):
    with pytest.raises(
        SettingError, match=f"^sample must be at most the number of combinations, {n_all}, got {n_all + 1}"
    ):
        tried(over, n_all + 1)


def test_a_range_too_narrow_for_the_sample_is_refused_in_the_end():
    low = 0.1
    with pytest.raises(SettingError, match=r"as many combinations as sample asks for, 5: [12] were found"):
        tried({"lr": Between(low, math.nextafter(low, 1))}, 5)


def test_a_huge_grid_is_sampled_without_being_listed():
    over = {name: list(np.linspace(0.001, 0.9, 2000)) for name in ("lr", "dropout", "weight_decay")}
    assert len(set(combinations(tried(over, 50)))) == 50


def test_settings_are_spelled_as_the_command_line_takes_them():
    assert [format_setting(value) for value in ((16, 8), (), None, 0.00012345, 7, "tanh")] == [
        "16,8",
        "none",
        "all",
        "0.0001234",
        "7",
        "tanh",
    ]
