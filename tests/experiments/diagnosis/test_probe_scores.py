import numpy as np
import pytest
import torch

from demarcate import Network, Training, datasets
from demarcate.engine import fit
from demarcate.experiments.diagnosis.probe_design import design_probes
from demarcate.experiments.diagnosis.probe_scores import FULL_LOG_LOSS, score_probes
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.nn.mlp_family import MLP
from demarcate.trainingset.read_data import read_training_set


@pytest.fixture(scope="module", params=[None, {0: 1.0, 1: 3.0}], ids=["unweighted", "weighted"])
def case(request):
    network = Network((4,), "tanh")
    table = read_training_set(datasets.moons(n_samples=60, noise=0.3), [network], class_weight=request.param)
    design = design_probes(table, probes_of(network, Training(lr=0.1, epochs=30)), seeds=5, seed=0, standardise=True)
    fitted = fit(design.members, design.samples)
    return table, design, fitted, score_probes(table, design, fitted)


def probability_of_one(design, fitted, index, rows):
    """By plain torch modules."""
    member = design.members[index]
    network = MLP.to_module(member.network, fitted[index].state)
    with torch.no_grad():
        return network(design.samples.encoded(member.encoding)[rows]).sigmoid().double().flatten().numpy()


def test_levels_are_those_of_plain_networks_on_the_judged_rows(case):
    table, design, fitted, scores = case
    n_probes = len(design.probes)
    for place, probe in enumerate(design.probes):
        losses, full, hits, of_rows = [], [], [], []
        for seed, rows in enumerate(design.scored_rows):
            p = probability_of_one(design, fitted, seed * n_probes + place, rows)
            truth = table.codes[rows]
            of_rows.append(np.ones(len(rows)) if table.weights is None else table.weights[rows])
            own = np.where(truth == 1, p, 1 - p)
            losses.append(-np.log(np.maximum(own, 0.01)))
            full.append(-np.log(np.maximum(own, 1e-7)))
            hits.append((p > 0.5) == truth)
        weights = np.concatenate(of_rows)
        for metric, values, digits in (("log_loss", losses, 5), (FULL_LOG_LOSS, full, 5), ("accuracy", hits, 9)):
            expected = np.average(np.concatenate(values), weights=weights)
            assert scores.level(probe.name, metric).value == pytest.approx(expected, abs=10**-digits)


def test_fitted_is_the_same_on_the_training_rows(case):
    table, design, fitted, scores = case
    n_probes = len(design.probes)
    hits = []
    for seed in range(5):
        rows = design.members[seed * n_probes].rows.numpy()
        hit = (probability_of_one(design, fitted, seed * n_probes, rows) > 0.5) == table.codes[rows]
        hits.append(np.average(hit, weights=None if table.weights is None else table.weights[rows]))
    assert scores.train_level("configured", "accuracy").value == pytest.approx(np.mean(hits))


def test_gains_and_gaps_are_differences_of_levels(case):
    *_, scores = case
    for metric, sign in (("log_loss", -1), ("accuracy", 1)):
        level = {name: scores.level(name, metric).value for name in ("configured", "larger")}
        gain = scores.gain("larger", "configured", metric).value
        assert gain == pytest.approx(sign * (level["larger"] - level["configured"]))
        own = scores.train_level("configured", metric).value
        assert scores.gap("configured", metric).value == pytest.approx(sign * (own - level["configured"]))
        assert scores.excess("larger", metric).value == pytest.approx(sign * (level["larger"] - own))


def test_a_probe_gains_nothing_over_itself(case):
    *_, scores = case
    nothing = scores.gain("larger", "larger", "log_loss")
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)


def test_probes_that_were_left_out_have_no_scores(case):
    *_, scores = case
    assert not scores.has("unregularised")
    assert scores.has("configured")
