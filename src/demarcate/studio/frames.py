"""Frames: all cards at one moment, with the epochs since the last frame, as a message to the page."""

import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.engine.history import METRICS
from demarcate.studio.card import Card
from demarcate.studio.map_arrays import (
    COARSE_MAP,
    MAP,
    MAX_MAP_WORK,
    MAX_UNITS,
    MapPlaces,
    card_arrays,
    map_work,
    monitored_metrics,
)
from demarcate.studio.messages import Message
from demarcate.studio.state import CardState

if TYPE_CHECKING:
    from demarcate.studio.placed_problem import PlacedProblem

CURVES = ("train_loss", "train_accuracy", "monitored_loss", "monitored_accuracy")
"""What the page calls the first four of `METRICS`: the monitored rows may be test rows."""
assert len(CURVES) == METRICS.index("eval_train_loss")

PACE_SECONDS = 1.5
"""Seconds over which epochs a second are counted."""


class CardCurves:
    """The curves of one card as it was built: what of them the page has, the last values, and the best epoch.

    Values are means over the seeds whose loss is finite, ``(n_epochs,)``.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        self.best_epoch = 0
        self.best_loss: float | None = None
        self._n_read, self._n_sent = 0, 0
        self._pace: deque[tuple[float, int]] = deque()
        self.epochs_per_second = 0.0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the epochs that the page does not have yet, and their values."""
        values = self._means(self._n_sent)
        self._update(values[self._n_read - self._n_sent :])
        epochs = np.arange(self._n_sent + 1, self._n_sent + 1 + len(values), dtype=np.int32)
        self._n_sent += len(values)
        curves = values.astype(np.float32).T
        return {"epochs": epochs, **dict(zip(CURVES, np.ascontiguousarray(curves), strict=True))}

    def forget_sent(self) -> None:
        """Send all epochs again: another page looks."""
        self._n_sent = 0

    def measure(self, now: float, *, is_running: bool) -> None:
        """Count epochs a second; the last count stays while the card is paused."""
        if is_running or self._pace:
            self._pace.append((now, self.card.live.epoch))
            while len(self._pace) > 2 and now - self._pace[0][0] > PACE_SECONDS:
                self._pace.popleft()
            (begin, first), (end, last) = self._pace[0], self._pace[-1]
            if end > begin and last > first:
                self.epochs_per_second = (last - first) / (end - begin)
        if not is_running:
            self._pace.clear()

    def numbers(self) -> Tensor:
        """Return the `CURVES` of the weights that are shown, float64 ``(4, n_seeds)``, NaN where there are none.

        They are those of the last epoch, and of a network that has its best weights those of that epoch.
        """
        live = self.card.live
        columns = [
            live.history(epoch - 1)[0, : len(CURVES), index] if epoch else torch.full((len(CURVES),), torch.nan)
            for index, epoch in enumerate(live.weight_epochs)
        ]
        return torch.stack(columns, 1)

    def _means(self, after: int) -> NDArray[np.float64]:
        """Return the means over seeds of the epochs after one, ``(n_epochs, 4)``."""
        history = self.card.live.history(after)[:, : len(CURVES)]
        # Where a loss is no number the accuracy counts nothing.
        is_finite = history[:, ::2].isfinite().repeat_interleave(2, 1)
        return torch.where(is_finite, history, torch.nan).nanmean(2).numpy()

    def _update(self, values: NDArray[np.float64]) -> None:
        """Take over epochs that were not read before."""
        if not len(values):
            return
        losses = np.where(np.isfinite(values[:, 2]), values[:, 2], np.inf)
        lowest = int(losses.argmin())
        if losses[lowest] < (np.inf if self.best_loss is None else self.best_loss):
            self.best_epoch, self.best_loss = self._n_read + lowest + 1, float(losses[lowest])
        self._n_read += len(values)


class Frames:
    """Makes the frames of a session, and remembers what of each card its page has."""

    def __init__(self) -> None:
        self._curves: dict[str, CardCurves] = {}
        self.number = 0

    def forget_sent(self) -> None:
        """Begin anew: the next frame has everything."""
        for curves in self._curves.values():
            curves.forget_sent()

    def frame(
        self,
        cards: Sequence["Card | RefusedCard"],
        places: MapPlaces,
        revision: int,
        *,
        is_running: bool,
    ) -> Message:
        """Return the message of all cards as they are now, in the order in which the page has them."""
        built = [card for card in cards if isinstance(card, Card)]
        self._curves = {card.settings.id: self._curves_of(card) for card in built}
        is_coarse = is_running and sum(map(map_work, built)) > MAX_MAP_WORK
        facts: list[dict[str, Any]] = []
        arrays: dict[str, NDArray[Any]] = {}
        for position, card in enumerate(cards):
            if isinstance(card, Card):
                own, own_arrays = self._of(card, places, COARSE_MAP if is_coarse else MAP, is_running=is_running)
                arrays |= {f"{position}.{name}": array for name, array in own_arrays.items()}
                facts.append(own)
            else:
                facts.append(card.facts())
        self.number += 1
        shared = {"revision": revision, "number": self.number, "running": is_running, "cards": facts}
        return Message("frame", shared, arrays)

    def _curves_of(self, card: Card) -> CardCurves:
        curves = self._curves.get(card.settings.id)
        return curves if curves is not None and curves.card is card else CardCurves(card)

    def _of(
        self, card: Card, places: MapPlaces, resolution: int, *, is_running: bool
    ) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return a card's facts and arrays."""
        curves, live, settings = self._curves[card.settings.id], card.live, card.settings
        status, note = card.status(is_running=is_running)
        arrays, scales = card_arrays(card, places, resolution)
        arrays |= curves.arrays()
        curves.measure(time.perf_counter(), is_running=status == "running")
        numbers = curves.numbers()
        if (live.batch or numbers.isnan().all()) and len(places.codes) == len(card.data.monitored_rows):
            # Before the first epoch, and inside one, no epoch has the values of these weights.
            numbers[2:] = torch.stack(monitored_metrics(card, places))
        facts = {
            "id": settings.id,
            "begin": card.begin,
            "epoch": live.epoch,
            "batch": live.batch,
            "batches": live.batches,
            "status": status,
            "note": note,
            **dict(zip(CURVES, numbers.nanmean(1).tolist(), strict=True)),
            "best_epoch": curves.best_epoch,
            "best_loss": curves.best_loss,
            "widths": list(card.widths),
            "inputs": card.data.encoder.names(),
            "units_shown": [min(width, MAX_UNITS) for width in settings.hidden],
            "n_parameters": card.n_parameters,
            **scales,
            "epochs_per_second": curves.epochs_per_second,
            "changed": bool(card.changes),
            "seeds_monitored": [{"loss": loss, "accuracy": accuracy} for loss, accuracy in numbers[2:].T.tolist()],
        }
        return facts, arrays


class RefusedCard:
    """A card that cannot be trained on these rows, and why."""

    def __init__(self, settings: CardState, problems: Sequence["PlacedProblem"], begin: int) -> None:
        self.settings, self.problems, self.begin = settings, tuple(problems), begin

    def facts(self) -> dict[str, Any]:
        """Return what the page shows of it."""
        empty = dict.fromkeys([*CURVES, "best_loss"])
        counts = dict.fromkeys(["epoch", "batch", "batches", "best_epoch", "n_parameters", "epochs_per_second"], 0)
        note = str(self.problems[0].problem)
        lists: dict[str, list[Any]] = {"widths": [], "inputs": [], "units_shown": [], "seeds_monitored": []}
        own = {"id": self.settings.id, "begin": self.begin, "status": "refused", "note": note, "changed": False}
        return {**own, **empty, **counts, **lists, "scale": 1.0, "row_scale": 1.0}
