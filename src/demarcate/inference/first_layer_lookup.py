"""Logits for many rows: what a column adds to a first layer is looked up, instead of multiplied out row by row.

A first layer sums its inputs times their weights, and a column's inputs depend on its cell alone. Where cells repeat,
the sum over a column's inputs is computed once for each distinct cell, and a row's first layer is the sum of a few such
sums. No matrix of encoded rows is made, which is most of what such rows cost otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from demarcate.encoding import TableEncoder
from demarcate.encoding.lookup_codes import CodedColumns, CodedTable, InterpolatedColumn
from demarcate.nn import Family, MemberState, Network, Population
from demarcate.nn.parallel import in_order
from demarcate.tabular import ParsedColumns

_SLICE = 1 << 17
"""Numbers of a layer's output at once: 512 rows of 256 units, which stay in a processor's second cache."""


@dataclass(frozen=True, eq=False)
class _Member:
    """A member that reads a coded table.

    Attributes
    ----------
    encoder
        The number of the encoder it reads through.
    sums
        What each code adds to the first layer, ``(n_codes, d_out)``; the bias is in those of the first column. Or None,
        if no column has codes.
    weight
        The first layer's weights for the other columns, ``(d_rest, d_out)``.
    bias
        The first layer's bias, ``(d_out,)``.
    layers
        All its layers.
    network, family
        Its specification, and the family that computes the other layers.
    """

    encoder: int
    sums: Tensor | None
    weight: Tensor
    bias: Tensor
    layers: MemberState
    network: Network
    family: Family

    def logits(self, codes: Tensor, shares: Tensor | None, rest: Tensor) -> Tensor:
        """Logits ``(n_rows, n_outputs)``.

        Parameters
        ----------
        codes
            Places among the sums, ``(n_rows, n_columns)``.
        shares
            How much of each of these sums is meant, of the same shape; None for the whole of all.
        rest
            The other columns, encoded, ``(n_rows, d_rest)``.
        """
        if self.sums is None:
            x = torch.addmm(self.bias, rest, self.weight)
        else:
            x = functional.embedding_bag(codes, self.sums, mode="sum", per_sample_weights=shares)
            if rest.shape[1]:
                x.addmm_(rest, self.weight)
        return self.family.forward_rest(self.network, self.layers, x)


@dataclass(frozen=True, eq=False)
class Lookup:
    """Some members of a predictor, made ready for the rows of one table.

    Attributes
    ----------
    members
        The members, in order.
    encoders
        The encoders they read through, each of the columns that are not in codes only.
    codes
        Each row's places among the members' ``sums``, int32 ``(n_rows, n_columns)``.
    knotted
        Columns with knots, and where each one's sums begin.
    parsed
        The table's columns that are not in codes.
    rest
        The names of those that have no knots either.
    """

    members: tuple[_Member, ...]
    encoders: dict[int, TableEncoder]
    codes: Tensor
    knotted: tuple[tuple[InterpolatedColumn, int], ...]
    parsed: ParsedColumns
    rest: tuple[str, ...]

    @classmethod
    def of(
        cls,
        encoders: Sequence[TableEncoder],
        encoding: Sequence[int],
        populations: Sequence[Population],
        members: Sequence[int],
        parsed: ParsedColumns,
    ) -> "Lookup":
        """Make members ready for parsed rows.

        Parameters
        ----------
        encoders
            All encoders of the predictor.
        encoding
            The encoder each member reads through.
        populations
            All members, in order, as stacks.
        members
            Numbers of those that are asked.
        parsed
            The rows.
        """
        used = sorted({encoding[member] for member in members})
        table = CodedTable.of([encoders[index] for index in used], parsed)
        inputs = {index: _Inputs.of(encoders[index], place, table) for place, index in enumerate(used)}

        def ready(member: int) -> _Member:
            return _member(*_place(populations, member), encoding[member], inputs[encoding[member]])

        knotted = [column.columns[0] for column in table.interpolated]
        first = np.cumsum([0, *(column.n_codes for column in table.with_codes)])
        return cls(
            tuple(in_order(ready, members)),
            {index: own.rest for index, own in inputs.items()},
            _codes(table.coded, len(next(iter(parsed.values())))),
            tuple(zip(table.interpolated, map(int, first[len(table.coded) : -1]), strict=True)),
            {name: parsed[name] for name in (*knotted, *table.rest)},
            table.rest,
        )

    def logits(self, rows: slice) -> Tensor:
        """Every member's raw outputs for some rows, ``(len(members), n_rows, n_outputs)``."""
        codes, shares = self._places(rows)
        cells: ParsedColumns = {name: self.parsed[name][rows] for name in self.rest}
        found: list[Tensor] = []
        encoder, rest = -1, torch.empty(len(codes), 0)
        with torch.inference_mode():
            for member in self.members:
                if cells and member.encoder != encoder:
                    # One at a time: the encodings of many columns by all encoders would not fit.
                    encoder, rest = member.encoder, torch.from_numpy(self.encoders[member.encoder].encode(cells))
                size = max(1, _SLICE // len(member.bias))
                parts = [slice(start, start + size) for start in range(0, len(codes), size)]
                pieces = [
                    member.logits(codes[part], None if shares is None else shares[part], rest[part]) for part in parts
                ]
                found.append(torch.cat(pieces))
            return torch.stack(found)

    def _places(self, rows: slice) -> tuple[Tensor, Tensor | None]:
        """Some rows' places among the members' sums, and the share of each; None where no share is less than 1."""
        codes = self.codes[rows]
        if not self.knotted:
            return codes, None
        between = [
            (column.interpolate(np.asarray(self.parsed[column.columns[0]][rows])), at) for column, at in self.knotted
        ]
        places = [torch.from_numpy((own + first).astype(np.int32)) for (own, _), first in between]
        shares = [torch.from_numpy(own) for (_, own), _ in between]
        return torch.cat([codes, *places], 1), torch.cat([torch.ones(codes.shape), *shares], 1)


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Where a member finds its inputs in a coded table.

    Attributes
    ----------
    encoded
        What its encoder makes of each code, a matrix ``(n_codes, n_encoded)`` for each column with codes.
    of_codes
        Which inputs these are, an array for each.
    of_rest
        Which inputs are those of the other columns.
    rest
        The encoder of the other columns.
    """

    encoded: tuple[Tensor, ...]
    of_codes: tuple[NDArray[np.int64], ...]
    of_rest: NDArray[np.int64]
    rest: TableEncoder

    @classmethod
    def of(cls, encoder: TableEncoder, place: int, table: CodedTable) -> "_Inputs":
        return cls(
            tuple(torch.from_numpy(column.encoded[place]) for column in table.with_codes),
            tuple(_columns(encoder, column.columns) for column in table.with_codes),
            _columns(encoder, table.rest),
            encoder.select(table.rest),
        )


def _columns(encoder: TableEncoder, names: Sequence[str]) -> NDArray[np.int64]:
    """Which columns of the matrix these columns of the table became."""
    ranges = [encoder.columns_of(name) for name in names]
    return np.concatenate([np.empty(0, np.int64), *(np.arange(own.start, own.stop) for own in ranges)])


def _place(populations: Sequence[Population], member: int) -> tuple[Population, int]:
    """The population of a member, and its number there."""
    for population in populations:
        if member < population.n_members:
            return population, member
        member -= population.n_members
    raise AssertionError("every member is in a population")


def _member(population: Population, local: int, encoder: int, inputs: _Inputs) -> _Member:
    layers = population.layout.member_layers(population.flat, local)
    weight, bias = layers[0]
    with torch.inference_mode():
        sums = [own @ weight[places] for own, places in zip(inputs.encoded, inputs.of_codes, strict=True)]
        if sums:
            sums[0] += bias
        return _Member(
            encoder,
            torch.cat(sums) if sums else None,
            weight[inputs.of_rest],
            bias,
            layers,
            population.networks[local],
            population.layout.family,
        )


def _codes(columns: Sequence[CodedColumns], n_rows: int) -> Tensor:
    """Codes of columns as places in one table of all their codes, int32 ``(n_rows, n_columns)``."""
    places = np.empty((n_rows, len(columns)), dtype=np.int32)
    first = 0
    for at, column in enumerate(columns):
        np.add(column.codes, np.int32(first), out=places[:, at])
        first += column.n_codes
    return torch.from_numpy(places)
