"""Data sets: tables with a target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from demarcate.errors import SettingError
from demarcate.formatting import aligned, counted, percent

_HEAD_ROWS = 5
_MAX_COLUMNS_SHOWN = 16
_MAX_CELL_WIDTH = 20


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A table, the name of the column to predict, and what is known about both.

    Parameters
    ----------
    name
        The name of the data set.
    frame
        The whole table, ``(n_samples, n_features + 1)``: features and target.
    target
        The column that holds the labels.
    categorical
        Columns that are categories although they are written as numbers.
    description
        One sentence about the rows.
    source
        The origin of the rows and their licence, in one line.

    Raises
    ------
    SettingError
        If ``target`` is not a column, or one of ``categorical`` is not a feature.

    Examples
    --------
    >>> data = Dataset("pets", pl.DataFrame({"weight": [4.0, 30.5, 3.5], "pet": ["cat", "dog", "cat"]}), "pet")
    >>> print(data)
    pets: 3 rows, 1 feature, target 'pet'
    <BLANKLINE>
      weight  pet
           4  cat
        30.5  dog
         3.5  cat
    <BLANKLINE>
    class balance of 'pet':
      cat  2 rows  (66.7%)
      dog  1 row   (33.3%)
    >>> X, y = data
    >>> X.shape, y
    ((3, 1), array(['cat', 'dog', 'cat'], dtype=object))
    """

    name: str
    frame: pl.DataFrame
    target: str
    categorical: tuple[str, ...] = ()
    description: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        columns = self.frame.columns
        if self.target not in columns:
            raise SettingError(f"target must be a column of the frame ({', '.join(columns)}), got {self.target!r}")
        object.__setattr__(self, "categorical", tuple(self.categorical))
        for column in self.categorical:
            if column == self.target or column not in columns:
                raise SettingError(f"categorical columns must be features of the frame, got {column!r}")

    @property
    def X(self) -> pl.DataFrame:  # noqa: N802  (scikit-learn's name for a table of features)
        """The features, ``(n_samples, n_features)``: the frame without its target."""
        return self.frame.drop(self.target)

    @property
    def y(self) -> npt.NDArray[Any]:
        """The labels, ``(n_samples,)``; a copy that can be written to."""
        return self.frame[self.target].to_numpy(writable=True)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of ``X``, in order."""
        return tuple(column for column in self.frame.columns if column != self.target)

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_samples, n_features)``; the target does not count as a feature."""
        return self.frame.height, self.frame.width - 1

    @property
    def class_balance(self) -> dict[Any, int]:
        """The number of rows of each label, labels in sorted order (a missing label, ``None``, first)."""
        counts = self.frame[self.target].alias("label").value_counts(name="rows").sort("label", nulls_last=False)
        return dict(counts.iter_rows())

    def __iter__(self) -> Iterator[Any]:
        """Let ``X, y = dataset`` unpack."""
        yield self.X
        yield self.y

    def __repr__(self) -> str:
        return f"<Dataset {self._title()}>"

    def __str__(self) -> str:
        head = [f"  {line}" for line in _head(self.frame, self.target)]
        balance = [f"  {line}" for line in _balance(self.class_balance)]
        about = [self.description] if self.description else []
        return "\n".join([self._title(), *about, "", *head, "", f"class balance of {self.target!r}:", *balance])

    def _title(self) -> str:
        n_samples, n_features = self.shape
        return f"{self.name}: {counted(n_samples, 'row')}, {counted(n_features, 'feature')}, target {self.target!r}"


def _head(frame: pl.DataFrame, target: str) -> list[str]:
    """Return the first rows in plain ASCII, which every console can show."""
    head = frame.head(_HEAD_ROWS)
    columns = [[name, *map(_cell, head[name])] for name in frame.columns if name != target]
    if len(columns) >= _MAX_COLUMNS_SHOWN:
        columns = [*columns[: _MAX_COLUMNS_SHOWN - 2], ["..."] * (head.height + 1)]
    columns.append([target, *map(_cell, head[target])])
    return aligned(list(zip(*columns, strict=True)), right=True)


def _balance(balance: dict[Any, int]) -> list[str]:
    total = sum(balance.values())
    return aligned([(_cell(label), counted(n, "row"), f"({percent(n / total, 1)})") for label, n in balance.items()])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    text = f"{value:.4g}" if isinstance(value, float | np.floating) else " ".join(str(value).split())
    return text if len(text) <= _MAX_CELL_WIDTH else f"{text[: _MAX_CELL_WIDTH - 3]}..."
