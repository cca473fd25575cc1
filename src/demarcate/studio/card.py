"""A card: one network, with one seed or several, in training on the rows of the studio."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import torch

from demarcate.engine import Member
from demarcate.engine.live_training import LiveTraining
from demarcate.formatting import counted, listed, sized
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.studio.state import LIMITS, CardState
from demarcate.studio.trained_card import ChangeOnTheWay, TrainedCard, network_of, training_of

if TYPE_CHECKING:
    from demarcate.studio.studio_data import StudioData

AT_ONCE = ("lr", "weight_decay", "dropout")
"""What a card trains on with when it changes; all else but its name, and when it pauses, builds it anew."""
PAUSES = ("epochs", "patience")
MAX_BYTES = 1_000_000_000
"""The most memory that the training of one card may take."""


class Card:
    """The training of one card. Without changes on the way it is `train` with the same rows, seeds and settings.

    Parameters
    ----------
    settings, data
        What is trained, and its rows.
    begin
        How often the card was built before, and this time.

    Raises
    ------
    StudioError
        If the network cannot be trained on these rows, or takes more memory than one card may.
    """

    def __init__(self, settings: CardState, data: "StudioData", begin: int = 1) -> None:
        self.settings, self.begin = settings, begin
        self._check(data)
        with placed("card", card=settings.id):
            network, training = network_of(settings), replace(training_of(settings), patience=settings.patience)
        self.data = data
        rows = torch.from_numpy(data.train_rows), torch.from_numpy(data.monitored_rows)
        seeds = range(settings.seed, settings.seed + settings.seeds)
        members = [Member(network, training, seed, *rows) for seed in seeds]
        self.live = LiveTraining(members, data.samples)
        self.widths = members[0].widths(data.samples)
        self.pauses_after = settings.epochs
        self.changes: list[ChangeOnTheWay] = []

    @property
    def has_begun(self) -> bool:
        """Whether a step was taken."""
        return self.live.epoch > 0 or self.live.batch > 0

    @property
    def can_advance(self) -> bool:
        """Whether it trains when the studio runs: its epochs are not over, nor its patience, and its loss is finite."""
        return not self.live.has_ended and self.live.epoch < self.pauses_after and not self.live.is_out_of_patience

    @property
    def n_parameters(self) -> int:
        """Parameters of one network."""
        return sum((d_in + 1) * d_out for d_in, d_out in pairwise(self.widths))

    def advance(self, until: int, seconds: float) -> None:
        """Train up to an epoch at most, for as many seconds, and at least a step."""
        self.live.train(min(until, self.pauses_after), seconds)

    def step(self) -> None:
        """Train one batch, also past where the card pauses."""
        if self.live.is_out_of_patience:
            self.live.go_on()
        self.live.step()
        self.pauses_after = max(self.pauses_after, self.live.epoch)

    def one_epoch_more(self) -> int:
        """Let the card train the rest of this epoch, also past where it pauses, and return its number."""
        if self.live.is_out_of_patience:
            self.live.go_on()
        self.pauses_after = max(self.pauses_after, self.live.epoch + 1)
        return self.live.epoch + 1

    def go_on(self) -> None:
        """Let a card whose epochs or patience are over train for as many epochs again."""
        if not self.can_advance:
            self.pauses_after = min(max(self.pauses_after, self.live.epoch + self.settings.epochs), LIMITS["epochs"])
            self.live.go_on()

    def take(self, settings: CardState) -> bool:
        """Take other settings if that can be done on the way; return whether it could, else the card is built anew."""
        differs = {
            each.name for each in fields(CardState) if getattr(settings, each.name) != getattr(self.settings, each.name)
        }
        later = {*AT_ONCE, "name", *(PAUSES if settings.schedule == "constant" else PAUSES[1:])}
        if differs - later or (differs - {"name"} and not self.has_begun):
            return False
        if "patience" in differs:
            self._check_patience(settings, self.data)
        if differs - {"name"}:
            own = {name: getattr(settings, name) for name in AT_ONCE}
            with placed("card", card=settings.id):
                self.live.change(**own, patience=settings.patience)
            for name in sorted(differs.intersection(AT_ONCE)):
                before = getattr(self.settings, name)
                self.changes.append(ChangeOnTheWay(self.live.epoch, name, before, own[name]))
        if "epochs" in differs:
            self.pauses_after = max(settings.epochs, self.live.epoch)
        self.settings = settings
        return True

    def status(self, *, is_running: bool) -> tuple[str, str]:
        """Return the status, and what there is to say of it."""
        live, note = self.live, self._divergence_note()
        if live.has_ended:
            return "diverged", note
        if not self.can_advance:
            return "finished", "; ".join(filter(None, [note, self._pause_note()]))
        return ("running" if is_running else "paused" if self.has_begun else "ready"), note

    def trained(self, revision: int) -> TrainedCard:
        """Return the card as it is now, apart from its training, which goes on."""
        own = set(self.live.weight_epochs)
        return TrainedCard(
            card=self.settings,
            data=self.data,
            epoch=own.pop() if len(own) == 1 else self.live.epoch,
            n_epochs=self.live.epoch,
            is_stopped=self.live.is_out_of_patience,
            states=tuple(self.live.states()),
            changes=tuple(self.changes),
            revision=revision,
            history=self._history_frame(),
        )

    def _history_frame(self) -> pl.DataFrame:
        """Return one row for each epoch, with means over seeds."""
        values = self.live.history()[:, :4].nanmean(2).numpy()
        monitored = "validation" if len(self.data.validation_rows) else "test"
        names = [f"{rows}_{metric}" for rows in ("train", monitored) for metric in ("loss", "accuracy")]
        columns = zip(names, values.T, strict=True)
        return pl.DataFrame({"epoch": np.arange(1, len(values) + 1), **dict(columns)})

    def _pause_note(self) -> str:
        """Return why training pauses by itself, and what goes on with it."""
        epoch, patience = self.live.epoch, self.settings.patience
        if self.live.is_out_of_patience and patience is not None:
            best = sorted(set(self.live.best_epochs()))
            of = f"epoch {best[0]}" if len(best) == 1 else f"each seed's best epoch ({listed(best)})"
            return f"{counted(patience, 'epoch')} without a better loss: the weights are those of {of}. Run trains on"
        if epoch >= LIMITS["epochs"]:
            return f"{counted(epoch, 'epoch')} are over, the most there can be"
        return f"{counted(epoch, 'epoch')} {'is' if epoch == 1 else 'are'} over; Run trains as many again"

    def _divergence_note(self) -> str:
        """Return which networks' loss is no longer finite, and what helps."""
        divergences = self.live.divergences
        if not divergences:
            return ""
        seeds = [self.settings.seed + index for index in divergences]
        several = f"{'Seed' if len(seeds) == 1 else 'Seeds'} {listed(seeds)}: "
        (first, *_) = divergences.values()
        best = self.live.best_epochs()[next(iter(divergences))]
        shown = f"its weights after epoch {best}" if best else "its first weights"
        return f"{several if self.settings.seeds > 1 else ''}{first}; {shown} are shown. Lower the rate"

    def _check(self, data: "StudioData") -> None:
        """Refuse what cannot be trained on these rows."""
        settings = self.settings
        n_classes = len(data.classes)
        if settings.head == "logit" and n_classes != 2:
            fact = f"One logit separates two classes, and these rows have {n_classes}"
            raise StudioError(
                [PlacedProblem.of("card", fact, "Choose one logit a class", field="head", card=settings.id)]
            )
        outputs = 1 if n_classes == 2 and settings.head != "softmax" else n_classes
        self._check_patience(settings, data)
        needed = memory_of(settings, data.encoder.n_encoded, outputs, len(data.train_rows), len(data.monitored_rows))
        if needed > MAX_BYTES:
            fact = f"Training {listed(settings.hidden)} units with {counted(settings.seeds, 'seed')} on "
            fact += f"{counted(len(data.train_rows), 'row')} takes about {sized(needed)}"
            remedy = f"Take smaller batches, fewer units or seeds: a card may take {sized(MAX_BYTES)}"
            raise StudioError([PlacedProblem.of("card", fact, remedy, field="batch_size", card=settings.id)])

    @staticmethod
    def _check_patience(settings: CardState, data: "StudioData") -> None:
        if settings.patience is not None and not len(data.validation_rows):
            fact = "Patience is counted by the loss of validation rows, and the split has none"
            remedy = "Hold out validation rows, or train without patience"
            raise StudioError([PlacedProblem.of("card", fact, remedy, field="patience", card=settings.id)])


def memory_of(settings: CardState, d_in: int, n_outputs: int, n_rows: int, n_monitored: int) -> int:
    """Return about how many bytes the training of a card takes: its parameters, and what its layers hold of a step."""
    widths: Sequence[int] = (d_in, *settings.hidden, n_outputs)
    parameters = sum((before + 1) * width for before, width in pairwise(widths))
    copies = 6 + 32  # weights, gradient, moments, best; the weights of the epochs of a block
    rows = min(settings.batch_size or n_rows, n_rows)
    held = rows * (d_in + 4 * sum(settings.hidden) + 4 * n_outputs) + n_monitored * (d_in + max(widths))
    return 4 * settings.seeds * (copies * parameters + held)
