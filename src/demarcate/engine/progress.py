"""How far a fit has come."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Progress:
    """How far a population has come, told once for each of its epochs.

    Populations may train side by side: what is told of one can come between what is told of another.

    Attributes
    ----------
    population, n_populations
        Which stack, from 1, of how many.
    epoch, n_epochs
        Which epoch, from 1, of at most how many.
    n_members, n_active
        Members in the stack, and those still training.
    train_loss, validation_loss
        Mean over the members still training whose loss is finite; None where there is nothing to average.
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
"""What `fit` calls after every epoch of every population."""


def finite_mean(losses: Tensor) -> float | None:
    """The mean of what is finite, if anything is.

    Examples
    --------
    >>> import torch
    >>> finite_mean(torch.tensor([1.0, 3.0, torch.inf])), finite_mean(torch.tensor([torch.nan]))
    (2.0, None)
    """
    finite = losses[losses.isfinite()]
    return finite.mean().item() if len(finite) else None
