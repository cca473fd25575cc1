import numpy as np
import pytest
from sklearn.datasets import make_classification
from small_classifier import tiny

from demarcate import DemarcateClassifier


def test_sets_and_spreads_are_the_predictors(mixed):
    X, y = mixed
    fitted = tiny().fit(X, y)
    assert fitted.predict_set(X, 0.8, per_class=True, allow_empty=False).tolist() == (
        fitted.predictor_.predict_set(X, 0.8, per_class=True, allow_empty=False).tolist()
    )
    np.testing.assert_array_equal(fitted.spread(X), fitted.predictor_.spread(X))


def test_without_early_stopping_sets_use_the_unscaled_out_of_fold_probabilities(matrix):
    fitted = tiny(calibrate=False, patience=None).fit(*matrix)
    truths = fitted.oof_proba_[np.arange(60), fitted.oof_codes_]
    assert fitted.predictor_.conformal.class_rows == tuple(np.bincount(fitted.oof_codes_))
    assert sorted(fitted.predictor_.conformal.truths) == sorted(truths)


def test_sets_hold_the_label_of_fresh_rows_as_often_as_asked():
    X, y = make_classification(1400, 6, n_informative=4, n_classes=3, flip_y=0.2, random_state=3)
    fitted = DemarcateClassifier(hidden=(16,), epochs=15, n_folds=4).fit(X[:400], y[:400])
    sets = fitted.predict_set(X[400:], 0.9)
    assert sets[np.arange(1000), y[400:]].mean() == pytest.approx(0.9, abs=0.05)


def test_sets_of_a_hold_out_use_the_mean_of_all_members(matrix):
    X, y = matrix
    held = tiny(holdout_above=59).fit(X, y)
    assert len(set(held.predictor_.encoding)) == 1
    bound = held.predictor_.conformal.thresholds(0.5)
    assert held.predict_set(X, 0.5).tolist() == (held.predict_proba(X) >= bound).tolist()


@pytest.mark.parametrize("method", ["predict_set", "spread"])
def test_an_unfitted_estimator_has_neither_sets_nor_spread(matrix, method):
    with pytest.raises(ValueError, match="not fitted"):
        getattr(tiny(), method)(matrix[0])
