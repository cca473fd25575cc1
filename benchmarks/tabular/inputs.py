"""A table's features in the forms that classifiers accept."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from benchmarks.tabular.tables import Split, Table
from numpy.typing import NDArray

MISSING = "__nan__"
"""The category of missing cells."""

Form = Literal["raw", "typed", "filled"]
"""``raw``: unchanged. ``typed``: numbers as floats, all else categories. ``filled``: typed, without missing numbers."""


def typed(X: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as floats with NaN for missing, and all else as categories with one for missing."""
    return pd.DataFrame({name: _typed(X[name]) for name in X.columns}, index=X.index)


def filled(X: pd.DataFrame, train: NDArray[np.int64]) -> pd.DataFrame:
    """Return typed features with missing numbers filled by the training median, and flag columns.

    Parameters
    ----------
    X
        Typed features, ``(n_rows, n_features)``.
    train
        Rows whose medians count.

    Examples
    --------
    >>> filled(pd.DataFrame({"age": [1.0, 3.0, float("nan")]}), np.array([0, 1]))
       age  age__isna
    0  1.0        0.0
    1  3.0        0.0
    2  2.0        1.0
    """
    X = X.copy()
    for name in list(X.columns):
        if X[name].dtype == float and X[name].isna().any():
            X[f"{name}__isna"] = X[name].isna().astype(float)
            X[name] = X[name].fillna(X[name].iloc[train].median())
    return X


FORMS: dict[Form, Callable[[Table, Split], pd.DataFrame]] = {
    "raw": lambda table, _: table.X,
    "typed": lambda table, _: typed(table.X),
    "filled": lambda table, split: filled(typed(table.X), split.train),
}


def _typed(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype(float)
    return column.astype(object).where(column.notna(), MISSING).astype(str).astype("category")
