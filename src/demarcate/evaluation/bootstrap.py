"""The bootstrap: measures of rows, and of the same rows drawn again with replacement.

Rows of a cluster are drawn together, and count by their weights. Of few clusters, percentiles of draws are too narrow:
they take the clusters for all there are, and their quantiles for known. They are widened as the interval of a mean of
that many numbers would be (`few_units_stretch`).

Scores of consecutive windows in time have to hold for the rows that come next, as many as a quarter of the scored ones.
Their score is off the mean of all windows for two reasons. Times differ: windows vary by s beyond what their rows
explain, and a next time by s in full, as does the mean by s / sqrt(n_windows) (the prediction interval of one more
observation; Hahn, 1969, https://doi.org/10.1080/01621459.1969.10501027). And rows are few: the next ones, a quarter as
many, have four times the variance of the scored ones, which these, drawn again, show. A trend over windows widens s by
more than it moves the next one. ``benchmarks/trust/streams.py`` measures these intervals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.linearisation import effective_trials
from demarcate.evaluation.measures import Measure, Ratio, values_of
from demarcate.evaluation.sampling import PLAIN, Sampling, effective_number
from demarcate.evaluation.scores import Score, check_level, wilson_interval
from demarcate.phases.time_budget import clock, leave_out, seconds_for

MAX_RESAMPLES, MIN_RESAMPLES = 1000, 200
RESAMPLING_BUDGET = 100_000_000
"""Resamples x rows x classes: about two seconds' work."""
CHUNK_NUMBERS = 1_000_000
LIMITED_SHARE, LIMITED_RESAMPLES = 0.1, 25
"""Where time is limited: the share of the time left that resampling may take, and the fewest resamples."""
NEXT_SHARE = 1 / 4
"""How many rows come next, as a share of the scored ones, for which intervals of rows in time hold."""
MIN_DEGREES_OF_FREEDOM = 3
"""Two folds leave one degree of freedom, whose quantile of 12.7 makes an interval useless."""


@dataclass(frozen=True)
class Bootstrap:
    """Measures of rows and of resampled rows, by name; measures that the rows leave undefined are left out."""

    values: dict[str, float]
    draws: dict[str, NDArray[np.float64]]
    """The values of resampled rows, ``(n_resamples,)`` each."""
    stretch: dict[str, float]
    """How many times as wide an interval is as the bootstrap's, for the variation between folds and few clusters."""
    share_stretch: dict[str, float]
    """The same for Wilson's interval, which knows of few clusters by its trials."""
    n_rows: int
    level: float
    n_units: float
    """The units that are drawn: rows, or clusters."""
    sampling: Sampling = PLAIN
    n_trials: dict[str, float] = field(default_factory=dict)
    """The independent rows that each share is worth, where rows are clustered or weighted."""
    windows: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The values of each window in time, ``(n_windows,)``; none where folds are no windows."""
    n_effective: float | None = None
    """Kish's number of rows, where they are weighted."""
    fold_values: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The values of the rows without those of each fold, ``(n_folds,)``; none where there are no two folds."""

    @classmethod
    def of(
        cls,
        measures: Mapping[str, Measure],
        n_rows: int,
        n_numbers: int,
        sampling: Sampling,
        seed: int,
        level: float,
        counts: NDArray[np.float64] | None = None,
        units: Mapping[str, float] | None = None,
    ) -> "Bootstrap":
        """Measure the rows and resample them; each stands for as many as ``counts`` says, for itself if None.

        ``units`` are the effective numbers of clusters behind the measures, by name, where rows are not plain.
        """
        check_level(level)
        once = np.ones((1, n_rows)) if counts is None else counts[np.newaxis]
        of_all_rows = values_of(measures, once if sampling.weights is None else once * sampling.weights)
        values = {name: float(value[0]) for name, value in of_all_rows.items() if not np.isnan(value[0])}
        defined = {name: measures[name] for name in values}
        draws = _draws(defined, resample(n_rows, n_resamples(n_numbers), seed, counts, sampling))
        without_folds = fold_values(defined, sampling)
        shares = {} if sampling.is_plain else {name: each for name, each in defined.items() if isinstance(each, Ratio)}
        return cls(
            values,
            draws,
            stretch_of(draws, without_folds, sampling, level, units),
            share_stretch_of(draws, without_folds, sampling, level),
            n_rows if counts is None else round(float(counts.sum())),
            level,
            effective_number(np.ones(n_rows), sampling.units(n_rows), counts),
            sampling,
            {name: effective_trials(share, sampling, level, counts) for name, share in shares.items()},
            _window_values(defined, sampling),
            None if sampling.weights is None else effective_number(sampling.weights, None, counts),
            without_folds,
        )

    def less(self, other: "Bootstrap", n_draws: int, units: Mapping[str, float] | None = None) -> "Bootstrap":
        """Return the differences of the measures from those of another bootstrap, of the same rows and draws.

        The first ``n_draws`` of them are compared. Windows in time are folds here. ``units`` are as for `of`.
        """
        names = [name for name in self.values if name in other.values]
        n_both = min(n_draws, *(len(each.draws[name]) for each in (self, other) for name in names))
        draws = {name: self.draws[name][:n_both] - other.draws[name][:n_both] for name in names}
        without_folds = {name: own - other.fold_values[name] for name, own in self.fold_values.items() if name in names}
        sampling = replace(self.sampling, is_forward=False)
        return replace(
            self,
            values={name: self.values[name] - other.values[name] for name in names},
            draws=draws,
            stretch=stretch_of(draws, without_folds, sampling, self.level, units),
            share_stretch={},
            sampling=sampling,
            n_trials={},
            windows={},
            fold_values=without_folds,
        )

    def about(self, values: Mapping[str, float]) -> "Bootstrap":
        """Return the same draws, moved to lie about values that are known better; measures without one stay."""
        better = {name: values.get(name, value) for name, value in self.values.items()}
        draws = {name: self.draws[name] + (better[name] - value) for name, value in self.values.items()}
        return replace(self, values=better, draws=draws)

    def percentiles(self, name: str) -> tuple[float, float]:
        """Return the percentile interval of the defined draws; it is unbounded without one, and of a single unit."""
        defined = self.draws[name][~np.isnan(self.draws[name])]
        if self.n_rows < 2 or not len(defined) or (self.sampling.clusters is not None and self.n_units < 2):
            return -np.inf, np.inf
        if len(self.draws[name]) < MIN_RESAMPLES:
            # The tails of few draws are noise; their standard deviation is known much better.
            reach = NormalDist().inv_cdf((1 + self.level) / 2) * tails(max(len(defined) - 1, 1), self.level)
            middle, deviation = float(defined.mean()), float(defined.std(ddof=1)) if len(defined) > 1 else 0.0
            return middle - reach * deviation, middle + reach * deviation
        low, high = np.quantile(defined, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)

    def unbiased(self, name: str) -> tuple[float, float]:
        """Return the percentile interval less how much draws are above the value on average."""
        bias = float(self.draws[name].mean()) - self.values[name]
        low, high = self.percentiles(name)
        return low - bias, high - bias

    def of_share(self, name: str, n_hits: int, n_trials: int) -> tuple[float, float]:
        """Return Wilson's interval of a share; of clustered or weighted rows for the trials that they are worth."""
        if name in self.n_trials:
            value, n_worth = self.values[name], self.n_trials[name]
            return wilson_interval(value * n_worth, n_worth, self.level)
        return wilson_interval(n_hits, n_trials, self.level)

    def of_next_window(self, name: str) -> tuple[float, float] | None:
        """Return the interval of the next window's value; None where there are not two windows to compare."""
        from scipy.special import stdtrit

        values = self.windows.get(name, np.empty(0))
        values, draws = values[~np.isnan(values)], self.draws[name][~np.isnan(self.draws[name])]
        n_windows = len(values)
        if n_windows < 2 or not len(draws):
            return None
        of_rows = float(draws.var())
        # Rows of all windows together vary by that much less than those of one.
        of_times = max(0.0, float(values.var(ddof=1)) - n_windows * of_rows)
        variance = of_rows * (1 + 1 / NEXT_SHARE) + of_times * (1 + 1 / n_windows)
        freedom = max(n_windows - 1, MIN_DEGREES_OF_FREEDOM)
        reach = float(stdtrit(freedom, (1 + self.level) / 2)) * variance**0.5
        return float(values.mean()) - reach, float(values.mean()) + reach

    def score(
        self,
        name: str,
        interval: tuple[float, float],
        rows: str,
        bounds: tuple[float, float],
        *,
        is_share: bool = False,
    ) -> Score:
        """Return the value with an interval, which is stretched, cut at the bounds and made to hold the value.

        ``is_share`` is whether the interval is Wilson's.
        """
        value, (low, high) = self.values[name], interval
        stretch = (self.share_stretch if is_share else self.stretch)[name]
        low = value - stretch * max(0.0, value - low)
        high = value + stretch * max(0.0, high - value)
        if (of_next := self.of_next_window(name)) is not None:
            low, high = min(low, of_next[0]), max(high, of_next[1])
        low, high = max(bounds[0], low), min(bounds[1], high)
        return Score(
            value,
            min(low, value),
            max(high, value),
            self.n_rows,
            self.sampling.rows_in_words(rows),
            self.sampling.n_clusters,
            self.n_effective,
        )


def n_resamples(n_numbers: int) -> int:
    """Return how often rows are drawn, by the number of rows x classes."""
    return int(np.clip(RESAMPLING_BUDGET // n_numbers, MIN_RESAMPLES, MAX_RESAMPLES))


def _draws(measures: Mapping[str, Measure], chunks: Iterator[NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the values of resampled rows, ``(n_resamples,)`` each: of fewer draws where time is limited."""
    seconds, start = seconds_for(LIMITED_SHARE), clock()
    values, n_draws = [], 0
    if seconds < np.inf:
        chunks = (
            chunk[at : at + LIMITED_RESAMPLES] for chunk in chunks for at in range(0, len(chunk), LIMITED_RESAMPLES)
        )
    for chunk in chunks:
        if n_draws >= LIMITED_RESAMPLES and clock() - start > seconds:
            leave_out("intervals come from fewer random draws of the rows than they would")
            break
        values.append(values_of(measures, chunk))
        n_draws += len(chunk)
    return {name: np.concatenate([each[name] for each in values]) for name in measures}


def stretch_of(
    draws: Mapping[str, NDArray[np.float64]],
    without_folds: Mapping[str, NDArray[np.float64]],
    sampling: Sampling,
    level: float,
    units: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return how many times as wide intervals are as the percentiles of ``draws``, ``(n_resamples,)`` each.

    Folds and few units both lower the degrees of freedom; the fewer count. Windows in time have a rule of their own.
    """
    n_folds = 0 if sampling.is_forward else _n_folds(sampling)
    between = fold_stretch(draws, without_folds) if n_folds > 1 else dict.fromkeys(draws, 1.0)
    of_folds = float(max(n_folds - 1, MIN_DEGREES_OF_FREEDOM)) if n_folds > 1 else np.inf
    stretch = {}
    for name in draws:
        freedom, few = of_folds, 1.0
        if units is not None:
            # Of fewer than two units nothing is known, and one degree of freedom says so.
            freedom, few = min(of_folds, max(units[name] - 1, 1.0)), few_units_stretch(units[name])
        stretch[name] = tails(freedom, level) * between[name] * few if freedom < np.inf else 1.0
    return stretch


def share_stretch_of(
    draws: Mapping[str, NDArray[np.float64]],
    without_folds: Mapping[str, NDArray[np.float64]],
    sampling: Sampling,
    level: float,
) -> dict[str, float]:
    """Return `stretch_of` for Wilson's interval, whose trials know of few clusters: these count only once."""
    if sampling.clusters is None or sampling.is_forward:
        return stretch_of(draws, without_folds, sampling, level)
    return fold_stretch(draws, without_folds) if _n_folds(sampling) > 1 else dict.fromkeys(draws, 1.0)


def _n_folds(sampling: Sampling) -> int:
    """Return the number of folds or windows; 0 where one classifier predicted all rows."""
    return 0 if sampling.folds is None else len(np.unique(sampling.folds))


def tails(freedom: float, level: float) -> float:
    """Return how many times as far Student's quantile is out as the normal one."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2)) / NormalDist().inv_cdf((1 + level) / 2)


def few_units_stretch(n_units: float) -> float:
    """Return the standard error of a mean of so many numbers over the bootstrap's, which divides by one more."""
    return float((n_units / max(n_units - 1, 0.5)) ** 0.5)


def fold_values(measures: Mapping[str, Measure], sampling: Sampling) -> dict[str, NDArray[np.float64]]:
    """Return each measure of the rows without those of each fold, ``(n_folds,)``; nothing without two folds."""
    folds = sampling.folds
    if folds is None or _n_folds(sampling) < 2:
        return {}
    kept = (folds != np.unique(folds)[:, np.newaxis]).astype(np.float64)
    return values_of(measures, kept if sampling.weights is None else kept * sampling.weights)


def fold_stretch(
    draws: Mapping[str, NDArray[np.float64]], without_folds: Mapping[str, NDArray[np.float64]]
) -> dict[str, float]:
    """Return how many times as much folds vary as resampled rows say, at least 1, by measure.

    ``draws`` are the measures of resampled rows, ``(n_resamples,)`` each; ``without_folds`` those of the rows without
    each fold, ``(n_folds,)`` each.
    """
    stretch = {}
    for name, values in without_folds.items():
        of_folds, of_rows = values[~np.isnan(values)], draws[name][~np.isnan(draws[name])]
        between = (len(values) - 1) * of_folds.var() if len(of_folds) else 0.0
        within = of_rows.var() if len(of_rows) else 0.0
        stretch[name] = max(1.0, between / within) ** 0.5 if within > 0 else 1.0
    return stretch


def resample(
    n_rows: int,
    n_draws: int,
    seed: int,
    counts: NDArray[np.float64] | None = None,
    sampling: Sampling = PLAIN,
) -> Iterator[NDArray[np.float64]]:
    """Yield the weight of each row as often as it was drawn, ``(n_chunk, n_rows)``, in chunks that fit the caches.

    Rows that stand for as many as ``counts`` says are drawn from Poisson's distribution one by one: how many there are
    in all varies a little, which no measure notices, all being means. Rows of a cluster are drawn together.
    """
    generator = np.random.default_rng(seed)
    units = None if sampling.clusters is None else sampling.units(n_rows)
    n_units, of_unit = n_rows, counts
    if units is not None:
        n_units = int(units.max()) + 1
        of_unit = None if counts is None else np.bincount(units, counts) / np.bincount(units)
    n_chunk = max(CHUNK_NUMBERS // n_rows, 1)
    for begin in range(0, n_draws, n_chunk):
        size = min(n_chunk, n_draws - begin), n_units
        if of_unit is None:
            drawn = generator.integers(n_units, size=size)
            times = np.stack([np.bincount(each, minlength=n_units) for each in drawn]).astype(np.float64)
        else:
            times = generator.poisson(of_unit, size=size).astype(np.float64)
        of_rows = times if units is None else times[:, units]
        yield of_rows if sampling.weights is None else of_rows * sampling.weights


def _window_values(measures: Mapping[str, Measure], sampling: Sampling) -> dict[str, NDArray[np.float64]]:
    """Return each measure of the rows of each window, ``(n_windows,)``; none where folds are no windows."""
    if not sampling.is_forward or sampling.folds is None:
        return {}
    inside = (sampling.folds == np.unique(sampling.folds)[:, np.newaxis]).astype(np.float64)
    return values_of(measures, inside if sampling.weights is None else inside * sampling.weights)
