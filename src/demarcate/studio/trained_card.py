"""A card at one moment of its training, apart from it: what questions, files and code are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from demarcate.engine import Training
from demarcate.inference import Predictor
from demarcate.nn import MemberState, Network
from demarcate.nn.heads import head_for
from demarcate.presentation import brief_repr
from demarcate.studio.studio_data import StudioData

if TYPE_CHECKING:
    from demarcate.studio.state import CardState


@dataclass(frozen=True)
class ChangeOnTheWay:
    """A setting that was changed while a card trained, after so many epochs."""

    epoch: int
    setting: str
    before: float
    after: float


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainedCard:
    """A card with its weights after some epochs.

    Attributes
    ----------
    card
        Its settings as they are now.
    data
        The rows that it trains on.
    epoch
        The epoch of the weights, 0 before training; where seeds have the weights of different epochs, the last.
    states
        The weights of each seed's network.
    changes
        What was changed on the way, in order; empty where the settings were these from the beginning.
    revision
        That of the state that the card is of.
    n_epochs
        Epochs that are over; None for as many as `epoch`.
    is_stopped
        Whether patience ended the training, so that each network has the weights of its best epoch.
    history
        One row for each epoch: ``epoch``, ``train_loss``, ``train_accuracy`` and, after the name of the monitored rows,
        ``..._loss`` and ``..._accuracy``, means over seeds; None where nobody needs it.
    """

    card: "CardState"
    data: StudioData
    epoch: int
    states: Sequence[MemberState]
    changes: tuple[ChangeOnTheWay, ...] = ()
    revision: int = 0
    history: pl.DataFrame | None = None
    n_epochs: int | None = None
    is_stopped: bool = False

    @property
    def network(self) -> Network:
        """The specification of its networks."""
        return network_of(self.card)

    @cached_property
    def predictor(self) -> Predictor:
        """The mean over its seeds' networks."""
        data, n_seeds = self.data, len(self.states)
        return Predictor.of(
            schema=data.table.schema,
            encoders=[data.encoder],
            encoding=[0] * n_seeds,
            networks=[self.network] * n_seeds,
            states=self.states,
            head=head_for(self.network.head, len(data.classes)),
            classes=data.classes,
            target=data.table.target,
        )

    @cached_property
    def aware_predictor(self) -> Predictor:
        """The same, which knows the rows that it was trained on: it warns of rows that are unlike them."""
        return replace(self.predictor, trained_on=self.data.trained_on)


def network_of(card: "CardState") -> Network:
    """Return the specification of a card's networks."""
    return Network(hidden=card.hidden, activation=card.activation, dropout=card.dropout, head=card.head)


def training_of(card: "CardState", epochs: int | None = None) -> Training:
    """Return the training of a card's networks without patience, which ends with the weights of the last epoch.

    ``epochs`` None takes the card's own number.
    """
    return Training(
        optimizer=card.optimizer,
        lr=card.lr,
        weight_decay=card.weight_decay,
        schedule=card.schedule,
        epochs=card.epochs if epochs is None else epochs,
        batch_size=card.batch_size,
    )
