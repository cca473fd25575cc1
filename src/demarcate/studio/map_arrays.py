"""What a page draws of networks as they are: maps, units and weights, as arrays of few bytes."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.nn import ACTIVATIONS, Head, Population
from demarcate.studio.card import Card

if TYPE_CHECKING:
    from demarcate.studio.state import ViewState
    from demarcate.studio.studio_data import StudioData

MAP, COARSE_MAP, MEMBER_MAP, UNIT_MAP = 100, 50, 50, 24
"""Places along a side of a card's map, of one whose networks are large while they train, of a seed's, of a unit's."""
MAX_MAP_WORK = 6e8
"""Multiplications in the maps of all cards above which they are coarse while the cards train."""
MAX_UNITS = 16
"""Units of a layer that are shown."""
MAX_WEIGHTS = 4096
"""Parameters of a network up to which its weights are sent."""
CHUNK = 1 << 21
"""Numbers of one layer computed at once."""
INT16, INT8 = 32767, 127


@dataclass(frozen=True, eq=False)
class MapPlaces:
    """The places of the maps of a view, encoded: each ``(resolution * resolution, d_in)``, and the monitored rows."""

    data: "StudioData"
    view: "ViewState"

    @cached_property
    def monitored(self) -> Tensor:
        """The monitored rows that the page has the classes of, ``(n_monitored, d_in)``."""
        return self.data.samples.encoded(0)[torch.from_numpy(self.data.shown_monitored_rows)]

    @cached_property
    def codes(self) -> Tensor:
        """Their classes, ``(n_monitored,)``."""
        return torch.from_numpy(self.data.codes[self.data.shown_monitored_rows])

    def of(self, resolution: int) -> Tensor:
        """Return the places of a map."""
        if resolution not in self._grids:
            self._grids[resolution] = torch.from_numpy(self.data.grid(self.view, resolution))
        return self._grids[resolution]

    @cached_property
    def _grids(self) -> dict[int, Tensor]:
        return {}


def map_work(card: Card) -> float:
    """Return the multiplications of a card's map."""
    return MAP**2 * card.n_parameters * card.settings.seeds


def card_arrays(card: Card, places: MapPlaces, resolution: int) -> tuple[dict[str, NDArray[Any]], dict[str, float]]:
    """Return the arrays of a card's networks as they are, without its curves, and the scales of those that have one."""
    with torch.inference_mode():
        population = card.live.population()
        head, x = population.head, places.of(resolution)
        member_logits = logits_of(population, x)
        logits, scale = as_int16(mean_logits(head, member_logits))
        rows, row_scale = as_int16(mean_logits(head, logits_of(population, places.monitored)))
        arrays: dict[str, NDArray[Any]] = {"logits": _as_maps(logits, resolution), "monitored_logits": rows}
        scales = {"scale": scale, "row_scale": row_scale}
        if population.n_members > 1:
            coarse = member_logits if resolution == MEMBER_MAP else logits_of(population, places.of(MEMBER_MAP))
            every = (coarse / scale).round().clamp(-INT16, INT16).to(torch.int16)
            arrays["member_logits"] = every.transpose(1, 2).unflatten(2, (MEMBER_MAP, MEMBER_MAP)).contiguous().numpy()
        if card.settings.hidden:
            arrays["units"] = unit_maps(population, places.of(UNIT_MAP))
        if card.n_parameters <= MAX_WEIGHTS:
            arrays["weights"] = first_weights(population)
    return arrays, scales


def as_int16(logits: Tensor) -> tuple[NDArray[np.int16], float]:
    """Return logits ``(n, n_outputs)`` as whole numbers times a scale: the largest becomes 32767."""
    finite = torch.nan_to_num(logits, nan=0.0, posinf=1e30, neginf=-1e30)
    largest = finite.abs().max().item() if finite.numel() else 0.0
    scale = largest / INT16 or 1.0
    return (finite / scale).round().to(torch.int16).numpy(), scale


def mean_logits(head: Head, logits: Tensor) -> Tensor:
    """Return the logits ``(n, n_outputs)`` of members' mean probability, from theirs, ``(n_members, n, n_outputs)``.

    Of several members they are the log odds, or the log probabilities; of one they are its own.
    """
    if len(logits) == 1:
        return logits[0]
    if head.name == "logit":
        positive, negative = (torch.nn.functional.logsigmoid(sign * logits).logsumexp(0) for sign in (1, -1))
        return positive - negative
    return logits.log_softmax(-1).logsumexp(0) - math.log(len(logits))


def logits_of(population: Population, x: Tensor) -> Tensor:
    """Return the logits ``(n_members, n, n_outputs)`` of rows ``(n, d_in)``."""
    size = max(1, CHUNK // (population.n_members * max(population.layout.padded)))
    chunks = [population.logits(part.expand(population.n_members, -1, -1)) for part in x.split(size)]
    return torch.cat(chunks, 1) if len(chunks) > 1 else chunks[0]


def unit_maps(population: Population, x: Tensor) -> NDArray[np.int8]:
    """Return what the first units of each hidden layer of the first network give, ``(n_units, height, width)``.

    Each unit's largest output becomes 127 or -127.
    """
    activate = ACTIVATIONS[population.networks[0].activation].function
    shown = []
    for weight, bias in population.layout.member_layers(population.flat, 0)[:-1]:
        x = activate(torch.addmm(bias, x, weight))
        shown.append(x[:, :MAX_UNITS])
    units = torch.nan_to_num(torch.cat(shown, 1))
    largest = units.abs().amax(0).clamp(min=1e-12)
    side = math.isqrt(len(units))
    whole = (units / largest * INT8).round().to(torch.int8)
    maps: NDArray[np.int8] = whole.T.unflatten(1, (side, side)).contiguous().numpy()
    return maps


def first_weights(population: Population) -> NDArray[np.float32]:
    """Return the parameters of the first network, layer by layer: weights ``(d_out, d_in)``, then biases."""
    (state,) = population.layout.select([0]).unpack(population.flat[:1])
    return torch.cat([tensor.flatten() for layer in state for tensor in layer]).float().numpy()


def monitored_metrics(card: Card, places: MapPlaces) -> tuple[Tensor, Tensor]:
    """Return loss and accuracy of the monitored rows as the networks are now, ``(n_seeds,)`` each."""
    with torch.inference_mode():
        population = card.live.population()
        logits = logits_of(population, places.monitored).transpose(1, 2)
        targets = population.head.target_probabilities(places.codes, logits.shape[1], logits.dtype).expand_as(logits)
        losses = population.head.transposed_losses(logits, targets).double().mean(-1)
        return losses, population.head.transposed_hits(logits, targets).double().mean(-1)


def _as_maps(logits: NDArray[np.int16], resolution: int) -> NDArray[np.int16]:
    """Return ``(n_outputs, height, width)`` of ``(height * width, n_outputs)``."""
    return np.ascontiguousarray(logits.T.reshape(-1, resolution, resolution))
