"""The benchmarks of scores and prediction sets run, on two fits of the many that they are meant for."""

import importlib
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

TRUST = Path(__file__).parents[2] / "benchmarks" / "trust"


@pytest.fixture(scope="module")
def trust():
    """Imports a script of the folder as running it would."""
    sys.path.insert(0, str(TRUST))
    yield importlib.import_module
    sys.path.remove(str(TRUST))


@pytest.fixture(scope="module")
def cache(trust, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits")
    circles = next(source for source in trust("sources").generated() if source.name == "circles-300")
    for split in range(2):
        trust("collect").fit(circles, split, folder, hidden=(16,), epochs=30)
    return folder


def test_a_fit_is_stored_with_its_out_of_fold_and_fresh_probabilities(trust, cache):
    first, second = trust("collect").read(cache)
    assert (first.source, first.split, second.split, first.is_generated) == ("circles-300", 0, 1, True)
    assert set(first.folds) == set(range(8))
    assert first.oof.shape == (300, 2)
    assert np.isfinite(first.oof).all()
    assert first.members.shape == (8, 8000, 2)
    np.testing.assert_allclose(first.members.mean(0), first.fresh, atol=1e-6)
    assert len(first.truths) == 300


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("intervals", "2 fits of 1 sources; 2 of generated tables"),
        ("conformal", "2 fits of 1 sources; sets for 90% of the labels"),
    ],
)
def test_scripts_print_their_results(trust, cache, capsys, script, expected):
    trust(script).main(cache)
    assert expected in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["text", "counter", "number", "runs", "combination"])
def test_planted_subjects_are_found(kind, trust):
    plantings = trust("group_plantings")
    draw = np.random.default_rng(0)
    columns = {f"x{index}": draw.normal(size=60).round(2) for index in range(6)}
    planted = plantings.plant(kind, ("six", pl.DataFrame(columns), np.arange(60) % 2), draw)
    findings = list(plantings.subject_rows(plantings.view(planted.frame, planted.labels)))
    assert plantings.is_found(planted, kind, findings)
