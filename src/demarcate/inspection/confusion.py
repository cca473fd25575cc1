"""Which classes are taken for which: counts, shares of each class's rows, and the commonest mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.costs import ABSTAINED

_CELL_NAMES = {
    (False, False): "true negatives",
    (False, True): "false positives",
    (True, False): "false negatives",
    (True, True): "true positives",
}
"""The names of the cells by whether the true and the predicted class are the positive one."""


class ConfusedPair(NamedTuple):
    """A true and a predicted class by their codes, the rows, and their share of the true class's rows."""

    true: int
    predicted: int
    n_rows: int
    share: float


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """The rows by true class (down) and decision (across).

    ``counts`` is ``(n_classes, n_classes)``; ``undecided`` ``(n_classes,)`` counts the rows without a decision by true
    class. ``positive`` is the code of the positive class of two, None where none is known to be.

    Examples
    --------
    >>> matrix = ConfusionMatrix.of(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2, positive=1)
    >>> matrix.counts.tolist(), matrix.shares.tolist(), matrix.n_right, matrix.cell_name(0, 1)
    ([[1, 1], [0, 2]], [[0.5, 0.5], [0.0, 1.0]], 3, 'false positives')
    """

    counts: NDArray[np.int64]
    undecided: NDArray[np.int64]
    positive: int | None = None

    @classmethod
    def of(
        cls, codes: NDArray[np.int64], decisions: NDArray[np.int64], n_classes: int, positive: int | None = None
    ) -> "ConfusionMatrix":
        """Count rows by their class and their decision, ``(n_rows,)`` each; decisions are -1 where there is none."""
        decided = decisions != ABSTAINED
        cells = codes[decided] * n_classes + decisions[decided]
        counts = np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)
        return cls(counts, np.bincount(codes[~decided], minlength=n_classes), positive)

    def __add__(self, other: "ConfusionMatrix") -> "ConfusionMatrix":
        """Return the counts of the rows of both."""
        return ConfusionMatrix(self.counts + other.counts, self.undecided + other.undecided, self.positive)

    def to_json(self, labels: Sequence[str]) -> dict[str, Any]:
        """Return the counts, true classes down, and the undecided rows of each class as a JSON object."""
        return {
            "labels": list(labels),
            "counts": self.counts.tolist(),
            "abstained": self.undecided.tolist(),
            "positive": self.positive,
        }

    @property
    def cells(self) -> dict[str, int]:
        """The counts of two classes by name, ``true_negatives`` and so on; empty where no class is the positive one."""
        if self.positive is None:
            return {}
        other = 1 - self.positive
        places = [(true, predicted) for true in (other, self.positive) for predicted in (other, self.positive)]
        return {self.cell_name(*place).replace(" ", "_"): int(self.counts[place]) for place in places}

    @property
    def n_rows(self) -> int:
        """Rows with or without a decision."""
        return int(self.class_rows.sum())

    @property
    def n_right(self) -> int:
        """Rows decided for their class."""
        return int(np.trace(self.counts))

    @property
    def class_rows(self) -> NDArray[np.int64]:
        """Rows of each class, ``(n_classes,)``."""
        return np.asarray(self.counts.sum(1) + self.undecided)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each cell's share of its true class's rows, ``(n_classes, n_classes)``; 0 for a class without rows."""
        return np.asarray(self.counts / np.maximum(self.class_rows, 1)[:, None])

    @property
    def undecided_shares(self) -> NDArray[np.float64]:
        """The share of each class's rows that are not decided, ``(n_classes,)``."""
        return np.asarray(self.undecided / np.maximum(self.class_rows, 1))

    @property
    def recall(self) -> NDArray[np.float64]:
        """The share of each class's rows that are decided for it, ``(n_classes,)``; NaN for a class without rows."""
        return np.asarray(np.where(self.class_rows > 0, self.shares.diagonal(), np.nan))

    @property
    def mistakes(self) -> list[ConfusedPair]:
        """The wrong decisions by cell, most rows first; of equals the earlier classes."""
        wrong = self.counts - np.diag(np.diag(self.counts))
        order = np.argsort(-wrong, axis=None, kind="stable")[: np.count_nonzero(wrong)]
        places = np.stack(np.unravel_index(order, wrong.shape), 1).tolist()
        shares = self.shares
        return [
            ConfusedPair(true, other, int(wrong[true, other]), float(shares[true, other])) for true, other in places
        ]

    def cell_name(self, true: int, predicted: int) -> str:
        """Return ``true positives`` and so on; empty where no class is the positive one."""
        return "" if self.positive is None else _CELL_NAMES[true == self.positive, predicted == self.positive]


def shortest_percent(share: float) -> str:
    """Return a share as a cell of many says it: a whole number without a sign, empty below half a percent.

    Examples
    --------
    >>> shortest_percent(0.931), shortest_percent(0.004), shortest_percent(0.998), shortest_percent(1)
    ('93', '', '>99', '100')
    """
    if 0.995 <= share < 1:
        return ">99"
    return f"{100 * share:.0f}" if share >= 0.005 else ""
