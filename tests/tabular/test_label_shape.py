import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from demarcate.errors import InputError
from demarcate.tabular.label_shape import one_label_a_row

CODES = [0, 2, 1, 2, 0, 1]
ONE_HOT = np.eye(3)[CODES]
NAMES = ["a", "b", "c"]
CONTAINERS = {
    "numpy": (ONE_HOT, "y.argmax(axis=1)"),
    "numpy of booleans": (ONE_HOT.astype(bool), "y.argmax(axis=1)"),
    "torch": (torch.from_numpy(ONE_HOT), "y.argmax(dim=1)"),
    "torch of booleans": (torch.from_numpy(ONE_HOT).bool(), "y.int().argmax(dim=1)"),
    "torch of whole numbers, with a gradient": (torch.from_numpy(ONE_HOT).requires_grad_(), "y.argmax(dim=1)"),
    "scipy": (csr_matrix(ONE_HOT), "y.toarray().argmax(axis=1)"),
    "lists": (ONE_HOT.astype(int).tolist(), "numpy.argmax(y, axis=1)"),
    "a list of arrays": (list(ONE_HOT), "numpy.argmax(y, axis=1)"),
    "a list of tensors": (list(torch.from_numpy(ONE_HOT)), "numpy.argmax(y, axis=1)"),
    "an array of lists": (pd.Series(ONE_HOT.tolist()).to_numpy(), "numpy.argmax(list(y), axis=1)"),
    "polars' lists": (pl.Series(ONE_HOT.tolist()), "numpy.argmax(list(y), axis=1)"),
    "pandas' arrays": (pd.Series(list(ONE_HOT)), "numpy.argmax(list(y), axis=1)"),
    "arrow's lists": (pa.chunked_array([ONE_HOT.tolist()]), "numpy.argmax(y.to_pylist(), axis=1)"),
    "polars": (pl.DataFrame(ONE_HOT, schema=NAMES), "y.to_numpy().argmax(axis=1)"),
    "arrow": (pa.table(dict(zip(NAMES, ONE_HOT.T, strict=True))), "y.to_pandas().to_numpy().argmax(axis=1)"),
    "pandas": (pd.DataFrame(ONE_HOT, columns=NAMES), "y.idxmax(axis=1)"),
    "pandas' dummies": (pd.get_dummies(pd.Series(NAMES)), "y.idxmax(axis=1)"),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_one_hot_labels_are_refused_with_the_conversion_of_their_container(container):
    y, conversion = CONTAINERS[container]
    n_rows = 3 if "dummies" in container else 6
    with pytest.raises(InputError) as caught:
        one_label_a_row(y)
    assert (
        str(caught.value)
        == f"Labels have the shape ({n_rows}, 3) and are one-hot. Give the class of each row: {conversion}."
    )
    classes = eval(conversion, {"y": y, "numpy": np, "torch": torch})
    expected = CODES if n_rows == 6 else [0, 1, 2]
    assert list(classes) == ([NAMES[code] for code in expected] if "idxmax" in conversion else expected)


@pytest.mark.parametrize(
    "y",
    [
        np.array(CODES)[:, None],
        torch.tensor(CODES)[:, None],
        [[code] for code in CODES],
        pl.DataFrame({"y": CODES}),
        pd.DataFrame({"y": CODES}),
        pa.table({"y": CODES}),
    ],
)
def test_a_single_column_is_taken(y):
    assert list(one_label_a_row(y)) == CODES


@pytest.mark.parametrize(
    "y", [CODES, tuple(CODES), np.array(CODES), pl.Series(CODES), pd.Series(CODES), ["a", "b"], []]
)
def test_labels_of_one_axis_stay_as_they_are(y):
    assert one_label_a_row(y) is y


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            np.full((4, 2), 0.5),
            "Labels have the shape (4, 2) and are probabilities. Give the class of each row, the lik",
        ),
        (
            [[1, 0], [1, 1], [0, 0]],
            "Labels have the shape (3, 2), and row 2 has 2 classes. Give one label for each row;",
        ),
        (np.array([[0.1, 3.0], [-2.0, 1.0]]), "Labels have the shape (2, 2): several numbers to a row. Give one label"),
        (
            [["a", "b"], ["c", "d"]],
            "Labels have the shape (2, 2): several labels to a row. Give one label for each row.",
        ),
        ([["a"], ["b", "c"]], "Some rows have several labels. Give one label for each row."),
        ([{"a"}, {"b", "c"}], "Some rows have several labels. Give one label for each row."),
        (np.array([CODES]), "Labels have the shape (1, 6): one row of labels. Give them as a column, y.reshape(-1)."),
        (np.zeros((2, 3, 4)), "Labels have the shape (2, 3, 4). Give one label for each row."),
        (np.array(3), "Labels are one value, 3. Give one label for each row."),
        (3, "Labels are one number, 3. Give one label for each row."),
        ("target", "Labels are one text, 'target'. Give one label for each row; of a table's own column, give the "),
        (None, "There are no labels: y is None. Give one label for each row."),
        ({"y": CODES}, "Labels are of type dict. Give one label for each row, in a list or an array."),
        (iter(CODES), "Labels are of type list_iterator. Give one label for each row, in a list or an array."),
    ],
)
def test_what_holds_no_label_for_each_row_is_refused_in_words(y, message):
    with pytest.raises(InputError, match="^" + re.escape(message)):
        one_label_a_row(y)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(
    st.integers(2, 6).flatmap(lambda k: st.lists(st.integers(0, k - 1), min_size=2, max_size=20).map(lambda c: (k, c)))
)
def test_the_conversion_gives_back_the_classes_whatever_they_are(classes):
    n_classes, codes = classes
    matrix = np.eye(n_classes)[codes]
    for y in (matrix, matrix.tolist(), torch.tensor(matrix), pl.DataFrame(matrix)):
        with pytest.raises(InputError) as caught:
            one_label_a_row(y)
        conversion = re.search(r": (\S.*)\.$", str(caught.value))[1]
        assert list(eval(conversion, {"y": y, "numpy": np})) == codes
