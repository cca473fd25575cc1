import math
import re

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from demarcate.errors import SettingError
from demarcate.tabular.class_weights import class_weights

CLASSES = np.array(["a", "b"])
CODES = np.array([0, 1, 1, 1])


@pytest.mark.parametrize("class_weight", [None, {}, "balanced", {"b": 3}, {"a": 0, "b": 2.5}, {"a": 1, "b": 2, "c": 3}])
def test_weights_are_those_of_scikit_learn(class_weight):
    expected = compute_class_weight(class_weight, classes=CLASSES, y=CLASSES[CODES])
    np.testing.assert_array_equal(class_weights(class_weight, CLASSES, CODES), expected)


def test_labels_that_are_numbers_written_as_text_are_found():
    assert class_weights({"1": 2.0}, np.array(["0", "1"]), CODES).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("class_weight", "shown"),
    [
        ("heavy", "'heavy'"),
        (3, "3"),
        ({"a": -1, "b": 2}, "-1"),
        ({"a": math.nan}, "nan"),
        ({"a": math.inf}, "inf"),
        ({"a": "2"}, "'2'"),
        ({"a": True}, "True"),
        ({"a": 0, "b": 0}, "{'a': 0, 'b': 0}"),
    ],
)
def test_other_weights_are_refused_with_their_value(class_weight, shown):
    with pytest.raises(SettingError, match=f"^class_weight must be 'balanced'.*not all 0, got {re.escape(shown)}$"):
        class_weights(class_weight, CLASSES, CODES)


def test_an_unknown_label_is_refused_where_a_class_has_no_weight():
    with pytest.raises(SettingError, match=r"^class_weight names no class with 'c': the classes are 'a', 'b'$"):
        class_weights({"a": 2.0, "c": 3.0}, CLASSES, CODES)
