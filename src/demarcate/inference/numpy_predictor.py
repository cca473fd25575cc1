"""A fitted model whose networks numpy computes: one row costs no import of torch, and a server about a millisecond."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.inference.fitted_model import FittedModel, n_rows_of
from demarcate.inference.row_lookup import RowLookup
from demarcate.nn import Network, family_of
from demarcate.nn.array_heads import array_probabilities
from demarcate.tabular.schema import ParsedColumns

ArrayState = list[tuple[NDArray[np.float32], ...]]
"""One member's parameters, arranged as `demarcate.nn.MemberState` arranges them."""

_BLOCK_ROWS = 1024
"""Rows that are encoded and computed at once."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class NumpyPredictor(FittedModel):
    """A model to predict rows with as they come, such as in a web service; its probabilities are those of `Predictor`.

    It is loaded by ``demarcate.load(path, backend="numpy")``. It predicts tables too, and of many rows in several times
    the time of a `Predictor`.

    Attributes
    ----------
    schema, encoders, classes, ...
        As `FittedModel` has them.
    networks, states
        Each member's specification and parameters, ``(n_members,)``.
    head
        The name of the head of all members, one of `demarcate.nn.HEAD_NAMES`.

    Raises
    ------
    SettingError
        If a network is of a family that numpy does not compute.
    """

    networks: tuple[Network, ...]
    states: tuple[ArrayState, ...]
    head: str

    def __post_init__(self) -> None:
        super().__post_init__()
        others = sorted({network.family for network in self.networks if not family_of(network).computes_arrays})
        if others:
            raise SettingError(f"backend must be 'torch' for networks of the family {others[0]}, got 'numpy'")

    def _member_probabilities(
        self, parsed: ParsedColumns, members: Sequence[int]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        n_rows = n_rows_of(parsed)
        for start in range(0, n_rows, _BLOCK_ROWS):
            rows = slice(start, min(start + _BLOCK_ROWS, n_rows))
            cells: ParsedColumns = {name: column[rows] for name, column in parsed.items()}
            yield rows, array_probabilities(self.head, self._logits(cells, members))

    def _logits(self, cells: ParsedColumns, members: Sequence[int]) -> NDArray[np.float32]:
        """Return the members' logits for some rows, ``(len(members), n_rows, n_outputs)``."""
        encoded: dict[int, NDArray[np.float32]] = {}
        logits = []
        # As with torch, numbers too large for a float become infinite in silence.
        with np.errstate(over="ignore", invalid="ignore"):
            for member in members:
                encoder, network = self.encoding[member], self.networks[member]
                if encoder not in encoded:
                    # One at a time: the encodings of many columns by all encoders would not fit.
                    encoded = {encoder: self.encoders[encoder].encode(cells)}
                logits.append(family_of(network).array_logits(network, self.states[member], encoded[encoder]))
        return np.stack(logits)

    def _row_probabilities(self, parsed: ParsedColumns) -> NDArray[np.float64]:
        if not all(family_of(network).starts_linear for network in self.networks):
            return super()._row_probabilities(parsed)
        with np.errstate(over="ignore", invalid="ignore"):
            return array_probabilities(self.head, self._lookup.logits(parsed))

    @cached_property
    def _lookup(self) -> RowLookup:
        """The first layers of all members, prepared when the first row is predicted."""
        return RowLookup.of(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to copy or pickle, without what is computed from it."""
        return {name: value for name, value in vars(self).items() if name != "_lookup"}
