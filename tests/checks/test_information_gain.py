import numpy as np
import pytest

from demarcate.checks.information_gain import entropy, information_gain, rank_auc
from demarcate.checks.table_view import FactorizedColumn

N_ROWS = 400


def test_information_gain_equals_a_plain_loop(generator):
    codes, words = generator.integers(3, size=60), generator.integers(5, size=60)
    shares = np.bincount(codes) / 60
    losses = []
    for row in range(60):
        others = [other for other in range(60) if other != row and words[other] == words[row]]
        same = sum(codes[other] == codes[row] for other in others)
        losses.append(-np.log((same + shares[codes[row]]) / (len(others) + 1)))
    expected = 1 - np.mean(losses) / entropy(shares)
    assert information_gain(FactorizedColumn.of(words.astype(float)), codes, 3) == pytest.approx(expected)


def test_information_gain_depends_on_neither_order_nor_scale(generator, codes):
    cells = codes + generator.normal(size=N_ROWS)
    order = generator.permutation(N_ROWS)
    whole = information_gain(FactorizedColumn.of(cells), codes, 2)
    assert information_gain(FactorizedColumn.of(np.exp(cells[order])), codes[order], 2) == pytest.approx(whole)


def test_a_target_of_one_class_has_no_entropy_to_explain():
    assert information_gain(FactorizedColumn.of(np.arange(50.0)), np.zeros(50, dtype=np.int64), 1) == 0


def test_the_roc_auc_equals_that_of_scikit_learn(generator):
    from sklearn.metrics import roc_auc_score

    values, is_second = generator.integers(9, size=200), generator.random(200) < 0.3
    assert rank_auc(values, is_second) == pytest.approx(roc_auc_score(is_second, values))
    assert rank_auc(values, np.ones(200, dtype=bool)) is None
    assert rank_auc(np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)) is None


def test_a_column_that_determines_the_class_has_a_gain_of_1_and_a_constant_one_of_0():
    codes = np.arange(400) % 2
    assert information_gain(FactorizedColumn.of(codes * 3.0), codes, 2) == pytest.approx(0.996, abs=5e-4)
    assert information_gain(FactorizedColumn.of(np.ones(400)), codes, 2) <= 0
    assert entropy(np.array([0.5, 0.5, 0.0])) == pytest.approx(np.log(2))
