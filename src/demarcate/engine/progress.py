"""The progress of a fit, for callbacks."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Progress:
    """The progress of a population, reported once for each of its epochs.

    Populations may train side by side, so their reports may alternate.

    Attributes
    ----------
    population, n_populations
        Which stack, from 1, of how many.
    epoch, n_epochs
        Which epoch, from 1, of at most how many.
    n_members, n_active
        Members in the stack, and those still training.
    train_loss, validation_loss
        Mean over the members still training whose loss is finite; None where there is none.
    """

    population: int
    n_populations: int
    epoch: int
    n_epochs: int
    n_members: int
    n_active: int
    train_loss: float | None
    validation_loss: float | None


OnEpoch = Callable[[Progress], None]
"""A callback that `fit` calls after every epoch of every population."""


def finite_mean(losses: Tensor) -> float | None:
    """Return the mean of the finite values, or None if there are none."""
    finite = losses[losses.isfinite()]
    return finite.mean().item() if len(finite) else None
