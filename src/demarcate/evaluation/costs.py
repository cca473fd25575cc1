"""Costs of mistakes, and decisions of least expected cost.

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
from demarcate.formatting import listed, quoted
from demarcate.tabular.positive_class import positive_code, positive_or_second

ABSTAINED = -1
MISTAKES = ("false_negative", "false_positive")
"""The mistakes between two classes, one of which is the positive one: missing it, and a false alarm."""
MAX_COST = 1e15
"""Sums of such numbers are far from the largest floats."""
TIE_TOLERANCE = 1e-12
"""Expected costs that differ by a smaller share are equal: sums of the same terms may differ so far."""


@dataclass(frozen=True, eq=False)
class Costs:
    """The cost of each decision for a row of each class.

    Parameters
    ----------
    matrix
        `(n_classes, n_classes)`: ``matrix[true, decided]``, at least 0. Being right may cost something, but no more
        than any mistake for a row of that class, and at least one mistake costs more.
    abstain
        The cost of not deciding, at least 0; None if every row is decided.
    positive
        Of two classes the code of the positive one, which `prices` and `threshold` are about; None if it is not known,
        and they are about the second. It changes no decision.

    Raises
    ------
    SettingError
        If costs break these rules, with every one that does.

    Examples
    --------
    >>> costs = Costs.of(["ill", "well"], {"false_negative": 3}, positive="ill")
    >>> costs.matrix, costs.threshold
    (array([[0., 3.],
           [1., 0.]]), 0.25)
    >>> costs.decide(np.array([[0.3, 0.7], [0.2, 0.8]]))
    array([0, 1])
    """

    matrix: npt.NDArray[np.float64]
    abstain: float | None = None
    positive: int | None = None

    def __post_init__(self) -> None:
        _check(self.matrix, self.abstain, range(len(self.matrix)))
        if self.positive is not None and (self.positive not in (0, 1) or len(self.matrix) != 2):
            fact = f"positive is {self.positive!r}, and there are {len(self.matrix)} classes"
            raise SettingError(f"{fact}. Give the code of one of two classes, 0 or 1, or None.")

    @classmethod
    def of(cls, classes: Any, cost: Any, abstain: Any = None, positive: Any = None) -> "Costs | None":
        """Read costs as callers write them; None if neither a cost nor one of abstaining is given.

        Parameters
        ----------
        classes
            The labels, in the order of the probabilities' columns.
        cost
            None; for two classes a mapping of ``false_negative`` (a row of the positive class decided as the other) or
            ``false_positive`` (a row of the other decided as the positive one) to costs; a mapping of
            ``(true, decided)`` labels to costs; or a matrix ``(n_classes, n_classes)``. A mistake that is not named
            costs 1, being right costs nothing.
        abstain
            The cost of not deciding, or None.
        positive
            The label of the positive class of two; None if the labels say it themselves, as 0 and 1 or no and yes do,
            or no cost needs it.

        Raises
        ------
        SettingError
            If a cost is not a number from 0 to 1e15, names no class, or breaks the rules of `Costs`; if ``positive``
            is not one of two labels; or if a false negative has a cost and nothing says which class is positive.

        Examples
        --------
        >>> Costs.of("abc", {("a", "b"): 5}).matrix
        array([[0., 5., 1.],
               [1., 0., 1.],
               [1., 1., 0.]])
        """
        labels = np.asarray(list(classes) if isinstance(classes, str) else classes).tolist()
        code = positive_code(labels, positive)
        if cost is None and abstain is None:
            return None
        if isinstance(cost, Mapping) or cost is None:
            matrix = _matrix_of_named(labels, cost or {}, code)
        else:
            matrix = _matrix(cost)
            if matrix.shape != (len(labels), len(labels)):
                fact = f"The cost matrix has the shape {matrix.shape}, and there are {len(labels)} classes"
                raise SettingError(f"{fact}. Give a row and a column for each class.")
        number = None if abstain is None else _number("abstain", abstain)
        _check(matrix, number, labels)
        return cls(matrix, number, code)

    @property
    def prices(self) -> tuple[float, float] | None:
        """For two classes: the costs of a false negative and of a false positive above those of being right."""
        if len(self.matrix) != 2:
            return None
        mistakes = _mistakes(positive_or_second(self.positive))
        false_negative, false_positive = (
            self.matrix[true, decided] - self.matrix[true, true] for true, decided in mistakes.values()
        )
        return float(false_negative), float(false_positive)

    @property
    def threshold(self) -> float | None:
        """For two classes without abstaining: the least probability of the positive one at which it is decided for."""
        if self.prices is None or self.abstain is not None:
            return None
        false_negative, false_positive = self.prices
        return false_positive / (false_positive + false_negative)

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
        Probabilities are `(n_rows, n_classes)`.

        Examples
        --------
        >>> Costs.of([0, 1], None, abstain=0.2).decide(np.array([[0.9, 0.1], [0.7, 0.3]]))
        array([ 0, -1])
        """
        costs = self.expected(probabilities)
        least = costs.min(axis=1)
        is_least = costs <= least[:, None] * (1 + TIE_TOLERANCE)
        decisions: npt.NDArray[np.int64] = np.where(is_least, probabilities, -1.0).argmax(axis=1)
        if self.abstain is not None:
            decisions[self.abstain < least * (1 - TIE_TOLERANCE)] = ABSTAINED
        return decisions

    def row_costs(self, codes: npt.NDArray[np.int64], decisions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the cost of each row's decision, `(n_rows,)`; -1 is abstaining."""
        decided = decisions != ABSTAINED
        if self.abstain is None and not decided.all():
            raise SettingError("Some rows are not decided, and abstaining has no cost. Give one as 'abstain'.")
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
        """Return the same costs of mistakes with another cost of abstaining; None decides every row."""
        return replace(self, abstain=None if abstain is None else _number("abstain", abstain))


def _mistakes(positive: int) -> dict[str, tuple[int, int]]:
    """Return the mistakes between two classes as (true, decided)."""
    pairs = (positive, 1 - positive), (1 - positive, positive)
    return dict(zip(MISTAKES, pairs, strict=True))


def _matrix_of_named(labels: list[Any], cost: Mapping[Any, Any], positive: int | None) -> npt.NDArray[np.float64]:
    """Return the matrix of costs that are named one by one."""
    matrix = 1.0 - np.eye(len(labels))
    codes = {label: code for code, label in enumerate(labels)}
    mistakes = {} if positive is None else _mistakes(positive)
    problems, named = [], set()
    if len(labels) == 2 and not mistakes and (unclear := [name for name in MISTAKES if name in cost]):
        problems.append(_unknown_positive(unclear, labels))
    for name, value in cost.items():
        place = mistakes.get(name) if isinstance(name, str) else _place(name, codes)
        if place is None:
            problems += [] if len(labels) == 2 and name in MISTAKES else [_unknown_mistake(name, labels)]
        elif place in named:
            problems.append(Problem(f"{name!r} names a mistake a second time", "Leave one out"))
        else:
            named.add(place)
            matrix[place] = _number(name, value)
    if problems:
        raise SettingError.of(problems)
    return matrix


def _place(name: Any, codes: Mapping[Any, int]) -> tuple[int, int] | None:
    try:
        true, decided = name
        return codes[true], codes[decided]
    except (TypeError, ValueError, KeyError):
        return None


def _unknown_positive(names: list[str], labels: list[Any]) -> Problem:
    first, second = map(quoted, labels)
    verb = "has a cost" if len(names) == 1 else "have costs"
    fact = f"{' and '.join(names)} {verb}, and nothing says which of {first} and {second} is the positive class"
    return Problem(fact, f"Name it: pos_label {first} or {second}")


def _unknown_mistake(name: Any, labels: list[Any]) -> Problem:
    if name in MISTAKES:
        fact = f"A {name} is a mistake between two classes, and there are {len(labels)}"
        return Problem(fact, "Name the true class and the decided one")
    two = ", or false_negative or false_positive" if len(labels) == 2 else ""
    remedy = f"Name the true and the decided label, of {listed(labels, 10, write=repr)}{two}"
    return Problem(f"{name!r} names no mistake", remedy)


def _matrix(cost: Any) -> npt.NDArray[np.float64]:
    try:
        return np.array(cost, dtype=np.float64)
    except (TypeError, ValueError):
        remedy = "Give a mapping of mistakes to numbers, or a matrix of numbers"
        raise SettingError(f"cost is {str(cost)[:80]!r}. {remedy}.") from None


def _number(name: Any, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise SettingError(f"The cost of {name!r} is {value!r}. Give a number from 0 to 1e15.")
    return float(value)


def _check(matrix: npt.NDArray[np.float64], abstain: float | None, labels: Sequence[Any]) -> None:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        fact = f"The cost matrix has the shape {matrix.shape}"
        raise SettingError(f"{fact}. Give a row and a column for each of two or more classes.")
    remedy = "Give a number from 0 to 1e15, or all costs in a larger unit"
    problems = []
    for true, decided in np.argwhere(~((matrix >= 0) & (matrix <= MAX_COST))).tolist():
        fact = f"{labels[true]!r} decided as {labels[decided]!r} costs {matrix[true, decided]}"
        problems.append(Problem(fact, remedy))
    if abstain is not None and not 0 <= abstain <= MAX_COST:
        problems.append(Problem(f"Abstaining costs {abstain}", remedy))
    if not problems:
        right = matrix.diagonal()
        for true, decided in np.argwhere(matrix < right[:, None]).tolist():
            mistake = f"{labels[true]!r} decided as {labels[decided]!r} costs {matrix[true, decided]}"
            fact = f"{mistake}, less than being right, which costs {right[true]}"
            problems.append(Problem(fact, "Raise one or lower the other"))
        if not problems and (matrix == right[:, None]).all():
            problems.append(Problem("No mistake costs more than being right", "Raise the cost of one"))
    if problems:
        raise SettingError.of(problems)
