from itertools import pairwise

import numpy as np
import pytest

from demarcate.errors import InputError
from demarcate.evaluation import Costs, bootstrap, class_scores, compare_costs, score
from demarcate.evaluation.streaming_scores import StreamingScores

ADDED = ("accuracy", "balanced_accuracy", "log_loss", "brier")
COSTS = {2: Costs.of([0, 1], {"false_negative": 3}), 4: Costs.of(range(4), {(1, 2): 5, (3, 0): 2})}


def predictions(n_rows, n_classes, seed=0, rare=1.0):
    """Rows whose probabilities are nearly true; the last class has fewer than the others."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=1.5, size=(n_rows, n_classes))
    logits[:, -1] += np.log(rare)
    odds = np.exp(logits)
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    codes = (generator.random(n_rows)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1).clip(max=n_classes - 1)
    return codes, probabilities


def streamed(codes, probabilities, costs, max_rows, cuts=()):
    scoring = StreamingScores(probabilities.shape[1], max_rows)
    decided = costs.decide(probabilities)
    for begin, end in pairwise([0, *sorted(cuts), len(codes)]):
        scoring.add(codes[begin:end], probabilities[begin:end], decided[begin:end])
    return scoring


def everything(scoring, costs):
    return scoring.scores("test"), scoring.class_scores("test"), scoring.compare_costs(costs, rows="test")


@pytest.mark.parametrize("n_classes", [2, 4])
def test_scores_of_rows_that_are_all_kept_are_those_of_the_table(n_classes):
    costs = COSTS[n_classes]
    codes, probabilities = predictions(500, n_classes)
    scoring = streamed(codes, probabilities, costs, 500, cuts=(100, 350))
    expected = (
        score(codes, probabilities, rows="test"),
        class_scores(codes, probabilities, rows="test", decided=costs.decide(probabilities)),
        compare_costs(codes, probabilities, costs, rows="test"),
    )
    assert everything(scoring, costs) == expected


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("cuts", [(1,), (399, 400, 401), (700, 700, 1999), range(100, 3000, 100)])
def test_the_parts_that_rows_come_in_change_nothing(monkeypatch, n_classes, cuts):
    monkeypatch.setattr(bootstrap, "MAX_RESAMPLES", 20)
    monkeypatch.setattr(bootstrap, "MIN_RESAMPLES", 20)
    rows, costs = predictions(3000, n_classes, rare=0.05), COSTS[n_classes]
    whole = everything(streamed(*rows, costs, 400), costs)
    assert everything(streamed(*rows, costs, 400, cuts), costs) == whole


@pytest.mark.parametrize("max_rows", [3000, 800])
def test_metrics_of_one_class_look_at_the_positive_one(monkeypatch, max_rows):
    monkeypatch.setattr(bootstrap, "MAX_RESAMPLES", 20)
    monkeypatch.setattr(bootstrap, "MIN_RESAMPLES", 20)
    codes, probabilities = predictions(3000, 2, rare=0.05)
    scoring = StreamingScores(2, max_rows, positive=0)
    scoring.add(codes, probabilities, probabilities.argmax(1))
    found, expected = scoring.scores("test"), score(codes, probabilities, rows="test", positive=0)
    other = score(codes, probabilities, rows="test")
    for name in ("roc_auc", "average_precision", "calibration_error"):
        assert found[name].value == pytest.approx(expected[name].value, abs=1e-4)
    assert found["average_precision"].value > other["average_precision"].value + 0.1


def exact_and_condensed(n_classes, rare, made):
    """What is said of all rows, and what a scoring says that kept a few of them."""
    rows, costs = predictions(12_000, n_classes, rare=rare), COSTS[n_classes]
    condensed = streamed(*rows, costs, 8000)
    assert len(condensed._sample.rows().codes) <= 2000
    if made == "scores":
        return score(*rows, rows="test"), condensed.scores("test")
    if made == "costs":
        return compare_costs(*rows, costs, rows="test"), condensed.compare_costs(costs, rows="test")
    return class_scores(*rows, rows="test", decided=costs.decide(rows[1])), condensed.class_scores("test")


@pytest.mark.parametrize(("n_classes", "rare"), [(2, 0.03), (4, 0.2)])
class TestRowsThatAreNotAllKept:
    def test_scores_are_those_of_all_rows(self, n_classes, rare):
        exact, condensed = exact_and_condensed(n_classes, rare, "scores")
        assert [*condensed] == [*exact]
        for name, found in condensed.items():
            expected, width = exact[name], exact[name].high - exact[name].low
            assert (found.n_rows, found.rows) == (12_000, "test")
            assert found.value == pytest.approx(expected.value, abs=1e-9 if name in ADDED else 1e-4)
            assert found.high - found.low == pytest.approx(width, rel=0.15)
            assert found.low == pytest.approx(expected.low, abs=0.1 * width)
            assert found.high == pytest.approx(expected.high, abs=0.1 * width)

    def test_decisions_are_judged_by_all_rows(self, n_classes, rare):
        for exact, found in zip(*exact_and_condensed(n_classes, rare, "classes"), strict=True):
            assert (found["precision"], found["recall"]) == (exact["precision"], exact["recall"])
            width = exact["f1"].high - exact["f1"].low
            assert found["f1"].value == pytest.approx(exact["f1"].value, abs=1e-12)
            assert found["f1"].low == pytest.approx(exact["f1"].low, abs=0.1 * width)
            assert found["f1"].high == pytest.approx(exact["f1"].high, abs=0.1 * width)

    def test_costs_are_those_of_all_rows(self, n_classes, rare):
        exact, found = exact_and_condensed(n_classes, rare, "costs")
        assert (found.always, found.abstained) == (exact.always, exact.abstained)
        for name in ("decided", "likeliest", "constant", "saved", "saved_over_constant"):
            one, other = getattr(found, name), getattr(exact, name)
            assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-9)


def test_a_perfect_ranking_is_not_certain_to_stay_so():
    codes, probabilities = np.arange(2000) % 2, np.where(np.arange(2000)[:, None] % 2 == [0, 1], 0.9, 0.1)
    area = streamed(codes, probabilities, COSTS[2], 400).scores("test")["roc_auc"]
    assert (area.value, area.low) == (1.0, score(codes, probabilities, rows="test")["roc_auc"].low)


def test_memory_does_not_grow_with_the_rows():
    def size(n_parts):
        scoring = StreamingScores(3, max_rows=1000)
        for part in range(n_parts):
            codes, probabilities = predictions(700, 3, seed=part)
            scoring.add(codes, probabilities, codes)
        kept = scoring._sample.rows()
        return len(kept.codes), kept.probabilities.nbytes, scoring._decisions.counts.nbytes

    assert size(4)[:2] == size(40)[:2]
    assert size(40)[2] <= 3 * 3 * 3 * 8


def test_rows_that_are_no_probabilities_are_refused():
    with pytest.raises(InputError, match="sum to 1"):
        StreamingScores(2).add(np.array([0]), np.array([[0.5, 0.7]]), np.array([0]))


def test_a_part_without_rows_is_none():
    scoring = StreamingScores(2)
    scoring.add(np.empty(0, dtype=np.int64), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert scoring.n_rows == 0
