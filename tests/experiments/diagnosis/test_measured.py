import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score

from demarcate import Network, Training, datasets
from demarcate.engine import fit
from demarcate.experiments.diagnosis.measured import measured
from demarcate.experiments.diagnosis.probe_splits import line_up
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.nn import to_sequential
from demarcate.trainingset.read_data import read_training_set


@pytest.fixture(scope="module", params=[None, {0: 1.0, 1: 3.0}], ids=["unweighted", "weighted"])
def case(request):
    network = Network((4,), "tanh")
    training_set = read_training_set(datasets.moons(n_samples=60, noise=0.3), [network], class_weight=request.param)
    lineup = line_up(training_set, probes_of(network, Training(lr=0.1, epochs=30)), seeds=5, seed=0, standardise=True)
    fitted = fit(lineup.members, lineup.samples)
    return training_set, lineup, fitted, measured(training_set, lineup, fitted)


def probability_of_one(lineup, fitted, index, rows):
    """By plain torch modules."""
    member = lineup.members[index]
    network = to_sequential(member.network, fitted[index].state)
    with torch.no_grad():
        return network(lineup.samples.encoded(member.encoding)[rows]).sigmoid().double().flatten().numpy()


def test_levels_are_those_of_plain_networks_on_the_judged_rows(case):
    training_set, lineup, fitted, found = case
    n_probes = len(lineup.probes)
    for place, probe in enumerate(lineup.probes):
        losses, hits = [], []
        for seed, rows in enumerate(lineup.judged):
            p = probability_of_one(lineup, fitted, seed * n_probes + place, rows)
            truth, weights = (
                training_set.codes[rows],
                np.ones(len(rows)) if training_set.weights is None else training_set.weights[rows],
            )
            capped = np.maximum(np.where(truth == 1, p, 1 - p), 0.01)
            losses.append(np.average(-np.log(capped), weights=weights))
            hits.append(accuracy_score(truth, p > 0.5))
        assert found.level(probe.name, "log_loss").value == pytest.approx(np.mean(losses), abs=1e-5)
        assert found.level(probe.name, "accuracy").value == pytest.approx(np.mean(hits))


def test_fitted_is_the_same_on_the_training_rows(case):
    training_set, lineup, fitted, found = case
    n_probes = len(lineup.probes)
    hits = []
    for seed in range(5):
        rows = lineup.members[seed * n_probes].rows.numpy()
        hits.append(
            accuracy_score(training_set.codes[rows], probability_of_one(lineup, fitted, seed * n_probes, rows) > 0.5)
        )
    assert found.fitted("configured", "accuracy").value == pytest.approx(np.mean(hits))


def test_gains_and_gaps_are_differences_of_levels(case):
    *_, found = case
    for metric, sign in (("log_loss", -1), ("accuracy", 1)):
        level = {name: found.level(name, metric).value for name in ("configured", "larger")}
        gain = found.gain("larger", "configured", metric).value
        assert gain == pytest.approx(sign * (level["larger"] - level["configured"]))
        own = found.fitted("configured", metric).value
        assert found.gap("configured", metric).value == pytest.approx(sign * (own - level["configured"]))
        assert found.excess("larger", metric).value == pytest.approx(sign * (level["larger"] - own))


def test_a_probe_gains_nothing_over_itself(case):
    *_, found = case
    nothing = found.gain("larger", "larger", "log_loss")
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)


def test_what_was_not_tried_has_no_place(case):
    *_, found = case
    assert found.place("unregularised") is None
    assert found.place("configured") == 0
