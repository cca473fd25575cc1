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
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from demarcate.errors import Problem, SettingError


@dataclass(frozen=True, eq=False)
class Conformal:
    """The probabilities of the true classes of out-of-fold rows, which give prediction sets."""

    truths: npt.NDArray[np.float64]
    """Each row's probability of its true class, ``(n_rows,)``: class after class, ascending within each."""
    class_rows: tuple[int, ...]
    """The number of rows of each class, ``(n_classes,)``."""

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
        if problems:
            raise SettingError.of(problems)

    @classmethod
    def of(cls, codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> "Conformal":
        """Collect probabilities ``(n_rows, n_classes)`` from members that were not trained on the row."""
        truths = probabilities[np.arange(len(codes)), codes].astype(np.float64)
        order = np.lexsort((truths, codes))
        return cls(truths[order], tuple(np.bincount(codes, minlength=probabilities.shape[1]).tolist()))

    def thresholds(self, coverage: float = 0.9, *, per_class: bool = False) -> npt.NDArray[np.float64]:
        """Return the least probability with which each class is in a set, ``(n_classes,)``.

        Of n earlier rows it is the k-th smallest probability of the true class, k = floor((n + 1) (1 - coverage)); 0,
        which puts the class into every set, where there are too few rows for k to be at least 1. With ``per_class``
        the coverage holds for the rows of each class (Mondrian), rather than for all rows together.
        """
        _check_coverage(coverage)
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

    def _by_class(self) -> list[npt.NDArray[np.float64]]:
        return np.split(self.truths, np.cumsum(self.class_rows)[:-1])


def _kth_smallest(ascending: npt.NDArray[np.float64], coverage: float) -> float:
    # (9 + 1) * (1 - 0.9) is a little less than 1 in binary, and means 1.
    k = int(np.floor(round((len(ascending) + 1) * (1 - coverage), 9)))
    return float(ascending[k - 1]) if k > 0 else 0.0


def _check_coverage(coverage: object) -> None:
    if isinstance(coverage, bool) or not isinstance(coverage, int | float | np.floating) or not 0 < coverage < 1:
        raise SettingError(f"The coverage is {coverage!r}, not between 0 and 1. Use 0.9.")
