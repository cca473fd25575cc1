import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from demarcate.evaluation import Mean
from demarcate.evaluation.sampling import Sampling

FLOATS = st.floats(-1e3, 1e3)


@given(st.lists(FLOATS, min_size=2, max_size=30), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_interval_is_students(values, level):
    mean = Mean.of(values, level=level)
    spread = stats.sem(values)
    low, high = stats.t.interval(level, len(values) - 1, np.mean(values), spread) if spread else [np.mean(values)] * 2
    assert (mean.low, mean.high) == pytest.approx((low, high), rel=1e-9, abs=1e-9)
    assert (mean.value, mean.n_repeats) == (pytest.approx(np.mean(values)), len(values))


def test_repetitions_that_share_rows_have_the_corrected_interval():
    values, n, shared = [0.2, 0.25, 0.4], 3, 48 / 192
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt((1 / n + shared) * np.var(values, ddof=1))
    mean = Mean.of(values, shared=shared)
    assert (mean.value - mean.low, mean.high - mean.value) == pytest.approx((reach, reach))


@given(FLOATS)
def test_a_single_value_has_no_interval(value):
    assert Mean.of([value]) == Mean(value, None, None, 1)


def test_the_interval_is_cut_where_the_mean_cannot_be():
    mean = Mean.of([0.1, 0.9, 0.95], within=(0, 1))
    assert (mean.low, mean.high) == (0, 1)


class TestOfRows:
    def folds(self, n_rows=100, n=5):
        return [np.arange(start, n_rows, n) for start in range(n)]

    def test_where_nothing_but_rows_varies_it_is_the_interval_of_a_mean_of_rows(self):
        rows, values = self.folds(), np.random.default_rng(0).normal(size=100)
        # Folds of like means: what they differ by is less than what rows explain.
        values = np.sort(values)
        mean = Mean.of_rows([values[fold] for fold in rows], rows)
        low, high = stats.t.interval(0.95, 99, values.mean(), stats.sem(values))
        assert (mean.value, mean.low, mean.high) == pytest.approx((values.mean(), low, high))
        assert mean.n_repeats == 5

    def test_where_rows_are_all_alike_it_is_students_over_repetitions(self):
        rows, levels = self.folds(10_000), np.array([0.1, 0.3, 0.2, 0.5, 0.4])
        mean = Mean.of_rows([np.full(len(fold), level) for fold, level in zip(rows, levels, strict=True)], rows)
        expected = Mean.of(levels)
        assert mean.value == pytest.approx(0.3)
        assert mean.high - mean.low == pytest.approx(expected.high - expected.low, rel=0.02)

    def test_a_row_that_judges_twice_counts_once(self):
        rows, values = self.folds(), np.sort(np.random.default_rng(0).normal(size=100))
        once = Mean.of_rows([values[fold] for fold in rows], rows)
        twice = Mean.of_rows([values[fold] for fold in rows * 2], rows * 2)
        assert twice.high - twice.low == pytest.approx(once.high - once.low)

    @pytest.mark.parametrize("of_training_varies", [0.0, 0.1, 0.4])
    def test_the_interval_holds_the_truth_about_as_often_as_it_says(self, of_training_varies):
        """Rows and trainings both drawn anew: by simulation."""
        generator, held = np.random.default_rng(0), 0
        rows = self.folds(n=10)
        for _ in range(400):
            of_rows, of_training = generator.normal(0, 1, 100), generator.normal(0, of_training_varies, 10)
            mean = Mean.of_rows([of_rows[fold] + add for fold, add in zip(rows, of_training, strict=True)], rows)
            held += mean.low <= 0 <= mean.high
        assert 0.91 < held / 400 < 0.98

    def test_a_single_row_has_no_interval(self):
        assert Mean.of_rows([np.array([0.5])], [np.array([3])]) == Mean(0.5, None, None, 1)

    def test_the_interval_is_cut_where_the_mean_cannot_be(self):
        rows = self.folds(20)
        values = [np.r_[1.0, np.zeros(len(fold) - 1)] for fold in rows]
        assert Mean.of_rows(values, rows, within=(0, 1)).low >= 0


class TestOfRowsThatAreSampled:
    def folds(self, n_rows=100, n=5):
        return [np.arange(start, n_rows, n) for start in range(n)]

    def test_rows_by_themselves_of_equal_weight_have_the_interval_of_independent_rows(self):
        rows, values = self.folds(), np.sort(np.random.default_rng(0).normal(size=100))
        parts = [values[fold] for fold in rows]
        plain = Mean.of_rows(parts, rows)
        sampled = Mean.of_rows(parts, rows, sampling=Sampling(np.full(100, 3.0), np.arange(100)))
        assert (sampled.value, sampled.low, sampled.high) == pytest.approx((plain.value, plain.low, plain.high))

    def test_rows_that_repeat_within_their_group_count_once(self):
        values, rows = np.sort(np.random.default_rng(0).normal(size=50)), self.folds(50)
        once = Mean.of_rows([values[fold] for fold in rows], rows)
        repeated = [np.concatenate([fold + 50 * number for number in range(4)]) for fold in rows]
        clusters = np.tile(np.arange(50), 4)
        four = Mean.of_rows(
            [np.tile(values, 4)[fold] for fold in repeated], repeated, sampling=Sampling(None, clusters)
        )
        assert (four.value, four.low, four.high) == pytest.approx((once.value, once.low, once.high))

    def test_weights_are_those_of_the_mean_and_a_weight_of_zero_leaves_a_row_out(self):
        generator, rows = np.random.default_rng(1), self.folds()
        values, weights = generator.normal(size=100), generator.uniform(1, 5, 100)
        mean = Mean.of_rows([values[fold] for fold in rows], rows, sampling=Sampling(weights))
        assert mean.value == pytest.approx(np.average(values, weights=weights))
        part = np.arange(100) < 60
        zero = Mean.of_rows([values[fold] for fold in rows], rows, sampling=Sampling(part.astype(float)))
        first = self.folds(60)
        alone = Mean.of_rows([values[fold] for fold in first], first, sampling=Sampling(np.ones(60)))
        assert (zero.value, zero.low, zero.high) == pytest.approx((alone.value, alone.low, alone.high))

    @pytest.mark.parametrize("of_training_varies", [0.0, 0.3])
    def test_the_interval_holds_the_truth_about_as_often_as_it_says(self, of_training_varies):
        """Groups, rows and trainings all drawn anew, by simulation; folds are of whole groups."""
        generator, held = np.random.default_rng(0), 0
        clusters, weights = np.repeat(np.arange(40), 5), generator.uniform(0.5, 1.5, 200)
        rows = [np.flatnonzero(clusters % 10 == fold) for fold in range(10)]
        for _ in range(400):
            of_rows = generator.normal(0, 1, 40)[clusters] + generator.normal(0, 0.5, 200)
            of_training = generator.normal(0, of_training_varies, 10)
            parts = [of_rows[fold] + add for fold, add in zip(rows, of_training, strict=True)]
            mean = Mean.of_rows(parts, rows, sampling=Sampling(weights, clusters))
            held += mean.low <= 0 <= mean.high
        assert 0.91 < held / 400 < 0.98

    def test_one_group_has_no_interval(self):
        mean = Mean.of_rows([np.array([0.5, 0.7])], [np.array([0, 1])], sampling=Sampling(None, np.zeros(2, int)))
        assert (mean.value, mean.low, mean.high) == (pytest.approx(0.6), None, None)
