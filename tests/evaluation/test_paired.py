"""Two classifiers on the same rows."""

import numpy as np
import pytest

from demarcate.evaluation import METRICS, Score, compare_classifiers, score
from demarcate.evaluation.paired import PairedComparison


def two_classifiers(n_rows, strength, other, seed=0):
    """Return classes and the probabilities of two classifiers that see the same noise."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(2, size=n_rows)
    noise = rng.normal(size=n_rows)
    logits = [each * (2 * codes - 1 + noise) for each in (strength, other)]
    return codes, *(np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1) for z in logits)


def comparison_of(value, low, high):
    return PairedComparison("logistic regression", {"log_loss": Score(value, low, high, 100, "test")})


def test_the_differences_are_those_of_the_scores():
    codes, own, other = two_classifiers(200, 1.5, 0.5)
    compared = compare_classifiers(codes, own, other, other="the other", rows="test")
    scores, others = (score(codes, each, rows="test") for each in (own, other))
    assert set(compared.differences) == set(METRICS)
    for name, difference in compared.differences.items():
        assert difference.value == pytest.approx(scores[name].value - others[name].value)
        assert difference.low <= difference.value <= difference.high


def test_a_difference_is_clear_where_intervals_overlap():
    codes, own, other = two_classifiers(300, 2.0, 1.0)
    scores, others = (score(codes, each, rows="test")["log_loss"] for each in (own, other))
    assert scores.high > others.low
    assert compare_classifiers(codes, own, other, other="the other", rows="test").verdict == "better"
    assert compare_classifiers(codes, other, own, other="the other", rows="test").verdict == "worse"


def test_groups_widen_the_difference():
    codes, own, other = two_classifiers(40, 2.0, 1.0)
    codes, own, other = (np.repeat(each, 10, axis=0) for each in (codes, own, other))
    rows = compare_classifiers(codes, own, other, other="the other", rows="test").differences["log_loss"]
    groups = np.repeat(np.arange(40), 10)
    by_group = compare_classifiers(codes, own, other, other="the other", rows="test", groups=groups)
    difference = by_group.differences["log_loss"]
    assert difference.value == pytest.approx(rows.value)
    assert difference.n_clusters == 40
    assert difference.high - difference.low > 2.5 * (rows.high - rows.low)


def test_weights_decide_which_is_better():
    codes, own, other = two_classifiers(400, 1.0, 1.0)
    own[:200], other[200:] = [0.5, 0.5], [0.5, 0.5]
    heavy = np.where(np.arange(400) < 200, 1.0, 50.0)
    compare = {"other": "the other", "rows": "test"}
    assert compare_classifiers(codes, own, other, sample_weight=heavy, **compare).verdict == "better"
    assert compare_classifiers(codes, own, other, sample_weight=1 / heavy, **compare).verdict == "worse"


def test_a_classifier_is_not_better_than_itself():
    codes, own, _ = two_classifiers(100, 1.5, 0.5)
    compared = compare_classifiers(codes, own, own, other="itself", rows="test", folds=np.arange(100) % 5)
    assert {name: compared.verdict_by(name) for name in METRICS} == dict.fromkeys(METRICS, "cannot tell")


@pytest.mark.parametrize(
    ("ends", "verdict", "sentence"),
    [
        ((-0.02, -0.03, -0.01), "better", "Better than logistic regression: log loss lower by 0.020 [0.010, 0.030]"),
        ((0.02, 0.01, 0.03), "worse", "Worse than logistic regression: log loss higher by 0.020 [0.010, 0.030]"),
        (
            (-0.02, -0.03, 0.01),
            "cannot tell",
            "Cannot tell whether it is better than logistic regression: log loss lower by 0.020 [-0.010, 0.030]",
        ),
        (
            (0.0, 0.0, 0.0),
            "cannot tell",
            "Cannot tell whether it is better than logistic regression: log loss higher by 0.000",
        ),
    ],
)
def test_the_verdict_is_one_sentence_with_its_number(ends, verdict, sentence):
    compared = comparison_of(*ends)
    assert compared.verdict == verdict
    assert str(compared) == f"{sentence} on the same rows."


def test_the_json_names_the_other_the_verdict_and_the_differences():
    assert comparison_of(-0.02, -0.03, -0.01).to_json() == {
        "other": "logistic regression",
        "verdict": "better",
        "differences": {"log_loss": {"value": -0.02, "low": -0.03, "high": -0.01, "rows": "test", "n_rows": 100}},
    }


def test_verdicts_of_equal_classifiers_are_seldom_wrong():
    rng = np.random.default_rng(1)
    wrong = 0
    for seed in range(50):
        codes, own, _ = two_classifiers(120, 1.5, 1.5, seed)
        # Two noisy copies of the same classifier, equally good on new rows.
        first, second = (np.clip(own[:, 1] + rng.normal(0, 0.05, 120), 0.01, 0.99) for _ in range(2))
        pair = (np.stack([1 - each, each], axis=1) for each in (first, second))
        wrong += compare_classifiers(codes, *pair, other="the other", rows="test").verdict != "cannot tell"
    assert wrong <= 6
