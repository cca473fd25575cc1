import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.evaluation import METRICS, Score
from demarcate.evaluation.averaging_gain import MAX_ROWS, averaging_gain, sampled_rows, with_gain
from demarcate.evaluation.measures import mean_of
from demarcate.evaluation.row_values import row_losses

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=30)


def folds(n_folds, n_rows, n_classes, spread, seed):
    """Probabilities of folds that differ by noise in their logits, ``(n_folds, n_rows, n_classes)``."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 1.5, (n_rows, n_classes)) + spread * draw.normal(0, 1, (n_folds, n_rows, n_classes))
    powers = np.exp(logits)
    return powers / powers.sum(2, keepdims=True)


def test_the_gain_in_log_loss_is_the_mean_divergence_of_the_folds_from_their_mean():
    of_folds = folds(6, MAX_ROWS, 3, 0.8, 0)
    mean = of_folds.mean(0)
    divergence = (mean * (np.log(mean) - np.log(of_folds))).sum(2).mean()
    assert averaging_gain(of_folds)["log_loss"] == pytest.approx(-divergence, rel=0.05)


@REPEATABLE
@given(st.integers(2, 8), st.integers(2, 5), st.floats(0.2, 2.0), st.integers(0, 99))
def test_averaging_makes_every_loss_lower_and_a_calibration_error_has_no_gain(n_folds, n_classes, spread, seed):
    gain = averaging_gain(folds(n_folds, 300, n_classes, spread, seed), seed=seed)
    assert gain["log_loss"] < 0
    assert gain["brier"] < 0
    assert gain["roc_auc"] > 0
    assert not any(METRICS[name].interval == "unbiased" for name in gain)


def test_folds_that_agree_gain_nothing():
    same = np.tile(folds(1, 200, 3, 1.0, 0), (5, 1, 1))
    assert averaging_gain(same) == pytest.approx(dict.fromkeys(averaging_gain(same), 0.0), abs=1e-12)


def test_the_estimate_is_the_gain_on_labels_that_follow_the_mean():
    of_folds = folds(5, 60_000, 2, 1.0, 3)
    mean = of_folds.mean(0)
    codes = (np.random.default_rng(1).random(len(mean)) < mean[:, 1]).astype(np.int64)
    losses = [mean_of(row_losses(codes, own))(np.ones((1, len(codes))))[0] for own in (mean, *of_folds)]
    estimate = averaging_gain(of_folds[:, sampled_rows(60_000)])["log_loss"]
    assert estimate == pytest.approx(losses[0] - np.mean(losses[1:]), rel=0.06)


def test_rows_count_by_their_weights():
    of_folds = folds(4, 400, 3, 1.0, 0)
    of_folds[:, 200:] = of_folds[:1, 200:]
    of_first, of_second = (np.repeat(weights, 200).astype(float) for weights in ([1, 0], [0, 1]))
    assert averaging_gain(of_folds, of_first)["log_loss"] < 2 * averaging_gain(of_folds)["log_loss"] * 0.9
    assert averaging_gain(of_folds, of_second)["log_loss"] == pytest.approx(0, abs=1e-12)


def test_rows_of_one_drawn_class_have_no_gain_in_ranking():
    certain = np.tile([1.0, 0.0], (3, 50, 1))
    assert "roc_auc" not in averaging_gain(certain)


def test_the_same_seed_draws_the_same_labels():
    of_folds = folds(3, 100, 2, 1.0, 0)
    assert averaging_gain(of_folds, seed=4) == averaging_gain(of_folds, seed=4)
    assert averaging_gain(of_folds, seed=4) != averaging_gain(of_folds, seed=5)


def test_scores_move_with_their_intervals_as_far_as_bounds_allow():
    scores = {
        "accuracy": Score(0.98, 0.9, 0.995, 50, "out-of-fold"),
        "log_loss": Score(0.3, 0.2, 0.4, 50, "out-of-fold"),
    }
    moved = with_gain(scores, {"accuracy": 0.01})
    assert moved["log_loss"] == scores["log_loss"]
    assert (moved["accuracy"].value, moved["accuracy"].low, moved["accuracy"].high) == pytest.approx((0.99, 0.91, 1.0))
    assert moved["accuracy"].rows == "out-of-fold"


def test_of_many_rows_some_are_compared():
    assert sampled_rows(100).tolist() == [*range(100)]
    some = sampled_rows(10 * MAX_ROWS)
    assert len(set(some.tolist())) == MAX_ROWS
    assert (np.diff(some) > 0).all()
