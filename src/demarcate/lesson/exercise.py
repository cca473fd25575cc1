"""An exercise: a task, the numbers that a solution sets, and their expected ranges."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

ANSWER = "# ---- answer ----\n"
"""Divides a task's file: above it is what a learner gets, below it the answer."""


@dataclass(frozen=True)
class Hint:
    """What to look at if a number is in this range, both ends included."""

    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Expected:
    """A number that a solution sets, and the range in which it is right, both ends included.

    Attributes
    ----------
    name
        The name of a variable, or of two with a minus between them: their difference.
    meaning
        The number in words.
    low, high
        The range: what right solutions reach with other seeds, splits and processors.
    hints
        What to look at; the first whose range has the number is shown.
    """

    name: str
    meaning: str
    low: float
    high: float
    hints: tuple[Hint, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The one or two variables that it needs."""
        return tuple(self.name.split(" - "))

    def value_of(self, numbers: Mapping[str, float]) -> float:
        """Return the number, or the difference of two, from the variables of a solution."""
        first, *others = (numbers[name] for name in self.variables)
        return first - math.fsum(others)

    def hint_for(self, value: float) -> str:
        """Return what to look at for a number outside the range; may be empty."""
        if "share" in self.meaning and 1 < value <= 100:
            return "It is a share: give it between 0 and 1, not in percent."
        return next((hint.text for hint in self.hints if hint.low <= value <= hint.high), "")

    def range_text(self) -> str:
        """Return the range as text: ``0.95 to 1``, or one number."""
        if self.high - self.low < 1e-3:
            return f"{(self.low + self.high) / 2:.5g}"
        return f"{self.low:.5g} to {self.high:.5g}"


@dataclass(frozen=True)
class Exercise:
    """One exercise of the lesson.

    Attributes
    ----------
    name
        What ``exercise`` is in a solution.
    title
        The task in a few words.
    minutes
        About how long a learner needs.
    expected
        The numbers that a solution sets.
    """

    name: str
    title: str
    minutes: int
    expected: tuple[Expected, ...]

    @property
    def variables(self) -> tuple[Expected, ...]:
        """The expected numbers that are variables, without differences."""
        return tuple(each for each in self.expected if len(each.variables) == 1)

    def starter(self) -> str:
        """Return the file that a learner gets: the task, what is given, and the variables to set."""
        wanted = [f"{each.name} = None  # {each.meaning}" for each in self.variables]
        return self._file(["# Your code. Set these numbers:", *wanted])

    def answer(self) -> str:
        """Return the same file with an answer."""
        return self._file([self._parts()[1].strip()])

    def _file(self, lines: Sequence[str]) -> str:
        named = f'exercise = "{self.name}"  # demarcate lesson check reads this'
        return "\n".join([self._parts()[0].strip(), named, "", *lines, ""])

    def to_json(self) -> dict[str, Any]:
        """Return the exercise and its numbers as JSON values."""
        numbers = [
            {"name": each.name, "meaning": each.meaning, "low": each.low, "high": each.high} for each in self.expected
        ]
        return {"name": self.name, "title": self.title, "minutes": self.minutes, "numbers": numbers}

    def _parts(self) -> tuple[str, str]:
        file = resources.files("demarcate.lesson") / "tasks" / f"{self.name}.txt"
        given, _, answer = file.read_text(encoding="utf-8").partition(ANSWER)
        return given, answer
