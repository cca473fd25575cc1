import numpy as np
import pytest
from small_classifier import tiny

from demarcate.errors import SettingError


def test_a_row_of_weight_zero_is_left_out(mixed):
    X, y = mixed
    weight = np.ones(len(y))
    weight[[2, 30, 31]] = 0
    weight[5:10] = 2.5
    kept = weight > 0
    fitted = tiny().fit(X, y, weight)
    expected = tiny().fit(X[kept], y[kept], weight[kept])
    np.testing.assert_array_equal(fitted.predict_proba(X), expected.predict_proba(X))
    assert fitted.scores_ == expected.scores_


def test_class_weights_are_stored_by_label(matrix):
    X, y = matrix
    y = np.array(["a", "b"])[y]
    y[:20] = "a"
    counts = {label: (y == label).sum() for label in "ab"}
    assert tiny().fit(X, y).class_weight_ == {"a": 1.0, "b": 1.0}
    assert tiny(class_weight={"b": 3}).fit(X, y).class_weight_ == {"a": 1.0, "b": 3.0}
    balanced = tiny(class_weight="balanced").fit(X, y).class_weight_
    assert balanced == pytest.approx({label: 60 / (2 * count) for label, count in counts.items()})


@pytest.mark.parametrize("class_weight", [{0: 1, 1: 3}, {1: 3.0}])
def test_class_weights_multiply_the_weights_of_rows(matrix, class_weight):
    X, y = matrix
    by_row = tiny().fit(X, y, np.where(y == 1, 3.0, 1.0))
    np.testing.assert_array_equal(tiny(class_weight=class_weight).fit(X, y).predict_proba(X), by_row.predict_proba(X))


@pytest.mark.parametrize("class_weight", ["heavy", {0: -1, 1: 2}, {0: float("nan")}, {0: 0, 1: 0}, {0: "x"}, 3])
def test_other_class_weights_are_refused(matrix, class_weight):
    with pytest.raises(SettingError, match=r"class_weight must be 'balanced', None, or a mapping.*got"):
        tiny(class_weight=class_weight).fit(*matrix)


def test_a_class_weight_of_an_unknown_label_is_refused(matrix):
    with pytest.raises(SettingError, match=r"^class_weight names no class with 5: the classes are 0, 1$"):
        tiny(class_weight={5: 1}).fit(*matrix)


@pytest.mark.parametrize("weight", [np.ones(3), -np.ones(60), np.zeros(60), np.full(60, np.nan)])
def test_sample_weights_of_the_wrong_shape_or_range_are_refused(matrix, weight):
    with pytest.raises(ValueError, match=r"(?i)sample.weight"):
        tiny().fit(*matrix, sample_weight=weight)
