"""Decisions by what mistakes cost, and what they cost on rows whose class is known.

The decision of least expected cost is the best there is if probabilities are true (Elkan, 2001, The Foundations of
Cost-Sensitive Learning); for two classes it is a threshold. To abstain is one more decision with a cost of its own
(Chow, 1970, https://doi.org/10.1109/TIT.1970.1054406).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from demarcate.errors import Problem, SettingError
from demarcate.evaluation.bootstrap import fold_stretch
from demarcate.evaluation.measures import mean_of
from demarcate.evaluation.row_values import check_probabilities
from demarcate.evaluation.scores import Score, wilson_interval
from demarcate.formatting import listed

ABSTAINED = -1
MISTAKES = {"false_negative": (1, 0), "false_positive": (0, 1)}
"""The two mistakes there are between two classes, of which the second is the positive one."""
N_RESAMPLES = 2000
LEVEL = 0.95
LARGEST = 1e15
"""Of all costs: sums of such numbers are far from the largest there are."""
TIE = 1e-12
"""Expected costs that differ by a smaller share are equal: so far may sums of the same terms be apart."""
_RULE, _REMEDY = "A cost is a number from 0 to 1e15", "Give another, or all in a larger unit"


@dataclass(frozen=True, eq=False)
class Costs:
    """What each decision costs for a row of each class.

    Parameters
    ----------
    matrix
        `(n_classes, n_classes)`: ``matrix[true, decided]``, at least 0. Being right may cost something, but no more
        than any mistake for a row of that class, and at least one mistake costs more.
    abstain
        The cost of not deciding, at least 0; None if every row is decided.

    Raises
    ------
    SettingError
        If a cost breaks these rules; every one that does is named.

    Examples
    --------
    >>> costs = Costs.of(["well", "ill"], {"false_negative": 3})
    >>> costs.matrix, costs.threshold
    (array([[0., 1.],
           [3., 0.]]), 0.25)
    >>> costs.decide(np.array([[0.7, 0.3], [0.8, 0.2]]))
    array([1, 0])
    """

    matrix: npt.NDArray[np.float64]
    abstain: float | None = None

    def __post_init__(self) -> None:
        _check(self.matrix, self.abstain, range(len(self.matrix)))

    @classmethod
    def of(cls, classes: Any, cost: Any, abstain: Any = None) -> "Costs | None":
        """Costs as a caller writes them.

        Parameters
        ----------
        classes
            The labels, in the order of the probabilities' columns.
        cost
            None; for two classes a mapping of ``false_negative`` (a row of the second class decided as the first) or
            ``false_positive`` to costs; a mapping of ``(true, decided)`` labels to costs; or a matrix
            ``(n_classes, n_classes)``. A mistake that is not named costs 1, being right nothing.
        abstain
            The cost of not deciding, or None.

        Returns
        -------
        Costs or None
            None if neither a cost nor one of abstaining is given.

        Raises
        ------
        SettingError
            If a cost is no number from 0 up, names no class, or breaks the rules of `Costs`.

        Examples
        --------
        >>> Costs.of("abc", {("a", "b"): 5}).matrix
        array([[0., 5., 1.],
               [1., 0., 1.],
               [1., 1., 0.]])
        """
        if cost is None and abstain is None:
            return None
        labels = np.asarray(list(classes) if isinstance(classes, str) else classes).tolist()
        if isinstance(cost, Mapping) or cost is None:
            matrix = _named(labels, cost or {})
        else:
            matrix = _given(cost)
            if matrix.shape != (len(labels), len(labels)):
                raise SettingError(
                    f"a cost matrix has a row and a column for each class, {(len(labels), len(labels))}: got the shape "
                    f"{matrix.shape}"
                )
        number = None if abstain is None else _number("abstain", abstain)
        _check(matrix, number, labels)
        return cls(matrix, number)

    @property
    def prices(self) -> tuple[float, float] | None:
        """For two classes: what a false negative and a false positive cost more than being right."""
        if len(self.matrix) != 2:
            return None
        (right_0, false_positive), (false_negative, right_1) = self.matrix.tolist()
        return false_negative - right_1, false_positive - right_0

    @property
    def threshold(self) -> float | None:
        """For two classes, every row decided: the probability of the second from which deciding for it is no dearer."""
        if self.prices is None or self.abstain is not None:
            return None
        miss, alarm = self.prices
        return alarm / (alarm + miss)

    def expected(self, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the expected cost of deciding for each class, `(..., n_classes)`, for probabilities of that shape."""
        # Term by term, not as a matrix product, whose last bits depend on how many rows there are.
        costs = np.zeros_like(probabilities)
        for true, row in enumerate(self.matrix):
            costs += probabilities[..., true, None] * row
        return costs

    def decide(self, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the decision of least expected cost, `(n_rows,)`: a class code, or -1 for abstaining.

        Of decisions that cost the same it is the likelier class, then the first; abstaining has to be cheaper.

        Parameters
        ----------
        probabilities
            `(n_rows, n_classes)`.

        Examples
        --------
        >>> Costs.of([0, 1], None, abstain=0.2).decide(np.array([[0.9, 0.1], [0.7, 0.3]]))
        array([ 0, -1])
        """
        costs = self.expected(probabilities)
        least = costs.min(axis=1)
        is_least = costs <= least[:, None] * (1 + TIE)
        decisions: npt.NDArray[np.int64] = np.where(is_least, probabilities, -1.0).argmax(axis=1)
        if self.abstain is not None:
            decisions[self.abstain < least * (1 - TIE)] = ABSTAINED
        return decisions

    def row_costs(self, codes: npt.NDArray[np.int64], decisions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return what each row's decision costs, `(n_rows,)`."""
        decided = decisions != ABSTAINED
        if self.abstain is None and not decided.all():
            raise SettingError("abstaining has a cost where it is allowed: got None, and rows that were not decided")
        costs = np.full(len(codes), 0.0 if self.abstain is None else self.abstain)
        costs[decided] = self.matrix[codes[decided], decisions[decided]]
        return costs

    def expected_cost(self, codes: npt.NDArray[np.int64], decisions: npt.NDArray[np.int64]) -> float:
        """Return the mean cost of a row.

        Examples
        --------
        >>> Costs.of([0, 1], {"false_negative": 2}).expected_cost(np.array([0, 1]), np.array([0, 0]))
        1.0
        """
        return float(self.row_costs(codes, decisions).mean())

    def abstaining(self, abstain: float | None) -> "Costs":
        """The same costs of mistakes with another cost of abstaining."""
        return replace(self, abstain=None if abstain is None else _number("abstain", abstain))


@dataclass(frozen=True)
class CostComparison:
    """What a row costs, decided in three ways; differences are paired, row by row.

    Attributes
    ----------
    decided
        By least expected cost.
    likeliest
        For the likeliest class; with two classes, at 0.5.
    constant
        Always for the class that is cheapest on these very rows.
    always
        That class's label.
    saved, saved_over_constant
        What a row costs less, decided by expected cost, than for the likeliest class, and than always for one class.
    abstained
        The share of rows not decided.

    Examples
    --------
    >>> codes = np.array([0, 0, 0, 1] * 25)
    >>> costs = Costs.of(["well", "ill"], {"false_negative": 4})
    >>> compared = compare_costs(codes, np.tile([0.7, 0.3], (100, 1)), costs, rows="test", classes=["well", "ill"])
    >>> print(compared.decided, "instead of", compared.likeliest, "or always", compared.always, compared.constant)
    0.750 [0.660, 0.840] instead of 1.000 [0.640, 1.360] or always ill 0.750 [0.660, 0.840]
    """

    decided: Score
    likeliest: Score
    constant: Score
    always: Any
    saved: Score
    saved_over_constant: Score
    abstained: float

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        scores = {name: value.to_json() for name, value in vars(self).items() if isinstance(value, Score)}
        return {**scores, "always": self.always, "abstained": self.abstained}


def compare_costs(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    costs: Costs,
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    classes: Any = None,
    seed: int = 0,
) -> CostComparison:
    """Compare what decisions by cost, by the likeliest class and always for one class cost a row.

    Intervals are the percentile bootstrap's at 95%, rows drawn with replacement, and stretched for how much folds
    differ, as those of `score`. Where all rows cost the same, which no draw would change, an interval reaches as far as
    Wilson's for a share of none.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.
    costs
        What decisions cost.
    rows
        Which rows these are, in words.
    folds
        `(n_rows,)`, the fold each row was held out in, for out-of-fold probabilities of several networks; None if one
        classifier predicted all rows.
    classes
        The labels, for `CostComparison.always`; None for the codes.
    seed
        Of the draws.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.
    """
    probabilities = check_probabilities(codes, probabilities)
    decisions = costs.decide(probabilities)
    return compare_decisions(
        codes, decisions, probabilities.argmax(axis=1), costs, rows=rows, folds=folds, classes=classes, seed=seed
    )


def compare_decisions(
    codes: npt.NDArray[np.int64],
    decisions: npt.NDArray[np.int64],
    likeliest: npt.NDArray[np.int64],
    costs: Costs,
    *,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    classes: Any = None,
    seed: int = 0,
    counts: npt.NDArray[np.int64] | None = None,
) -> CostComparison:
    """Return `compare_costs` of decisions and likeliest classes, both ``(n_rows,)``.

    Each row stands for as many as `counts` says, for itself if None.

    Examples
    --------
    >>> codes, decided = np.array([0, 0, 1]), np.array([0, 1, 1])
    >>> counts = np.array([30, 10, 40])
    >>> costs = Costs.of([0, 1], {"false_positive": 2})
    >>> compare_decisions(codes, decided, codes, costs, rows="test", counts=counts).decided.value
    0.25
    """
    n_rows = len(codes) if counts is None else int(counts.sum())
    class_counts = np.bincount(codes, counts, minlength=len(costs.matrix))
    always = int(class_counts.dot(costs.matrix).argmin())
    of_decisions, of_likeliest = costs.row_costs(codes, decisions), costs.row_costs(codes, likeliest)
    constant = costs.matrix[codes, always]
    measured = np.stack(
        [of_decisions, of_likeliest, constant, of_likeliest - of_decisions, constant - of_decisions], axis=1
    )
    dearest = max(float(costs.matrix.max()), costs.abstain or 0.0)
    means = measured.mean(axis=0) if counts is None else counts @ measured / n_rows
    lows, highs = _ends(measured, folds, seed, counts)
    lows[:3] = lows[:3].clip(0)
    # No draw of rows that all cost the same costs anything else, and the next row may.
    same = [column for column in range(3) if (measured[:, column] == measured[0, column]).all()]
    unseen = wilson_interval(0, n_rows)[1]
    lows[same], highs[same] = means[same] * (1 - unseen), means[same] + (dearest - means[same]) * unseen
    scores = [
        Score(mean, min(low, mean), max(high, mean), n_rows, rows)
        for mean, low, high in zip(means.tolist(), lows.tolist(), highs.tolist(), strict=True)
    ]
    label = always if classes is None else np.asarray(classes).tolist()[always]
    abstained = decisions == ABSTAINED
    return CostComparison(
        decided=scores[0],
        likeliest=scores[1],
        constant=scores[2],
        always=label,
        saved=scores[3],
        saved_over_constant=scores[4],
        abstained=float(abstained.mean() if counts is None else counts @ abstained / n_rows),
    )


def _ends(
    measured: npt.NDArray[np.float64],
    folds: npt.NDArray[np.int64] | None,
    seed: int,
    counts: npt.NDArray[np.int64] | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return both ends of the interval of each column's mean, all on the same draws of rows."""
    # Rows that cost the same in every way are interchangeable: drawing how many there are of each kind is drawing rows.
    kinds, kind, n_alike = np.unique(measured, axis=0, return_inverse=True, return_counts=True)
    if counts is not None:
        n_alike = np.bincount(kind.reshape(-1), counts)
    generator, n_rows = np.random.default_rng(seed), int(n_alike.sum())
    drawn = np.stack([generator.multinomial(n_rows, n_alike / n_rows) @ kinds / n_rows for _ in range(N_RESAMPLES)])
    lows, highs = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    if folds is not None:
        columns = range(measured.shape[1])
        means, draws = {str(at): mean_of(measured[:, at]) for at in columns}, {str(at): drawn[:, at] for at in columns}
        stretch = np.array([*fold_stretch(means, draws, folds, LEVEL).values()])
        centre = measured.mean(axis=0)
        lows, highs = centre + stretch * (lows - centre), centre + stretch * (highs - centre)
    return lows, highs


def _named(labels: list[Any], cost: Mapping[Any, Any]) -> npt.NDArray[np.float64]:
    """Return the matrix of costs that are named one by one."""
    matrix = 1.0 - np.eye(len(labels))
    places = {label: place for place, label in enumerate(labels)}
    problems, named = [], set()
    for name, value in cost.items():
        place = _place(name, places)
        if place is None:
            problems.append(_unknown(name, labels))
        elif place in named:
            problems.append(Problem("A mistake has one cost", f"{name!r} names one a second time", "Leave one out"))
        else:
            named.add(place)
            matrix[place] = _number(name, value)
    if problems:
        raise SettingError.of(problems)
    return matrix


def _place(name: Any, places: Mapping[Any, int]) -> tuple[int, int] | None:
    if isinstance(name, str):
        return MISTAKES.get(name) if len(places) == 2 else None
    try:
        true, decided = name
        return places[true], places[decided]
    except (TypeError, ValueError, KeyError):
        return None


def _unknown(name: Any, labels: list[Any]) -> Problem:
    known = listed(labels, write=repr)
    if name in MISTAKES:
        remedy = "Name the true class and the decided one"
        return Problem(f"A {name} is a mistake between two classes", f"there are {len(labels)}", remedy)
    remedy = f"The classes are {known}"
    two = " or, of two classes, false_negative or false_positive" if len(labels) == 2 else ""
    return Problem(f"A cost is named by the true label and the decided one{two}", f"got {name!r}", remedy)


def _given(cost: Any) -> npt.NDArray[np.float64]:
    try:
        return np.array(cost, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingError(
            f"costs are a mapping of mistakes to numbers, or a matrix of numbers: got {str(cost)[:80]!r}"
        ) from None


def _number(name: Any, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise SettingError(f"a cost is a number from 0 to 1e15: got {value!r} for {name!r}")
    return float(value)


def _check(matrix: npt.NDArray[np.float64], abstain: float | None, labels: Sequence[Any]) -> None:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise SettingError(f"a cost matrix has a row and a column for each of two or more classes: got {matrix.shape}")
    problems = []
    for true, decided in np.argwhere(~((matrix >= 0) & (matrix <= LARGEST))).tolist():
        found = f"{labels[true]!r} decided as {labels[decided]!r} costs {matrix[true, decided]}"
        problems.append(Problem(_RULE, found, _REMEDY))
    if abstain is not None and not 0 <= abstain <= LARGEST:
        problems.append(Problem(_RULE, f"abstaining costs {abstain}", _REMEDY))
    if not problems:
        right = matrix.diagonal()
        for true, decided in np.argwhere(matrix < right[:, None]).tolist():
            found = (
                f"{labels[true]!r} decided as {labels[decided]!r} costs {matrix[true, decided]}, right {right[true]}"
            )
            problems.append(Problem("Being right costs no more than a mistake", found, "Raise one or lower the other"))
        if not problems and (matrix == right[:, None]).all():
            problems.append(Problem("A mistake costs more than being right", "none does", "Make one dearer"))
    if problems:
        raise SettingError.of(problems)
