"""Scores with 95% intervals: a number alone does not say how far the next hundred rows may lie from it.

Accuracy is a proportion and has Wilson's interval, which has width even when every row is right (Wilson, 1927,
https://doi.org/10.2307/2276774); so have precision and recall. The others have the percentile bootstrap's (Efron, 1979,
https://doi.org/10.1214/aos/1176344552): rows are drawn with replacement, many times, and all metrics are computed on
the same draws.

Out-of-fold rows were predicted by several networks, each trained on rows that another was judged by: that other
training rows would give other networks is not in drawing rows again. Where folds are given, the jackknife that leaves
out a fold at a time (Shao and Wu, 1989, https://doi.org/10.1214/aos/1176347263) measures how scores vary between folds.
An interval is then stretched about its value: by the jackknife's standard error over the bootstrap's where that is
above 1, and by Student's quantile for one degree of freedom less than there are folds (but at least three) over the
normal one. ``benchmarks/trust/intervals.py`` measures how often fresh rows score inside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from demarcate.errors import SettingError
from demarcate.evaluation.measures import (
    MAIN_METRICS,
    METRIC_NAMES,
    RANKING,
    Measure,
    class_measures,
    measures,
    row_hits,
    values_of,
)
from demarcate.evaluation.metrics import checked

MOST_RESAMPLES = 1000
FEWEST_RESAMPLES = 200
# Draws x rows x classes: about two seconds' work.
RESAMPLING_BUDGET = 100_000_000
CHUNK_NUMBERS = 1_000_000
FEWEST_FREEDOM = 3
"""With two folds one degree is left, whose quantile of 12.7 would say nothing at all."""
MOST = {
    "accuracy": 1.0,
    "balanced_accuracy": 1.0,
    "log_loss": 16.2,
    "brier": 2.0,
    "roc_auc": 1.0,
    "average_precision": 1.0,
    "calibration_error": 1.0,
}
"""The most a metric can be."""


@dataclass(frozen=True)
class Score:
    """A metric, the interval around it, and the rows it comes from.

    Parameters
    ----------
    value
        The metric.
    low, high
        The interval; `low <= value <= high`.
    n_rows
        How many rows were scored.
    rows
        Which rows, in words: "out-of-fold".

    Examples
    --------
    >>> print(Score(0.842, 0.798, 0.881, n_rows=303, rows="out-of-fold"))
    0.842 [0.798, 0.881]
    """

    value: float
    low: float
    high: float
    n_rows: int
    rows: str

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def to_json(self) -> dict[str, float | int | str]:
        """Return the score as a JSON object.

        Examples
        --------
        >>> Score(0.5, 0.4, 0.6, n_rows=100, rows="test").to_json()
        {'value': 0.5, 'low': 0.4, 'high': 0.6, 'rows': 'test', 'n_rows': 100}
        """
        return {"value": self.value, "low": self.low, "high": self.high, "rows": self.rows, "n_rows": self.n_rows}


def score(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Score]:
    """Return every metric of predicted probabilities with its interval.

    The bootstrap draws 1000 times, and fewer, but at least 200 times, where rows x classes are many. An interval that
    leaves out the value itself is widened to include it. A perfect area or precision is the same on every draw, so its
    interval is Wilson's, for as many trials as there are rows in the scarcest class, or outside the commonest. Draws
    are worse calibrated than the rows themselves, by chance; the interval of the calibration error is moved back by as
    much as they are on average.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.
    rows
        Which rows these are, in words.
    folds
        `(n_rows,)`, the fold each row was held out in, for out-of-fold probabilities of several networks; None if one
        classifier predicted all rows.
    seed
        Of the draws; the same seed gives the same interval.
    level
        The share of data sets whose interval holds the truth, in (0, 1).

    Returns
    -------
    dict of str to Score
        For `accuracy`, `balanced_accuracy`, `log_loss`, `brier`, `roc_auc`, `average_precision` and
        `calibration_error`; without area and average precision if all rows are of one class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.
    SettingError
        If `level` is not in (0, 1).

    Examples
    --------
    >>> codes = np.arange(100) % 2
    >>> certainty = np.where(np.arange(100) < 80, 0.9, 0.2)
    >>> of_one = np.where(codes == 1, certainty, 1 - certainty)
    >>> scores = score(codes, np.stack([1 - of_one, of_one], axis=1), rows="out-of-fold")
    >>> print(scores["accuracy"])
    0.800 [0.711, 0.867]
    """
    probabilities = checked(codes, probabilities)
    n_numbers = probabilities.size
    sampled = _Sampled.of(measures(codes, probabilities), len(codes), n_numbers, folds, seed, level)
    n_hits = int(row_hits(codes, probabilities).sum())
    scores = {}
    for name in sampled.values:
        low, high = sampled.percentiles(name)
        if name == "accuracy":
            low, high = wilson_interval(n_hits, len(codes), level)
        elif name == "calibration_error":
            low, high = sampled.unbiased(name)
        elif sampled.values[name] in {0.0, 1.0} and name in RANKING:
            low, high = _perfect(sampled.values[name], codes, probabilities.shape[1], level)
        scores[name] = sampled.score(name, low, high, rows, MOST[name])
    return scores


def class_scores(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    rows: str,
    decided: npt.NDArray[np.int64] | None = None,
    folds: npt.NDArray[np.int64] | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> list[dict[str, Score]]:
    """Return precision, recall and F1 of every class, each with its interval.

    Parameters
    ----------
    codes, probabilities, rows, folds, seed, level
        As for `score`.
    decided
        `(n_rows,)`, the class each row was put in, -1 where none was; None for the most probable.

    Returns
    -------
    list of dict of str to Score
        One for each class: `precision` unless nothing was put in it, `recall` unless no row is of it, and `f1` unless
        both.

    Raises
    ------
    InputError
        As for `score`.

    Examples
    --------
    >>> codes = np.arange(40) % 2
    >>> probabilities = np.where(codes[:, None] == [0, 1], 0.8, 0.2)
    >>> [str(scores["recall"]) for scores in class_scores(codes, probabilities, rows="test")]
    ['1.000 [0.839, 1.000]', '1.000 [0.839, 1.000]']
    """
    probabilities = checked(codes, probabilities)
    decided = probabilities.argmax(axis=1) if decided is None else decided
    n_classes = probabilities.shape[1]
    of = {
        f"{name} {code}": measure
        for code in range(n_classes)
        for name, measure in class_measures(codes, decided, code).items()
    }
    sampled = _Sampled.of(of, len(codes), probabilities.size, folds, seed, level)
    found: list[dict[str, Score]] = [{} for _ in range(n_classes)]
    n_found, n_called, n_rows = (
        np.bincount(kept, minlength=n_classes) for kept in (codes[codes == decided], decided[decided >= 0], codes)
    )
    for key in sampled.values:
        name, code = key.split(" ")[0], int(key.split(" ")[1])
        if name == "f1":
            low, high = sampled.percentiles(key)
        else:
            trials = n_called if name == "precision" else n_rows
            low, high = wilson_interval(int(n_found[code]), int(trials[code]), level)
        found[code][name] = sampled.score(key, low, high, rows, 1.0)
    return found


def scores_json(scores: Mapping[str, Score]) -> dict[str, dict[str, float | int | str]]:
    """Return scores by name as a JSON object.

    Examples
    --------
    >>> scores_json({"accuracy": Score(0.5, 0.4, 0.6, n_rows=100, rows="test")})["accuracy"]["value"]
    0.5
    """
    return {name: value.to_json() for name, value in scores.items()}


def scores_from_json(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Return the scores that `scores_json` wrote.

    Examples
    --------
    >>> scores = {"accuracy": Score(0.5, 0.4, 0.6, n_rows=100, rows="test")}
    >>> scores_from_json(scores_json(scores)) == scores
    True
    """
    return {name: Score(**entry) for name, entry in document.items()}


def scores_in_words(scores: Mapping[str, Score]) -> str:
    """Return accuracy, log loss and ROC AUC, as far as there are, in one line.

    Examples
    --------
    >>> scores_in_words({"log_loss": Score(0.5, 0.4, 0.6, n_rows=100, rows="test")})
    'log loss 0.500 [0.400, 0.600]'
    """
    return ", ".join(f"{METRIC_NAMES[name]} {scores[name]}" for name in MAIN_METRICS if name in scores)


def wilson_interval(n_hits: int, n_trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval for a proportion: the proportions that the observed one does not contradict.

    Parameters
    ----------
    n_hits
        Successes, 0 to `n_trials`.
    n_trials
        Trials, at least 1.
    level
        In (0, 1).

    Raises
    ------
    SettingError
        If `level` is not in (0, 1).

    Examples
    --------
    >>> low, high = wilson_interval(20, 20)
    >>> round(low, 3), high
    (0.839, 1.0)
    """
    _check_level(level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (n_hits + z**2 / 2) / (n_trials + z**2)
    reach = z / (n_trials + z**2) * (n_hits * (n_trials - n_hits) / n_trials + z**2 / 4) ** 0.5
    # Exact at the ends, where rounding would stop just short of 0 and 1.
    low = 0.0 if n_hits == 0 else max(centre - reach, 0.0)
    high = 1.0 if n_hits == n_trials else min(centre + reach, 1.0)
    return low, high


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise SettingError(f"An interval's level is between 0 and 1, exclusive: it is {level!r}. Use 0.95.")


@dataclass(frozen=True)
class _Sampled:
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
    ) -> "_Sampled":
        _check_level(level)
        n_resamples = int(np.clip(RESAMPLING_BUDGET // n_numbers, FEWEST_RESAMPLES, MOST_RESAMPLES))
        as_they_are = values_of(of, np.ones((1, n_rows)))
        values = {name: float(value[0]) for name, value in as_they_are.items() if not np.isnan(value[0])}
        kept = {name: of[name] for name in values}
        chunks = [values_of(kept, weights) for weights in _draws(n_rows, n_resamples, seed)]
        draws = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in kept}
        stretch = dict.fromkeys(kept, 1.0) if folds is None else fold_stretch(kept, draws, folds, level)
        return cls(values, draws, stretch, n_rows, level)

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


def _perfect(value: float, codes: npt.NDArray[np.int64], n_classes: int, level: float) -> tuple[float, float]:
    """The interval of a ranking without an error, or with nothing else."""
    counts = np.bincount(codes, minlength=n_classes)
    present = counts[(counts > 0) & (counts < len(codes))]
    n_scarcest = int(np.minimum(present, len(codes) - present).min())
    return wilson_interval(round(value * n_scarcest), n_scarcest, level)


def _draws(n_rows: int, n_resamples: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield how often each row was drawn, `(n_draws, n_rows)`, in chunks that fit the processor's caches."""
    generator = np.random.default_rng(seed)
    n_most = max(CHUNK_NUMBERS // n_rows, 1)
    for begin in range(0, n_resamples, n_most):
        drawn = generator.integers(n_rows, size=(min(n_most, n_resamples - begin), n_rows))
        yield np.stack([np.bincount(rows, minlength=n_rows) for rows in drawn]).astype(np.float64)
