"""Scores of any number of rows in memory that does not grow with them.

Up to `MOST_KEPT` rows are kept, and their scores are those of `score`, `class_scores` and `compare_costs`. Of more,
what adds up (hits, losses, decisions and what they cost) is added up, and ranking and calibration come from a fine grid
of probabilities. Intervals are still the bootstrap's of all rows: of decisions and of calibration by drawing how many
rows there are of each kind; of the other metrics by drawing from a sample whose rows stand for several each, alike many
of each class, so that a class with few rows is there with all of them. Draws are moved to lie about the value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.bootstrap import Sampled
from demarcate.evaluation.costs import CostComparison, Costs, compare_costs, compare_decisions
from demarcate.evaluation.histograms import CalibrationGrid, RankingGrid
from demarcate.evaluation.intervals import class_scores, decision_scores, metric_scores, score
from demarcate.evaluation.metrics import MEASURES, checked, confidences, measures, row_briers, row_losses
from demarcate.evaluation.score_sample import KeptRows
from demarcate.evaluation.scores import Score

MOST_KEPT = 200_000
MOST_KEPT_NUMBERS = 20_000_000
"""Rows x classes: 160 MB."""
SAMPLED_SHARE = 4
"""Where not all rows are kept, a quarter as many are: intervals from 50,000 rows have their width to about 1%."""
_LEVEL, _SEED = 0.95, 0


class Tally:
    """What is to be known of scored rows, which come part by part; how they are parted does not change it.

    Parameters
    ----------
    n_classes
        How many classes there are.
    most_kept
        Up to so many rows all are kept, `MOST_KEPT` if None, and fewer where there are very many classes.

    Examples
    --------
    >>> tally = Tally(2)
    >>> codes = np.arange(100) % 2
    >>> probabilities = np.where(codes[:, None] == [0, 1], 0.75, 0.25)
    >>> tally.add(codes[:60], probabilities[:60], codes[:60])
    >>> tally.add(codes[60:], probabilities[60:], codes[60:])
    >>> tally.n_rows, str(tally.scores("given")["accuracy"])
    (100, '1.000 [0.963, 1.000]')
    """

    def __init__(self, n_classes: int, most_kept: int | None = None) -> None:
        n_all = min(most_kept or MOST_KEPT, max(1, MOST_KEPT_NUMBERS // n_classes))
        self._kept = KeptRows(n_classes, n_all, max(1, n_all // SAMPLED_SHARE))
        self._sums: Sums | None = None

    @property
    def n_rows(self) -> int:
        """How many rows have come."""
        return self._kept.n_rows

    @property
    def class_counts(self) -> NDArray[np.int64]:
        """How many rows each class has, ``(n_classes,)``."""
        return self._kept.class_counts

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.floating], decided: NDArray[np.int64]) -> None:
        """Take in the next rows.

        Parameters
        ----------
        codes
            Each row's class, ``(n_rows,)``.
        probabilities
            ``(n_rows, n_classes)``, each row summing to 1.
        decided
            The class each row is put in, ``(n_rows,)``, -1 where none is.

        Raises
        ------
        InputError
            If the shapes do not agree, or a value is out of range.
        """
        if not len(codes):
            return
        probabilities = checked(codes, probabilities)
        if self._sums is None and not self._kept.has_room(len(codes)):
            self._sums = Sums(len(self.class_counts))
            if self.n_rows:
                before = self._kept.sample()
                self._sums.add(before.codes, before.probabilities, before.decided)
        if self._sums is not None:
            self._sums.add(codes, probabilities, decided)
        self._kept.add(codes, probabilities, decided)

    def scores(self, rows: str) -> dict[str, Score]:
        """Every metric with its interval, as `score` gives them; `rows` says in words which rows these are."""
        kept = self._kept.sample()
        if self._sums is None:
            return score(kept.codes, kept.probabilities, rows=rows)
        of = measures(kept.codes, kept.probabilities)
        calibration, n_in_cells = self._sums.calibration.measure()
        del of["calibration_error"]
        sampled = Sampled.of(of, len(kept.codes), kept.probabilities.size, None, _SEED, _LEVEL, kept.counts)
        metrics = metric_scores(sampled.about(self._sums.values()), self._sums.kinds.n_hits, self.class_counts, rows)
        calibrated = Sampled.of(
            {"calibration_error": calibration}, len(n_in_cells), 2 * len(n_in_cells), None, _SEED, _LEVEL, n_in_cells
        )
        metrics |= metric_scores(calibrated, self._sums.kinds.n_hits, self.class_counts, rows)
        return {name: metrics[name] for name in MEASURES if name in metrics}

    def class_scores(self, rows: str) -> list[dict[str, Score]]:
        """Precision, recall and F1 of every class as rows were decided, as `class_scores` gives them."""
        if self._sums is None:
            kept = self._kept.sample()
            return class_scores(kept.codes, kept.probabilities, rows=rows, decided=kept.decided)
        kinds = self._sums.kinds
        counts = kinds.counts.astype(np.float64)
        return decision_scores(kinds.codes, kinds.decided, len(self.class_counts), rows=rows, counts=counts)

    def compare_costs(self, costs: Costs, *, rows: str, classes: Any = None) -> CostComparison:
        """What the decisions cost, as `compare_costs` gives it; the rows must have been decided by these costs."""
        if self._sums is None:
            kept = self._kept.sample()
            return compare_costs(kept.codes, kept.probabilities, costs, rows=rows, classes=classes)
        kinds = self._sums.kinds
        return compare_decisions(
            kinds.codes, kinds.decided, kinds.likeliest, costs, rows=rows, classes=classes, counts=kinds.counts
        )


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
