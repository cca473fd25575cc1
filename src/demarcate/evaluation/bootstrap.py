"""The bootstrap: measures of rows, and of the same rows drawn again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.metrics import Measure, values_of
from demarcate.evaluation.scores import Score, check_level

MOST_RESAMPLES = 1000
FEWEST_RESAMPLES = 200
# Draws x rows x classes: about two seconds' work.
RESAMPLING_BUDGET = 100_000_000
CHUNK_NUMBERS = 1_000_000
FEWEST_FREEDOM = 3
"""With two folds one degree is left, whose quantile of 12.7 would say nothing at all."""


@dataclass(frozen=True)
class Sampled:
    """Measures of rows, and of the same rows drawn again.

    Attributes
    ----------
    values
        Of the rows as they are; measures without a value are left out.
    draws
        Of each draw, `(n_resamples,)`, by name.
    stretch
        By name, how much wider an interval is than that of drawing rows again.
    n_rows
        How many rows.
    level
        The intervals'.
    """

    values: dict[str, float]
    draws: dict[str, npt.NDArray[np.float64]]
    stretch: dict[str, float]
    n_rows: int
    level: float

    @classmethod
    def of(
        cls,
        of: Mapping[str, Measure],
        n_rows: int,
        n_numbers: int,
        folds: npt.NDArray[np.int64] | None,
        seed: int,
        level: float,
        counts: npt.NDArray[np.float64] | None = None,
    ) -> "Sampled":
        """Measure the rows, and draw them again; each stands for as many rows as `counts` says, for itself if None."""
        check_level(level)
        n_resamples = int(np.clip(RESAMPLING_BUDGET // n_numbers, FEWEST_RESAMPLES, MOST_RESAMPLES))
        as_they_are = values_of(of, np.ones((1, n_rows)) if counts is None else counts[np.newaxis])
        values = {name: float(value[0]) for name, value in as_they_are.items() if not np.isnan(value[0])}
        kept = {name: of[name] for name in values}
        drawn = draws(n_rows, n_resamples, seed) if counts is None else counted_draws(counts, n_resamples, seed)
        chunks = [values_of(kept, weights) for weights in drawn]
        of_draws = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in kept}
        stretch = dict.fromkeys(kept, 1.0) if folds is None else fold_stretch(kept, of_draws, folds, level)
        return cls(values, of_draws, stretch, n_rows if counts is None else round(float(counts.sum())), level)

    def about(self, values: Mapping[str, float]) -> "Sampled":
        """The same draws moved to lie about other values of the measures, which are better known.

        Examples
        --------
        >>> sampled = Sampled({"loss": 0.5}, {"loss": np.array([0.25, 0.75])}, {"loss": 1.0}, n_rows=100, level=0.95)
        >>> sampled.about({"loss": 0.625}).draws["loss"]
        array([0.375, 0.875])
        """
        known = {name: values[name] for name in self.values}
        return replace(
            self, values=known, draws={name: self.draws[name] + (known[name] - self.values[name]) for name in known}
        )

    def percentiles(self, name: str) -> tuple[float, float]:
        """The percentile bootstrap's interval; a draw without a value says nothing of it, nor do draws of one row."""
        if self.n_rows < 2:
            return 0.0, np.inf
        defined = self.draws[name][~np.isnan(self.draws[name])]
        if not len(defined):
            return 0.0, 1.0
        low, high = np.quantile(defined, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)

    def unbiased(self, name: str) -> tuple[float, float]:
        """The same, less how much draws are above the value on average."""
        bias = float(self.draws[name].mean()) - self.values[name]
        low, high = self.percentiles(name)
        return low - bias, high - bias

    def score(self, name: str, low: float, high: float, rows: str, most: float) -> Score:
        """The score, its interval stretched and then cut to what is possible."""
        value, stretch = self.values[name], self.stretch[name]
        low = max(0.0, value - stretch * max(0.0, value - low))
        high = min(most, value + stretch * max(0.0, high - value))
        return Score(value, min(low, value), max(high, value), self.n_rows, rows)


def fold_stretch(
    of: Mapping[str, Measure],
    draws: Mapping[str, npt.NDArray[np.float64]],
    folds: npt.NDArray[np.int64],
    level: float,
) -> dict[str, float]:
    """Return how much wider intervals are for the variation between folds, by measure.

    Parameters
    ----------
    of
        Measures of the rows.
    draws
        What each makes of rows drawn again, `(n_resamples,)`.
    folds
        `(n_rows,)`, the fold each row was held out in; nothing is stretched for a single one.
    level
        The intervals', in (0, 1).
    """
    from scipy.special import stdtrit

    numbers = np.unique(folds)
    n_folds = len(numbers)
    if n_folds < 2:
        return dict.fromkeys(of, 1.0)
    freedom = max(n_folds - 1, FEWEST_FREEDOM)
    tails = float(stdtrit(freedom, (1 + level) / 2)) / NormalDist().inv_cdf((1 + level) / 2)
    without = values_of(of, (folds != numbers[:, np.newaxis]).astype(np.float64))
    stretch = {}
    for name, values in without.items():
        of_folds, of_rows = values[~np.isnan(values)], draws[name][~np.isnan(draws[name])]
        between = (n_folds - 1) * of_folds.var() if len(of_folds) else 0.0
        within = of_rows.var() if len(of_rows) else 0.0
        stretch[name] = tails * (max(1.0, between / within) ** 0.5 if within > 0 else 1.0)
    return stretch


def draws(n_rows: int, n_resamples: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield how often each row was drawn, `(n_draws, n_rows)`, in chunks that fit the processor's caches.

    Examples
    --------
    >>> next(draws(3, 2, seed=0)).sum(axis=1)
    array([3., 3.])
    """
    generator = np.random.default_rng(seed)
    n_most = max(CHUNK_NUMBERS // n_rows, 1)
    for begin in range(0, n_resamples, n_most):
        drawn = generator.integers(n_rows, size=(min(n_most, n_resamples - begin), n_rows))
        yield np.stack([np.bincount(rows, minlength=n_rows) for rows in drawn]).astype(np.float64)


def counted_draws(counts: npt.NDArray[np.float64], n_resamples: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield how often each was drawn of rows that stand for several, `(n_draws, n_rows)`, in chunks.

    The numbers are Poisson's, each by itself: how many rows are drawn in all then varies a little, which no measure
    notices, all of them being means.

    Examples
    --------
    >>> next(counted_draws(np.array([3.0, 1000.0]), 2, seed=0)).shape
    (2, 2)
    """
    generator = np.random.default_rng(seed)
    n_most = max(CHUNK_NUMBERS // len(counts), 1)
    for begin in range(0, n_resamples, n_most):
        yield generator.poisson(counts, size=(min(n_most, n_resamples - begin), len(counts))).astype(np.float64)
