from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.evaluation import Costs, class_scores, compare_costs, score
from demarcate.evaluation.tally import Tally

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=15)
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


def tallied(codes, probabilities, costs, most_kept, cuts=()):
    tally = Tally(probabilities.shape[1], most_kept)
    decided = costs.decide(probabilities)
    for begin, end in pairwise([0, *sorted(cuts), len(codes)]):
        tally.add(codes[begin:end], probabilities[begin:end], decided[begin:end])
    return tally


def everything(tally, costs):
    return tally.scores("test"), tally.class_scores("test"), tally.compare_costs(costs, rows="test")


@pytest.mark.parametrize("n_classes", [2, 4])
def test_scores_of_rows_that_are_all_kept_are_those_of_the_table(n_classes):
    costs = COSTS[n_classes]
    codes, probabilities = predictions(500, n_classes)
    tally = tallied(codes, probabilities, costs, 500, cuts=(100, 350))
    expected = (
        score(codes, probabilities, rows="test"),
        class_scores(codes, probabilities, rows="test", decided=costs.decide(probabilities)),
        compare_costs(codes, probabilities, costs, rows="test"),
    )
    assert everything(tally, costs) == expected


@REPEATABLE
@given(st.sampled_from([2, 4]), st.lists(st.integers(0, 3000), max_size=6))
def test_the_parts_that_rows_come_in_change_nothing(n_classes, cuts):
    rows, costs = predictions(3000, n_classes, rare=0.05), COSTS[n_classes]
    whole = everything(tallied(*rows, costs, 400), costs)
    assert everything(tallied(*rows, costs, 400, cuts), costs) == whole


@pytest.mark.parametrize(("n_classes", "rare"), [(2, 1.0), (2, 0.02), (4, 0.05)])
class TestRowsThatAreNotAllKept:
    N_ROWS = 30_000

    @pytest.fixture
    def rows(self, n_classes, rare):
        return predictions(self.N_ROWS, n_classes, rare=rare)

    @pytest.fixture
    def pair(self, rows, n_classes):
        """The scores of all rows, and those of a tally that kept a few."""
        return score(*rows, rows="test"), tallied(*rows, COSTS[n_classes], 20_000).scores("test")

    def test_all_metrics_are_there_and_say_how_many_rows_they_are_of(self, pair):
        exact, condensed = pair
        assert [*condensed] == [*exact]
        assert {found.n_rows for found in condensed.values()} == {self.N_ROWS}

    def test_what_adds_up_is_exact(self, pair):
        exact, condensed = pair
        for name in ADDED:
            assert condensed[name].value == pytest.approx(exact[name].value, abs=1e-9)

    def test_ranking_and_calibration_are_off_by_less_than_a_thousandth_of_the_interval(self, pair):
        exact, condensed = pair
        for name in ("roc_auc", "average_precision", "calibration_error"):
            width = exact[name].high - exact[name].low
            print(name, condensed[name].value - exact[name].value, width)
            assert condensed[name].value == pytest.approx(exact[name].value, abs=1e-4)

    def test_intervals_are_as_wide_and_where_they_were(self, pair):
        exact, condensed = pair
        for name in exact:
            width = exact[name].high - exact[name].low
            print(name, (condensed[name].high - condensed[name].low) / width, (condensed[name].low-exact[name].low)/width)
            assert condensed[name].high - condensed[name].low == pytest.approx(width, rel=0.12)
            assert condensed[name].low == pytest.approx(exact[name].low, abs=0.12 * width)

    def test_decisions_are_judged_by_all_rows(self, rows, n_classes):
        costs = COSTS[n_classes]
        tally = tallied(*rows, costs, 2000)
        exact = class_scores(*rows, rows="test", decided=costs.decide(rows[1]))
        for found, expected in zip(tally.class_scores("test"), exact, strict=True):
            for name in ("precision", "recall"):
                assert found[name].to_json() == pytest.approx(expected[name].to_json(), abs=1e-12)
            assert found["f1"].value == pytest.approx(expected["f1"].value, abs=1e-12)
            width = expected["f1"].high - expected["f1"].low
            assert found["f1"].low == pytest.approx(expected["f1"].low, abs=0.1 * width)
            assert found["f1"].high == pytest.approx(expected["f1"].high, abs=0.1 * width)

    def test_costs_are_those_of_all_rows(self, rows, n_classes):
        costs = COSTS[n_classes]
        found = tallied(*rows, costs, 2000).compare_costs(costs, rows="test").to_json()
        expected = compare_costs(*rows, costs, rows="test").to_json()
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_memory_does_not_grow_with_the_rows():
    def size(n_parts):
        tally = Tally(3, most_kept=1000)
        for part in range(n_parts):
            codes, probabilities = predictions(700, 3, seed=part)
            tally.add(codes, probabilities, codes)
        kept = tally._kept.sample()
        return len(kept.codes), kept.probabilities.nbytes, tally._sums._counts.nbytes

    assert size(4)[:2] == size(40)[:2]
    assert size(40)[2] <= 3 * 3 * 3 * 8


def test_rows_that_are_no_probabilities_are_refused():
    with pytest.raises(InputError, match="sum to 1"):
        Tally(2).add(np.array([0]), np.array([[0.5, 0.7]]), np.array([0]))


def test_a_part_without_rows_is_none():
    tally = Tally(2)
    tally.add(np.empty(0, dtype=np.int64), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert tally.n_rows == 0
