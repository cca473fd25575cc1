"""The mean of a number that was measured several times, and how far another round could move it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mean:
    """A mean over repetitions, with Student's interval; a single repetition has none.

    Parameters
    ----------
    value
        The mean.
    low, high
        The interval, or None.
    n_repeats
        What it is the mean of.

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
        """The mean of values, and its interval.

        The interval is mean +- t * s / sqrt(n), with s the values' standard deviation and t from Student's distribution
        with n - 1 degrees of freedom (Student, 1908, https://doi.org/10.1093/biomet/6.1.1). Repetitions that draw
        training and validation rows from the same rows resemble each other more than fresh ones would, and s / sqrt(n)
        is too small for them: ``shared`` puts s * sqrt(1 / n + shared) in its place (Nadeau and Bengio, 2003,
        https://doi.org/10.1023/A:1024068626366).

        Parameters
        ----------
        values
            At least one.
        within
            The least and the most the mean can be: the interval is cut there.
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

        reach = float(stdtrit(n - 1, (1 + level) / 2) * np.std(values, ddof=1) * (1 / n + shared) ** 0.5)
        return cls(mean, float(max(mean - reach, within[0])), float(min(mean + reach, within[1])), n)

    @classmethod
    def of_rows(
        cls,
        values: Sequence[NDArray[np.float64]],
        rows: Sequence[NDArray[np.int64]],
        *,
        within: tuple[float, float] = (-np.inf, np.inf),
        level: float = 0.95,
    ) -> "Mean":
        """The mean of what was measured row by row in several repetitions, and its interval.

        Two things could have been otherwise: the rows that judged, and what was trained for them. The first varies the
        mean as it does any mean of rows, by s / sqrt(n_rows), each row counting once with the mean of its repetitions.
        The second is what repetitions differ by beyond what their rows explain. Both variances are added, and Student's
        t has the degrees of freedom of the sum (Satterthwaite, 1946, https://doi.org/10.2307/3002019). Meant for
        repetitions that judge different rows, as folds do: there it held the mean over fresh tables in 95% of cases,
        where the interval of `of` with ``shared`` is half as wide again as it need be.

        Parameters
        ----------
        values
            For each repetition, what was measured of each of its rows, ``(n_judged,)``.
        rows
            Which rows these are, ``(n_judged,)`` each.
        within
            The least and the most the mean can be: the interval is cut there.
        level
            In (0, 1).

        Examples
        --------
        >>> halves = [np.arange(0, 50), np.arange(50, 100)]
        >>> print(Mean.of_rows([np.arange(50) % 2.0, np.arange(50) % 2.0], halves))
        0.500 [0.400, 0.600]
        """
        from scipy.special import stdtrit

        means = np.array([own.mean() for own in values])
        n, mean = len(values), float(means.mean())
        everything, which = np.concatenate(values), np.concatenate(rows)
        counts = np.bincount(which)
        of_row = (np.bincount(which, weights=everything) / np.maximum(counts, 1))[counts > 0]
        n_rows = len(of_row)
        by_rows = float(np.var(of_row, ddof=1)) / n_rows if n_rows > 1 else np.inf
        by_training = 0.0
        if n > 1:
            explained = np.mean([np.var(own, ddof=1) / len(own) if len(own) > 1 else 0.0 for own in values])
            by_training = max(float(np.var(means, ddof=1) - explained), 0.0) / n
        total = by_rows + by_training
        if not np.isfinite(total):
            return cls(mean, None, None, n)
        freedom = total**2 / (by_rows**2 / (n_rows - 1) + by_training**2 / max(n - 1, 1)) if total else 1.0
        reach = float(stdtrit(freedom, (1 + level) / 2)) * total**0.5
        return cls(mean, float(max(mean - reach, within[0])), float(min(mean + reach, within[1])), n)

    def __str__(self) -> str:
        return f"{self.value:.3f}" + ("" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]")
