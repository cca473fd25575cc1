"""Many categories: the frequent ones one-hot, and target statistics of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import NO_TARGET, TEXTS, ColumnEncoder, Encoded, FitContext, Floats, State
from demarcate.encoding.categorical import CategoricalEncoder, category_codes
from demarcate.encoding.cross_fitting import CrossFittedEncoder
from demarcate.encoding.target_statistics import MAX_CLASSES, MAX_ODDS, ClassStatistics, class_counts, score_names
from demarcate.errors import SettingError
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import Column

MANY_CATEGORIES, MIN_CATEGORIES, RARE_ROWS = 50, 20, 10
"""Categories from which on a column may have scores, and from which on where categories have fewer training rows than
this on average; else one-hot columns have rows enough each."""
MIN_KNOWN_ROWS, MAX_KNOWN = 2, 4000
"""Training rows of a category with a score of its own, at least; and such categories, at most, the most frequent."""


@brief_repr
@dataclass(frozen=True, eq=False)
class CategoricalTargetEncoder(CrossFittedEncoder):
    """A categorical column of many categories: one-hot, and target statistics of its categories, the scores.

    A score is the log odds of a class among the training rows of the category, less those among all, shrunk towards 0
    where rows are few (`ClassStatistics`). Rare categories together have one score, which unseen ones get, too, and
    missing cells have one. There are none where they would be no more than noise.
    """

    kind = "categorical_target"
    reads = ("categorical",)
    file_format = 5
    state_fields: ClassVar = {"kept": TEXTS, "known": TEXTS}
    max_width = CategoricalEncoder.max_width + MAX_CLASSES

    one_hot: CategoricalEncoder
    known: tuple[str, ...]  # categories with a score of their own, sorted
    odds: Floats  # of each known category, of all others, and of missing cells, (len(known) + 2, n_scores)

    def __post_init__(self) -> None:
        if len(self.odds) != len(self.known) + 2 or not np.all(np.abs(self.odds) <= MAX_ODDS):
            bounds = f"there must be scores within +-{MAX_ODDS:g} for each category and two more"
            raise SettingError(f"{bounds}, got {self.odds}")

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:
        """Return whether there is a target of not too many classes, and categories are many."""
        return 2 <= context.n_classes <= MAX_CLASSES and len(column.categories) >= MIN_CATEGORIES

    @classmethod
    def fit(cls, cells: pl.Series, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:
        """Fit on some rows of categories, null where missing, and their classes."""
        counts = cells[rows].rename("category").drop_nulls().value_counts(name="count")
        frequent = counts.filter(pl.col("count") >= MIN_KNOWN_ROWS).sort(
            ["count", "category"], descending=[True, False]
        )
        known = tuple(frequent.head(MAX_KNOWN)["category"].cast(pl.String).sort())
        one_hot = CategoricalEncoder.fit(cells, rows, context)
        is_rare = len(counts) >= MIN_CATEGORIES and counts["count"].sum() < RARE_ROWS * len(counts)
        if is_rare or len(counts) >= MANY_CATEGORIES:
            statistics = _statistics(known, cells, rows, context)
            if statistics.are_informative():
                return cls(one_hot, known, _odds(statistics))
        return cls(one_hot, (), np.empty((2, 0)))

    def refit(self, cells: pl.Series, rows: NDArray[np.int64], context: FitContext) -> Self:
        """Return the encoder with scores of the same categories, learned from some rows."""
        return type(self)(self.one_hot, self.known, _odds(_statistics(self.known, cells, rows, context)))

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> CategoricalTargetEncoder:
        """Return the encoder with this state."""
        n_shares, known = len(json["kept"]) + 2, tuple(json["known"])
        odds = np.array(array[n_shares:]).reshape(len(known) + 2, -1)
        return cls(CategoricalEncoder.from_state(array[:n_shares], json), known, odds)

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:
        """Return the number of shares, and that of scores for each number of classes."""
        n_shares, n_known = len(json["kept"]) + 2, len(json["known"]) + 2
        return range(n_shares + n_known, n_shares + n_known * MAX_CLASSES + 1, n_known)

    @property
    def state(self) -> State:
        """Return the shares and the scores, and the categories of both."""
        shares, json = self.one_hot.state
        return np.concatenate([shares, self.odds.ravel()]), {**json, "known": list(self.known)}

    @property
    def plain(self) -> ColumnEncoder:
        """Return the one-hot encoder."""
        return self.one_hot

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the categories with a column or a score of their own."""
        return (*self.one_hot.categories, *self.known)

    def scores(self, cells: pl.Series) -> Encoded:
        """Return the scores of cells, ``(n_rows, n_scores)``."""
        return np.take(self.odds.astype(np.float32), category_codes(self.known, cells), axis=0)

    def score_names(self, column: str) -> list[str]:
        """Return a name for each score."""
        return score_names(column, self.odds.shape[1])


def _statistics(
    known: tuple[str, ...], cells: pl.Series, rows: NDArray[np.int64], context: FitContext
) -> ClassStatistics:
    """Return the statistics of known categories, of all others together, and of missing cells."""
    counts = class_counts(category_codes(known, cells[rows]), len(known) + 2, rows, context)
    return ClassStatistics.of(counts, counts.sum(0, keepdims=True), np.zeros(len(counts), dtype=np.int64))


def _odds(statistics: ClassStatistics) -> Floats:
    """Return the scores; a category without rows has those of the rare ones, as if it had never been seen."""
    odds = statistics.log_odds()
    odds[statistics.counts.sum(1) == 0] = odds[-2]
    return odds
