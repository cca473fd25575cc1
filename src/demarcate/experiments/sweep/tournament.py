"""The tournament: after some epochs the worse half of the configurations is dropped (successive halving)."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from demarcate.engine import FittedMember, ValidationResult
from demarcate.errors import Problem
from demarcate.formatting import counted

Metric = Literal["log_loss", "accuracy"]
METRICS = ("log_loss", "accuracy")
_DEFAULT_SHARES = (1 / 8, 1 / 4, 1 / 2)


@dataclass(frozen=True)
class Tournament:
    """Decides who is dropped, configuration by configuration: all seeds of one go or stay together.

    Parameters
    ----------
    n_seeds
        Members of a configuration; they are numbered configuration by configuration.
    metric
        What is averaged over a configuration's seeds to judge it.

    Examples
    --------
    >>> losses = [0.5, 0.6, 0.1, 0.2, 0.4, 0.4]
    >>> standings = {member: ValidationResult(loss, 0.9) for member, loss in enumerate(losses)}
    >>> Tournament(n_seeds=2).drop(10, standings)
    [0, 1]
    """

    n_seeds: int
    metric: Metric = "log_loss"

    def drop(self, _epoch: int, standings: Mapping[int, ValidationResult]) -> list[int]:
        """The members of the worse half of the configurations that are still in; of an odd number the middle stays.

        Of equal configurations those that come first stay. A mean that is not a number is worse than any other.

        Parameters
        ----------
        standings
            How each member that is still in stands now.
        """
        members: dict[int, list[int]] = {}
        for member in sorted(standings):
            members.setdefault(member // self.n_seeds, []).append(member)
        ranked = sorted(members, key=lambda number: self._mean([standings[member] for member in members[number]]))
        dropped = ranked[max(1, math.ceil(len(ranked) / 2)) :]
        return sorted(member for number in dropped for member in members[number])

    def _mean(self, standings: Sequence[ValidationResult]) -> float:
        """Their mean in the metric, low for good."""
        values = [standing.loss if self.metric == "log_loss" else -standing.accuracy for standing in standings]
        mean = float(np.mean(values))
        return math.inf if math.isnan(mean) else mean


def halving_epochs(halving: bool | Sequence[int], n_epochs: int) -> tuple[int, ...]:
    """After which of so many epochs to halve: as given, or after an eighth, a quarter and a half of them, or never.

    Examples
    --------
    >>> halving_epochs(True, 100), halving_epochs(True, 4), halving_epochs(True, 1), halving_epochs(False, 100)
    ((13, 25, 50), (1, 2), (), ())
    """
    if isinstance(halving, bool):
        shares = _DEFAULT_SHARES if halving else ()
        return tuple(sorted({math.ceil(n_epochs * share) for share in shares} & set(range(1, n_epochs))))
    return tuple(map(int, halving))


def wrong_halving(halving: Any, epochs: Collection[int]) -> list[Problem]:
    """Everything that is wrong with when to halve trainings of so many epochs.

    Examples
    --------
    >>> print(*wrong_halving((20, 10), [100]))
    Halving takes place after ascending whole numbers of epochs, from 1 to 99: halving is (20, 10). Write ...
    """
    if isinstance(halving, bool) or not epochs:
        return _incomparable(epochs) if halving else []
    last = min(epochs) - 1
    given = list(halving) if isinstance(halving, Sequence | np.ndarray) and not isinstance(halving, str) else []
    counts = [epoch for epoch in given if isinstance(epoch, int | np.integer) and not isinstance(epoch, bool)]
    problems = _incomparable(epochs)
    if not given or len(counts) < len(given) or given != sorted(set(given)) or not 1 <= given[0] <= given[-1] <= last:
        rule = f"Halving takes place after ascending whole numbers of epochs, from 1 to {last}"
        remedy = "Write halving=True for an eighth, a quarter and a half of them"
        problems.append(Problem(rule, f"halving is {halving!r}", remedy))
    return problems


def _incomparable(epochs: Collection[int]) -> list[Problem]:
    if len(set(epochs)) < 2:
        return []
    found = f"epochs are {', '.join(map(str, sorted(set(epochs))))}"
    return [Problem("Halving compares trainings of the same length", found, "Give one number of epochs, or no halving")]


@dataclass(frozen=True)
class Savings:
    """What halving saved.

    Attributes
    ----------
    epochs
        After which epochs it took place.
    n_dropped
        Configurations dropped.
    trained
        Epochs of training over all networks.
    at_most
        The most there would have been without it: the dropped networks' patience might have ended before the last.

    Examples
    --------
    >>> print(Savings(epochs=(5, 10), n_dropped=9, trained=420, at_most=960))
    Halving after epochs 5 and 10 dropped 9 configurations: 420 epochs of networks were trained instead of up to 960,
    56% fewer.
    """

    epochs: tuple[int, ...]
    n_dropped: int
    trained: int
    at_most: int

    @classmethod
    def of(cls, epochs: tuple[int, ...], fitted: Sequence[FittedMember], n_seeds: int, n_epochs: int) -> "Savings":
        """Count the epochs of trainings that would have gone on to ``n_epochs``."""
        trained = [member.history.n_epochs for member in fitted]
        out = [member.dropped for member in fitted]
        full = [n_epochs if dropped else done for dropped, done in zip(out, trained, strict=True)]
        dropped = {index // n_seeds for index, gone in enumerate(out) if gone}
        return cls(epochs, len(dropped), sum(trained), sum(full))

    def __str__(self) -> str:
        *before, last = map(str, self.epochs)
        after = f"epochs {', '.join(before)} and {last}" if before else f"epoch {last}"
        share = 1 - self.trained / self.at_most
        things = counted(self.n_dropped, "configuration")
        return (
            f"Halving after {after} dropped {things}: {self.trained:,} epochs of networks were trained "
            f"instead of up to {self.at_most:,}, {share:.0%} fewer."
        )
