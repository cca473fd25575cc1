"""Scores with 95% intervals: how far a metric may lie from its value on other rows of the same kind.

Accuracy is a proportion and has Wilson's interval, which has width even when every row is right (Wilson, 1927,
https://doi.org/10.2307/2276774); precision and recall too. The others have the percentile bootstrap's (Efron, 1979,
https://doi.org/10.1214/aos/1176344552): rows are drawn with replacement, and all metrics are
computed on the same draws.

Out-of-fold rows are predicted by several networks, one trained without each fold. Drawing rows again leaves out that
other training rows give other networks. Where folds are given, the jackknife that leaves out one fold at a time (Shao
and Wu, 1989, https://doi.org/10.1214/aos/1176347263) measures how scores vary between folds. An interval is then
stretched about its value: by the jackknife's standard error over the bootstrap's where that is above 1, and by
Student's quantile for one degree of freedom less than there are folds (but at least three) over the normal one.
``benchmarks/trust/intervals.py`` measures how often fresh rows score inside.

In a cross-validation the networks of one fold score a row, and the mean over all folds predicts new ones, which is
better: scores and their intervals are moved by as much (`demarcate.evaluation.averaging_gain`).

Where rows come in groups, the next rows are of other groups: groups are drawn in place of rows. Where rows are
weighted, scores are those of the weighted rows. Wilson's interval is then for the independent rows that a share is
worth (`demarcate.evaluation.linearisation`), and the bootstrap's is widened for as few groups as stand behind a metric
(`demarcate.evaluation.bootstrap`): Kish's effective number of those with the scarcer class, or of those without it, as
groups of one class say nothing of the other. Over more than two classes it is the harmonic mean of these numbers, by
the classes' shares, or of equal parts for means over classes. ``benchmarks/trust/simulated.py`` measures these
intervals.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.bootstrap import Bootstrap
from demarcate.evaluation.measures import Measure, average_of, class_measures, share_of
from demarcate.evaluation.metrics import METRICS, metric_measures
from demarcate.evaluation.row_values import check_probabilities
from demarcate.evaluation.sampling import PLAIN, Sampling, effective_number, units_of_classes
from demarcate.evaluation.score_tables import Scores
from demarcate.evaluation.scores import Score, wilson_interval

ROUNDING = 1e-9
"""A metric that is as near to 0 or 1 is perfect, up to rounding: it is the same on every draw of the rows."""


def score(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    groups: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    positive: int = 1,
    seed: int = 0,
    level: float = 0.95,
) -> Scores:
    """Return every metric of predicted probabilities with its interval.

    The bootstrap draws 1000 times, and fewer, but at least 200 times, where rows x classes are many. An interval that
    leaves out the value itself is widened to include it. A perfect balanced accuracy, area or average precision is the
    same on every draw, so its interval is Wilson's, for as many trials as there are rows in the scarcest class, or
    outside the commonest. Draws are worse calibrated than the rows themselves, by chance; the interval of the
    calibration error is moved back by as much as they are on average.

    Parameters
    ----------
    codes, probabilities
        As for `accuracy`, with the same errors.
    rows
        Which rows these are, in words.
    folds
        `(n_rows,)`, the fold each row was held out in, for out-of-fold probabilities of several networks; None if one
        classifier predicted all rows.
    groups
        `(n_rows,)`, the group of each row, of any type; the next rows are expected of other groups. None for
        independent rows.
    sample_weight
        `(n_rows,)`, what each row counts, at least 0; None for 1 each.
    positive
        With two classes, the code of the one that average precision and calibration are of.
    seed
        Of the draws; the same seed gives the same interval.
    level
        The share of data sets whose interval holds the truth, in (0, 1).

    Returns
    -------
    Scores
        A dict of `Score` by the names of `METRICS`; without area and average precision if all rows are of one class.

    Raises
    ------
    InputError
        As for `accuracy`, and if groups or weights are not one for each row.
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
    >>> by_group = score(codes, np.stack([1 - of_one, of_one], axis=1), rows="out-of-fold", groups=np.arange(100) // 10)
    >>> print(by_group["accuracy"], by_group["accuracy"].n_clusters)
    0.800 [0.433, 0.954] 10
    """
    sampling = Sampling.of(len(codes), folds=folds, groups=groups, sample_weight=sample_weight)
    return score_sampled(codes, probabilities, sampling, rows=rows, positive=positive, seed=seed, level=level)


def score_sampled(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    sampling: Sampling,
    *,
    rows: str,
    positive: int = 1,
    seed: int = 0,
    level: float = 0.95,
) -> Scores:
    """Return `score` of rows ``(n_rows,)`` that were sampled in some way."""
    draws = metric_bootstrap(codes, probabilities, sampling, positive=positive, seed=seed, level=level)
    return scores_of_draws(draws, codes, probabilities.shape[1], rows=rows)


def metric_bootstrap(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    sampling: Sampling,
    *,
    positive: int = 1,
    seed: int = 0,
    level: float = 0.95,
    metrics: Collection[str] | None = None,
    n_numbers: int | None = None,
) -> Bootstrap:
    """Return some metrics, or all, of rows ``(n_rows,)``, resampled: the fewer times, the more ``n_numbers`` are."""
    probabilities = check_probabilities(codes, probabilities)
    measures = metric_measures(codes, probabilities, positive)
    units = sampled_units(codes, probabilities.shape[1], sampling)
    chosen = {name: measure for name, measure in measures.items() if metrics is None or name in metrics}
    return Bootstrap.of(chosen, len(codes), n_numbers or probabilities.size, sampling, seed, level, units=units)


def scores_of_draws(draws: Bootstrap, codes: npt.NDArray[np.int64], n_classes: int, *, rows: str) -> Scores:
    """Return the metrics of a `metric_bootstrap` with their intervals."""
    behind = None if draws.sampling.is_plain else units_of_classes(codes, n_classes, draws.sampling)
    return Scores(metric_scores(draws, fewest_trials(np.bincount(codes, minlength=n_classes), behind), rows))


def sampled_units(codes: npt.NDArray[np.int64], n_classes: int, sampling: Sampling) -> dict[str, float] | None:
    """Return the effective number of units behind each metric; None where rows are plain."""
    if sampling.is_plain:
        return None
    return metric_units(codes, units_of_classes(codes, n_classes, sampling), sampling)


def metric_units(
    codes: npt.NDArray[np.int64],
    behind: npt.NDArray[np.float64],
    sampling: Sampling,
    counts: npt.NDArray[np.float64] | None = None,
) -> dict[str, float]:
    """Return the effective number of units behind each metric, given that of each class, ``(n_classes,)``."""
    weights = sampling.row_weights(len(codes))
    is_mixed = behind > 0
    if not is_mixed.any():
        # All rows are of one class.
        return dict.fromkeys(METRICS, effective_number(weights, sampling.units(len(codes)), counts))
    of_class = np.bincount(codes, weights if counts is None else weights * counts, minlength=len(behind))
    by_share = float(of_class[is_mixed].sum() / (of_class[is_mixed] / behind[is_mixed]).sum())
    alike = float(is_mixed.sum() / (1 / behind[is_mixed]).sum())
    return {name: alike if metric.over_classes else by_share for name, metric in METRICS.items()}


def fewest_trials(class_counts: npt.NDArray[np.int64], behind: npt.NDArray[np.float64] | None) -> float:
    """Return the trials of the scarcest class: its rows or the other ones, or the units behind them; 0 of one class."""
    n_trials = np.minimum(class_counts, class_counts.sum() - class_counts) if behind is None else behind
    return float(n_trials[n_trials > 0].min()) if n_trials.any() else 0.0


def metric_scores(bootstrap: Bootstrap, n_fewest: float, rows: str) -> dict[str, Score]:
    """Return resampled metrics with the interval of their rule; ``n_fewest`` are the trials of the scarcest class."""
    scores = {}
    for name, value in bootstrap.values.items():
        metric, is_share = METRICS[name], False
        interval = bootstrap.percentiles(name)
        if metric.interval == "proportion":
            is_share = True
            interval = bootstrap.of_share(name, round(value * bootstrap.n_rows), bootstrap.n_rows)
        elif metric.interval == "unbiased":
            interval = bootstrap.unbiased(name)
        elif metric.over_classes and n_fewest and min(value, 1 - value) < ROUNDING:
            # Every class has as many trials as it has rows, or other rows; the fewest make the widest interval.
            is_share = True
            interval = wilson_interval(round(value) * n_fewest, n_fewest, bootstrap.level)
        scores[name] = bootstrap.score(name, interval, rows, metric.bounds, is_share=is_share)
    return scores


def class_scores(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    rows: str,
    decided: npt.NDArray[np.int64] | None = None,
    folds: npt.NDArray[np.int64] | None = None,
    groups: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> list[dict[str, Score]]:
    """Return precision, recall and F1 of every class, each with its interval.

    Parameters
    ----------
    codes, probabilities, rows, folds, groups, sample_weight, seed, level
        As for `score`, with the same errors.
    decided
        `(n_rows,)`, the class decided for in each row, -1 for none; None for the most probable.

    Returns
    -------
    list of dict of str to Score
        One for each class: `precision` unless no row was decided for it, `recall` unless no row is of it, and `f1`
        unless both.

    Examples
    --------
    >>> codes = np.arange(40) % 2
    >>> probabilities = np.where(codes[:, None] == [0, 1], 0.8, 0.2)
    >>> [str(scores["recall"]) for scores in class_scores(codes, probabilities, rows="test")]
    ['1.000 [0.839, 1.000]', '1.000 [0.839, 1.000]']
    """
    probabilities = check_probabilities(codes, probabilities)
    decided = probabilities.argmax(axis=1) if decided is None else decided
    sampling = Sampling.of(len(codes), folds=folds, groups=groups, sample_weight=sample_weight)
    return decision_scores(codes, decided, probabilities.shape[1], sampling, rows=rows, seed=seed, level=level)


def decision_scores(
    codes: npt.NDArray[np.int64],
    decided: npt.NDArray[np.int64],
    n_classes: int,
    sampling: Sampling = PLAIN,
    *,
    rows: str,
    seed: int = 0,
    level: float = 0.95,
    counts: npt.NDArray[np.float64] | None = None,
) -> list[dict[str, Score]]:
    """Return `class_scores` of decisions; each row stands for as many as ``counts`` says, for itself if None."""
    bootstrap = decision_bootstrap(codes, decided, n_classes, sampling, seed=seed, level=level, counts=counts)
    return scores_of_decisions(bootstrap, codes, decided, n_classes, rows=rows, counts=counts)


def decision_totals(
    codes: npt.NDArray[np.int64],
    decided: npt.NDArray[np.int64],
    n_classes: int,
    sampling: Sampling = PLAIN,
    *,
    rows: str,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Score]:
    """Return ``accuracy`` of the decided rows, unless there is none, and ``balanced_accuracy`` of all, of decisions.

    ``decided`` is ``(n_rows,)``, -1 where no class was decided for: such a row counts as not found.
    """
    is_right, is_decided = codes == decided, decided >= 0
    recalls = [share_of(is_right, codes == code) for code in np.unique(codes)]
    measures: dict[str, Measure] = {
        "accuracy": share_of(is_right, is_decided),
        "balanced_accuracy": average_of(recalls),
    }
    bootstrap = Bootstrap.of(
        measures, len(codes), 2 * len(codes), sampling, seed, level, units=sampled_units(codes, n_classes, sampling)
    )
    behind = None if sampling.is_plain else units_of_classes(codes, n_classes, sampling)
    scores = metric_scores(bootstrap, fewest_trials(np.bincount(codes, minlength=n_classes), behind), rows)
    if "accuracy" in scores:
        # Its trials are the decided rows.
        interval = bootstrap.of_share("accuracy", int(is_right.sum()), int(is_decided.sum()))
        scores["accuracy"] = bootstrap.score("accuracy", interval, rows, (0.0, 1.0), is_share=True)
    return scores


def decision_bootstrap(
    codes: npt.NDArray[np.int64],
    decided: npt.NDArray[np.int64],
    n_classes: int,
    sampling: Sampling,
    *,
    seed: int = 0,
    level: float = 0.95,
    counts: npt.NDArray[np.float64] | None = None,
) -> Bootstrap:
    """Return precision, recall and F1 of each class, resampled; their names end with the class's code."""
    measures = {
        f"{name} {code}": measure
        for code in range(n_classes)
        for name, measure in class_measures(codes, decided, code).items()
    }
    units = None
    if not sampling.is_plain:
        behind = units_of_classes(codes, n_classes, sampling, counts)
        of_all = effective_number(sampling.row_weights(len(codes)), sampling.units(len(codes)), counts)
        units = {name: float(behind[int(name.split(" ")[1])]) or of_all for name in measures}
    return Bootstrap.of(measures, len(codes), len(codes) * n_classes, sampling, seed, level, counts, units)


def scores_of_decisions(
    bootstrap: Bootstrap,
    codes: npt.NDArray[np.int64],
    decided: npt.NDArray[np.int64],
    n_classes: int,
    *,
    rows: str,
    counts: npt.NDArray[np.float64] | None = None,
) -> list[dict[str, Score]]:
    """Return precision, recall and F1 of each class with the interval of their rule."""
    weights = np.ones(len(codes)) if counts is None else counts
    n_hits, n_called, n_rows = (
        np.bincount(classes[selected], weights[selected], minlength=n_classes).astype(np.int64)
        for classes, selected in ((codes, codes == decided), (decided, decided >= 0), (codes, codes >= 0))
    )
    scores: list[dict[str, Score]] = [{} for _ in range(n_classes)]
    for key in bootstrap.values:
        name, code = key.split(" ")[0], int(key.split(" ")[1])
        interval = bootstrap.percentiles(key)
        if name != "f1":
            trials = n_called if name == "precision" else n_rows
            interval = bootstrap.of_share(key, int(n_hits[code]), int(trials[code]))
        scores[code][name] = bootstrap.score(key, interval, rows, (0.0, 1.0), is_share=name != "f1")
    return scores
