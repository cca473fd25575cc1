"""The metrics of predicted probabilities, one record each; everything that lists metrics reads `METRICS`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.accumulators import HitCounts, StreamingGroups, StreamingValue
from demarcate.evaluation.histograms import CalibrationHistogram, RankingHistogram
from demarcate.evaluation.measures import (
    Measure,
    calibration_error_of,
    mean_of,
    mean_over_rankings,
    mean_recall,
)
from demarcate.evaluation.ranking import weighted_auc, weighted_average_precision
from demarcate.evaluation.row_values import check_probabilities, row_brier_scores, row_hits, row_losses
from demarcate.evaluation.sampling import Sampling

IntervalRule = Literal["percentile", "unbiased", "proportion", "ranking"]
"""How a metric gets its interval; see `demarcate.evaluation.score`."""


@dataclass(frozen=True)
class Metric:
    """A metric of predicted probabilities: what it is called, how to read it and how to compute it.

    A metric that is added to `METRICS` appears in all scores with its interval, above the number of sampled rows too,
    in JSON, in tables on the terminal, in reports and in model files.

    Parameters
    ----------
    name
        The key in JSON and in mappings of scores.
    label, abbreviation
        The name in sentences, and in tables on the terminal, of at most 12 characters; None for `label`.
    meaning
        What it measures, in a phrase.
    higher_is_better
        Whether larger values are better.
    bounds
        The least and the greatest value it can have; intervals are cut there.
    measure
        From codes `(n_rows,)`, 0 to n_classes - 1, and probabilities `(n_rows, n_classes)` to a function from weights
        `(n_weightings, n_rows)`, not negative, to values `(n_weightings,)`, NaN where the metric is undefined.
    streaming
        How it is computed of more rows than fit into memory; None computes it from a sample of the rows.
    interval
        `percentile`: the percentile bootstrap; `unbiased`: the same, less how far draws are from the value on average;
        `proportion`: Wilson's, for a share of rows; `ranking`: the percentile bootstrap, for a metric of the order of
        rows, which is left out where all rows are of one class.
    of_one_class
        Whether it looks at the probability of one class where there are two: the positive one.
    names_class
        Whether it has another value for the other class of two, so that tables name the class it is of.
    over_classes
        Whether it is a mean over classes, in which a rare class counts as much as a frequent one. Where it is 0 or 1
        its interval is Wilson's for the scarcest class.

    Examples
    --------
    >>> from demarcate.evaluation import METRICS
    >>> [metric.label for metric in METRICS.values() if not metric.higher_is_better]
    ['log loss', 'Brier score', 'calibration error']
    """

    name: str
    label: str
    meaning: str
    higher_is_better: bool
    bounds: tuple[float, float]
    measure: Callable[[npt.NDArray[np.int64], npt.NDArray[np.float64]], Measure]
    streaming: StreamingValue | StreamingGroups | None = None
    abbreviation: str | None = None
    interval: IntervalRule = "percentile"
    of_one_class: bool = False
    names_class: bool = False
    over_classes: bool = False

    def label_of(self, positive: str | None) -> str:
        """Return the name, with the class it is of where there are two and it matters; None where there are more."""
        return f"{self.label} ({positive})" if self.names_class and positive is not None else self.label

    @property
    def short_label(self) -> str:
        """The name where there is room for about 12 characters."""
        return self.abbreviation or self.label

    @property
    def is_ranking(self) -> bool:
        """Whether it depends on nothing but the order of the rows, of which there must be two classes."""
        return self.interval == "ranking"


_METRICS = (
    Metric(
        name="accuracy",
        label="accuracy",
        meaning="share of rows put in the right class",
        higher_is_better=True,
        bounds=(0.0, 1.0),
        measure=lambda codes, probabilities: mean_of(row_hits(codes, probabilities)),
        streaming=StreamingValue(HitCounts, HitCounts.accuracy),
        interval="proportion",
    ),
    Metric(
        name="balanced_accuracy",
        label="balanced accuracy",
        abbreviation="balanced acc",
        meaning="mean over the classes of the share of their rows put in the right class",
        higher_is_better=True,
        bounds=(0.0, 1.0),
        measure=mean_recall,
        over_classes=True,
        streaming=StreamingValue(HitCounts, HitCounts.balanced_accuracy),
    ),
    Metric(
        name="log_loss",
        label="log loss",
        meaning="mean of minus the logarithm of the true class's probability",
        higher_is_better=False,
        bounds=(0.0, 16.2),
        measure=lambda codes, probabilities: mean_of(row_losses(codes, probabilities)),
        streaming=StreamingValue.mean_of(row_losses),
    ),
    Metric(
        name="brier",
        label="Brier score",
        meaning="mean squared distance of the probabilities from the truth",
        higher_is_better=False,
        bounds=(0.0, 2.0),
        measure=lambda codes, probabilities: mean_of(row_brier_scores(codes, probabilities)),
        streaming=StreamingValue.mean_of(row_brier_scores),
    ),
    Metric(
        name="roc_auc",
        label="ROC AUC",
        meaning="chance that a row of the class is ranked above one of the rest",
        higher_is_better=True,
        bounds=(0.0, 1.0),
        measure=partial(mean_over_rankings, weighted_auc),
        streaming=StreamingValue(RankingHistogram, RankingHistogram.auc),
        interval="ranking",
        of_one_class=True,
        over_classes=True,
    ),
    Metric(
        name="average_precision",
        label="average precision",
        abbreviation="avg. prec.",
        meaning="precision, averaged over the rows of the class",
        higher_is_better=True,
        bounds=(0.0, 1.0),
        measure=partial(mean_over_rankings, weighted_average_precision),
        streaming=StreamingValue(RankingHistogram, RankingHistogram.average_precision),
        interval="ranking",
        names_class=True,
        of_one_class=True,
        over_classes=True,
    ),
    Metric(
        name="calibration_error",
        label="calibration error",
        abbreviation="calib. error",
        meaning="mean distance of probabilities from how often they came true",
        higher_is_better=False,
        bounds=(0.0, 1.0),
        measure=calibration_error_of,
        streaming=StreamingGroups(CalibrationHistogram, CalibrationHistogram.groups),
        interval="unbiased",
        of_one_class=True,
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _METRICS}
"""Every metric by its name, in the order in which metrics are shown."""

MAIN_METRICS = ("accuracy", "log_loss", "roc_auc")
"""The metrics that are shown where there is room for few."""


def metric_measures(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64], positive: int = 1
) -> dict[str, Measure]:
    """Return every metric of these rows as a measure, by name; those of ranking only where rows are of two classes.

    ``positive`` is the code of the class of two that metrics of one class look at.
    """
    can_rank = len(np.unique(codes)) > 1
    measures = {}
    for name, metric in METRICS.items():
        if can_rank or not metric.is_ranking:
            measures[name] = metric.measure(*seen_by(metric, codes, probabilities, positive))
    return measures


def seen_by(
    metric: Metric, codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64], positive: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the rows with two classes in exchanged places, if the metric looks at one class and that is the first."""
    if metric.of_one_class and positive == 0 and probabilities.shape[1] == 2:
        return 1 - codes, probabilities[:, ::-1]
    return codes, probabilities


def accuracy(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Return the share of rows whose most probable class is the true one, in [0, 1]; of equal ones the first counts.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.
    sample_weight
        `(n_rows,)`, what each row counts, at least 0; None for 1 each.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> accuracy(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    0.5
    """
    return _value(codes, probabilities, "accuracy", sample_weight)


def balanced_accuracy(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Return the mean recall over the classes that rows have, in [0, 1].

    It is 1 / n_classes for a classifier that always predicts the same class. Parameters and errors as for `accuracy`.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([[0.9, 0.1]] * 4))
    0.5
    """
    return _value(codes, probabilities, "balanced_accuracy", sample_weight)


def log_loss(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Return the mean of -log(probability of the true class), in nats.

    Probabilities are clipped to at least 1e-7 and each row is divided by its sum again, so that a certain mistake costs
    16.1 and not infinity. Equal probabilities cost log(n_classes). Parameters and errors as for `accuracy`.

    Examples
    --------
    >>> log_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.5, 0.5]]))
    0.693147...
    """
    return _value(codes, probabilities, "log_loss", sample_weight)


def brier(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Return the mean squared distance of the probabilities from the truth, in [0, 2]; halved of two classes.

    Brier, 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2. Parameters and errors as for
    `accuracy`.

    Examples
    --------
    >>> round(brier(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]])), 3)
    0.185
    """
    return _value(codes, probabilities, "brier", sample_weight)


def roc_auc(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    sample_weight: npt.ArrayLike | None = None,
    positive: int = 1,
) -> float | None:
    """Return the area under the ROC curve, in [0, 1]; None if all rows are of one class.

    With two classes it is the area of column 1: the chance that a row of class 1 has a higher probability of it than a
    row of class 0. With more it is the mean of every class's area against the rest, over the classes that some rows
    have and some have not. With two classes `positive` may be 0, for the area of column 0. Other parameters and errors
    as for `accuracy`.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]])
    >>> roc_auc(np.array([0, 1, 1]), probabilities)
    1.0
    >>> roc_auc(np.array([1, 1, 1]), probabilities) is None
    True
    """
    return _value_or_none(codes, probabilities, "roc_auc", sample_weight, positive)


def average_precision(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    sample_weight: npt.ArrayLike | None = None,
    positive: int = 1,
) -> float | None:
    """Return the average precision, in [0, 1]; None if all rows are of one class.

    It is the mean over the rows of a class of the share of that class among all rows at least as probable. With two
    classes it is that of column 1, or of column `positive`; with more the mean over the classes that some rows have and
    some have not. A classifier that knows nothing has about the share of the class. Other parameters and errors as for
    `accuracy`.

    Examples
    --------
    >>> average_precision(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]]))
    1.0
    """
    return _value_or_none(codes, probabilities, "average_precision", sample_weight, positive)


def calibration_error(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    *,
    sample_weight: npt.ArrayLike | None = None,
    positive: int = 1,
) -> float:
    """Return the mean distance of probabilities from how often they came true, in [0, 1].

    Rows are sorted by the probability of class 1, or of `positive` (with more than two classes: of the likeliest class)
    into ten bins of about equal size; in each, the mean probability is compared with the share of rows where it came
    true (Naeini et al., 2015, https://doi.org/10.1609/aaai.v29i1.9602). By chance alone it is above 0 for true
    probabilities.
    Other parameters and errors as for `accuracy`.

    Examples
    --------
    >>> round(calibration_error(np.array([0, 1, 1, 1]), np.array([[0.4, 0.6]] * 4)), 2)
    0.15
    """
    return _value(codes, probabilities, "calibration_error", sample_weight, positive)


def _value(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    name: str,
    sample_weight: npt.ArrayLike | None,
    positive: int = 1,
) -> float:
    metric = METRICS[name]
    measure = metric.measure(*seen_by(metric, codes, check_probabilities(codes, probabilities), positive))
    weights = Sampling.of(len(codes), sample_weight=sample_weight).row_weights(len(codes))
    return float(measure(weights[np.newaxis])[0])


def _value_or_none(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    name: str,
    sample_weight: npt.ArrayLike | None,
    positive: int,
) -> float | None:
    value = _value(codes, probabilities, name, sample_weight, positive)
    return None if np.isnan(value) else value
