"""Successive halving: after given epochs the worse half of the configurations is dropped."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from demarcate.argument_checks import is_integer
from demarcate.engine import FittedMember, ValidationResult
from demarcate.errors import Problem
from demarcate.formatting import counted, percent

SweepMetric = Literal["log_loss", "accuracy"]
SWEEP_METRICS = ("log_loss", "accuracy")
_DEFAULT_SHARES = (1 / 8, 1 / 4, 1 / 2)


@dataclass(frozen=True)
class HalvingRule:
    """Drops configurations by the mean of a metric over their seeds; all seeds of one stay or leave together.

    Members are numbered by configuration, then by seed.
    """

    n_seeds: int
    metric: SweepMetric = "log_loss"

    def drop(self, _epoch: int, results: Mapping[int, ValidationResult]) -> list[int]:
        """Return the members of the worse half of the remaining configurations; of an odd number the middle stays.

        Of equal configurations the first ones stay. A mean that is not a number is worse than any other.
        """
        members: dict[int, list[int]] = {}
        for member in sorted(results):
            members.setdefault(member // self.n_seeds, []).append(member)
        ranked = sorted(members, key=lambda number: self._mean_loss([results[member] for member in members[number]]))
        dropped = ranked[max(1, math.ceil(len(ranked) / 2)) :]
        return sorted(member for number in dropped for member in members[number])

    def _mean_loss(self, results: Sequence[ValidationResult]) -> float:
        values = [result.loss if self.metric == "log_loss" else -result.accuracy for result in results]
        mean = float(np.mean(values))
        return math.inf if math.isnan(mean) else mean


def halving_epochs(halving: bool | Sequence[int], n_epochs: int) -> tuple[int, ...]:
    """Return the epochs after which to halve: those given, or an eighth, a quarter and a half of all, or none."""
    if isinstance(halving, bool):
        shares = _DEFAULT_SHARES if halving else ()
        return tuple(sorted({math.ceil(n_epochs * share) for share in shares} & set(range(1, n_epochs))))
    return tuple(map(int, halving))


def halving_problems(halving: Any, epochs: Collection[int]) -> list[Problem]:
    """Return the problems of ``halving`` with trainings of these numbers of epochs."""
    if isinstance(halving, bool) or not epochs:
        return _length_problems(epochs) if halving else []
    last = min(epochs) - 1
    values = list(halving) if isinstance(halving, Sequence | np.ndarray) else []
    problems = _length_problems(epochs)
    is_ascending = all(map(is_integer, values)) and values == sorted(set(values))
    if not values or not is_ascending or not 1 <= values[0] <= values[-1] <= last:
        fact = f"halving is {halving!r}, not ascending whole numbers of epochs from 1 to {last}"
        problems.append(Problem(fact, "Write halving=True for an eighth, a quarter and a half of the epochs"))
    return problems


def _length_problems(epochs: Collection[int]) -> list[Problem]:
    if len(set(epochs)) < 2:
        return []
    fact = f"Halving compares trainings of the same length, and epochs are {', '.join(map(str, sorted(set(epochs))))}"
    return [Problem(fact, "Give one number of epochs, or no halving")]


@dataclass(frozen=True)
class Savings:
    """The training that halving saved, in epochs summed over all networks."""

    epochs: tuple[int, ...]  # after which configurations were dropped
    n_dropped: int  # configurations
    trained: int
    at_most: int  # without halving; early stopping might have ended dropped networks sooner

    @classmethod
    def of(cls, epochs: tuple[int, ...], fitted: Sequence[FittedMember], n_seeds: int, n_epochs: int) -> "Savings":
        """Count the epochs of trainings that would have continued to ``n_epochs``."""
        trained = sum(member.history.n_epochs for member in fitted)
        at_most = sum(n_epochs if member.dropped else member.history.n_epochs for member in fitted)
        dropped = {index // n_seeds for index, member in enumerate(fitted) if member.dropped}
        return cls(epochs, len(dropped), trained, at_most)

    def __str__(self) -> str:
        *before, last = map(str, self.epochs)
        after = f"epochs {', '.join(before)} and {last}" if before else f"epoch {last}"
        dropped = counted(self.n_dropped, "configuration")
        return (
            f"Halving after {after} dropped {dropped}: networks trained {self.trained:,} epochs in all "
            f"instead of up to {self.at_most:,}, {percent(1 - self.trained / self.at_most)} fewer."
        )
