import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from small_classifier import ENOUGH, tiny

from demarcate import load
from demarcate.errors import SettingError
from demarcate.evaluation import Costs, compare_costs


def test_the_decision_of_least_expected_cost_is_predicted(matrix):
    X, y = matrix
    plain, dear = (tiny(**ENOUGH, cost=cost).fit(X, y) for cost in (None, {"false_negative": 9}))
    np.testing.assert_array_equal(plain.predict_proba(X), dear.predict_proba(X))
    assert dear.predictor_.threshold == 0.1
    assert dear.predict(X).tolist() == (dear.predict_proba(X)[:, 1] >= 0.1).astype(int).tolist()
    assert dear.predict(X).sum() > plain.predict(X).sum()


def test_costs_are_named_by_labels_or_a_matrix(mixed):
    X, y = mixed
    by_name = tiny(cost={("yes", "no"): 3}).fit(X, y)
    by_matrix = tiny(cost=[[0, 1], [3, 0]]).fit(X, y)
    assert by_name.costs_.matrix.tolist() == by_matrix.costs_.matrix.tolist() == [[0, 1], [3, 0]]


def test_rows_are_undecided_where_abstaining_costs_least(matrix):
    X, y = matrix
    cautious = tiny(**ENOUGH, abstain=0.2).fit(X, y)
    certainty = cautious.predict_proba(X).max(1)
    undecided = [label is None for label in cautious.predict(X).tolist()]
    assert undecided == (certainty < 0.8).tolist()
    assert 0 < sum(undecided) < len(y)


@pytest.mark.parametrize("weights", [None, np.arange(60)])
def test_an_undecided_row_counts_as_an_error(matrix, weights):
    X, y = matrix
    cautious = tiny(**ENOUGH, abstain=0.1).fit(X, y)
    by_hand = [decided is not None and decided == label for decided, label in zip(cautious.predict(X), y, strict=True)]
    assert cautious.score(X, y, weights) == pytest.approx(np.average(by_hand, weights=weights))
    assert 0 < cautious.score(X, y) < tiny(**ENOUGH).fit(X, y).score(X, y)
    assert np.isfinite(cross_val_score(cautious, X, y, cv=2)).all()


@pytest.mark.parametrize("cost", [{"false_negative": -1}, {("a", "b"): 2}, [[1, 2, 3]], "dear"])
def test_invalid_costs_are_refused_before_training(matrix, cost):
    with pytest.raises(SettingError):
        tiny(cost=cost, on_epoch=lambda _: pytest.fail("trained")).fit(*matrix)


def test_costs_of_out_of_fold_rows_are_compared_and_recorded(matrix):
    fitted = tiny(cost={"false_negative": 9}, abstain=0.5).fit(*matrix)
    compared = fitted.cost_comparison_
    costs, folds = Costs.of([0, 1], {"false_negative": 9}, 0.5), fitted.oof_folds_
    by_hand = compare_costs(fitted.oof_codes_, fitted.oof_proba_, costs, rows="out-of-fold", folds=folds)
    assert compared == by_hand
    assert fitted.record()["costs"] == compared.to_json()
    assert fitted.record()["settings"]["cost"] == {"false_negative": 9}
    assert (tiny().fit(*matrix).cost_comparison_, tiny().fit(*matrix).record()["costs"]) == (None, None)


def test_a_saved_model_takes_the_same_decisions(matrix, tmp_path):
    X, y = matrix
    fitted = tiny(cost={"false_negative": 4}, abstain=0.5).fit(X, y)
    fitted.save(tmp_path / "model.safetensors")
    assert load(tmp_path / "model.safetensors").predict(X).tolist() == fitted.predict(X).tolist()


def test_costs_survive_a_clone_and_a_search(matrix):
    search = GridSearchCV(tiny(), {"cost": [None, {"false_negative": 5}]}, cv=2).fit(*matrix)
    assert clone(search.best_estimator_).get_params()["cost"] in (None, {"false_negative": 5})
