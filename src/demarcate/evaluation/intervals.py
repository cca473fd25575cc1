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

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.bootstrap import Sampled
from demarcate.evaluation.metrics import RANKING, checked, class_measures, measures, row_hits
from demarcate.evaluation.scores import Score, wilson_interval

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
    sampled = Sampled.of(measures(codes, probabilities), len(codes), probabilities.size, folds, seed, level)
    n_hits = int(row_hits(codes, probabilities).sum())
    return metric_scores(sampled, n_hits, np.bincount(codes, minlength=probabilities.shape[1]), rows)


def metric_scores(sampled: Sampled, n_hits: int, class_counts: npt.NDArray[np.int64], rows: str) -> dict[str, Score]:
    """Return the metrics of rows that have been drawn again, each with the interval that becomes it.

    Parameters
    ----------
    sampled
        The metrics, or some of them.
    n_hits
        How many rows' most probable class is the true one.
    class_counts
        `(n_classes,)`, how many rows each class has.
    rows
        Which rows these are, in words.
    """
    scores = {}
    for name in sampled.values:
        low, high = sampled.percentiles(name)
        if name == "accuracy":
            low, high = wilson_interval(n_hits, int(class_counts.sum()), sampled.level)
        elif name == "calibration_error":
            low, high = sampled.unbiased(name)
        elif name in RANKING and (sampled.values[name] in {0.0, 1.0}):
            low, high = _perfect(sampled.values[name], class_counts, sampled.level)
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
    return decision_scores(codes, decided, probabilities.shape[1], rows=rows, folds=folds, seed=seed, level=level)


def decision_scores(
    codes: npt.NDArray[np.int64],
    decided: npt.NDArray[np.int64],
    n_classes: int,
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    seed: int = 0,
    level: float = 0.95,
    counts: npt.NDArray[np.float64] | None = None,
) -> list[dict[str, Score]]:
    """Return `class_scores` of decisions; each row stands for as many as `counts` says, for itself if None.

    Examples
    --------
    >>> counts = np.array([30.0, 10.0, 40.0])
    >>> scores = decision_scores(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, rows="test", counts=counts)
    >>> scores[0]["recall"].value, scores[1]["precision"].value, scores[1]["precision"].n_rows
    (0.75, 0.8, 80)
    """
    of = {
        f"{name} {code}": measure
        for code in range(n_classes)
        for name, measure in class_measures(codes, decided, code).items()
    }
    sampled = Sampled.of(of, len(codes), len(codes) * n_classes, folds, seed, level, counts)
    each = np.ones(len(codes)) if counts is None else counts
    n_found, n_called, n_rows = (
        np.bincount(of_class[some], each[some], minlength=n_classes).astype(np.int64)
        for of_class, some in ((codes, codes == decided), (decided, decided >= 0), (codes, codes >= 0))
    )
    found: list[dict[str, Score]] = [{} for _ in range(n_classes)]
    for key in sampled.values:
        name, code = key.split(" ")[0], int(key.split(" ")[1])
        if name == "f1":
            low, high = sampled.percentiles(key)
        else:
            trials = n_called if name == "precision" else n_rows
            low, high = wilson_interval(int(n_found[code]), int(trials[code]), level)
        found[code][name] = sampled.score(key, low, high, rows, 1.0)
    return found


def _perfect(value: float, class_counts: npt.NDArray[np.int64], level: float) -> tuple[float, float]:
    """The interval of a ranking without an error, or with nothing else."""
    n_rows = int(class_counts.sum())
    present = class_counts[(class_counts > 0) & (class_counts < n_rows)]
    n_scarcest = int(np.minimum(present, n_rows - present).min())
    return wilson_interval(round(value * n_scarcest), n_scarcest, level)
