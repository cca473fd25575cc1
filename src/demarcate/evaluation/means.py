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

    def __str__(self) -> str:
        return f"{self.value:.3f}" + ("" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]")
