import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse
from small_classifier import ENOUGH, tiny

from demarcate import load
from demarcate.errors import InputError, SettingError


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        lambda frame: pl.from_pandas(frame).lazy(),
        pa.Table.from_pandas,
        lambda frame: {name: frame[name].tolist() for name in frame},
        lambda frame: frame.to_dict("records"),
    ],
    ids=["polars", "polars lazy", "pyarrow", "mapping", "records"],
)
def test_a_table_gives_the_same_predictions_from_every_library(mixed, convert):
    X, y = mixed
    expected = tiny().fit(X, y)
    fitted = tiny().fit(convert(X), y)
    assert fitted.feature_names_in_.tolist() == expected.feature_names_in_.tolist()
    np.testing.assert_array_equal(fitted.predict_proba(convert(X)), expected.predict_proba(X))
    np.testing.assert_array_equal(expected.predict_proba(convert(X)), expected.predict_proba(X))


def test_an_array_is_a_table_of_numbers(matrix, frame):
    X, y = matrix
    expected = tiny().fit(frame, y).predict_proba(frame)
    np.testing.assert_array_equal(tiny().fit(X, y).predict_proba(X), expected)
    np.testing.assert_array_equal(tiny().fit(X.tolist(), y).predict_proba(X.tolist()), expected)


def test_sample_weights_go_with_a_mapping_of_columns(frame, matrix):
    weight = np.linspace(0.5, 2, 60)
    expected = tiny().fit(frame, matrix[1], weight).predict_proba(frame)
    columns = {name: frame[name].tolist() for name in frame}
    np.testing.assert_array_equal(tiny().fit(columns, matrix[1], weight).predict_proba(frame), expected)


def test_columns_are_named_by_lists_and_by_a_pandas_index(frame, matrix, tmp_path):
    codes = (10 * frame).round().astype(int)
    fitted = tiny(categorical=codes.columns[:2], drop=codes.columns[3:]).fit(codes, matrix[1])
    assert [column.kind for column in fitted.schema_.columns[:3]] == ["categorical", "categorical", "numerical"]
    assert fitted.schema_.dropped[0].name == "d"
    fitted.save(tmp_path / "model.safetensors")
    assert load(tmp_path / "model.safetensors").record["settings"]["categorical"] == ["a", "b"]


def test_a_single_name_is_not_a_list_of_letters(frame, matrix):
    with pytest.raises(SettingError, match="categorical must be a list of column names, got 'ab'"):
        tiny(categorical="ab").fit(frame, matrix[1])


def test_sparse_matrices_are_refused_with_the_remedy(matrix):
    with pytest.raises(TypeError, match=r"dense.*toarray"):
        tiny().fit(sparse.csr_matrix(matrix[0]), matrix[1])


def test_arrays_of_other_shapes_are_refused(matrix):
    X, y = matrix
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        tiny().fit(X[:, 0], y)
    with pytest.raises(ValueError, match="dim 3"):
        tiny().fit(X.reshape(30, 2, 4), y[:30])


def test_a_table_without_a_usable_column_is_refused_with_every_reason():
    X = pd.DataFrame({"unit": ["a"] * 12, "empty": [None] * 12})
    with pytest.raises(InputError, match=r"'unit' \(constant.*'empty' \(constant"):
        tiny().fit(X, [0, 1] * 6)


@pytest.mark.parametrize(
    ("labels", "dtype"), [(("no", "yes"), "U"), ((3, 7), "i"), ((False, True), "b")], ids=["words", "ints", "bools"]
)
@pytest.mark.parametrize(
    "hold", [np.array, list, pd.Series, pl.Series, pa.array], ids=["numpy", "list", "pandas", "polars", "pyarrow"]
)
def test_predictions_are_labels_as_they_were_given(matrix, labels, dtype, hold):
    X, y = matrix
    fitted = tiny(**ENOUGH).fit(X, hold([labels[code] for code in y]))
    assert fitted.classes_.dtype.kind == dtype
    assert fitted.classes_.tolist() == list(labels)
    assert (fitted.predict(X) == np.array(labels)[y]).mean() > 0.7


@pytest.mark.parametrize("missing", [None, np.nan], ids=["None", "nan"])
@pytest.mark.parametrize("labels", [("no", "yes"), (0.0, 1.0)], ids=["words", "numbers"])
@pytest.mark.parametrize(
    "hold", [list, lambda y: np.array(y, dtype=object), pd.Series], ids=["list", "numpy", "pandas"]
)
def test_missing_labels_are_refused_with_their_rows(matrix, labels, missing, hold):
    X, y = matrix
    given = [labels[code] for code in y]
    given[3] = given[7] = missing
    with pytest.raises(InputError, match="The target is missing in rows 4, 8"):
        tiny().fit(X, hold(given))


def test_infinite_labels_are_refused_with_the_row(matrix):
    y = matrix[1].astype(float)
    y[4] = np.inf
    with pytest.raises(InputError, match="The label in row 5 is inf"):
        tiny().fit(matrix[0], y)


def test_measurements_are_not_labels(matrix):
    with pytest.raises(InputError, match="Unknown label type: continuous"):
        tiny().fit(matrix[0], matrix[0][:, 0])


@pytest.mark.parametrize(
    ("y", "reason"),
    [([["a"], ["b", "c"]] * 30, "Some rows have several labels"), ([["a", "b"]] * 60, "several labels to a row")],
)
def test_several_labels_to_a_row_are_refused(matrix, y, reason):
    with pytest.raises(InputError, match=reason):
        tiny().fit(matrix[0], y)


def test_tensors_are_a_table_and_labels_also_with_a_gradient(matrix):
    X, y = matrix[0], np.asarray(matrix[1])
    from_arrays = tiny().fit(X, y)
    from_tensors = tiny().fit(torch.tensor(X).requires_grad_(), torch.tensor(y, dtype=torch.float64).requires_grad_())
    assert np.array_equal(from_tensors.predict_proba(X), from_arrays.predict_proba(X))


def test_one_hot_labels_are_refused_with_the_conversion_in_fit_and_score(matrix):
    X, one_hot = matrix[0], torch.eye(2)[torch.tensor(np.asarray(matrix[1]))]
    message = re.escape("Labels have the shape (60, 2) and are one-hot. Give the class of each row: y.argmax(dim=1).")
    for use in (tiny().fit, tiny().fit(X, matrix[1]).score):
        with pytest.raises(InputError, match=message):
            use(X, one_hot)


@pytest.mark.parametrize(("X", "reason"), [([[1.0]], "minimum of 2"), ([1.0, 2.0], "Reshape your data")])
def test_an_array_that_is_no_table_is_refused(X, reason):
    with pytest.raises(InputError, match=reason):
        tiny().fit(X, ["a", "b"][: len(X)])


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
def test_rows_as_lists_keep_their_cells(tmp_path):
    # As one array of words, a cell that ends in NUL loses it, and the saved model would know another category.
    rows = [["b" if row % 3 else "\0", 2**53 + row, row % 2 == 0] for row in range(24)]
    fitted = tiny().fit(rows, [row % 2 for row in range(24)])
    assert fitted.schema_.columns[0].categories == ("\0", "b")
    fitted.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(load(tmp_path / "m.safetensors").predict_proba(rows), fitted.predict_proba(rows))


def test_one_class_is_refused(matrix):
    with pytest.raises(InputError, match="Every label is 'a'"):
        tiny().fit(matrix[0], ["a"] * 60)


def test_rows_and_labels_of_different_lengths_are_refused(matrix):
    with pytest.raises(InputError, match="60 rows and 59 labels"):
        tiny().fit(matrix[0], matrix[1][:-1])


def test_the_target_has_the_name_of_the_labels(matrix, tmp_path):
    X, y = matrix
    assert tiny().fit(X, y).predictor_.target == "target"
    assert tiny().fit(X, pd.Series(y, name="ill")).predictor_.target == "ill"
    tiny().fit(X, pd.Series(y, name=13)).save(tmp_path / "model.safetensors")
    assert load(tmp_path / "model.safetensors").target == "13"


@pytest.mark.parametrize(
    ("columns", "fact"),
    [
        (["a", "b", "c"], "Feature names seen at fit time, yet now missing:\n- d"),
        (["a", "b", "c", "e"], "Feature names unseen at fit time:\n- e"),
        (["b", "a", "c", "d"], "Feature names must be in the same order as they were in fit"),
    ],
)
def test_other_columns_than_in_fit_are_refused_as_all_input_is(frame, matrix, columns, fact):
    fitted = tiny().fit(frame, matrix[1])
    named = {name: [1.0, 2.0] for name in columns}
    with pytest.raises(InputError) as refused:
        fitted.predict(pd.DataFrame(named))
    assert fact in str(refused.value)
    assert "Give the columns that fit saw, in their order." in str(refused.value)


def test_an_array_of_another_width_than_in_fit_is_refused_as_all_input_is(matrix):
    X, y = matrix
    with pytest.raises(
        InputError, match=r"X has 2 features, but DemarcateClassifier is expecting 4 features as input\. Give"
    ):
        tiny().fit(X, y).predict(X[:, :2])
