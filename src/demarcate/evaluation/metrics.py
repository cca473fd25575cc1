"""Metrics of predicted probabilities, each a number for all rows alike."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.evaluation.ranking import Ranking, rank, weighted_auc, weighted_precision


def accuracy(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the share of rows whose most probable class is the true one; of equal probabilities the first counts.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> accuracy(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    0.5
    """
    return _number_of(codes, probabilities, "accuracy")


def balanced_accuracy(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean over the classes of the share of their rows that are recognised.

    A class that no row has does not count.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1]; 1 / n_classes for a classifier that always names the same class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([[0.9, 0.1]] * 4))
    0.5
    """
    return _number_of(codes, probabilities, "balanced_accuracy")


def log_loss(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean of -log(probability of the true class), in nats.

    Probabilities are clipped to at least 1e-7 and each row is divided by its sum again, so that a certain mistake costs
    16.1 and not infinity.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 16.2]; log(n_classes) for a classifier that always says it does not know.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> log_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.5, 0.5]]))
    0.693147...
    """
    return _number_of(codes, probabilities, "log_loss")


def brier(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean squared distance of the probabilities from the truth, halved if there are two classes.

    Brier, 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1] with two classes, in [0, 2] with more.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> round(brier(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]])), 3)
    0.185
    """
    return _number_of(codes, probabilities, "brier")


def roc_auc(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float | None:
    """Return the area under the ROC curve, None where there is none.

    With two classes it is the area of column 1: the chance that a row of class 1 has a higher probability of it than a
    row of class 0. With more it is the mean of every class's area against the rest, over the classes that some rows
    have and some have not.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float or None
        In [0, 1]; None if all rows are of one class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]])
    >>> roc_auc(np.array([0, 1, 1]), probabilities)
    1.0
    >>> roc_auc(np.array([1, 1, 1]), probabilities) is None
    True
    """
    return _value_of(codes, probabilities, "roc_auc")


def average_precision(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float | None:
    """Return the average precision, None where there is none.

    It is the mean over the rows of a class of the share of that class among all rows at least as probable. With two
    classes it is that of column 1; with more the mean over the classes that some rows have and some have not.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float or None
        In [0, 1]; about the share of the class for a classifier that knows nothing. None if all rows are of one class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> average_precision(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]]))
    1.0
    """
    return _value_of(codes, probabilities, "average_precision")


def calibration_error(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return how far probabilities lie from what came true, on average over the rows.

    Rows are sorted by the probability of class 1 (with more than two classes: of the likeliest class) into ten bins of
    about as many rows; in each, the mean probability is compared with the share of rows where it came true (Naeini et
    al., 2015, https://doi.org/10.1609/aaai.v29i1.9602). By chance alone it is above 0 for the best of probabilities.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> round(calibration_error(np.array([0, 1, 1, 1]), np.array([[0.4, 0.6]] * 4)), 2)
    0.15
    """
    return _number_of(codes, probabilities, "calibration_error")


def checked(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the probabilities in double precision if they are probabilities and fit the codes.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, a code is not a column, a probability is not in [0, 1], or a row
        does not sum to 1 (within 0.001).

    Examples
    --------
    >>> checked(np.array([2]), np.array([[0.5, 0.5]]))
    Traceback (most recent call last):
    demarcate.errors.InputError: A class code is a column of the probabilities: row 0 has code 2...
    """
    if probabilities.ndim != 2 or codes.shape != probabilities.shape[:1] or probabilities.size == 0:
        found = f"the codes have shape {codes.shape} and the probabilities {probabilities.shape}"
        raise InputError(
            [
                Problem(
                    "Scores need a class code and a row of probabilities for each of one or more rows",
                    found,
                    "Give both",
                )
            ]
        )
    doubled: npt.NDArray[np.float64] = probabilities.astype(np.float64)
    n_classes = doubled.shape[1]
    wrong_codes = (codes < 0) | (codes >= n_classes)
    # Comparisons with NaN are false, so that NaN is out of range.
    wrong_rows = ~((doubled >= 0) & (doubled <= 1)).all(axis=1)
    wrong_rows |= ~(np.abs(doubled.sum(axis=1) - 1) <= 1e-3)
    problems = []
    if wrong_codes.any():
        row = int(wrong_codes.argmax())
        found = f"row {row} has code {codes[row]}, and there are {n_classes} columns"
        problems.append(Problem("A class code is a column of the probabilities", found, "Give codes from 0 on"))
    if wrong_rows.any():
        row = int(wrong_rows.argmax())
        found = f"row {row} has {doubled[row, :8].tolist()}"
        problems.append(
            Problem("A row's probabilities are in [0, 1] and sum to 1", found, "Give probabilities, not logits")
        )
    if problems:
        raise InputError(problems)
    return doubled


def _number_of(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], name: str) -> float:
    measure = MEASURES[name](codes, checked(codes, probabilities))
    return float(measure(np.ones((1, len(codes))))[0])


def _value_of(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], name: str) -> float | None:
    value = _number_of(codes, probabilities, name)
    return None if np.isnan(value) else value


Measure = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From weights ``(n_weightings, n_rows)``, not negative, to values ``(n_weightings,)``, NaN where there is none."""

SMALLEST_PROBABILITY = 1e-7
N_BINS = 10


def measures(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> dict[str, Measure]:
    """Every metric of these rows, by name.

    Parameters
    ----------
    codes
        Each row's class, ``(n_rows,)``.
    probabilities
        ``(n_rows, n_classes)``, each row summing to 1.

    Returns
    -------
    dict of str to Measure
        ``accuracy``, ``balanced_accuracy``, ``log_loss``, ``brier``, ``roc_auc``, ``average_precision`` and
        ``calibration_error``; without those of ranking if all rows are of one class.

    Examples
    --------
    >>> of = measures(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    >>> of["accuracy"](np.array([[1.0, 1.0], [3.0, 1.0]]))
    array([0.5 , 0.75])
    """
    names = [name for name in MEASURES if name not in RANKING or len(np.unique(codes)) > 1]
    return {name: MEASURES[name](codes, probabilities) for name in names}


def class_measures(codes: NDArray[np.int64], decided: NDArray[np.int64], code: int) -> dict[str, Measure]:
    """Precision, recall and F1 of one class.

    Parameters
    ----------
    codes
        Each row's class, ``(n_rows,)``.
    decided
        The class each row was put in, ``(n_rows,)``; -1 where none was.
    code
        The class.

    Examples
    --------
    >>> of = class_measures(np.array([0, 1, 1]), np.array([0, 0, 1]), 1)
    >>> {name: measure(np.ones((1, 3))).round(2).tolist() for name, measure in of.items()}
    {'precision': [1.0], 'recall': [0.5], 'f1': [0.67]}
    """
    is_of, is_called = codes == code, decided == code
    found = is_of & is_called
    return {
        "precision": _share(found, is_called),
        "recall": _share(found, is_of),
        "f1": _quotient(2.0 * found, is_of.astype(float) + is_called),
    }


def row_hits(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each row's most probable class is the true one, ``(n_rows,)``.

    Examples
    --------
    >>> row_hits(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    array([ True, False])
    """
    hits: NDArray[np.bool_] = probabilities.argmax(axis=1) == codes
    return hits


def row_losses(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's part of the log loss, ``(n_rows,)``.

    Examples
    --------
    >>> row_losses(np.array([0, 0]), np.array([[0.5, 0.5], [0.0, 1.0]])).round(2)
    array([ 0.69, 16.12])
    """
    clipped = probabilities.clip(SMALLEST_PROBABILITY)
    losses: NDArray[np.float64] = np.log(clipped.sum(axis=1)) - np.log(clipped[np.arange(len(codes)), codes])
    return losses


def row_briers(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's part of the Brier score, ``(n_rows,)``: the squared distance of its probabilities from the truth.

    With two classes it is halved, as is the custom: 0 to 1, and 0 to 2 with more.

    Examples
    --------
    >>> row_briers(np.array([0, 2]), np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]))
    array([0.5, 2. ])
    """
    rows = np.arange(len(codes))
    of_true = probabilities[rows, codes]
    distances = (probabilities**2).sum(axis=1) - 2 * of_true + 1
    return np.asarray(distances / 2 if probabilities.shape[1] == 2 else distances)


def class_rankings(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[Ranking]:
    """The comparisons that ranking is judged by: of class 1 if there are two classes, of all if more.

    Classes that no row or every row has are left out.

    Examples
    --------
    >>> len(class_rankings(np.array([0, 2, 2]), np.full((3, 3), 1 / 3)))
    2
    """
    n_classes = probabilities.shape[1]
    counts = np.bincount(codes, minlength=n_classes)
    columns = [1] if n_classes == 2 else range(n_classes)
    return [rank(codes == code, probabilities[:, code]) for code in columns if 0 < counts[code] < len(codes)]


def confidences(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What calibration compares: a probability a row, and whether what it is the probability of came true.

    With two classes it is the probability of the second; with more that of the likeliest class.
    """
    if probabilities.shape[1] == 2:
        return probabilities[:, 1], codes == 1
    return probabilities.max(axis=1), row_hits(codes, probabilities)


def calibration_bins(
    confidence: NDArray[np.float64], n_bins: int = N_BINS, counts: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """The bin of each row, ``(n_rows,)``: about as many rows in each, equal probabilities together.

    Each row stands for as many as `counts` says, for itself if None.

    Examples
    --------
    >>> calibration_bins(np.array([0.1, 0.9, 0.2, 0.9]), n_bins=2)
    array([0, 1, 0, 1])
    >>> calibration_bins(np.array([0.1, 0.9, 0.2]), n_bins=2, counts=np.array([3.0, 2.0, 1.0]))
    array([0, 1, 1])
    """
    shares = np.arange(1, n_bins) / n_bins
    edges = np.unique(np.quantile(confidence, shares, method="inverted_cdf", weights=counts))
    return np.asarray(np.searchsorted(edges, confidence, side="left"))


def calibration_error_of(confidence: NDArray[np.float64], came_true: NDArray[np.bool_]) -> Measure:
    """The mean over rows of how far a bin's share of what came true lies from its mean probability."""
    return calibration_error_in(calibration_bins(confidence), came_true - confidence)


def calibration_error_in(bins: NDArray[np.int64], gaps: NDArray[np.float64]) -> Measure:
    """The same for rows in bins, of which a gap is known each: whether it came true, less its probability."""
    members = [np.flatnonzero(bins == number) for number in np.unique(bins)]

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros(len(weights))
        for rows in members:
            total += np.abs(weights[:, rows] @ gaps[rows])
        return _divided(total, weights.sum(axis=1))

    return measure


def mean_of(values: NDArray[np.floating] | NDArray[np.bool_]) -> Measure:
    """The weighted mean of a number a row.

    Examples
    --------
    >>> mean_of(np.array([1.0, 2.0]))(np.array([[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]))
    array([1.5, 2. , nan])
    """
    return _quotient(values.astype(np.float64), np.ones(len(values)))


def average(several: list[Measure]) -> Measure:
    """The mean of measures, for each weighting over those that have a value.

    Examples
    --------
    >>> one, none = mean_of(np.array([1.0])), mean_of(np.array([np.nan]))
    >>> average([one, none])(np.ones((1, 1)))
    array([1.])
    """

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total, count = np.zeros(len(weights)), np.zeros(len(weights))
        for one in several:
            value = one(weights)
            is_defined = ~np.isnan(value)
            total += np.where(is_defined, value, 0.0)
            count += is_defined
        return _divided(total, count)

    return measure


def values_of(of: Mapping[str, Measure], weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """What each measure makes of each weighting."""
    return {name: measure(weights) for name, measure in of.items()}


def _share(of_those: NDArray[np.bool_], among: NDArray[np.bool_]) -> Measure:
    """The share of some rows among others, by weight."""
    return _quotient((of_those & among).astype(np.float64), among.astype(np.float64))


def _quotient(above: NDArray[np.float64], below: NDArray[np.float64]) -> Measure:
    both = np.stack([above, below], axis=1)

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = weights @ both
        return _divided(sums[:, 0], sums[:, 1])

    return measure


def _divided(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def _recall(codes: NDArray[np.int64], hits: NDArray[np.bool_]) -> Measure:
    return average([_share(hits, codes == code) for code in np.unique(codes)])


def _area(ranking: Ranking) -> Measure:
    return lambda weights: weighted_auc(ranking, weights)


def _precision(ranking: Ranking) -> Measure:
    return lambda weights: weighted_precision(ranking, weights)


MEASURES: dict[str, Callable[[NDArray[np.int64], NDArray[np.float64]], Measure]] = {
    "accuracy": lambda codes, probabilities: mean_of(row_hits(codes, probabilities)),
    "balanced_accuracy": lambda codes, probabilities: _recall(codes, row_hits(codes, probabilities)),
    "log_loss": lambda codes, probabilities: mean_of(row_losses(codes, probabilities)),
    "brier": lambda codes, probabilities: mean_of(row_briers(codes, probabilities)),
    "roc_auc": lambda codes, probabilities: average(list(map(_area, class_rankings(codes, probabilities)))),
    "average_precision": lambda codes, probabilities: average(
        list(map(_precision, class_rankings(codes, probabilities)))
    ),
    "calibration_error": lambda codes, probabilities: calibration_error_of(*confidences(codes, probabilities)),
}
"""How each metric of rows is made, in the order in which they are shown."""

RANKING = ("roc_auc", "average_precision")
"""Metrics that there are only where some rows are of a class and some are not."""

METRIC_NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "log_loss": "log loss",
    "brier": "Brier score",
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "calibration_error": "calibration error",
}
"""What metrics are called, in the order in which they are shown."""

MAIN_METRICS = ("accuracy", "log_loss", "roc_auc")
"""What is shown where there is room for few."""
