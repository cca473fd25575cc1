import numpy as np
import pytest

from demarcate.evaluation import Score, wilson_interval
from demarcate.report.sections.cost_curve_section import differences, share, stretch_of


def test_counts_add_up_from_their_differences():
    counts = np.array([9, 7, 7, 2])
    first, *steps = differences(counts)
    assert (first - np.cumsum([0, *steps])).tolist() == counts.tolist()


def test_a_share_has_wilsons_interval_times_its_stretch():
    low, high = wilson_interval(30, 100)
    assert share(30, 100, 1.0) == {"value": 0.3, "low": pytest.approx(low), "high": pytest.approx(high)}
    assert share(30, 100, 2.0)["high"] == pytest.approx(0.3 + 2 * (high - 0.3))
    assert share(0, 0, 1.0) is None


def test_the_stretch_makes_the_interval_of_a_share_that_of_its_score():
    score = Score(0.3, 0.15, 0.5, 100, "out-of-fold")
    stretched = share(30, 100, stretch_of(score, 100))
    assert stretched["low"] <= score.low
    assert stretched["high"] >= score.high
    assert stretch_of(None, 0) == 1.0
