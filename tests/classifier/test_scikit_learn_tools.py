"""What scikit-learn and tools around it do with a classifier, on heart disease: tools that only look at it."""

import os

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV, CalibrationDisplay
from sklearn.compose import make_column_transformer
from sklearn.inspection import DecisionBoundaryDisplay, PartialDependenceDisplay, permutation_importance
from sklearn.metrics import RocCurveDisplay, accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from demarcate import DemarcateClassifier, datasets

SETTINGS = {"preset": "fast", "hidden": (8,), "epochs": 15, "n_folds": 2, "trees": False}


@pytest.fixture(scope="module")
def heart():
    """Training and test rows of heart disease in pandas: X_train, X_test, y_train, y_test."""
    data = datasets.heart()
    X = pd.DataFrame(data.X.to_dict(as_series=False))
    return train_test_split(X, data.y, random_state=0, stratify=data.y)


@pytest.fixture(scope="module")
def fitted(heart):
    return DemarcateClassifier(**SETTINGS).fit(heart[0], heart[2])


@pytest.fixture(autouse=True)
def _no_windows():
    import matplotlib.pyplot as plt

    with mpl.rc_context({"backend": "Agg"}):
        yield
    plt.close("all")


def test_partial_dependence_of_numbers_and_categories_is_drawn(fitted, heart):
    names = ["oldpeak", "cp"]
    display = PartialDependenceDisplay.from_estimator(
        fitted, heart[1], names, categorical_features=["cp"], grid_resolution=5
    )
    assert display.axes_.shape == (1, 2)
    means = display.pd_results[0]["average"][0]
    assert np.ptp(means) > 0


def test_permutation_importance_finds_columns_that_matter(fitted, heart):
    importance = permutation_importance(fitted, heart[1], heart[3], n_repeats=3, random_state=0)
    assert importance.importances_mean.shape == (13,)
    assert importance.importances_mean.max() > 0


def test_calibration_and_roc_curves_are_drawn(fitted, heart):
    calibration = CalibrationDisplay.from_estimator(fitted, heart[1], heart[3], n_bins=5)
    assert len(calibration.prob_true) >= 3
    roc = RocCurveDisplay.from_estimator(fitted, heart[1], heart[3])
    assert roc.roc_auc > 0.7


# The grid reaches beyond the rows that were trained on, which is warned of.
@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
def test_decision_boundaries_of_two_columns_are_drawn(heart):
    X, y = heart[0][["age", "thalach"]], heart[2]
    classifier = DemarcateClassifier(**SETTINGS).fit(X, y)
    for method in ("predict", "predict_proba"):
        display = DecisionBoundaryDisplay.from_estimator(classifier, X, response_method=method, grid_resolution=10)
        assert display.response.shape[:2] == (10, 10)


def test_several_targets_have_a_classifier_each(heart):
    X_train, X_test, y_train, _ = heart
    targets = np.column_stack([y_train, X_train["sex"].astype(int)])
    classifier = MultiOutputClassifier(DemarcateClassifier(**SETTINGS)).fit(X_train.drop(columns="sex"), targets)
    assert classifier.predict(X_test.drop(columns="sex")).shape == (len(X_test), 2)


def test_a_calibrator_of_scikit_learn_takes_its_probabilities(heart):
    classifier = CalibratedClassifierCV(DemarcateClassifier(**SETTINGS), cv=2, method="sigmoid")
    probabilities = classifier.fit(heart[0], heart[2]).predict_proba(heart[1])
    np.testing.assert_allclose(probabilities.sum(1), 1)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_pipeline_that_outputs_frames_gives_it_their_column_names(heart, library):
    scaled = make_column_transformer((StandardScaler(), ["age", "chol"]), verbose_feature_names_out=False)
    pipeline = make_pipeline(scaled, DemarcateClassifier(**SETTINGS)).set_output(transform=library)
    pipeline.fit(heart[0], heart[2])
    assert pipeline[-1].feature_names_in_.tolist() == ["age", "chol"]
    assert isinstance(pipeline.predict_proba(heart[1]), np.ndarray)


def test_frames_come_out_where_frames_went_in(fitted, heart):
    predicted = fitted.predict_frame(heart[1])
    assert predicted.index.equals(heart[1].index)
    assert predicted.columns.tolist() == ["prediction", "probability_0", "probability_1"]
    np.testing.assert_array_equal(predicted["prediction"], fitted.predict(heart[1]))
    np.testing.assert_array_equal(predicted.iloc[:, 1:], fitted.predict_proba(heart[1]))
    assert type(fitted.predict_frame(datasets.heart().X)).__module__.startswith("polars")


@pytest.mark.filterwarnings("ignore")
def test_skore_reports_on_it(heart, tmp_path, monkeypatch):
    for name in ("HOME", "SKORE_WORKSPACE"):
        monkeypatch.setitem(os.environ, name, str(tmp_path))
    skore = pytest.importorskip("skore")
    X_train, X_test, y_train, y_test = heart
    data = {"X_train": X_train, "y_train": y_train, "X_test": X_test, "y_test": y_test}
    report = skore.EstimatorReport(DemarcateClassifier(**SETTINGS), **data)
    assert report.metrics.accuracy() == accuracy_score(y_test, report.estimator_.predict(X_test))
    assert report.metrics.roc_auc() > 0.7
    assert len(report.inspection.permutation_importance(n_repeats=2, seed=0).frame()) == 13
