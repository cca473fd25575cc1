import numpy as np
from small_classifier import tiny

from demarcate.evaluation import METRICS, class_scores, score
from demarcate.evaluation.averaging_gain import with_gain


def test_scores_are_those_of_the_out_of_fold_probabilities(matrix):
    X, y = matrix
    fitted = tiny(epochs=20).fit(X, y)
    assert set(fitted.scores_) == set(METRICS)
    hits = fitted.oof_proba_.argmax(1) == y[fitted.oof_rows_]
    accuracy = fitted.scores_["accuracy"]
    # The mean over folds predicts new rows, and is better by an estimate.
    assert accuracy.value == hits.mean() + fitted.averaging_gain_["accuracy"]
    assert accuracy.low < accuracy.value < accuracy.high
    assert fitted.averaging_gain_["log_loss"] < 0
    assert fitted.record()["averaging_gain"] == fitted.averaging_gain_


def test_intervals_carry_the_variation_between_the_folds_that_rows_were_held_out_in(matrix):
    X, y = matrix
    fitted = tiny(epochs=20).fit(X, y)
    folds = np.empty(len(y), dtype=int)
    for fold, held in enumerate(split.scored for split in fitted.splits_):
        folds[held] = fold
    np.testing.assert_array_equal(fitted.oof_folds_, folds[fitted.oof_rows_])
    rows = fitted.oof_codes_, fitted.oof_proba_
    expected = score(*rows, rows="out-of-fold", folds=folds[fitted.oof_rows_])
    assert fitted.scores_ == with_gain(expected, fitted.averaging_gain_)
    plain = score(*rows, rows="out-of-fold")["accuracy"]
    assert fitted.scores_["accuracy"].high - fitted.scores_["accuracy"].low > plain.high - plain.low


def test_scores_are_cached_until_the_next_fit(matrix):
    X, y = matrix
    fitted = tiny(epochs=20, cost={"false_negative": 2}).fit(X, y)
    before = {name: getattr(fitted, name) for name in ("scores_", "class_scores_", "cost_comparison_")}
    assert all(getattr(fitted, name) is value for name, value in before.items())
    fitted.fit(X[:40], y[:40])
    assert all(getattr(fitted, name) != value for name, value in before.items())
    assert fitted.scores_["accuracy"].n_rows == 40


def test_every_class_has_scores_of_its_own(matrix):
    X, y = matrix
    fitted = tiny(epochs=20).fit(X, y)
    rows = fitted.oof_codes_, fitted.oof_proba_
    assert fitted.class_scores_ == class_scores(*rows, rows="out-of-fold", folds=fitted.oof_folds_)
    recorded = fitted.record()["class_scores"]
    assert recorded["1"]["recall"] == fitted.class_scores_[1]["recall"].to_json()


def test_out_of_fold_rows_are_predicted_by_the_networks_that_did_not_see_them(matrix):
    X, y = matrix
    fitted = tiny().fit(X, y)
    members = fitted.predictor_.member_probabilities(X)
    for member, held in enumerate(split.scored for split in fitted.splits_):
        np.testing.assert_allclose(fitted.oof_proba_[held], members[member][held], atol=1e-6)
