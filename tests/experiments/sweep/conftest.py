"""What the tests of sweeps share."""

import numpy as np
import pytest

from demarcate import datasets
from demarcate.engine import Training
from demarcate.experiments.sweep.grid import configurations
from demarcate.experiments.sweep.sweep_design import design_sweep
from demarcate.nn import Network
from demarcate.trainingset.held_out_rows import HeldOutRows
from demarcate.trainingset.read_data import read_training_set


@pytest.fixture(scope="session")
def moons():
    return datasets.moons(n_samples=100, noise=0.2)


@pytest.fixture
def designed(moons):
    """Design a sweep without training it."""

    def design(over=None, n_seeds=3, data=moons, test_size=0.2, seed=0, **settings):
        candidates = configurations(over or {"hidden": [2, 3]}, Network(), Training(epochs=3))
        table = read_training_set(data, [Network()])
        rows = HeldOutRows(test_size).splits(table, data, [seed])[0]
        defaults = {"validation_size": 0.25, "seed": seed, "standardise": True}
        return design_sweep(table, candidates, n_seeds=n_seeds, rows=rows, **{**defaults, **settings})

    return design


@pytest.fixture
def mixed():
    """A table of a number and a category, with missing cells."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 2, 80)
    size = np.where(draw.random(80) < 0.1, np.nan, y + draw.normal(0, 1, 80))
    return {"size": size, "kind": draw.choice(["a", "b", "c"], 80)}, y
