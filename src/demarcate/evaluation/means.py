"""Means over repetitions, with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.sampling import Sampling, effective_number
from demarcate.formatting import decimal, interval_texts


@dataclass(frozen=True)
class Mean:
    """A mean over repetitions, with Student's interval; a single repetition has none.

    Examples
    --------
    >>> print(Mean.of([0.80, 0.84, 0.85]), "or", Mean.of([0.8]))
    0.830 [0.764, 0.896] or 0.800
    """

    value: float
    low: float | None
    high: float | None
    n_repeats: int

    @classmethod
    def of(
        cls,
        values: Sequence[float] | NDArray[np.float64],
        *,
        within: tuple[float, float] = (-np.inf, np.inf),
        shared: float = 0.0,
        level: float = 0.95,
    ) -> "Mean":
        """Return the mean of one or more values and its interval.

        The interval is mean +- t * s / sqrt(n), with s the values' standard deviation and t from Student's distribution
        with n - 1 degrees of freedom (Student, 1908, https://doi.org/10.1093/biomet/6.1.1). Repetitions that draw
        training and validation rows from the same rows resemble each other more than fresh ones would, and s / sqrt(n)
        is too small for them: ``shared`` puts s * sqrt(1 / n + shared) in its place (Nadeau and Bengio, 2003,
        https://doi.org/10.1023/A:1024068626366).

        Parameters
        ----------
        within
            The least and the greatest possible mean; the interval is cut there.
        shared
            At least 0; validation rows for each training row, where both are drawn anew from the same rows.
        level
            In (0, 1).

        Examples
        --------
        >>> Mean.of([0.98, 1.0], within=(0, 1)).high
        1.0
        """
        values = np.asarray(values, dtype=float)
        mean, n = float(np.mean(values)), len(values)
        if n == 1:
            return cls(mean, None, None, 1)
        from scipy.special import stdtrit

        half_width = float(stdtrit(n - 1, (1 + level) / 2) * np.std(values, ddof=1) * (1 / n + shared) ** 0.5)
        return cls(mean, float(max(mean - half_width, within[0])), float(min(mean + half_width, within[1])), n)

    @classmethod
    def of_rows(
        cls,
        values: Sequence[NDArray[np.float64]],
        rows: Sequence[NDArray[np.int64]],
        *,
        sampling: Sampling | None = None,
        within: tuple[float, float] = (-np.inf, np.inf),
        level: float = 0.95,
    ) -> "Mean":
        """Return the mean of row values over several repetitions and its interval.

        Rows and training both vary. Rows vary the mean as any mean of rows, by s / sqrt(n_rows), each row counting once
        with the mean of its repetitions. Training is what repetitions differ by beyond what their rows explain. Both
        variances are added, and Student's t has the degrees of freedom of the sum (Satterthwaite, 1946,
        https://doi.org/10.2307/3002019). Meant for repetitions with different rows, as folds are: there it held the
        mean over fresh tables in 95% of cases, where `of` with ``shared`` is half as wide again as necessary.

        Parameters
        ----------
        values, rows
            For each repetition a number for each of its rows, and the numbers of these rows, ``(n_evaluated,)`` each.
        sampling
            What each of all rows counts, and which are drawn together; None for independent rows of equal weight.
        within, level
            As for `of`.

        Examples
        --------
        >>> halves = [np.arange(0, 50), np.arange(50, 100)]
        >>> print(Mean.of_rows([np.arange(50) % 2.0, np.arange(50) % 2.0], halves))
        0.500 [0.400, 0.600]
        """
        from scipy.special import stdtrit

        n, all_rows = len(values), np.concatenate(rows)
        counts = np.bincount(all_rows)
        of_row = np.bincount(all_rows, weights=np.concatenate(values)) / np.maximum(counts, 1)
        evaluated = np.flatnonzero(counts)
        if sampling is None or sampling.is_plain:
            means = np.array([own.mean() for own in values])
            mean, n_units = float(means.mean()), float(len(evaluated))
            by_rows = float(np.var(of_row[evaluated], ddof=1)) / n_units if n_units > 1 else np.inf
            explained = float(np.mean([np.var(own, ddof=1) / len(own) if len(own) > 1 else 0.0 for own in values]))
        else:
            weights, units = sampling.row_weights(len(counts))[: len(counts)], sampling.units(len(counts))
            means = np.array([weighted_mean(own, weights[part]) for own, part in zip(values, rows, strict=True)])
            mean = weighted_mean(np.concatenate(values), weights[all_rows])
            by_rows, n_units = _variance_of_mean(of_row[evaluated], weights[evaluated], units[evaluated])
            # A repetition may have too few units to estimate what they explain: the units of all do.
            explained = by_rows * float(np.mean([n_units / _n_units(weights[part], units[part]) for part in rows]))
        by_training = max(float(np.var(means, ddof=1) - explained), 0.0) / n if n > 1 else 0.0
        total = by_rows + by_training
        if not np.isfinite(total):
            return cls(mean, None, None, n)
        freedom = total**2 / (by_rows**2 / (n_units - 1) + by_training**2 / max(n - 1, 1)) if total else 1.0
        half_width = float(stdtrit(freedom, (1 + level) / 2)) * total**0.5
        return cls(mean, float(max(mean - half_width, within[0])), float(min(mean + half_width, within[1])), n)

    def __str__(self) -> str:
        return self._text(sign=False)

    @property
    def signed(self) -> str:
        """The mean of a difference as text, with its sign."""
        return self._text(sign=True)

    def _text(self, *, sign: bool) -> str:
        if self.low is None or self.high is None:
            return decimal(self.value, sign=sign)
        return " ".join(filter(None, interval_texts(self.value, self.low, self.high, sign=sign)))


def weighted_mean(values: NDArray[np.float64] | NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Return the weighted mean of rows; their plain mean where all weigh 0."""
    return float(np.average(values, weights=weights if weights.any() else None))


def _n_units(weights: NDArray[np.float64], units: NDArray[np.int64]) -> float:
    """Return how many equal units these are worth; 1 where all weigh 0."""
    numbers = np.unique(units, return_inverse=True)[1]
    return effective_number(weights, numbers) if weights.any() else 1.0


def _variance_of_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], units: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the variance of a weighted mean of rows that are drawn by unit, and how many equal units these are."""
    n_units = _n_units(weights, units)
    if n_units <= 1:
        return np.inf, 1.0
    shares = weights / weights.sum()
    totals = np.bincount(units, shares * (values - weighted_mean(values, weights)))
    return float((totals**2).sum() * n_units / (n_units - 1)), n_units
