"""The rule, on measurements made up so that the right answer is plain."""

import numpy as np
import pytest

from demarcate.engine import Training
from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.probe_scores import FULL_LOG_LOSS, ProbeScores
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.experiments.diagnosis.verdict import Evidence, classify_gain, decide_verdict, noise_of
from demarcate.nn import Network

NAMES = (
    "configured",
    "half of the rows",
    "quarter of the rows",
    "smaller",
    "larger",
    "longer",
    "unregularised",
    "regularised",
    "larger, regularised",
)


def scores_of(held_out, trained=0.3, noise=0.02, n_rows=100, without=()):
    """Probes with these mean losses on held_out rows (0.3 where not named), and the configured one's on its own."""
    names = [name for name in NAMES if name not in without]
    generator = np.random.default_rng(0)
    folds = [np.arange(start, n_rows, 5) for start in range(5)]
    losses = []
    for rows in folds:
        hard = generator.normal(0, 0.1, len(rows))
        own = [held_out.get(name, 0.3) + hard + generator.normal(0, noise, len(rows)) for name in names]
        losses.append(np.array(own))
    train = np.full((len(names), 5), 0.1)
    train[0] = trained
    shares = {"half of the rows": 0.5, "quarter of the rows": 0.25}
    probes = tuple(Probe(name, Network(), Training(), shares.get(name, 1.0)) for name in names)
    values = {"log_loss": losses, FULL_LOG_LOSS: losses, "accuracy": [(own < 0.5).astype(float) for own in losses]}
    train_means = {"log_loss": train, FULL_LOG_LOSS: train, "accuracy": 1 - train}
    return ProbeScores(probes, tuple(folds), values, train_means, 0.25)


def verdict(held_out, *, remaining=0.02, **settings):
    return decide_verdict(Evidence(scores_of(held_out, **settings)), remaining)


class TestAnswer:
    @pytest.mark.parametrize(
        ("mean", "expected"),
        [
            ((0.10, 0.04, 0.16), "helps"),
            ((0.10, -0.01, 0.21), "cannot tell"),
            ((0.01, -0.02, 0.04), "does not help"),
            ((0.00, -0.30, 0.30), "cannot tell"),
            ((-0.20, -0.30, -0.10), "does not help"),
            ((0.02, 0.01, 0.03), "does not help"),
            ((0.10, None, None), "cannot tell"),
        ],
    )
    def test_it_is_by_interval_and_amount(self, mean, expected):
        assert classify_gain(Mean(*mean, 5), material=0.05) == expected

    def test_a_tenth_is_worth_having_but_never_less_than_a_fiftieth(self):
        assert Evidence(scores_of({"configured": 0.5})).material == pytest.approx(0.05, abs=0.005)
        assert Evidence(scores_of({"configured": 0.01})).material == 0.02


class TestVerdict:
    def test_a_larger_network_that_helps_is_underfitting(self):
        assert verdict({"configured": 0.5, "smaller": 0.6, "larger": 0.2}, trained=0.5) == "underfits"

    @pytest.mark.parametrize("name", ["longer", "unregularised"])
    def test_so_is_any_other_way_to_fit_more(self, name):
        assert verdict({"configured": 0.5, name: 0.3, "larger": 0.5}, trained=0.5) == "underfits"

    @pytest.mark.parametrize("name", ["smaller", "regularised"])
    def test_fitting_less_that_helps_with_a_gap_is_overfitting(self, name):
        held_out = {"configured": 0.5, "smaller": 0.5, "larger": 0.6, "longer": 0.6, "unregularised": 0.6, name: 0.3}
        assert verdict(held_out, trained=0.1) == "overfits"

    def test_without_a_gap_it_is_not(self):
        assert verdict({"regularised": 0.2, "configured": 0.3}, trained=0.3) == "is about right"
        assert verdict({"regularised": 0.2, "configured": 0.3}, trained=0.29) == "is about right"

    def test_larger_and_regularised_is_no_underfitting_where_regularisation_alone_does_it(self):
        held_out = {"configured": 0.6, "regularised": 0.3, "larger, regularised": 0.3, "larger": 0.6, "smaller": 0.6}
        assert verdict({**held_out, "longer": 0.7, "unregularised": 0.6}, trained=0.05) == "overfits"

    def test_it_is_where_only_both_together_help(self):
        held_out = {"configured": 0.6, "regularised": 0.6, "larger, regularised": 0.3, "larger": 0.6, "smaller": 0.6}
        assert verdict({**held_out, "longer": 0.6, "unregularised": 0.6}, trained=0.6) == "underfits"

    def test_of_both_faults_the_larger_part_decides(self):
        held_out = dict.fromkeys(NAMES, 0.6) | {"regularised": 0.45, "larger": 0.3}
        assert verdict(held_out, trained=0.5) == "underfits"
        assert verdict(held_out, trained=0.1) == "overfits"

    def test_of_two_equal_parts_the_gap_that_can_be_seen_decides(self):
        held_out = dict.fromkeys(NAMES, 0.6) | {"regularised": 0.45, "larger": 0.3}
        assert verdict(held_out, trained=0.3) == "overfits"

    def test_a_large_gap_is_overfitting_even_where_nothing_helps(self):
        assert verdict({}, trained=0.0) == "overfits"
        assert verdict({}, trained=0.0, noise=0.5) == "overfits"

    def test_a_few_certain_mistakes_beside_rows_known_by_heart_are_overfitting(self):
        """Three of 60 rows are wrong: Student's interval of the gap contains 0, which no loss can be below."""
        scores = scores_of(dict.fromkeys(NAMES, 0.0), trained=0.0, n_rows=60)
        for metric, loss in (("log_loss", 4.6), (FULL_LOG_LOSS, 6.0)):
            scores.values[metric] = [np.zeros((len(NAMES), 12)) for _ in range(5)]
            for fold in (0, 2, 3):
                scores.values[metric][fold][:, 5] = loss
        gap = scores.gap("configured", FULL_LOG_LOSS)
        assert gap.value == pytest.approx(0.3)
        assert Mean.of_rows([own[0] for own in scores.values[FULL_LOG_LOSS]], scores.rows).low < 0
        assert 0 < gap.low < 0.15 < 0.6 < gap.high
        assert decide_verdict(Evidence(scores), 0.02) == "overfits"

    def test_so_it_is_where_a_larger_network_helps_but_not_beyond_the_training_loss(self):
        assert verdict(dict.fromkeys(NAMES, 0.6) | {"larger": 0.4}, trained=0.1) == "overfits"

    def test_a_larger_network_that_removes_most_of_the_loss_is_underfitting_despite_the_gap(self):
        held_out = dict.fromkeys(NAMES, 0.6) | {"larger": 0.2}
        assert verdict(held_out, trained=0.1) == "underfits"
        assert verdict(held_out, trained=0.0) == "overfits", "nothing is left to fit"
        assert verdict(held_out | {"smaller": 0.4}, trained=0.1) == "overfits"

    def test_a_small_gap_is_not_overfitting_though_the_training_loss_is_nearly_zero(self):
        assert verdict(dict.fromkeys(NAMES, 0.05), trained=0.0) == "is about right"

    def test_a_gap_that_is_real_but_not_large_takes_a_change_that_helps(self):
        held_out = dict.fromkeys(NAMES, 0.5)
        assert verdict(held_out, trained=0.38) == "is about right"
        assert verdict(held_out | {"regularised": 0.4}, trained=0.38) == "overfits"

    def test_a_gap_that_may_be_large_leaves_it_open_where_regularisation_may_help(self):
        assert verdict(dict.fromkeys(NAMES, 0.5), trained=0.35, noise=0.6, n_rows=60) == "cannot tell"

    def test_nothing_that_helps_is_about_right(self):
        assert verdict({}) == "is about right"

    def test_and_limited_by_noise_if_much_remains(self):
        assert verdict({}, remaining=0.5) == "is limited by noise"

    def test_but_not_if_more_rows_help(self):
        assert verdict({"half of the rows": 0.5}, remaining=0.5) == "is about right"

    def test_wide_intervals_leave_it_open(self):
        assert verdict({}, noise=1.5, n_rows=40) == "cannot tell"

    def test_of_a_loss_of_almost_nothing_nothing_is_left_open(self):
        held_out = dict.fromkeys(NAMES, 0.005)
        assert verdict(held_out, trained=0.005, noise=0.2, n_rows=60) == "is about right"

    def test_probes_that_could_not_be_tried_are_not_missed(self):
        without = ("smaller", "larger", "larger, regularised", "unregularised")
        assert verdict({}, without=without) == "is about right"
        held_out = {"configured": 0.5, "regularised": 0.2, "longer": 0.6}
        assert verdict(held_out, trained=0.1, without=without) == "overfits"

    @pytest.mark.parametrize("seed", range(5))
    def test_fitting_more_that_helps_without_a_gap_is_never_overfitting(self, seed):
        generator = np.random.default_rng(seed)
        held_out = {name: generator.uniform(0.5, 0.8) for name in NAMES} | {"configured": 0.6, "larger": 0.2}
        assert verdict(held_out, trained=0.6) in {"underfits", "cannot tell"}


def test_noise_is_what_the_best_probe_with_all_rows_leaves():
    found = noise_of(scores_of({"quarter of the rows": 0.05, "larger": 0.1}), majority_error=0.5)
    assert found.best == "larger"
    assert found.share == pytest.approx((1 - found.accuracy.value) / 0.5)
