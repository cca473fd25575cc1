import numpy as np
import pytest
from small_classifier import tiny

from demarcate.errors import InputError


def test_baselines_are_scored_on_the_same_rows(mixed):
    X, y = mixed
    fitted = tiny().fit(X, y)
    baselines = fitted.baselines(X, y)
    assert set(baselines) == {"majority", "logistic_regression"}
    assert baselines["majority"]["accuracy"].value == pytest.approx(max(np.mean(y == "no"), np.mean(y == "yes")))
    assert baselines["majority"]["roc_auc"].value == 0.5
    assert baselines["logistic_regression"]["accuracy"].value > baselines["majority"]["accuracy"].value
    for scores in (fitted.scores_, *baselines.values()):
        assert {score.n_rows for score in scores.values()} == {len(y)}


def test_baselines_do_not_depend_on_pieces(mixed):
    X, y = mixed
    whole, cut = (tiny(pieces=pieces).fit(X, y) for pieces in (False, True))
    assert whole.baselines(X, y) == cut.baselines(X, y)
    assert whole.scores_ != cut.scores_


def test_baselines_refuse_other_rows_than_those_of_fit(matrix):
    X, y = matrix
    fitted = tiny(class_weight={1: 2.0}).fit(X, y)
    with pytest.raises(InputError, match="not the rows that the networks were trained on"):
        fitted.baselines(X[:40], y[:40])
    with pytest.raises(InputError, match="not the rows that the networks were trained on"):
        fitted.baselines(X[::-1], y[::-1])
    assert fitted.class_weight_ == {0: 1.0, 1: 2.0}


def test_baselines_are_compared_row_by_row(mixed):
    X, y = mixed
    fitted = tiny().fit(X, y)
    assert not hasattr(fitted, "comparison_")
    baselines = fitted.baselines(X, y)
    assert set(fitted.comparison_) == set(baselines)
    for name, compared in fitted.comparison_.items():
        for metric in ("accuracy", "log_loss"):
            expected = fitted.scores_[metric].value - baselines[name][metric].value
            assert compared.differences[metric].value == pytest.approx(expected)
    record = fitted.record(baselines)
    assert record["comparison"]["majority"]["verdict"] == fitted.comparison_["majority"].verdict
    assert not hasattr(fitted.fit(X, y), "comparison_")


def test_the_majority_is_that_of_the_weighted_rows(mixed):
    X, y = mixed
    rare = min(set(y), key=list(y).count)
    baselines = tiny(class_weight={rare: 50.0}).fit(X, y).baselines(X, y)
    assert baselines["majority"]["accuracy"].value > 0.9
    assert baselines["majority"]["accuracy"].rows == "weighted out-of-fold"
