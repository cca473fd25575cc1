import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.evaluation.scores import Score, scores_from_json, scores_in_words, scores_json, wilson_interval


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

    @settings(deadline=None, derandomize=True, max_examples=30)
    @given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.01, 0.999))
    def test_holds_the_proportion_and_has_width(self, counts, level):
        n_hits, n_trials = counts
        low, high = wilson_interval(n_hits, n_trials, level)
        assert 0 <= low <= n_hits / n_trials + 1e-12
        assert n_hits / n_trials - 1e-12 <= high <= 1
        assert low < high


def test_scores_come_back_from_json():
    scores = {"accuracy": TestScore.SCORE, "log_loss": Score(0.5, 0.4, 0.6, n_rows=100, rows="test")}
    assert scores_from_json(json.loads(json.dumps(scores_json(scores)))) == scores


def test_scores_in_words_leave_out_the_metrics_that_are_missing():
    scores = {"brier": TestScore.SCORE, "log_loss": Score(0.5, 0.4, 0.6, n_rows=100, rows="test")}
    assert scores_in_words(scores) == "log loss 0.500 [0.400, 0.600]"
