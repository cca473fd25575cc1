"""A table for all classifiers, and its splits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

MOST_ROWS = 10_000
"""A larger table is replaced by a stratified sample of this many rows."""
FEWEST_OF_A_CLASS = 10
"""Classes with fewer rows are left out."""
FEWEST_SAMPLED = 5
"""After sampling, classes with fewer rows are left out: both sides of a split need some."""
SMALL = 2500
"""Smaller tables have several splits."""
SPLITS_OF_SMALL = 3
TEST_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Table:
    """Features and the target.

    Attributes
    ----------
    name
        What it is called in results.
    X
        ``(n_rows, n_features)``, as it was read: missing values and types are its own.
    y
        ``(n_rows,)``, each row's class, 0 to n_classes - 1.
    classes
        ``(n_classes,)``, the labels as text, sorted.
    """

    name: str
    X: pd.DataFrame
    y: NDArray[np.int64]
    classes: NDArray[np.object_]

    @property
    def labels(self) -> NDArray[np.object_]:
        """Return each row's label, ``(n_rows,)``."""
        return self.classes[self.y]


@dataclass(frozen=True, eq=False)
class Split:
    """Training rows and test rows.

    Attributes
    ----------
    seed
        What dealt them.
    train, test
        Positions of rows.
    """

    seed: int
    train: NDArray[np.int64]
    test: NDArray[np.int64]


def as_table(name: str, X: pd.DataFrame, labels: pd.Series, most_rows: int = MOST_ROWS) -> Table:
    """Return a table without rare classes; a large one is sampled.

    Parameters
    ----------
    name
        What to call it.
    X
        Features.
    labels
        A label for each row; rows without one are left out.
    most_rows
        How many rows to keep.

    Raises
    ------
    ValueError
        If fewer than two classes remain.

    Examples
    --------
    >>> X = pd.DataFrame({"size": range(26)})
    >>> table = as_table("pets", X, pd.Series(["cat"] * 12 + ["dog"] * 11 + ["newt"] * 2 + [None]))
    >>> table.X.shape, list(table.classes)
    ((23, 1), ['cat', 'dog'])
    """
    known = labels.notna().to_numpy()
    X, text = X[known], labels[known].astype(str)
    X, text = _without_rare(X, text, FEWEST_OF_A_CLASS)
    if len(X) > most_rows:
        kept, _ = train_test_split(np.arange(len(X)), train_size=most_rows, random_state=0, stratify=text)
        kept = np.sort(kept)
        X, text = _without_rare(X.iloc[kept], text.iloc[kept], FEWEST_SAMPLED)
    classes, codes = np.unique(text.to_numpy(dtype=object), return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"a table of the board has at least two classes of {FEWEST_OF_A_CLASS} rows; {name} has {len(classes)}: "
            "leave it out with --tables"
        )
    return Table(name, X.reset_index(drop=True), codes, classes)


def splits(table: Table, most: int | None = None) -> Iterator[Split]:
    """Return stratified splits 80 to 20: three of a small table, one of a large one.

    Parameters
    ----------
    table
        What to split.
    most
        Make no more than this many.
    """
    n_rows = len(table.y)
    number = SPLITS_OF_SMALL if n_rows < SMALL else 1
    for seed in range(min(number, most or number)):
        train, test = train_test_split(np.arange(n_rows), test_size=TEST_SHARE, random_state=seed, stratify=table.y)
        yield Split(seed, train, test)


def _without_rare(X: pd.DataFrame, text: pd.Series, fewest: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows of classes with at least this number of rows."""
    common = text.map(text.value_counts()).to_numpy() >= fewest
    return X[common], text[common]
