"""Scores with 95% intervals: a number alone does not say how far the next hundred rows may lie from it.

Accuracy is a proportion and has Wilson's interval, which has width even when every row is right (Wilson, 1927,
https://doi.org/10.2307/2276774). Log loss and the area under the ROC curve have the percentile bootstrap's (Efron,
1979, https://doi.org/10.1214/aos/1176344552): rows are drawn with replacement, many times, and both metrics are
computed on the same draws.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from demarcate.errors import SettingError
from demarcate.evaluation.metrics import checked, class_rankings, mean_auc, row_hits, row_losses
from demarcate.evaluation.ranking import Ranking

MOST_RESAMPLES = 1000
FEWEST_RESAMPLES = 200
# Draws x rows x classes: about two seconds' work.
RESAMPLING_BUDGET = 100_000_000
CHUNK_NUMBERS = 1_000_000


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
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Score]:
    """Return accuracy, log loss and area under the ROC curve, each with its interval.

    The bootstrap draws 1000 times, and fewer, but at least 200 times, where rows x classes are many. An interval that
    leaves out the value itself is widened to include it. A perfect area (1 or 0) is the same on every draw, so its
    interval is Wilson's, for as many trials as there are rows in the scarcest class, or outside the commonest.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.
    rows
        Which rows these are, in words.
    seed
        Of the draws; the same seed gives the same interval.
    level
        The share of data sets whose interval holds the truth, in (0, 1).

    Returns
    -------
    dict of str to Score
        For `accuracy`, `log_loss` and `roc_auc`; without the last if all rows are of one class.

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
    _check_level(level)
    probabilities = checked(codes, probabilities)
    n_rows = len(codes)
    hits, losses = row_hits(codes, probabilities), row_losses(codes, probabilities)
    rankings = class_rankings(codes, probabilities)
    n_resamples = int(np.clip(RESAMPLING_BUDGET // probabilities.size, FEWEST_RESAMPLES, MOST_RESAMPLES))
    resampled_losses, resampled_areas = _resampled(losses, rankings, n_resamples, seed)

    intervals = {
        "accuracy": (float(hits.mean()), wilson_interval(int(hits.sum()), n_rows, level)),
        "log_loss": (float(losses.mean()), _percentiles(resampled_losses, level)),
    }
    if rankings:
        area = float(mean_auc(rankings, np.ones((1, n_rows)))[0])
        intervals["roc_auc"] = (area, _area_interval(area, rankings, resampled_areas, level))
    return {
        name: Score(value, min(low, value), max(high, value), n_rows, rows)
        for name, (value, (low, high)) in intervals.items()
    }


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


def _resampled(
    losses: npt.NDArray[np.float64], rankings: list[Ranking], n_resamples: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the log loss and the area of each draw, both `(n_resamples,)`."""
    mean_losses, areas = [], []
    for weights in _draws(len(losses), n_resamples, seed):
        mean_losses.append(weights @ losses / len(losses))
        areas.append(mean_auc(rankings, weights))
    return np.concatenate(mean_losses), np.concatenate(areas)


def _draws(n_rows: int, n_resamples: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield how often each row was drawn, `(n_draws, n_rows)`, in chunks that fit the processor's caches."""
    generator = np.random.default_rng(seed)
    n_most = max(CHUNK_NUMBERS // n_rows, 1)
    for begin in range(0, n_resamples, n_most):
        drawn = generator.integers(n_rows, size=(min(n_most, n_resamples - begin), n_rows))
        yield np.stack([np.bincount(rows, minlength=n_rows) for rows in drawn]).astype(np.float64)


def _percentiles(values: npt.NDArray[np.float64], level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _area_interval(
    area: float, rankings: list[Ranking], resampled: npt.NDArray[np.float64], level: float
) -> tuple[float, float]:
    if area in {0.0, 1.0}:
        n_scarcest = min(min(len(ranking.positives), len(ranking.negatives)) for ranking in rankings)
        return wilson_interval(round(area * n_scarcest), n_scarcest, level)
    # A draw without a single row of one side has no area, and says nothing of it.
    defined = resampled[~np.isnan(resampled)]
    return _percentiles(defined, level) if len(defined) else (0.0, 1.0)
