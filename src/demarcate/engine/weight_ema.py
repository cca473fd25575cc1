"""The exponential moving average of the weights along training, which is validated and returned in their place."""

from collections.abc import Mapping

from torch import Tensor

UPDATES_PER_EPOCH = 16
"""About how often in an epoch the average is updated; steps between cost nothing."""


class WeightEma:
    """The exponential moving average of a population's weights (Polyak and Juditsky 1992).

    After step s, from 1, the average so far counts ``decay(s)`` and the present weights count the rest. The decay is
    that of a memory of some epochs (above 0), but less in the first steps, so that the initial weights are soon
    forgotten. Updates come every `interval` steps, with the decay of as many steps.
    """

    def __init__(self, epochs: float, n_steps: int, flat: Tensor) -> None:
        self.flat = flat.clone()
        self.interval = max(1, n_steps // UPDATES_PER_EPOCH)
        self._max_decay = max(0.0, 1 - 1 / (epochs * n_steps))

    def decay(self, step: int) -> float:
        """Return the weight of the average before this step, from 1; at least 0 and below 1."""
        return min(self._max_decay, 1 - 1 / (1 + step / 2))

    def update(self, flat: Tensor, step: int) -> None:
        """Average in the weights ``(n_members, n_parameters)`` after a step, counted from 1 over all epochs."""
        if step % self.interval == 0:
            self.flat.lerp_(flat, 1 - self.decay(step) ** self.interval)

    def keep(self, members: Tensor) -> None:
        """Keep only these members."""
        self.flat = self.flat[members]

    def state(self) -> dict[str, Tensor]:
        """Return the average."""
        return {"flat": self.flat}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`, in the same memory: validation reads the average there."""
        self.flat.copy_(state["flat"])
