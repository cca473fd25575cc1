"""Numbers that are names: bins, and target statistics of values that repeat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import (
    BOOLEAN,
    NO_TARGET,
    ColumnEncoder,
    Encoded,
    FitContext,
    Floats,
    State,
    StateField,
)
from demarcate.encoding.cross_fitting import CrossFittedEncoder
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.target_statistics import MAX_CLASSES, MAX_ODDS, ClassStatistics, class_counts, score_names
from demarcate.errors import SettingError
from demarcate.presentation import brief_repr
from demarcate.tabular.schema import Column

MIN_VALUES = 20
"""Values of a column that may have scores, at least: bins hold fewer as they are."""
MIN_VALUE_ROWS, MAX_VALUES = 2, 4000
"""Training rows of a value with a score of its own, at least; and such values, at most, the most frequent."""
MEAN_VALUE_ROWS = 5
"""Training rows for each distinct value, on average, at least: measurements repeat by chance, names do often."""


@brief_repr
@dataclass(frozen=True, eq=False)
class PiecewiseTargetEncoder(CrossFittedEncoder):
    """A numerical column in bins, and target statistics of values that repeat, the scores.

    Numbers may be names, such as those of an agent or a place, whose neighbours mean nothing. A score is the log odds
    of a class among the training rows of a value, less those in its bin, shrunk towards 0 where rows are few
    (`ClassStatistics`). Other values and missing cells have 0. There are no scores where values of a bin are alike,
    as they are in a column that measures something.
    """

    kind = "piecewise_target"
    reads = ("numerical",)
    file_format = 5
    state_fields: ClassVar = {
        "flag": BOOLEAN,
        "n_values": StateField(lambda value: type(value) is int and 0 <= value <= MAX_VALUES, "a number of values"),
        "n_scores": StateField(lambda value: type(value) is int and 1 <= value <= MAX_CLASSES, "a number of scores"),
    }
    max_width = PiecewiseEncoder.max_width + MAX_CLASSES

    binned: PiecewiseEncoder
    values: Floats  # with a score of their own, strictly ascending, (n_values,)
    odds: Floats  # of each value, (n_values, n_scores)

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(self.values)) or not np.all(self.values[1:] > self.values[:-1]):
            raise SettingError(f"values with scores must be finite and ascending, got {self.values}")
        if len(self.odds) != len(self.values) or not np.all(np.abs(self.odds) <= MAX_ODDS):
            raise SettingError(f"there must be scores within +-{MAX_ODDS:g} for each value, got {self.odds}")

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:
        """Return whether there is a target of not too many classes, and columns are few enough for bins."""
        return 2 <= context.n_classes <= MAX_CLASSES and PiecewiseEncoder.applies(column, context)

    @classmethod
    def fit(cls, cells: Floats, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:
        """Fit on some rows of numbers, NaN where missing, and their classes."""
        binned = PiecewiseEncoder.fit(cells, rows, context)
        own = cells[rows]
        values, counts = np.unique(own[~np.isnan(own)], return_counts=True)
        order = np.argsort(-counts[counts >= MIN_VALUE_ROWS], kind="stable")[:MAX_VALUES]
        values = np.sort(values[counts >= MIN_VALUE_ROWS][order])
        if len(values) >= MIN_VALUES and counts.mean() >= MEAN_VALUE_ROWS:
            statistics = _statistics(values, binned, cells, rows, context)
            if statistics.are_informative():
                return cls(binned, values, statistics.log_odds())
        return cls(binned, np.empty(0), np.empty((0, 0)))

    def refit(self, cells: Floats, rows: NDArray[np.int64], context: FitContext) -> Self:
        """Return the encoder with scores of the same values, learned from some rows."""
        statistics = _statistics(self.values, self.binned, cells, rows, context)
        return type(self)(self.binned, self.values, statistics.log_odds())

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> "PiecewiseTargetEncoder":
        """Return the encoder with this state."""
        n_values = json["n_values"]
        odds, values, binned = np.split(array, [n_values * json["n_scores"], n_values * (json["n_scores"] + 1)])
        odds = np.array(odds).reshape(n_values, json["n_scores"])
        return cls(PiecewiseEncoder.from_state(binned, json), np.array(values), odds)

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:
        """Return the number of values with their scores, and of each state of the bins."""
        n_numbers, sizes = json["n_values"] * (json["n_scores"] + 1), PiecewiseEncoder.state_sizes
        return range(n_numbers + sizes.start, n_numbers + sizes.stop)

    @property
    def state(self) -> State:
        """Return the scores, the values and the bins' state."""
        array, json = self.binned.state
        n_values, number = self.odds.shape
        numbers = np.concatenate([self.odds.ravel(), self.values, array])
        return numbers, {**json, "n_values": n_values, "n_scores": number}

    @property
    def plain(self) -> ColumnEncoder:
        """Return the encoder of bins."""
        return self.binned

    @property
    def knots(self) -> Floats:
        """Return the knots of the bins."""
        return self.binned.knots

    @property
    def exceptions(self) -> Floats:
        """Return the values with scores of their own."""
        return self.values

    def encode_between(self, cells: Floats) -> Encoded:
        """Encode cells ``(n_rows,)`` with scores of 0."""
        return self.encode_scored(cells, np.zeros((len(cells), self.odds.shape[1]), dtype=np.float32))

    def scores(self, cells: Floats) -> Encoded:
        """Return the scores of cells, ``(n_rows, n_scores)``."""
        odds = np.append(self.odds, np.zeros((1, self.odds.shape[1])), axis=0).astype(np.float32)
        return np.take(odds, _indices(self.values, cells), axis=0)

    def score_names(self, column: str) -> list[str]:
        """Return a name for each score."""
        return score_names(column, self.odds.shape[1])


def _indices(values: Floats, cells: Floats) -> NDArray[np.int64]:
    """Return the index of each cell among the values, and behind them for other and missing cells."""
    indices = np.searchsorted(values, cells)
    is_one = np.append(values, np.nan)[indices] == cells
    return np.where(is_one, indices, len(values))


def _statistics(
    values: Floats, binned: PiecewiseEncoder, cells: Floats, rows: NDArray[np.int64], context: FitContext
) -> ClassStatistics:
    """Return the statistics of values, each expected to have the classes of its bin."""
    present = rows[~np.isnan(cells[rows])]
    counts = class_counts(_indices(values, cells[present]), len(values) + 1, present, context)[:-1]
    inner = binned.edges[1:-1]
    of_bins = class_counts(np.searchsorted(inner, cells[present], side="right"), len(inner) + 1, present, context)
    return ClassStatistics.of(counts, of_bins, np.searchsorted(inner, values, side="right"))
