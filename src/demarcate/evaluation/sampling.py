"""How scored rows were sampled: what each counts, which belong together, and the fold each was held out in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demarcate.errors import InputError, Problem
from demarcate.presentation import brief_repr


@brief_repr
@dataclass(frozen=True, eq=False)
class Sampling:
    """What intervals have to know of rows; all arrays are ``(n_rows,)``, and None where there is nothing to know.

    Independent rows of equal weight in one fold are ``Sampling()``.
    """

    weights: npt.NDArray[np.float64] | None = None
    """What each row counts, at least 0."""
    clusters: npt.NDArray[np.int64] | None = None
    """Rows of one cluster are drawn together: those of a group, or of a block of time."""
    folds: npt.NDArray[np.int64] | None = None
    """The fold in which each row was held out."""
    is_forward: bool = False
    """Whether folds are consecutive windows in time, and scores are to hold for the next one."""

    @classmethod
    def of(
        cls,
        n_rows: int,
        *,
        folds: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
    ) -> "Sampling":
        """Read what callers pass, or raise InputError for arrays of another length and weights that are none."""
        given = {"folds": folds, "groups": groups, "sample_weight": sample_weight}
        arrays = {name: None if array is None else np.asarray(array) for name, array in given.items()}
        problems = [
            Problem(f"{name} has shape {array.shape}, and there are {n_rows:,} rows", "Give one value for each row")
            for name, array in arrays.items()
            if array is not None and array.shape != (n_rows,)
        ]
        if problems:
            raise InputError(problems)
        clusters = None if arrays["groups"] is None else np.unique(arrays["groups"], return_inverse=True)[1]
        weights = None if arrays["sample_weight"] is None else _checked_weights(arrays["sample_weight"])
        return cls(weights, clusters, arrays["folds"])

    @property
    def is_plain(self) -> bool:
        """Whether rows are independent and count the same."""
        return self.weights is None and self.clusters is None

    @property
    def n_clusters(self) -> int | None:
        """The number of clusters; None for independent rows."""
        return None if self.clusters is None else len(np.unique(self.clusters))

    def rows(self, indices: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Sampling":
        """Return the sampling of some of the rows, by number or by mask."""
        weights = None if self.weights is None else self.weights[indices]
        clusters = None if self.clusters is None else self.clusters[indices]
        return Sampling(weights, clusters, None if self.folds is None else self.folds[indices], self.is_forward)

    def row_weights(self, n_rows: int) -> npt.NDArray[np.float64]:
        """Return what each row counts, ``(n_rows,)``."""
        return np.ones(n_rows) if self.weights is None else self.weights

    def units(self, n_rows: int) -> npt.NDArray[np.int64]:
        """Return each row's cluster, numbered from 0 without gaps, ``(n_rows,)``; a row without one is its own."""
        return np.arange(n_rows) if self.clusters is None else np.unique(self.clusters, return_inverse=True)[1]

    def rows_in_words(self, rows: str) -> str:
        """Return which rows these are, and that they are weighted if they are."""
        return rows if self.weights is None else f"weighted {rows}"


PLAIN = Sampling()


def effective_number(
    weights: npt.NDArray[np.float64],
    units: npt.NDArray[np.int64] | None = None,
    counts: npt.NDArray[np.float64] | None = None,
) -> float:
    """Return how many equal units are worth as much as these, by Kish; 0 if all weights ``(n_rows,)`` are 0.

    It is the square of the sum over the sum of squares of the units' weights (Kish, 1965, Survey Sampling): all units
    if they weigh the same, fewer if not. ``units`` are the rows' clusters, from 0; None for rows by themselves. Each
    unit stands for as many as ``counts`` ``(n_rows,)`` says, for itself if None.
    """
    totals, times = weights, np.ones(len(weights)) if counts is None else counts
    if units is not None:
        totals = np.bincount(units, weights).astype(np.float64)
        times = np.bincount(units, times) / np.bincount(units)
    squares = float(times @ totals**2)
    return float(times @ totals) ** 2 / squares if squares > 0 else 0.0


def units_of_classes(
    codes: npt.NDArray[np.int64],
    n_classes: int,
    sampling: Sampling,
    counts: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float64]:
    """Return the effective number of units of each class, or of the other rows if that is less, ``(n_classes,)``.

    It is 0 for a class that no row, or every row, has.
    """
    weights, units = sampling.row_weights(len(codes)), sampling.units(len(codes))
    sides = ((weights * (codes == code), weights * (codes != code)) for code in range(n_classes))
    return np.array([min(effective_number(side, units, counts) for side in both) for both in sides])


def _checked_weights(weights: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    try:
        numbers = weights.astype(np.float64)
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    is_weight = np.isfinite(numbers) & (numbers >= 0)
    if not is_weight.all():
        row = int((~is_weight).argmax())
        raise InputError([Problem(f"The weight of row {row} is {weights[row]!r}", "Give finite numbers from 0 up")])
    if not numbers.any():
        raise InputError([Problem("All weights are 0", "Give at least one row a weight above 0")])
    return numbers
