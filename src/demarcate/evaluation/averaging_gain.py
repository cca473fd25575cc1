"""What the mean over folds gains beside the networks of one fold, estimated without rows that are new to all of them.

Out of fold a row is scored by the networks of one fold, and new rows are predicted by the mean over all folds, which is
better. By how much, depends on how far folds differ. Labels that are drawn from the mean's own probabilities make it
the truth: what the mean scores on them, less what each fold does, is the gain of averaging for any metric; for the log
loss it is the mean divergence of the folds' probabilities from theirs (Krogh and Vedelsby 1995, "Neural network
ensembles, cross validation, and active learning"). Folds differ on rows that all but one were trained on about as they
do on new ones. ``benchmarks/trust/averaging.py`` compares the estimate with fresh rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.metrics import METRICS, metric_measures
from demarcate.evaluation.score_tables import Scores
from demarcate.evaluation.scores import Score

N_DRAWS, MAX_ROWS = 4, 4000
"""Draws of labels, and the most rows they are drawn for: folds are compared on the same ones, so few are enough."""

Floats = npt.NDArray[np.float64]


def averaging_gain(
    of_folds: Floats, weights: Floats | None = None, *, positive: int = 1, seed: int = 0
) -> dict[str, float]:
    """Return by how much each metric of the mean over folds is above that of single folds.

    It is below 0 where less is better. A calibration error has none: of labels that it draws itself, the mean is
    calibrated whatever it is of real ones.

    Parameters
    ----------
    of_folds
        Probabilities of the same rows by the networks of each fold, ``(n_folds, n_rows, n_classes)``.
    weights
        What each row counts, ``(n_rows,)``; None for 1 each.
    positive
        With two classes, the code of the positive one.
    seed
        Of the draws.

    Examples
    --------
    >>> certain, unsure = np.tile([0.9, 0.1], (100, 1)), np.tile([0.6, 0.4], (100, 1))
    >>> round(averaging_gain(np.stack([certain, unsure]))["log_loss"], 2)
    -0.08
    """
    mean = of_folds.mean(0)
    row_weights = np.ones((1, len(mean))) if weights is None else weights[np.newaxis]
    rng, gains = np.random.default_rng(seed), {name: list[float]() for name in METRICS}
    for _ in range(N_DRAWS):
        codes = _drawn(mean, rng)
        values = [_values(codes, each, row_weights, positive) for each in (mean, *of_folds)]
        for name in values[0]:
            gains[name].append(values[0][name] - float(np.mean([own[name] for own in values[1:]])))
    return {name: float(np.mean(each)) for name, each in gains.items() if each and np.isfinite(each).all()}


def with_gain(scores: Mapping[str, Score], gain: Mapping[str, float], *, bounded: bool = True) -> Scores:
    """Return scores and their intervals moved by what averaging gains; ``bounded`` by the metrics' bounds."""
    moved = Scores()
    for name, score in scores.items():
        low, high = METRICS[name].bounds if bounded else (-np.inf, np.inf)
        value, lower, upper = (
            float(np.clip(each + gain.get(name, 0.0), low, high)) for each in (score.value, score.low, score.high)
        )
        moved[name] = replace(score, value=value, low=lower, high=upper)
    return moved


def sampled_rows(n_rows: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """Return the rows to compare folds on, ascending: all, or some of many."""
    if n_rows <= MAX_ROWS:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, MAX_ROWS, replace=False))


def _drawn(probabilities: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return a label for each row, drawn from its probabilities."""
    passed = probabilities.cumsum(1) < rng.random((len(probabilities), 1)) * probabilities.sum(1, keepdims=True)
    return np.asarray(passed.sum(1).clip(0, probabilities.shape[1] - 1))


def _values(codes: npt.NDArray[np.int64], probabilities: Floats, weights: Floats, positive: int) -> dict[str, float]:
    """Return the metrics that have a gain; rankings are left out where only one class was drawn."""
    measures = metric_measures(codes, probabilities, positive)
    names: Sequence[str] = [name for name in measures if METRICS[name].interval != "unbiased"]
    return {name: float(measures[name](weights)[0]) for name in names}
