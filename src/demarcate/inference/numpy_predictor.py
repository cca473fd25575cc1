"""A fitted model whose networks numpy computes: one row costs no import of torch, and a server about a millisecond."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputWarning, SettingError, warn_caller
from demarcate.inference.batch_computer import BatchComputer
from demarcate.inference.fitted_model import FittedModel, n_rows_of
from demarcate.inference.row_coder import RowCoder
from demarcate.nn import Network, family_of
from demarcate.tabular.schema import ParsedColumns

ArrayState = list[tuple[NDArray[np.float32], ...]]
"""One member's parameters, arranged as `demarcate.nn.MemberState` arranges them."""

_CHUNK_ROWS = 1024
"""Rows of a table that are coded at once."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class NumpyPredictor(FittedModel):
    """A model to predict rows with as they come, such as in a web service; its probabilities are those of `Predictor`.

    It is loaded by ``demarcate.load(path, backend="numpy")``. It predicts tables too, in two or
    three times the time of a `Predictor` where they are large. A row's probabilities have the same bits alone and in a
    table.

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
        for start in range(0, n_rows_of(parsed), _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            cells: ParsedColumns = {name: column[rows] for name, column in parsed.items()}
            probabilities = self.computer.member_probabilities(self.coder.values_of(cells))
            yield slice(start, start + probabilities.shape[1]), probabilities[list(members)]

    def _row_probabilities(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        coded = self.coder.code([row])
        for note in coded.notes:
            warn_caller(InputWarning(note))
        return self.computer.member_probabilities(coded)

    @cached_property
    def coder(self) -> RowCoder:
        """What reads the rows of requests, prepared when it is first used."""
        return RowCoder(self)

    @cached_property
    def computer(self) -> BatchComputer:
        """What computes coded rows, prepared when it is first used."""
        return BatchComputer(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to copy or pickle, without what is computed from it."""
        return {name: value for name, value in vars(self).items() if name not in ("coder", "computer")}
