import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError, SettingError
from demarcate.evaluation import intervals
from demarcate.evaluation.intervals import Score, score, wilson_interval
from demarcate.evaluation.metrics import accuracy, class_rankings, log_loss, mean_auc, roc_auc

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=30)
METRICS = {"accuracy": accuracy, "log_loss": log_loss, "roc_auc": roc_auc}


def predictions(n_rows, n_classes, seed=0):
    generator = np.random.default_rng(seed)
    codes = generator.integers(n_classes, size=n_rows)
    logits = generator.normal(size=(n_rows, n_classes))
    logits[np.arange(n_rows), codes] += 1
    odds = np.exp(logits)
    return codes, odds / odds.sum(axis=1, keepdims=True)


class TestScore:
    SCORE = Score(0.8421, 0.7982, 0.8809, n_rows=303, rows="out-of-fold")

    def test_is_printed_with_its_interval(self):
        assert str(self.SCORE) == "0.842 [0.798, 0.881]"

    def test_goes_through_json(self):
        assert json.loads(json.dumps(self.SCORE.to_json())) == {
            "value": 0.8421,
            "low": 0.7982,
            "high": 0.8809,
            "rows": "out-of-fold",
            "n_rows": 303,
        }


class TestWilson:
    @pytest.mark.parametrize(
        # Newcombe, 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I.
        ("n_hits", "n_trials", "low", "high"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_agrees_with_published_intervals(self, n_hits, n_trials, low, high):
        assert wilson_interval(n_hits, n_trials) == pytest.approx((low, high), abs=5e-5)

    @REPEATABLE
    @given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.01, 0.999))
    def test_holds_the_proportion_and_has_width(self, counts, level):
        n_hits, n_trials = counts
        low, high = wilson_interval(n_hits, n_trials, level)
        assert 0 <= low <= n_hits / n_trials + 1e-12
        assert n_hits / n_trials - 1e-12 <= high <= 1
        assert low < high


class TestScores:
    @pytest.mark.parametrize("n_classes", [2, 3, 5])
    def test_values_are_the_metrics(self, n_classes):
        codes, probabilities = predictions(200, n_classes)
        scores = score(codes, probabilities, rows="test")
        assert {name: s.value for name, s in scores.items()} == {
            name: metric(codes, probabilities) for name, metric in METRICS.items()
        }
        assert all(s.n_rows == 200 and s.rows == "test" for s in scores.values())

    @REPEATABLE
    @given(st.integers(1, 40), st.integers(2, 4), st.integers(0, 1000))
    def test_every_interval_is_finite_and_holds_its_value(self, n_rows, n_classes, seed):
        codes, probabilities = predictions(n_rows, n_classes, seed)
        scores = score(codes, probabilities, rows="test", seed=seed)
        assert set(scores) == ({*METRICS} if len(np.unique(codes)) > 1 else {"accuracy", "log_loss"})
        for s in scores.values():
            assert np.isfinite([s.low, s.value, s.high]).all()
            assert s.low <= s.value <= s.high

    def test_the_same_seed_gives_the_same_intervals_and_another_does_not(self):
        rows = predictions(100, 3)
        assert score(*rows, rows="test", seed=1) == score(*rows, rows="test", seed=1)
        assert score(*rows, rows="test", seed=1) != score(*rows, rows="test", seed=2)

    def test_more_rows_and_lower_levels_make_narrower_intervals(self):
        def widths(n_rows, level):
            scores = score(*predictions(n_rows, 3), rows="test", level=level)
            return np.array([scores[name].high - scores[name].low for name in METRICS])

        assert (widths(2000, 0.95) < widths(200, 0.95) / 2).all()
        assert (widths(200, 0.5) < widths(200, 0.95) / 2).all()

    def test_a_perfect_classifier_is_not_certain_to_stay_perfect(self):
        codes = np.arange(40) % 2
        scores = score(codes, np.where(codes[:, None] == [0, 1], 0.9, 0.1), rows="test")
        assert scores["accuracy"].high == scores["roc_auc"].high == 1.0
        assert 0.85 < scores["accuracy"].low < 0.95
        # Twenty rows a side say less than forty rows.
        assert 0.8 < scores["roc_auc"].low < scores["accuracy"].low

    def test_a_classifier_that_is_always_wrong_is_not_certain_to_stay_so(self):
        codes = np.arange(40) % 2
        scores = score(codes, np.where(codes[:, None] == [0, 1], 0.1, 0.9), rows="test")
        assert scores["accuracy"].low == scores["roc_auc"].low == 0.0
        assert 0 < scores["accuracy"].high < scores["roc_auc"].high < 0.2

    def test_an_interval_beside_its_value_is_widened_to_hold_it(self, monkeypatch):
        monkeypatch.setattr(intervals, "_resampled", lambda *arguments: (np.full(9, 7.0), np.full(9, 0.1)))
        scores = score(*predictions(100, 3), rows="test")
        assert scores["log_loss"].low == scores["log_loss"].value < scores["log_loss"].high == 7.0
        assert scores["roc_auc"].low == 0.1 < scores["roc_auc"].value == scores["roc_auc"].high

    def test_draws_without_an_area_are_left_out(self, monkeypatch):
        areas = np.append(np.full(9, 0.6), np.nan)
        monkeypatch.setattr(intervals, "_resampled", lambda *arguments: (np.ones(10), areas))
        assert score(*predictions(100, 3), rows="test")["roc_auc"].low == 0.6

    def test_both_tails_are_left_out_alike(self, monkeypatch):
        spread = np.linspace(0, 1, 1001)
        monkeypatch.setattr(intervals, "_resampled", lambda *arguments: (spread, spread))
        area = score(*predictions(100, 3), rows="test", level=0.9)["roc_auc"]
        assert (area.low, area.high) == pytest.approx((0.05, 0.95))

    def test_one_row_is_scored(self):
        scores = score(np.array([1]), np.array([[0.2, 0.8]]), rows="test")
        assert set(scores) == {"accuracy", "log_loss"}
        assert scores["accuracy"].low < 0.3

    @pytest.mark.parametrize("level", [0, 1, -0.5, 95])
    def test_a_level_outside_0_to_1_is_refused(self, level):
        with pytest.raises(SettingError, match="between 0 and 1"):
            score(*predictions(10, 2), rows="test", level=level)

    def test_nan_is_refused(self):
        with pytest.raises(InputError, match="row 0"):
            score(np.array([0]), np.array([[np.nan, 1.0]]), rows="test")


class TestDraws:
    def test_each_draws_as_many_rows_as_there_are(self, monkeypatch):
        monkeypatch.setattr(intervals, "CHUNK_NUMBERS", 70)
        chunks = list(intervals._draws(20, 10, seed=0))
        assert [len(chunk) for chunk in chunks] == [3, 3, 3, 1]
        assert (np.concatenate(chunks).sum(axis=1) == 20).all()

    def test_the_size_of_the_chunks_changes_nothing(self, monkeypatch):
        whole = np.concatenate(list(intervals._draws(20, 10, seed=0)))
        monkeypatch.setattr(intervals, "CHUNK_NUMBERS", 1)
        np.testing.assert_array_equal(np.concatenate(list(intervals._draws(20, 10, seed=0))), whole)

    @pytest.mark.parametrize(
        ("n_rows", "n_classes", "expected"), [(300, 2, 1000), (100_000, 2, 500), (20_000, 26, 200)]
    )
    def test_there_are_fewer_where_the_table_is_large(self, monkeypatch, n_rows, n_classes, expected):
        asked = []

        def record(losses, rankings, n_resamples, seed):
            asked.append(n_resamples)
            return np.zeros(2), np.zeros(2)

        monkeypatch.setattr(intervals, "_resampled", record)
        score(*predictions(n_rows, n_classes), rows="test")
        assert asked == [expected]

    def test_a_large_table_takes_little_memory(self):
        rows = predictions(100_000, 2)
        tracemalloc.start()
        try:
            score(*rows, rows="test")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 100e6


def test_95_percent_intervals_hold_the_truth_about_95_times_in_100():
    # Ten kinds of rows, equally common, each of class 1 with a chance of its own that is not the predicted one: so the
    # truth of every metric is known exactly.
    predicted = np.linspace(0.05, 0.95, 10)
    chances = 0.15 + 0.7 * predicted**2
    kinds = np.concatenate([np.arange(10), np.arange(10)])
    codes, weights = np.repeat([0, 1], 10), np.concatenate([1 - chances, chances]) / 10
    probabilities = np.stack([1 - predicted, predicted], axis=1)
    truth = {
        "accuracy": weights @ ((predicted[kinds] > 0.5) == codes),
        "log_loss": weights @ -np.log(probabilities[kinds, codes]),
        "roc_auc": mean_auc(class_rankings(codes, probabilities[kinds]), weights[np.newaxis])[0],
    }
    generator = np.random.default_rng(0)
    held = dict.fromkeys(truth, 0)
    n_repetitions = 300
    for repetition in range(n_repetitions):
        drawn = generator.integers(10, size=150)
        codes = (generator.random(150) < chances[drawn]).astype(np.int64)
        scores = score(codes, probabilities[drawn], rows="test", seed=repetition)
        for name, value in truth.items():
            held[name] += scores[name].low <= value <= scores[name].high
    for name, count in held.items():
        assert 0.90 <= count / n_repetitions <= 0.99, name
