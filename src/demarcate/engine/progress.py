"""The progress of a fit, for callbacks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from demarcate.engine.history import METRICS
from demarcate.presentation import brief_repr


@brief_repr
@dataclass(frozen=True, eq=False)
class Progress:
    """The progress of a population, reported once for each of its epochs.

    Populations may train side by side, so their reports may alternate. The losses and accuracies below are means over
    the members still training whose loss is finite; None where there is none. `of` has those of one member.

    Attributes
    ----------
    population, n_populations
        Which stack, from 1, of how many.
    epoch, n_epochs
        Which epoch, from 1, of at most how many.
    n_members
        Members in the stack.
    members, ended
        The members that trained in this epoch, and those of them that ended with it, by their indices in the fit.
    values
        Losses and accuracies by name, float64 ``(len(members),)`` each; NaN where there is none.
    """

    population: int
    n_populations: int
    epoch: int
    n_epochs: int
    n_members: int
    members: tuple[int, ...]
    ended: tuple[int, ...]
    values: Mapping[str, Tensor]

    @property
    def n_active(self) -> int:
        """Members that trained in this epoch."""
        return len(self.members)

    @property
    def train_loss(self) -> float | None:
        """Of the training rows, taken from the steps themselves: before each update, with dropout."""
        return self._mean("train_loss")

    @property
    def train_accuracy(self) -> float | None:
        """Of the training rows, taken from the steps themselves: before each update, with dropout."""
        return self._mean("train_accuracy")

    @property
    def eval_train_loss(self) -> float | None:
        """Of the training rows after the epoch, in eval mode: without dropout. Only where the fit was asked for it."""
        return self._mean("eval_train_loss")

    @property
    def eval_train_accuracy(self) -> float | None:
        """Of the training rows after the epoch, in eval mode: without dropout. Only where the fit was asked for it."""
        return self._mean("eval_train_accuracy")

    @property
    def validation_loss(self) -> float | None:
        """Of the validation rows after the epoch."""
        return self._mean("validation_loss")

    @property
    def validation_accuracy(self) -> float | None:
        """Of the validation rows after the epoch."""
        return self._mean("validation_accuracy")

    @property
    def test_loss(self) -> float | None:
        """Of the test rows after the epoch, where they are evaluated on the way and decide nothing."""
        return self._mean("test_loss")

    @property
    def test_accuracy(self) -> float | None:
        """Of the test rows after the epoch, where they are evaluated on the way and decide nothing."""
        return self._mean("test_accuracy")

    def of(self, member: int) -> dict[str, float | None]:
        """Return the values of one of `members`: None where rows were not evaluated after this epoch.

        A training loss that is no longer finite stays what it is.
        """
        own = {name: values[self.members.index(member)] for name, values in self.values.items()}
        steps = ("train_loss", "train_accuracy")
        return {name: value.item() if name in steps or value.isfinite() else None for name, value in own.items()}

    def means(self) -> dict[str, float | None]:
        """Return the means of all `values` by name."""
        return {name: self._mean(name) for name in self.values}

    def on_test_rows(self) -> "Progress":
        """Return the same progress of a fit whose evaluated rows are test rows, which decide nothing, by that name."""
        return replace(
            self, values={name.replace("validation_", "test_"): values for name, values in self.values.items()}
        )

    def _mean(self, metric: str) -> float | None:
        if metric not in self.values:
            return None
        is_finite = self.values[f"{metric.rpartition('_')[0]}_loss"].isfinite()
        finite = self.values[metric][is_finite]
        return finite.mean().item() if len(finite) else None


OnEpoch = Callable[[Progress], None]
"""A callback that `fit` calls after every epoch of every population."""


def progress_of_block(
    epochs: Tensor, values: Tensor, ends: Tensor, active: Sequence[int], n_members: int, n_epochs: int
) -> Iterator[Progress]:
    """Yield the progress of a block's epochs.

    ``values`` ``(n_epochs, n_metrics, n_active)`` are the first of `METRICS`; ``ends`` ``(n_active,)`` indexes the
    epochs with which members end, and ``active`` has their positions in the population.
    """
    for place, epoch in enumerate(epochs.tolist()):
        is_active = ends >= place
        members = [(member, end) for member, end in zip(active, ends.tolist(), strict=True) if end >= place]
        yield Progress(
            population=1,
            n_populations=1,
            epoch=epoch,
            n_epochs=n_epochs,
            n_members=n_members,
            members=tuple(member for member, _ in members),
            ended=tuple(member for member, end in members if end == place),
            values=dict(zip(METRICS, values[place][:, is_active], strict=False)),
        )
