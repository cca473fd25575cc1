from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from demarcate.inspection.fitted_slice import FittedSlice
from demarcate.inspection.held_point import share_of_others
from demarcate.inspection.important_columns import two_most_important

RNG = np.random.default_rng(0)
TABLE = pl.DataFrame({name: RNG.normal(size=200) for name in ("noise", "weak", "strong", "shift")})


def classifier(weights, intercept=0.0):
    """A logistic regression with these weights, whatever the rows say."""
    model = LogisticRegression().fit(TABLE.to_pandas(), RNG.integers(0, 2, 200))
    model.coef_, model.intercept_ = np.array([weights], dtype=float), np.array([intercept])
    return model


def labels_of(model):
    return model.predict(TABLE.to_pandas())


def slice_of(model, **settings):
    return FittedSlice.of(model, (TABLE.to_pandas(), labels_of(model)), resolution=10, **settings)


def test_the_two_columns_that_decide_most_are_drawn_the_most_important_first():
    assert slice_of(classifier([0, 1, 5, 0])).grid.columns == ("strong", "weak")


def test_columns_that_the_caller_names_and_tables_of_two_are_left_as_they_are():
    model = classifier([0, 1, 5, 0])
    assert slice_of(model, columns=("noise", "shift")).grid.columns == ("noise", "shift")
    frame = TABLE.select("weak", "strong")
    assert two_most_important(model, frame, np.zeros(200, dtype=np.int64)) == ("weak", "strong")
    assert two_most_important(model, frame.select("weak"), np.zeros(200, dtype=np.int64)) is None


def test_the_boundary_is_in_view_where_medians_show_none():
    # At a shift of 0 all is of class 0; only a shift of about 3 and more reaches the boundary.
    model = classifier([0, 1, 1, 4], intercept=-12)
    own = slice_of(model, columns=("strong", "weak"))
    assert own.only_class is None
    assert "least sure" in own.grid.caption
    assert own.grid.held["shift"] > 1


def test_a_slice_that_shows_the_boundary_at_its_medians_is_held_there():
    own = slice_of(classifier([0, 1, 5, 0]), columns=("strong", "weak"))
    assert own.grid.held == {name: TABLE[name].median() for name in ("noise", "shift")}
    assert own.grid.held_at == "medians and commonest values"


def test_a_value_of_the_callers_is_kept_and_a_slice_of_one_class_says_so():
    own = slice_of(classifier([0, 1, 1, 4], intercept=-12), columns=("strong", "weak"), at={"shift": -3})
    assert own.grid.held["shift"] == -3
    assert own.only_class == 0
    assert own.note.startswith("All class 0 here: its probability is ")
    assert own.shares.tolist() == [1.0, 0.0]


def test_a_predictor_and_another_librarys_classifier_are_asked_the_same_way(heart_like):
    classifier, table, labels = heart_like
    own = FittedSlice.of(classifier, (table, labels), resolution=8)
    assert set(own.grid.columns) == {"signal", "other"}
    predictor = replace(classifier.predictor_, trained_on=None)
    alone = predictor.predict_proba(own.grid.points())
    np.testing.assert_allclose(own.probabilities.reshape(-1, 2), alone, atol=1e-6)


@pytest.fixture(scope="module")
def heart_like():
    from demarcate import DemarcateClassifier

    rng = np.random.default_rng(1)
    table = pd.DataFrame({name: rng.normal(size=150) for name in ("idle", "signal", "other")})
    table["kind"] = rng.choice(["a", "b"], 150)
    labels = np.where(table["signal"] + table["other"] > 0, "yes", "no")
    return DemarcateClassifier(hidden=(), epochs=30, n_folds=2).fit(table, labels), table, labels


@pytest.mark.parametrize(
    ("regions", "share"), [([[0, 0], [0, 0]], 0), ([[0, 0], [0, 1]], 0.25), ([[0, 1], [1, 2]], 0.5)]
)
def test_the_share_outside_the_largest_region_is_counted(regions, share):
    assert share_of_others(np.eye(3)[np.array(regions)]) == share
