"""Every error and warning a user can meet.

An error states the rule, then what was found and where, then what to do about it. All the failures of one input are
reported together: being told of the second mistake only after mending the first is a waste of an afternoon.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

MAX_PROBLEMS_SHOWN = 20


@dataclass(frozen=True, init=False)
class Problem:
    """One fact that makes an input unusable, with its place and value, and the remedy.

    Examples
    --------
    >>> print(Problem("Columns 1 and 3 are both named 'age'", "Rename one of them"))
    Columns 1 and 3 are both named 'age'. Rename one of them.
    """

    fact: str
    remedy: str

    def __init__(self, *parts: str) -> None:
        *facts, remedy = parts
        object.__setattr__(self, "fact", ": ".join(facts))
        object.__setattr__(self, "remedy", remedy)
        object.__setattr__(self, "rule", facts[0])
        object.__setattr__(self, "found", facts[-1])

    rule: ClassVar[str]
    found: ClassVar[str]

    def __str__(self) -> str:
        return f"{self.fact}. {self.remedy}."


class DemarcateError(Exception):
    """The root of every error demarcate raises on purpose."""


class InputError(DemarcateError, ValueError):
    """A table, a column, a row or a label was refused.

    Parameters
    ----------
    problems
        Everything that is wrong with the input, in the order a reader would look for it.

    Examples
    --------
    >>> raise InputError([Problem("A table has rows", "'empty.csv' has a header and none", "Give at least 10 rows")])
    Traceback (most recent call last):
    demarcate.errors.InputError: A table has rows: 'empty.csv' has a header and none. Give at least 10 rows.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(_describe(self.problems))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def together(*checks: Callable[[], Any]) -> list[Any]:
    """What several checks of one input give, each asked before any is complained of.

    Raises
    ------
    InputError
        With the problems of all checks, if one raised it.

    Examples
    --------
    >>> def refuse(found: str) -> None:
    ...     raise InputError([Problem("A table has rows", found, "Add some")])
    >>> together(lambda: refuse("'a' has none"), lambda: 3, lambda: refuse("'b' has none"))
    Traceback (most recent call last):
    demarcate.errors.InputError: 2 problems:
    - A table has rows: 'a' has none. Add some.
    - A table has rows: 'b' has none. Add some.
    """
    given: list[Any] = []
    problems: list[Problem] = []
    for check in checks:
        try:
            given.append(check())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return given


class SettingError(DemarcateError, ValueError):
    """A setting (of a network, a training, a split) has a value it cannot have."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "SettingError":
        """One error for several wrong settings.

        Examples
        --------
        >>> print(SettingError.of([Problem("lr is above 0", "got -1", "Try 0.001"), Problem("a", "b", "C")]))
        2 problems:
        - lr is above 0: got -1. Try 0.001.
        - a: b. C.
        """
        listed = tuple(problems)
        error = cls(_describe(listed))
        error.problems = listed
        return error


class TargetError(DemarcateError, ValueError):
    """A loss was given targets of a type or shape it does not take."""


class BundleError(DemarcateError, ValueError):
    """A model file was refused: it is damaged, unknown or not what it says it is."""


class OutputError(DemarcateError, ValueError):
    """A file could not be written: a model, a report, a picture or a table."""


class CheckpointError(DemarcateError, ValueError):
    """A folder of checkpoints was refused: it belongs to another fit, or another process holds it."""


class Interrupted(KeyboardInterrupt):
    """Training was interrupted, and put down what it had done; the message says how to go on."""


class DemarcateWarning(UserWarning):
    """The root of every warning demarcate gives."""


class InputWarning(DemarcateWarning):
    """Something in a table was handled, and the user would want to know how."""


class CheckpointWarning(DemarcateWarning):
    """A checkpoint could not be written, or a damaged one was passed over."""


class DivergenceWarning(DemarcateWarning):
    """A member's loss stopped being a finite number; its best weights were restored."""


def problem_lines(problems: tuple[Problem, ...]) -> list[str]:
    """Return the lines that list problems, each problem in one of them."""
    if len(problems) == 1:
        return [str(problems[0])]
    shown = [f"- {problem}" for problem in problems[:MAX_PROBLEMS_SHOWN]]
    if len(problems) > MAX_PROBLEMS_SHOWN:
        shown.append(f"- and {len(problems) - MAX_PROBLEMS_SHOWN} more")
    return [f"{len(problems)} problems:", *shown]


def _describe(problems: tuple[Problem, ...]) -> str:
    return "\n".join(problem_lines(problems))
