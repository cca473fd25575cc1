from dataclasses import replace

import numpy as np
import pytest

from demarcate.errors import SettingError
from demarcate.plotting import DisagreementDisplay


@pytest.mark.filterwarnings("ignore:.*outside what was trained on")
def test_the_spread_is_that_of_the_members(heart, heart_classifier):
    display = DisagreementDisplay.from_estimator(heart_classifier, heart, columns=("age", "chol"), resolution=8)
    predictor = heart_classifier.predictor_
    members = predictor.member_probabilities(display.slice.points()).reshape(3, 8, 8, 2)
    np.testing.assert_allclose(display.spread, members.std(0).max(-1))
    assert (
        display.ax_.get_title(loc="left")
        == f"3 networks agree within 0.1 on {np.mean(display.spread <= 0.1):.0%} of the picture"
    )


@pytest.mark.filterwarnings("ignore:.*outside what was trained on")
def test_the_spread_is_weighted_as_the_members_are(heart, heart_classifier):
    predictor = replace(heart_classifier.predictor_, weights=(0.7, 0.2, 0.1))
    settings = {"columns": ("age", "chol"), "resolution": 8}
    display = DisagreementDisplay.from_estimator(predictor, heart, **settings)
    spread = predictor.spread(display.slice.points()).reshape(8, 8, 2).max(-1)
    np.testing.assert_allclose(display.spread, spread, atol=1e-6)
    assert abs(spread - display.member_probabilities.std(0).max(-1)).max() > 1e-3
    both = DisagreementDisplay.from_estimator([predictor, heart_classifier], heart, **settings)
    assert both.weights == pytest.approx((2.1, 0.6, 0.3, 1, 1, 1))


def test_runs_of_several_seeds_disagree_too(moons, moon_runs):
    display = DisagreementDisplay.from_estimator(moon_runs.repeats["curve"], moons, resolution=20)
    for place, run in enumerate(moon_runs.repeats["curve"]):
        own = run.predict_proba(display.slice.points())
        np.testing.assert_allclose(display.member_probabilities[place].reshape(-1, 2), own, atol=1e-7)


@pytest.mark.parametrize("which", ["run", "no runs", "other"])
def test_one_network_does_not_disagree(which, moons, moon_runs):
    estimator = {"run": moon_runs["line"], "no runs": [], "other": [moon_runs["line"]]}[which]
    with pytest.raises(SettingError, match="at least two"):
        DisagreementDisplay.from_estimator(estimator, moons, resolution=4)
