import pickle

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    parametrize_with_checks,
)
from small_classifier import ENOUGH, tiny

from demarcate import DemarcateClassifier

EXPECTED_TO_FAIL = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 is one row in the folds and in a batch, two rows of weight 1 are two"
    ),
}


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@parametrize_with_checks(
    [DemarcateClassifier(hidden=(16,), epochs=12, n_folds=2, lr=0.03, dropout=0.0)],
    expected_failed_checks=lambda _: EXPECTED_TO_FAIL,
)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@pytest.mark.parametrize("check", [check_dataframe_column_names_consistency, check_inplace_ensure_writeable])
def test_it_passes_the_checks_that_scikit_learn_keeps_for_its_own_estimators(check):
    check("DemarcateClassifier", tiny())


def test_a_clone_has_the_same_settings_and_is_not_fitted(matrix):
    original = tiny(lr=0.02, class_weight="balanced", drop=("b",))
    copy = clone(original.set_params(drop=None).fit(*matrix))
    assert copy.get_params() == original.get_params()
    assert not hasattr(copy, "predictor_")


def test_it_can_end_a_pipeline(matrix):
    X, y = matrix
    pipeline = make_pipeline(StandardScaler(), tiny(**ENOUGH)).fit(X, y)
    assert pipeline.predict_proba(X).shape == (60, 2)
    assert pipeline.score(X, y) > 0.7


def test_grid_search_sets_its_parameters_also_as_numpy_scalars(matrix):
    X, y = matrix
    grid = {"epochs": np.array([2, 3]), "lr": np.array([0.01], dtype=np.float32), "batch_size": np.array([16])}
    search = GridSearchCV(tiny(), grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["epochs"] in (2, 3)
    assert 0 <= search.best_score_ <= 1


def test_cross_val_score_scores_every_fold(matrix):
    scores = cross_val_score(tiny(), *matrix, cv=3, scoring="neg_log_loss", error_score="raise")
    assert len(scores) == 3
    assert np.isfinite(scores).all()


def test_sample_weights_are_routed_to_it(matrix):
    X, y = matrix
    weight = np.where(y == 1, 20.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        step = tiny(**ENOUGH).set_fit_request(sample_weight=True)
        weighted = make_pipeline(step).fit(X, y, sample_weight=weight)
        plain = make_pipeline(tiny(**ENOUGH).set_fit_request(sample_weight=False)).fit(X, y)
    assert weighted.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean() + 0.1


def test_fit_stores_names_and_number_of_columns(matrix, frame):
    X, y = matrix
    fitted = tiny().fit(frame, y)
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert fitted.n_features_in_ == 4
    assert not hasattr(tiny().fit(X, y), "feature_names_in_")


def test_it_predicts_the_same_after_pickling(mixed):
    X, y = mixed
    fitted = tiny().fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert again.scores_ == fitted.scores_
