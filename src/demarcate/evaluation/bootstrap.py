"""The bootstrap: measures of rows, and of the same rows drawn again with replacement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.measures import Measure, values_of
from demarcate.evaluation.scores import Score, check_level

MAX_RESAMPLES, MIN_RESAMPLES = 1000, 200
RESAMPLING_BUDGET = 100_000_000
"""Resamples x rows x classes: about two seconds' work."""
CHUNK_NUMBERS = 1_000_000
MIN_DEGREES_OF_FREEDOM = 3
"""Two folds leave one degree of freedom, whose quantile of 12.7 makes an interval useless."""


@dataclass(frozen=True)
class Bootstrap:
    """Measures of rows and of resampled rows, by name; measures that the rows leave undefined are left out."""

    values: dict[str, float]
    draws: dict[str, NDArray[np.float64]]
    """The values of resampled rows, ``(n_resamples,)`` each."""
    stretch: dict[str, float]
    """How many times as wide an interval is as the bootstrap's, for the variation between folds."""
    n_rows: int
    level: float

    @classmethod
    def of(
        cls,
        measures: Mapping[str, Measure],
        n_rows: int,
        n_numbers: int,
        folds: NDArray[np.int64] | None,
        seed: int,
        level: float,
        counts: NDArray[np.float64] | None = None,
    ) -> "Bootstrap":
        """Measure the rows and resample them; each stands for as many as ``counts`` says, for itself if None."""
        check_level(level)
        n_resamples = int(np.clip(RESAMPLING_BUDGET // n_numbers, MIN_RESAMPLES, MAX_RESAMPLES))
        of_all_rows = values_of(measures, np.ones((1, n_rows)) if counts is None else counts[np.newaxis])
        values = {name: float(value[0]) for name, value in of_all_rows.items() if not np.isnan(value[0])}
        defined = {name: measures[name] for name in values}
        chunks = [values_of(defined, chunk) for chunk in resample(n_rows, n_resamples, seed, counts)]
        draws = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in defined}
        stretch = dict.fromkeys(defined, 1.0) if folds is None else fold_stretch(defined, draws, folds, level)
        return cls(values, draws, stretch, n_rows if counts is None else round(float(counts.sum())), level)

    def about(self, values: Mapping[str, float]) -> "Bootstrap":
        """Return the same draws, moved to lie about values that are known better; measures without one stay."""
        better = {name: values.get(name, value) for name, value in self.values.items()}
        draws = {name: self.draws[name] + (better[name] - value) for name, value in self.values.items()}
        return replace(self, values=better, draws=draws)

    def percentiles(self, name: str) -> tuple[float, float]:
        """Return the percentile interval of the defined draws; it is unbounded without one, and of a single row."""
        defined = self.draws[name][~np.isnan(self.draws[name])]
        if self.n_rows < 2 or not len(defined):
            return -np.inf, np.inf
        low, high = np.quantile(defined, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)

    def unbiased(self, name: str) -> tuple[float, float]:
        """Return the percentile interval less how much draws are above the value on average."""
        bias = float(self.draws[name].mean()) - self.values[name]
        low, high = self.percentiles(name)
        return low - bias, high - bias

    def score(self, name: str, interval: tuple[float, float], rows: str, bounds: tuple[float, float]) -> Score:
        """Return the value with an interval, which is stretched, cut at the bounds and made to hold the value."""
        value, stretch, (low, high) = self.values[name], self.stretch[name], interval
        low = max(bounds[0], value - stretch * max(0.0, value - low))
        high = min(bounds[1], value + stretch * max(0.0, high - value))
        return Score(value, min(low, value), max(high, value), self.n_rows, rows)


def fold_stretch(
    measures: Mapping[str, Measure], draws: Mapping[str, NDArray[np.float64]], folds: NDArray[np.int64], level: float
) -> dict[str, float]:
    """Return how many times as wide intervals are for the variation between folds ``(n_rows,)``, by measure.

    It is 1 for a single fold; ``draws`` are the measures of resampled rows, ``(n_resamples,)`` each.
    """
    from scipy.special import stdtrit

    numbers = np.unique(folds)
    n_folds = len(numbers)
    if n_folds < 2:
        return dict.fromkeys(measures, 1.0)
    freedom = max(n_folds - 1, MIN_DEGREES_OF_FREEDOM)
    tails = float(stdtrit(freedom, (1 + level) / 2)) / NormalDist().inv_cdf((1 + level) / 2)
    without = values_of(measures, (folds != numbers[:, np.newaxis]).astype(np.float64))
    stretch = {}
    for name, values in without.items():
        of_folds, of_rows = values[~np.isnan(values)], draws[name][~np.isnan(draws[name])]
        between = (n_folds - 1) * of_folds.var() if len(of_folds) else 0.0
        within = of_rows.var() if len(of_rows) else 0.0
        stretch[name] = tails * (max(1.0, between / within) ** 0.5 if within > 0 else 1.0)
    return stretch


def resample(
    n_rows: int, n_resamples: int, seed: int, counts: NDArray[np.float64] | None = None
) -> Iterator[NDArray[np.float64]]:
    """Yield how often each row was drawn, ``(n_chunk, n_rows)``, in chunks that fit the processor's caches.

    Rows that stand for as many as ``counts`` says are drawn from Poisson's distribution one by one: how many there are
    in all varies a little, which no measure notices, all being means.
    """
    generator = np.random.default_rng(seed)
    n_chunk = max(CHUNK_NUMBERS // n_rows, 1)
    for begin in range(0, n_resamples, n_chunk):
        size = min(n_chunk, n_resamples - begin), n_rows
        if counts is None:
            drawn = generator.integers(n_rows, size=size)
            yield np.stack([np.bincount(rows, minlength=n_rows) for rows in drawn]).astype(np.float64)
        else:
            yield generator.poisson(counts, size=size).astype(np.float64)
