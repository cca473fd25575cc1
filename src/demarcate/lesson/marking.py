"""Compare the numbers of a solution with those expected, and say what to look at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demarcate.formatting import quoted
from demarcate.lesson.advice import advice_for
from demarcate.lesson.exercise import Expected
from demarcate.lesson.exercises import EXERCISES, exercise_names
from demarcate.lesson.solution import Solution


@dataclass(frozen=True)
class Mark:
    """One expected number: whether it is right, and if not, what to look at.

    ``value`` is None where the solution has no such number.
    """

    expected: Expected
    value: float | None
    look_at: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the number is in its range."""
        return not self.look_at

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        value = self.value if self.value is not None and math.isfinite(self.value) else None
        return {
            "name": self.expected.name,
            "value": value,
            "low": self.expected.low,
            "high": self.expected.high,
            "is_right": self.is_right,
            "look_at": self.look_at,
        }


@dataclass(frozen=True)
class Marking:
    """The marks of a solution, and what is wrong with it as a whole, which may be empty."""

    path: str
    exercise: str
    marks: tuple[Mark, ...] = ()
    problem: str = ""

    @property
    def n_right(self) -> int:
        """How many numbers are right."""
        return sum(each.is_right for each in self.marks)

    @property
    def is_right(self) -> bool:
        """Whether all is right."""
        return not self.problem and self.n_right == len(self.marks)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "file": self.path,
            "exercise": self.exercise,
            "is_right": self.is_right,
            "problem": self.problem,
            "numbers": [each.to_json() for each in self.marks],
        }


def mark(solution: Solution) -> Marking:
    """Return the marks of a solution.

    Examples
    --------
    >>> numbers = {"threshold": 0.5, "cost_at_half": 9.0, "cost_at_threshold": 9.0}
    >>> marking = mark(Solution("costs.py", "costs", numbers))
    >>> [(each.expected.name, each.is_right) for each in marking.marks][:2]
    [('threshold', False), ('cost_at_half', True)]
    >>> marking.marks[0].look_at
    'At one half both mistakes cost the same. Which probability makes 1 * (1 - p) equal to 2 * p?'
    """
    exercise = EXERCISES.get(solution.exercise)
    if solution.problem:
        return Marking(solution.path, solution.exercise, problem=solution.problem)
    if solution.error:
        return Marking(solution.path, solution.exercise, problem=_error_text(solution))
    if exercise is None:
        return Marking(solution.path, "", problem=_unknown_text(solution.exercise))
    marks = tuple(_mark(each, solution) for each in exercise.expected)
    # A difference adds nothing where one of its numbers is missing: that has a mark of its own.
    return Marking(solution.path, exercise.name, tuple(each for each in marks if not _is_repeated(each, solution)))


def _mark(expected: Expected, solution: Solution) -> Mark:
    missing = [name for name in expected.variables if name not in solution.numbers]
    if missing:
        return Mark(expected, None, _missing_text(missing[0], expected, solution.others))
    value = expected.value_of(solution.numbers)
    if expected.low <= value <= expected.high:
        return Mark(expected, value)
    if not math.isfinite(value):
        return Mark(expected, value, "It is no finite number: the loss grew without bound. Lower the learning rate.")
    return Mark(expected, value, expected.hint_for(value) or f"It is {expected.meaning}. Print it step by step.")


def _is_repeated(each: Mark, solution: Solution) -> bool:
    return len(each.expected.variables) > 1 and not solution.numbers.keys() >= {*each.expected.variables}


def _missing_text(name: str, expected: Expected, others: Mapping[str, str]) -> str:
    kind, wanted = others.get(name), f"Set it to one number: {expected.meaning}"
    if kind is None:
        return f"There is no variable of this name. {wanted}."
    if kind == "NoneType":
        return f"It is still None. {wanted}."
    if kind in {"Score", "Mean"}:
        return f"It is a {kind}, with an interval. {wanted}, which is its .value."
    return f"It is a {kind}. {wanted}; a tensor of one number is one, too."


def _error_text(solution: Solution) -> str:
    place = f"Line {solution.line}, {quoted(solution.code)}: " if solution.line else ""
    return f"{place}{solution.error}. {advice_for(solution.error)}"


def _unknown_text(name: str) -> str:
    fact = f"It says that it solves {quoted(name)}, and there is no such exercise"
    return f'{fact}. Write exercise = "..." at its top, with one of {exercise_names()}.'
