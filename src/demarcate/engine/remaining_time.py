"""How long a fit still takes, estimated from the epochs with which its members really stop."""

import math
from collections.abc import Sequence
from statistics import median

from demarcate.engine import time_limit
from demarcate.engine.planner import OVERHEAD
from demarcate.engine.progress import Progress
from demarcate.engine.samples import Member
from demarcate.formatting import counted

MIN_STOPPED_SHARE = 0.25
"""Share of the members that early stopping must have ended before the ends of the others can be estimated."""
MIN_SECONDS = 1.0
"""Seconds of training before its speed is known."""


class RemainingTime:
    """Follows the reports of a fit, and estimates the work and the seconds that are left.

    A member without patience ends with its last epoch. When one with patience ends can be known once enough others have
    ended: in their median epoch, but not before its own patience is over.

    Parameters
    ----------
    members, shares, works
        The members of the fit, the members of each population by their indices, and the multiplications in the forward
        pass of a step of each population.
    ends
        When the time limit is over, by `demarcate.engine.time_limit.clock`; None for no limit.
    """

    def __init__(
        self, members: Sequence[Member], shares: Sequence[Sequence[int]], works: Sequence[float], ends: float | None
    ) -> None:
        self._members, self._shares, self._works, self._ends = members, shares, works, ends
        self._begun = time_limit.clock()
        self._work_done = 0.0
        self._epochs = [0] * len(members)
        self._active = [True] * len(members)
        self._stopped: list[int] = []  # the epochs with which members that have patience ended
        self._lowest = [math.inf] * len(members)
        self._lowest_epochs = [0] * len(members)

    def add(self, progress: Progress) -> None:
        """Take in the report of an epoch of a population."""
        share = self._shares[progress.population - 1]
        for member in share:
            # Of a population that reports, members that were dropped are missing.
            self._active[member] &= member in progress.members and member not in progress.ended
        losses = progress.values["validation_loss" if "validation_loss" in progress.values else "train_loss"].tolist()
        for member, loss in zip(progress.members, losses, strict=True):
            self._epochs[member] = progress.epoch
            if loss < self._lowest[member]:
                self._lowest[member], self._lowest_epochs[member] = loss, progress.epoch
        for member in progress.ended:
            training = self._members[member].training
            if training.patience is not None:
                self._stopped.append(progress.epoch)
        self._work_done += self._work(progress.population - 1, 1, progress.n_active)

    def share(self) -> tuple[float, float | None]:
        """Return the seconds of training so far, and those of all of it: None where they cannot be known yet."""
        seconds, left = time_limit.clock() - self._begun, self.seconds_left()
        return seconds, None if left is None else seconds + left

    def seconds_left(self) -> float | None:
        """Return the seconds that training still takes, at most those of the limit; None where nothing is known."""
        seconds, left = time_limit.clock() - self._begun, self._work_left()
        of_limit = None if self._ends is None else max(0.0, self._ends - time_limit.clock())
        if left is None or seconds < MIN_SECONDS or not self._work_done:
            return of_limit
        estimate = seconds * left / self._work_done
        return estimate if of_limit is None else min(estimate, of_limit)

    def detail(self, progress: Progress) -> str:
        """Return the epoch of a report, its mean loss if there is one, and how many networks go on, in words."""
        losses = (progress.validation_loss, progress.train_loss)
        loss = next((f", loss {loss:.4f}" for loss in losses if loss is not None), "")
        training = [self._members[member].training for member in progress.members]
        at_most = "at most " if any(each.patience is not None for each in training) else ""
        n_active = sum(self._active)
        return f"epoch {progress.epoch} of {at_most}{progress.n_epochs}{loss}, {counted(n_active, 'network')} training"

    def _work_left(self) -> float | None:
        """Return the multiplications left of all populations, or None where nobody knows when members stop."""
        total = 0.0
        n_waiting = sum(self._active)
        is_known = len(self._stopped) >= max(1.0, MIN_STOPPED_SHARE * (len(self._stopped) + n_waiting))
        typical = median(self._stopped) if is_known else None
        for number, share in enumerate(self._shares):
            left = []
            for member in share:
                if not self._active[member]:
                    continue
                end = self._end_of(member, typical)
                if end is None:
                    return None
                left.append(end - self._epochs[member])
            if left:
                total += self._work(number, max(left), sum(left) / max(left) if max(left) else 0.0)
        return total

    def _end_of(self, member: int, typical: float | None) -> float | None:
        """Return the epoch with which a member is expected to end."""
        training = self._members[member].training
        if training.patience is None:
            return training.epochs
        if typical is None:
            return None
        patience_over = self._lowest_epochs[member] + training.patience
        return min(training.epochs, max(typical, patience_over, self._epochs[member] + 1))

    def _work(self, number: int, n_epochs: float, n_active: float) -> float:
        """Return the multiplications of a population's epochs, in which so many members train in the mean."""
        share = self._shares[number]
        member = self._members[share[0]]
        n_steps = member.training.steps(len(member.rows))
        return n_epochs * n_steps * (OVERHEAD + self._works[number] * n_active / len(share))
