"""What adds up over scored rows: losses, decisions, and how many rows have which probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.grid import CalibrationGrid, RankingGrid
from demarcate.evaluation.measures import confidences, row_briers, row_losses

_UNIT = 2**36
"""Losses are summed as whole numbers of this fraction: such sums do not depend on their order."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """Rows by their class and what was made of them.

    Attributes
    ----------
    codes, decided, likeliest
        The class, the class such rows were put in, -1 for none, and the most probable class, each ``(n_kinds,)``.
    counts
        How many rows are of the kind, ``(n_kinds,)``.
    """

    codes: NDArray[np.int64]
    decided: NDArray[np.int64]
    likeliest: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def n_hits(self) -> int:
        """How many rows' most probable class is the true one."""
        return int(self.counts[self.likeliest == self.codes].sum())


class Sums:
    """Sums over rows that come part by part; neither their order nor the parts change a bit of them.

    Examples
    --------
    >>> sums = Sums(2)
    >>> sums.add(np.array([0, 1]), np.array([[0.75, 0.25], [0.5, 0.5]]), np.array([0, 1]))
    >>> {name: round(value, 6) for name, value in sums.values().items()}
    {'accuracy': 0.5, 'balanced_accuracy': 0.5, 'log_loss': 0.490415, 'brier': 0.15625, 'roc_auc': 1.0,
     'average_precision': 1.0}
    """

    def __init__(self, n_classes: int) -> None:
        self.calibration = CalibrationGrid()
        self._ranking = RankingGrid(n_classes)
        self._n_classes = n_classes
        self._loss, self._brier = 0, 0
        # A class, a decision and a likeliest class as one number; how many rows have it.
        self._numbers: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._counts: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64], decided: NDArray[np.int64]) -> None:
        """Take in rows."""
        self.calibration.add(*confidences(codes, probabilities))
        self._ranking.add(codes, probabilities)
        self._loss += _sum(row_losses(codes, probabilities))
        self._brier += _sum(row_briers(codes, probabilities))
        numbers = (codes * (self._n_classes + 1) + decided + 1) * self._n_classes + probabilities.argmax(axis=1)
        new, counts = np.unique(numbers, return_counts=True)
        self._numbers, kind = np.unique(np.concatenate([self._numbers, new]), return_inverse=True)
        self._counts = np.bincount(kind, np.concatenate([self._counts, counts])).astype(np.int64)

    @property
    def kinds(self) -> Kinds:
        """The rows by their class and what was made of them."""
        rest, likeliest = np.divmod(self._numbers, self._n_classes)
        codes, decided = np.divmod(rest, self._n_classes + 1)
        return Kinds(codes, decided - 1, likeliest, self._counts)

    def values(self) -> dict[str, float]:
        """The metrics of the rows, without the calibration error."""
        kinds = self.kinds
        n_rows = int(kinds.counts.sum())
        n_of = np.bincount(kinds.codes, kinds.counts, minlength=self._n_classes)
        n_found = np.bincount(kinds.codes, kinds.counts * (kinds.likeliest == kinds.codes), minlength=self._n_classes)
        return {
            "accuracy": kinds.n_hits / n_rows,
            "balanced_accuracy": float((n_found[n_of > 0] / n_of[n_of > 0]).mean()),
            "log_loss": self._loss / _UNIT / n_rows,
            "brier": self._brier / _UNIT / n_rows,
            **self._ranking.values(),
        }


def _sum(numbers: NDArray[np.float64]) -> int:
    return int(np.rint(numbers * _UNIT).astype(np.int64).sum())
