"""Problems of what a page shows or asks, each with its place: the page shows it at the control that it is of."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from demarcate.errors import DemarcateError, InputError, Problem, SettingError, problem_lines
from demarcate.studio.messages import Message

Place = Literal["data", "card", "view", "ask", "row", "connection"]


@dataclass(frozen=True)
class PlacedProblem:
    """A problem and its place.

    ``field`` is the name in the page's state, such as ``noise``; ``card`` the id of a card; None for neither.
    """

    where: Place
    problem: Problem
    field: str | None = None
    card: str | None = None

    @classmethod
    def of(
        cls, where: Place, fact: str, remedy: str, *, field: str | None = None, card: str | None = None
    ) -> "PlacedProblem":
        """Return a problem of a fact and its remedy."""
        return cls(where, Problem(fact, remedy), field, card)

    def message(self, **facts: Any) -> Message:
        """Return the message `problem`, with further facts such as the revision."""
        own = {"where": self.where, "field": self.field, "card": self.card}
        return Message("problem", {**own, "fact": self.problem.fact, "remedy": self.problem.remedy, **facts})


class StudioError(DemarcateError, ValueError):
    """Something that a page shows or asks is refused; it has all the problems.

    Examples
    --------
    >>> raise StudioError([PlacedProblem.of("data", "noise is -1", "Give a number from 0 up", field="noise")])
    Traceback (most recent call last):
    demarcate.studio.placed_problem.StudioError: noise is -1. Give a number from 0 up.
    """

    def __init__(self, problems: Iterable[PlacedProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem_lines(tuple(each.problem for each in self.problems))))


@contextmanager
def placed(where: Place, field: str | None = None, card: str | None = None) -> Iterator[None]:
    """Give the errors that the library raises within a block of code a place on the page."""
    try:
        yield
    except StudioError:
        raise
    except DemarcateError as error:
        raise StudioError(PlacedProblem(where, each, field, card) for each in problems_of(error)) from error


def problems_of(error: DemarcateError) -> tuple[Problem, ...]:
    """Return the problems of any of the library's errors.

    Examples
    --------
    >>> problems_of(SettingError("lr must be above 0, got -1. Try 0.001"))
    (Problem(fact='lr must be above 0, got -1', remedy='Try 0.001'),)
    """
    if isinstance(error, InputError | SettingError) and error.problems:
        return error.problems
    fact, _, remedy = str(error).partition(". ")
    return (Problem(fact.rstrip("."), remedy.rstrip(".") or "Change it, or undo the last change"),)
