import numpy as np
import pytest
from sklearn.metrics import log_loss
from small_classifier import tiny

from demarcate import load
from demarcate.evaluation.calibration import calibrate

# Long training on random labels makes every network far too certain.
OVERCONFIDENT = {"patience": None, "epochs": 60, "lr": 0.02, "hidden": (32,), "dropout": 0.0, "n_folds": 4}


@pytest.fixture(scope="module")
def noise():
    generator = np.random.default_rng(0)
    return generator.normal(size=(300, 5)), generator.integers(2, size=300)


@pytest.fixture(scope="module")
def overconfident(noise):
    return tiny(**OVERCONFIDENT).fit(*noise)


def test_a_temperature_is_kept_for_overconfident_networks_and_helps_on_fresh_rows(noise, overconfident):
    raw = tiny(**OVERCONFIDENT, calibrate=False).fit(*noise)
    assert overconfident.predictor_.temperature > 1.2
    assert raw.predictor_.temperature is None
    generator = np.random.default_rng(1)
    X, y = generator.normal(size=(500, 5)), generator.integers(2, size=500)
    assert log_loss(y, overconfident.predict_proba(X)) < log_loss(y, raw.predict_proba(X))
    assert overconfident.predict(X).tolist() == raw.predict(X).tolist()


def test_out_of_fold_probabilities_have_the_temperature_of_the_other_folds(noise, overconfident):
    raw = tiny(**OVERCONFIDENT, calibrate=False).fit(*noise)
    by_hand = calibrate(raw.oof_codes_, raw.oof_proba_, raw.oof_sampling_)
    np.testing.assert_array_equal(overconfident.oof_proba_, by_hand.probabilities)
    assert overconfident.predictor_.temperature == by_hand.temperature
    assert overconfident.scores_["log_loss"].value < raw.scores_["log_loss"].value


def test_a_saved_model_keeps_the_temperature(noise, overconfident, tmp_path):
    overconfident.save(tmp_path / "model.safetensors")
    X, _ = noise
    np.testing.assert_array_equal(load(tmp_path / "model.safetensors").predict_proba(X), overconfident.predict_proba(X))
