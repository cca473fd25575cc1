"""The average of the weights along training, which is judged and kept in their place."""

from collections.abc import Mapping

from torch import Tensor

UPDATES_AN_EPOCH = 16
"""About how often in an epoch the average is brought up to date; between, no step pays for it."""


class WeightEma:
    """The exponential moving average of a population's weights (Polyak and Juditsky 1992).

    After step s, from 1, what was averaged so far counts ``decay(s)`` and the weights as they are the rest. The decay
    is that of a memory of some epochs, but in the first steps less, so that the initial weights are soon forgotten.
    Only every `every` steps something is done: all at once, with the decay of as many steps.

    Parameters
    ----------
    epochs
        Epochs the average reaches back, above 0.
    n_steps
        Steps an epoch, at least 1.
    flat
        The weights it begins with, ``(n_members, n_parameters)``; they are copied.

    Attributes
    ----------
    flat
        The average, ``(n_members, n_parameters)``.
    every
        Steps from one update to the next.

    Examples
    --------
    >>> import torch
    >>> average = WeightEma(epochs=5.0, n_steps=4, flat=torch.zeros(1, 1))
    >>> round(average.decay(1), 3), average.decay(10**6)
    (0.333, 0.95)
    >>> average.follow(torch.ones(1, 1), step=1)
    >>> average.flat
    tensor([[0.6667]])
    """

    def __init__(self, epochs: float, n_steps: int, flat: Tensor) -> None:
        self.flat = flat.clone()
        self.every = max(1, n_steps // UPDATES_AN_EPOCH)
        self._longest = max(0.0, 1 - 1 / (epochs * n_steps))

    def decay(self, step: int) -> float:
        """What counts what was averaged before this step, from 1; at least 0 and below 1."""
        return min(self._longest, 1 - 1 / (1 + step / 2))

    def follow(self, flat: Tensor, step: int) -> None:
        """Take in the weights ``(n_members, n_parameters)`` after a step, counted from 1 over all epochs."""
        if step % self.every == 0:
            self.flat.lerp_(flat, 1 - self.decay(step) ** self.every)

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.flat = self.flat[members]

    def state(self) -> dict[str, Tensor]:
        """The average."""
        return {"flat": self.flat}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave, in the same memory: others read the average where it lies."""
        self.flat.copy_(state["flat"])
