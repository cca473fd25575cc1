"""A slice of a fitted classifier: its probabilities over two columns, held where its boundary is in view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.formatting import shortened
from demarcate.inspection.estimators import (
    LabelledData,
    as_numbers,
    class_margins,
    classes_of,
    known_labels,
    points_of,
    predictor_of,
    probabilities_of,
    row_numbers,
    table_and_codes,
)
from demarcate.inspection.held_point import in_view
from demarcate.inspection.important_columns import two_most_important
from demarcate.inspection.slice import SliceGrid
from demarcate.tabular import infer_schema

MAX_LOOKED_AT = 1000
"""Rows among which a point is sought from which the boundary is in view."""


@dataclass(frozen=True, eq=False)
class FittedSlice:
    """What a classifier says at every place of a grid.

    ``probabilities`` and ``margins`` (each class's lead over its best rival) are ``(resolution, resolution,
    n_classes)``, rows from the bottom up; ``points`` ``(n_points, 2)`` are rows, ``codes`` their class indices.
    """

    grid: SliceGrid
    probabilities: NDArray[np.float64]
    margins: NDArray[np.float64]
    classes: NDArray[Any]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        estimator: Any,
        data: LabelledData,
        *,
        columns: Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        rows: Any = None,
        resolution: int = 200,
    ) -> "FittedSlice":
        """Lay a grid as `slice_through` does, and compute the classifier's probabilities at its places."""
        grid, points, codes, classes = slice_through(
            estimator, data, columns=columns, at=at, rows=rows, resolution=resolution
        )
        like, _ = data
        flat = probabilities_of(estimator, grid.points(), like)
        probabilities = flat.reshape(resolution, resolution, len(classes))
        return cls(grid, probabilities, class_margins(estimator, probabilities), classes, points, codes)

    @cached_property
    def regions(self) -> NDArray[np.int64]:
        """The index of the class that is chosen, ``(resolution, resolution)``."""
        return np.asarray(self.margins.argmax(-1))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each class's share of the area, ``(n_classes,)``."""
        return np.asarray(np.bincount(self.regions.ravel(), minlength=len(self.classes)) / self.regions.size)

    @property
    def only_class(self) -> int | None:
        """The code of the class that is chosen everywhere; None where a boundary is in view."""
        first = int(self.regions.flat[0])
        return first if (self.regions == first).all() else None

    @property
    def note(self) -> str:
        """The sentence for a slice without a boundary; empty of one that has it."""
        code = self.only_class
        if code is None:
            return ""
        of_class = self.probabilities[..., code]
        span = f"{of_class.min():.2f} to {of_class.max():.2f}"
        label = shortened(self.classes.tolist()[code])
        return f"All class {label} here: its probability is {span}."


def slice_through(
    estimator: Any,
    data: LabelledData,
    *,
    columns: Sequence[str] | None,
    at: Mapping[str, Any] | None,
    rows: Any,
    resolution: int,
) -> tuple[SliceGrid, NDArray[np.float64], NDArray[np.int64], NDArray[Any]]:
    """Lay a grid over two columns that a classifier reads; return it, rows as points, their codes and the labels.

    ``columns`` None takes the only two there are, or the two most important of those that hold numbers. Other columns
    are held where the boundary is in view, but for those that ``at`` holds.
    """
    classes = classes_of(estimator)
    X, y = data
    frame, codes, _ = table_and_codes((X, known_labels(estimator, y)), classes)
    drawn = row_numbers(rows, len(frame))
    predictor = predictor_of(estimator)
    schema = predictor.schema if predictor else None
    frame = as_numbers(frame, schema.used if schema else infer_schema(frame).columns)
    if columns is None:
        columns = two_most_important(estimator, frame, codes, X)
    grid = SliceGrid.through(frame, schema=schema, columns=columns, at=at, rows=drawn, resolution=resolution)
    grid = held_in_view(grid, estimator, frame[drawn], at, X)
    return grid, points_of(frame, grid.columns, drawn), codes[drawn], classes


def held_in_view(
    grid: SliceGrid, estimator: Any, frame: pl.DataFrame, at: Mapping[str, Any] | None = None, like: Any = None
) -> SliceGrid:
    """Return a grid with its other columns held where the classifier's boundary is in view, but for those in ``at``.

    ``frame`` are rows to hold them at; ``like`` is a table of the kind that the classifier takes.
    """
    fixed = dict(at or {})
    if not len(frame) or not set(grid.held) - set(fixed):
        return grid
    sampled = frame[np.sort(np.random.default_rng(0).permutation(len(frame))[:MAX_LOOKED_AT])]

    def margins_of(rows: pl.DataFrame) -> NDArray[np.float64]:
        return class_margins(estimator, probabilities_of(estimator, rows, like))

    return in_view(grid, sampled, lambda own: margins_of(own.points()), margins_of(sampled), fixed)
