"""Encoders that learn from classes, and what they give their own training rows."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import ColumnEncoder, Encoded, FitContext, SharedColumn
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.splits import stratified_folds

N_INNER_FOLDS = 5
"""Folds of an encoder's training rows, at most, each of which gets the scores of an encoder that learned from the
others."""
_LARGEST = float(np.finfo(np.float32).max)


class CrossFittedEncoder(ColumnEncoder):
    """An encoder whose last encoded columns, the scores, are learned from the classes of its training rows.

    The score of a training row has learned that row's own class. A network trained on such scores would trust them far
    more than the scores of new rows deserve. Its training rows therefore get cross-fitted scores: they are divided into
    folds, and each fold gets the scores of the same encoder refitted on the others (`CrossFit`). All other rows, those
    that stop or score a network and those to predict, get the scores of the encoder fitted on all its training rows.

    A subclass has `fit`, `from_state` and `state` as every encoder, and `plain`, `scores`, `score_names` and `refit`;
    `encode`, `names` and `share` follow. It need not know of folds. One without a score is replaced by its ``plain``.
    """

    @property
    @abstractmethod
    def plain(self) -> ColumnEncoder:
        """Return the encoder of the first columns, which knows nothing of classes."""

    @abstractmethod
    def scores(self, cells: Any) -> Encoded:
        """Return the scores of parsed cells ``(n_rows,)``, a new array ``(n_rows, n_scores)``, every value finite."""

    @abstractmethod
    def score_names(self, column: str) -> list[str]:
        """Return the names of the ``n_scores`` scores."""

    @abstractmethod
    def refit(self, cells: Any, rows: NDArray[np.int64], context: FitContext) -> Self:
        """Return an encoder whose scores are learned from some of its training rows, perhaps none.

        They are as many as those of this encoder, and have their meaning.
        """

    @classmethod
    def share(cls, encoders: Sequence[Self], cells: Any) -> SharedColumn:
        """Share the column between encoders of it, no row being one of their training rows."""
        return share_scored(encoders, cells, [encoder.scores(cells) for encoder in encoders])

    def encode(self, cells: Any) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, n_encoded)``, the scores last."""
        return self.encode_scored(cells, self.scores(cells))

    def encode_scored(self, cells: Any, scores: Encoded) -> Encoded:
        """Encode cells ``(n_rows,)`` with these scores ``(n_rows, n_scores)``."""
        return np.concatenate([self.plain.encode(cells), scores], 1)

    def names(self, column: str) -> list[str]:
        """Return the names of the plain columns, and of the scores."""
        return self.plain.names(column) + self.score_names(column)


def share_scored(encoders: Sequence[ColumnEncoder], cells: Any, scores: Sequence[Encoded]) -> SharedColumn:
    """Share a column between encoders of it, each with its own scores ``(n_rows, n_scores)``, some perhaps without."""
    plain = [encoder.plain if isinstance(encoder, CrossFittedEncoder) else encoder for encoder in encoders]
    ends = np.cumsum([0, *(own.shape[1] for own in scores)]).tolist()
    picked = [range(start, end) for start, end in pairwise(ends)]
    shared = type(plain[0]).share(plain, cells)
    return shared.with_plain([column for own in scores for column in own.T], picked, limit=_LARGEST)


@dataclass(frozen=True, eq=False)
class CrossFit:
    """The encoders from which training rows get their scores; only training needs it, and no model file has it."""

    folds: NDArray[np.int8]  # the fold of each training row; -1 for all other rows, (n_rows,)
    refits: Mapping[str, tuple[CrossFittedEncoder, ...]]  # by column: for each fold, an encoder that learned without it

    def scores(self, column: str, encoder: CrossFittedEncoder, cells: Any, rows: slice) -> Encoded:
        """Return the scores of some rows of the table, ``(n_rows, n_scores)``; ``cells`` are theirs."""
        scores, folds = encoder.scores(cells), self.folds[rows]
        for fold, refit in enumerate(self.refits[column]):
            own = np.flatnonzero(folds == fold)
            if len(own):
                scores[own] = refit.scores(cells[own])
        return scores


def inner_folds(
    codes: NDArray[np.int64], rows: NDArray[np.int64], dependence: Dependence | None, seed: int
) -> NDArray[np.int8]:
    """Return the fold of each of ``rows``, the training rows, and -1 for all others, ``(n_rows,)``.

    Folds are stratified by class. Rows that are not independent stay together: those of a group; without groups, those
    of a block of consecutive rows in time, since a score that knows its row's neighbours knows too much of it.
    """
    folds = np.full(len(codes), -1, dtype=np.int8)
    clusters = None if dependence is None else dependence.rows(rows).clusters()
    n_units = len(rows) if clusters is None else len(np.unique(clusters))
    if clusters is not None and n_units > 1:
        from demarcate.tabular.dependent_splits import grouped_folds

        folds[rows] = grouped_folds(codes[rows], clusters, min(N_INNER_FOLDS, n_units), seed)
    elif len(rows) > 1:
        folds[rows] = stratified_folds(codes[rows], min(N_INNER_FOLDS, len(rows)), seed)
    else:
        folds[rows] = 0
    return folds
