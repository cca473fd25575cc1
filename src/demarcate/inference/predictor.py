"""The fitted predictor: rows in, probabilities out. Needs no engine, and does not depend on how it was trained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.encoding import TableEncoder
from demarcate.evaluation.calibration import scale
from demarcate.evaluation.member_weights import mean_over_members
from demarcate.inference.first_layer_lookup import FirstLayerLookup, locate_member
from demarcate.inference.fitted_model import FittedModel, n_rows_of
from demarcate.nn import Head, MemberState, Network, Population
from demarcate.nn.parallel import in_order
from demarcate.nn.population import stack
from demarcate.tabular import ParsedColumns

_Result = TypeVar("_Result")

_MAX_CHUNK = 1 << 24
"""Encoded numbers in flight at once."""
_LOOKUP_BLOCK, _DENSE_BLOCK, _MIN_BLOCK = 2048, 1024, 256
"""Rows that a thread of the processor computes at once: at most with the lookup, at most without it, and at least."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Predictor(FittedModel):
    """Encoders, networks and classes that together turn a table into probabilities.

    Attributes
    ----------
    schema, encoders, classes, ...
        As `FittedModel` has them.
    populations
        The members, in order, as stacks.
    """

    populations: tuple[Population, ...]

    @classmethod
    def of(
        cls,
        *,
        encoders: Sequence[TableEncoder],
        encoding: Sequence[int],
        networks: Sequence[Network],
        states: Sequence[MemberState],
        head: Head,
        device: str | torch.device | None = None,
        weights: Sequence[float] | None = None,
        folds: Sequence[int] | None = None,
        **attributes: Any,
    ) -> "Predictor":
        """Return a predictor from its members' specifications, parameters and common head, and its other attributes.

        The members compute on ``device``; None leaves each where its parameters are.
        """
        populations = tuple(stack(networks, states, head))
        trained = tuple(encoder.trained() for encoder in encoders)
        predictor = cls(
            encoders=trained,
            encoding=tuple(encoding),
            populations=populations,
            weights=None if weights is None else tuple(map(float, weights)),
            folds=None if folds is None else tuple(map(int, folds)),
            **attributes,
        )
        return predictor if device is None else predictor.to(device)

    @property
    def networks(self) -> tuple[Network, ...]:
        """Each member's specification."""
        return tuple(network for population in self.populations for network in population.networks)

    @property
    def head(self) -> Head:
        """The head of all members, which says what their logits mean."""
        return self.populations[0].head

    @property
    def device(self) -> torch.device:
        """The device that the networks compute on."""
        return self.populations[0].device

    def to(self, device: str | torch.device) -> "Predictor":
        """Return the same predictor with its networks on a device; tables are encoded on the CPU all the same."""
        return replace(self, populations=tuple(population.to(device) for population in self.populations))

    def states(self) -> list[MemberState]:
        """Return each member's parameters, as its plain torch module keeps them."""
        return [state for population in self.populations for state in population.states()]

    def member(self, index: int) -> nn.Module:
        """Return one network as a plain torch module in evaluation mode; `encode` gives its inputs.

        A multilayer perceptron is a ``torch.nn.Sequential``.

        Raises
        ------
        IndexError
            If there is no such member.
        """
        if not 0 <= index < self.n_members:
            raise IndexError(f"members are numbered from 0 to {self.n_members - 1}, got {index}")
        population, local = locate_member(self.populations, index)
        return population.member(local)

    def encode(self, table: Any, member: int = 0) -> Tensor:
        """Return the matrix that a member reads for a table, float32 ``(n_rows, d_in)``, on the networks' device."""
        return torch.from_numpy(self.encoders[self.encoding[member]].encode(self.parse(table))).to(self.device)

    def logits(self, table: Any) -> Tensor:
        """Return every member's logits, ``(n_members, n_rows, n_outputs)``, on the CPU."""
        no_rows = torch.empty(self.n_members, 0, self.head.n_outputs(len(self.classes)))
        chunks = self._chunks(self.parse(table), range(self.n_members), lambda logits: logits)
        return torch.cat([no_rows, *(logits for _, logits in chunks)], 1)

    def member_probabilities(self, table: Any) -> NDArray[np.float64]:
        """Return every member's own probabilities, ``(n_members, n_rows, n_classes)``."""
        return _finite_probabilities(self.head, self.logits(table))

    def probabilities_encoded(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> NDArray[np.float64]:
        """Return probabilities ``(n_rows, n_classes)`` of encoded rows, the weighted mean over some members.

        ``encoded`` has by the number of each encoder that these members read through its matrix ``(n_rows, d_in)``.
        """
        probabilities = _finite_probabilities(self.head, self._logits(encoded, members))
        return scale(mean_over_members(probabilities, self._weights_of(members)), self.temperature)

    @cached_property
    def _lookup(self) -> FirstLayerLookup:
        """The first layers of all members, prepared when the first table is predicted."""
        return FirstLayerLookup.of(self.encoders, self.encoding, self.populations)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to copy or pickle, without what is computed from it."""
        return {name: value for name, value in vars(self).items() if name != "_lookup"}

    def _member_probabilities(
        self, parsed: ParsedColumns, members: Sequence[int]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield chunks of rows with the members' probabilities ``(len(members), n_chunk, n_classes)``."""
        return self._chunks(parsed, members, partial(_finite_probabilities, self.head))

    def _chunks(
        self, parsed: ParsedColumns, members: Sequence[int], finish: Callable[[Tensor], _Result]
    ) -> Iterator[tuple[slice, _Result]]:
        """Yield chunks of rows with ``finish`` of the members' logits ``(len(members), n_chunk, n_outputs)``."""
        n_rows, on_cpu = n_rows_of(parsed), self.device.type == "cpu"
        if on_cpu and all(population.layout.family.starts_linear for population in self.populations):
            logits = self._lookup.table(parsed, members).logits
            size = _block_size(n_rows, _LOOKUP_BLOCK)
        else:
            logits = partial(self._dense_logits, parsed, members)
            widest = max(max(population.layout.padded) * population.n_members for population in self.populations)
            size = max(1, min(_MAX_CHUNK // widest, _block_size(n_rows, _DENSE_BLOCK) if on_cpu else n_rows))
        chunks = [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
        # Finished in the thread that computed the logits: one that only collects does not compete for a core.
        results = in_order(lambda rows: finish(logits(rows)), chunks, n_threads=None if on_cpu else 1)
        yield from zip(chunks, results, strict=True)

    def _dense_logits(self, parsed: ParsedColumns, members: Sequence[int], rows: slice) -> Tensor:
        """Return the members' logits for some rows, each of which is encoded."""
        cells: ParsedColumns = {name: column[rows] for name, column in parsed.items()}
        used = sorted({self.encoding[member] for member in members})
        encoded = {index: torch.from_numpy(self.encoders[index].encode(cells)) for index in used}
        return self._logits(encoded, members)

    def _logits(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> Tensor:
        """Return the logits of members, in order, for rows that are encoded already."""
        logits, first = [], 0
        for population in self.populations:
            local = [member - first for member in members if first <= member < first + population.n_members]
            if local:
                encoding = [self.encoding[first + index] for index in local]
                selected = population.select(local)
                logits.append(selected.logits(_stacked(encoded, encoding, selected)).cpu())
            first += population.n_members
        return torch.cat(logits)


def _stacked(encoded: Mapping[int, Tensor], encoding: Sequence[int], population: Population) -> Tensor:
    """Return members' inputs ``(n_members, n_rows, d_in)`` on their device, narrow ones padded.

    Each encoder's matrix is moved once; members that share one get their copies there.
    """
    used = sorted(set(encoding))
    first = encoded[used[0]]
    if len(used) == 1:
        return first.to(population.device).expand(len(encoding), *first.shape)
    matrices = first.new_zeros(len(used), len(first), population.layout.padded[0])
    for matrix, index in zip(matrices, used, strict=True):
        matrix[:, : encoded[index].shape[1]] = encoded[index]
    matrices = matrices.to(population.device)
    return matrices if encoding == used else matrices[[used.index(index) for index in encoding]]


def _finite_probabilities(head: Head, logits: Tensor) -> NDArray[np.float64]:
    probabilities = head.probabilities(torch.nan_to_num(logits.double(), nan=0.0, posinf=1e300, neginf=-1e300))
    return np.asarray(probabilities.numpy())


def _block_size(n_rows: int, at_most: int) -> int:
    """Return the rows of a thread's block: an equal share for each, but enough to be worth starting it."""
    return max(_MIN_BLOCK, min(at_most, -(-n_rows // torch.get_num_threads())))
