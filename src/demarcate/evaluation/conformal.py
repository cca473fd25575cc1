"""Prediction sets: sets of labels that hold the true one with a given coverage.

A label is in a row's set if its probability is not below what true labels of earlier rows usually had: the thresholds
of Sadinle et al. (2019, https://doi.org/10.1080/01621459.2017.1395341), which give the smallest sets on average, at the
quantile of split conformal prediction (Vovk et al., 2005), so that they hold without assumptions on the networks, as
long as new rows come from where the old ones came from.

The old rows are out-of-fold: each was predicted by the fully trained members of one fold. (Scores are of an epoch that
all folds share; for sets it matters more that old and new rows meet the same networks.) New rows are predicted by all
folds, and a set is the majority vote of the folds' sets (Gasparin and Ramdas, 2024, https://arxiv.org/abs/2401.09379):
the median over folds is compared. The mean over folds is another kind of number than the old rows': where members are
certain, an uncertain one draws the mean below nearly all of them, and classes were covered at 40 instead of 90%. Proven
for a majority is 1 - 2 (1 - coverage); measured is the coverage (``benchmarks/trust/conformal.py``).

Weighted rows stand for a population in which each is that many times as frequent. Quantiles are then of the weighted
rows, and a new row has a weight too (Tibshirani et al., 2019, https://arxiv.org/abs/1904.06019): what a row of that
population weighs on average, as its own is not known. Rows of a group are exchangeable with one another and groups with
groups, so that a new group counts like an old one (Dunn, Wasserman and Ramdas, 2022, https://arxiv.org/abs/1809.07441),
which covers at least as promised, and more where rows of a group have little in common. Here a new row therefore counts
as one of as many rows as the old ones are worth for the share of true labels in sets at 90%
(`demarcate.evaluation.linearisation`): in between, as it is measured, but then not proven.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from demarcate.errors import Problem, SettingError
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.presentation import brief_repr

TYPICAL_COVERAGE = 0.9
"""The coverage at which rows are compared with as many independent ones."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Conformal:
    """The probabilities of the true classes of out-of-fold rows, which give prediction sets."""

    truths: npt.NDArray[np.float64]
    """Each row's probability of its true class, ``(n_rows,)``: class after class, ascending within each."""
    class_rows: tuple[int, ...]
    """The number of rows of each class, ``(n_classes,)``."""
    weights: npt.NDArray[np.float64] | None = None
    """What each row counts, in their order, ``(n_rows,)``; None for 1 each."""
    new_weights: tuple[float, ...] | None = None
    """What a new row counts beside all rows, and beside those of each class, ``(1 + n_classes,)``; None for 1 each."""

    def __post_init__(self) -> None:
        truths, problems = self.truths, []
        if truths.ndim != 1 or len(truths) != sum(self.class_rows):
            fact = f"The probabilities have shape {truths.shape}, and the classes {self.class_rows[:10]} rows"
            problems.append(Problem(fact, "Give one probability for each row of a class"))
        elif len(truths) and not (truths.min() >= 0 and truths.max() <= 1):
            place = int((~((truths >= 0) & (truths <= 1))).argmax())
            problems.append(Problem(f"Probability {place} is {truths[place]}", "Give probabilities in [0, 1]"))
        elif any((of_class[1:] < of_class[:-1]).any() for of_class in self._by_class()):
            problems.append(Problem("Probabilities do not ascend within a class", "Sort them"))
        problems += self._problems_of_weights()
        if problems:
            raise SettingError.of(problems)

    @classmethod
    def of(
        cls, codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], sampling: Sampling = PLAIN
    ) -> "Conformal":
        """Collect probabilities ``(n_rows, n_classes)`` from members that were not trained on the row."""
        truths = probabilities[np.arange(len(codes)), codes].astype(np.float64)
        order = np.lexsort((truths, codes))
        class_rows = tuple(np.bincount(codes, minlength=probabilities.shape[1]).tolist())
        if sampling.is_plain:
            return cls(truths[order], class_rows)
        weights = None if sampling.weights is None else sampling.weights[order]
        of_classes = (codes == code for code in range(len(class_rows)))
        new_weights = [_new_weight(truths, sampling)]
        new_weights += [_new_weight(truths[rows], sampling.rows(rows)) for rows in of_classes]
        return cls(truths[order], class_rows, weights, tuple(new_weights))

    def thresholds(self, coverage: float = 0.9, *, per_class: bool = False) -> npt.NDArray[np.float64]:
        """Return the least probability with which each class is in a set, ``(n_classes,)``.

        Of n earlier rows it is the k-th smallest probability of the true class, k = floor((n + 1) (1 - coverage)); 0,
        which puts the class into every set, where there are too few rows for k to be at least 1. With ``per_class``
        the coverage holds for the rows of each class (Mondrian), rather than for all rows together. Of weighted or
        clustered rows it is the largest probability such that rows at least as probable weigh the coverage's share of
        all rows and a new one.
        """
        _check_coverage(coverage)
        if self.new_weights is not None:
            weights = np.ones(len(self.truths)) if self.weights is None else self.weights
            if per_class:
                parts = zip(self._by_class(), self._by_class(weights), self.new_weights[1:], strict=True)
                return np.array([_weighted_threshold(*part, coverage) for part in parts])
            return np.full(
                len(self.class_rows), _weighted_threshold(self.truths, weights, self.new_weights[0], coverage)
            )
        if per_class:
            return np.array([_kth_smallest(of_class, coverage) for of_class in self._by_class()])
        return np.full(len(self.class_rows), _kth_smallest(np.sort(self.truths), coverage))

    def sets(
        self,
        probabilities: npt.NDArray[np.floating],
        coverage: float = 0.9,
        *,
        per_class: bool = False,
        allow_empty: bool = True,
    ) -> npt.NDArray[np.bool_]:
        """Return which labels are in each row's set, ``(n_rows, n_classes)``.

        ``probabilities`` are the mean over each fold's members, ``(n_folds, n_rows, n_classes)``. A set is empty where
        no label is as likely as true ones usually are; without ``allow_empty`` it holds the likeliest label instead,
        and the coverage is higher than the given one.
        """
        typical: npt.NDArray[Any] = np.median(probabilities, axis=0)
        in_set: npt.NDArray[np.bool_] = typical >= self.thresholds(coverage, per_class=per_class)
        if not allow_empty:
            rows = np.flatnonzero(~in_set.any(axis=1))
            in_set[rows, typical[rows].argmax(axis=1)] = True
        return in_set

    def _by_class(self, values: npt.NDArray[np.float64] | None = None) -> list[npt.NDArray[np.float64]]:
        """Return the rows' values, or their probabilities, by class."""
        return np.split(self.truths if values is None else values, np.cumsum(self.class_rows)[:-1])

    def _problems_of_weights(self) -> list[Problem]:
        if self.weights is None and self.new_weights is None:
            return []
        problems, remedy = [], "Give finite numbers from 0 up"
        weights = np.ones(len(self.truths)) if self.weights is None else self.weights
        if weights.shape != self.truths.shape or not _are_weights(weights):
            problems.append(Problem("There is no weight for each row", remedy))
        new_weights = np.array(self.new_weights or ())
        if len(new_weights) != 1 + len(self.class_rows) or not _are_weights(new_weights):
            problems.append(Problem("What a new row counts is not said for all rows and for each class", remedy))
        return problems


def _are_weights(values: npt.NDArray[np.float64]) -> bool:
    return bool((np.isfinite(values) & (values >= 0)).all())


def _new_weight(truths: npt.NDArray[np.float64], sampling: Sampling) -> float:
    """Return what a new row counts: the weight of all rows over the rows that they are worth; 0 without rows."""
    from demarcate.evaluation.linearisation import effective_trials
    from demarcate.evaluation.measures import mean_of

    weights = sampling.row_weights(len(truths))
    if not weights.any():
        return 0.0
    threshold = _weighted_threshold(truths, weights, 0.0, TYPICAL_COVERAGE)
    return float(weights.sum()) / effective_trials(mean_of(truths >= threshold), sampling, None)


def _weighted_threshold(
    truths: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], new_weight: float, coverage: float
) -> float:
    """Return the largest probability such that rows at least as probable weigh enough; 0 if all together do not."""
    order = np.argsort(-truths, kind="stable")
    above = np.cumsum(weights[order])
    needed = coverage * (float(weights.sum()) + new_weight)
    # Sums of weights are exact to about 1e-16 of the total for each row.
    enough = np.flatnonzero(above >= needed * (1 - 1e-12))
    return float(truths[order[enough[0]]]) if len(enough) and len(truths) else 0.0


def _kth_smallest(ascending: npt.NDArray[np.float64], coverage: float) -> float:
    # (9 + 1) * (1 - 0.9) is a little less than 1 in binary, and means 1.
    # A coverage within rounding of 0 would ask for a row more than there are.
    k = min(int(np.floor(round((len(ascending) + 1) * (1 - coverage), 9))), len(ascending))
    return float(ascending[k - 1]) if k > 0 else 0.0


def _check_coverage(coverage: object) -> None:
    if isinstance(coverage, bool) or not isinstance(coverage, int | float | np.floating) or not 0 < coverage < 1:
        raise SettingError(f"The coverage is {coverage!r}, not between 0 and 1. Use 0.9.")
