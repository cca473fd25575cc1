"""The lesson's plan and exercises, and the marking of a learner's numbers."""

from demarcate.lesson.exercise import Exercise, Expected, Hint
from demarcate.lesson.exercises import EXERCISES
from demarcate.lesson.marking import Mark, Marking, mark
from demarcate.lesson.plan import PLAN, Part
from demarcate.lesson.solution import Solution, run

__all__ = ["EXERCISES", "PLAN", "Exercise", "Expected", "Hint", "Mark", "Marking", "Part", "Solution", "mark", "run"]
