"""Logits for many rows: the terms that columns add to a first layer are looked up instead of multiplied row by row.

A first layer sums its inputs times their weights, and a column's inputs depend on its cell alone. Where cells repeat,
the sum over a column's inputs is computed once for each distinct cell, and a row's first layer is the sum of a few such
terms. No matrix of encoded rows is made, which is most of the cost of such rows otherwise.
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

_MAX_LAYER_OUTPUT = 1 << 17
"""Numbers of a layer's output at once: 512 rows of 256 units, which stay in a processor's second cache."""


@dataclass(frozen=True, eq=False)
class _LookupMember:
    """A member that reads a coded table."""

    encoder: int  # the number of the encoder it reads through
    terms: Tensor | None  # of each code in the first layer, (n_codes, d_out), with the bias in the first column's
    weight: Tensor  # of the first layer for the other columns, (d_rest, d_out)
    bias: Tensor  # of the first layer, (d_out,)
    layers: MemberState  # all of them
    network: Network
    family: Family

    def logits(self, codes: Tensor, shares: Tensor | None, rest: Tensor) -> Tensor:
        """Return logits ``(n_rows, n_outputs)`` from numbers and factors of terms, ``(n_rows, n_columns)`` each.

        ``rest`` are the other columns, encoded, ``(n_rows, d_rest)``.
        """
        if self.terms is None:
            x = torch.addmm(self.bias, rest, self.weight)
        else:
            x = functional.embedding_bag(codes, self.terms, mode="sum", per_sample_weights=shares)
            if rest.shape[1]:
                x.addmm_(rest, self.weight)
        return self.family.forward_rest(self.network, self.layers, x)


@dataclass(frozen=True, eq=False)
class FirstLayerLookup:
    """Some members of a predictor, prepared for the rows of one table."""

    members: tuple[_LookupMember, ...]
    encoders: dict[int, TableEncoder]  # those they read through, each of the columns without codes only
    codes: Tensor  # each row's terms by number, int32 (n_rows, n_columns)
    interpolated: tuple[tuple[InterpolatedColumn, int], ...]  # with the number of each one's first term
    parsed: ParsedColumns  # the columns without codes
    rest: tuple[str, ...]  # those of them that are not interpolated either

    @classmethod
    def of(
        cls,
        encoders: Sequence[TableEncoder],
        encoding: Sequence[int],
        populations: Sequence[Population],
        members: Sequence[int],
        parsed: ParsedColumns,
    ) -> "FirstLayerLookup":
        """Prepare members, by their numbers in the populations, for parsed rows; ``encoding`` is each member's encoder.

        Every population's family must start with a linear layer.
        """
        used = sorted({encoding[member] for member in members})
        table = CodedTable.of([encoders[index] for index in used], parsed)
        inputs = {index: _Inputs.of(encoders[index], number, table) for number, index in enumerate(used)}

        def prepare(member: int) -> _LookupMember:
            return _lookup_member(*locate_member(populations, member), encoding[member], inputs[encoding[member]])

        interpolated = [column.columns[0] for column in table.interpolated]
        first = np.cumsum([0, *(column.n_codes for column in table.with_codes)])
        return cls(
            tuple(in_order(prepare, members)),
            {index: own.rest for index, own in inputs.items()},
            _term_numbers(table.coded, first, len(next(iter(parsed.values())))),
            tuple(zip(table.interpolated, map(int, first[len(table.coded) : -1]), strict=True)),
            {name: parsed[name] for name in (*interpolated, *table.rest)},
            table.rest,
        )

    def logits(self, rows: slice) -> Tensor:
        """Return every member's logits for some rows, ``(len(members), n_rows, n_outputs)``."""
        codes, shares = self._terms(rows)
        cells: ParsedColumns = {name: self.parsed[name][rows] for name in self.rest}
        logits: list[Tensor] = []
        encoder, rest = -1, torch.empty(len(codes), 0)
        with torch.inference_mode():
            for member in self.members:
                if cells and member.encoder != encoder:
                    # One at a time: the encodings of many columns by all encoders would not fit.
                    encoder, rest = member.encoder, torch.from_numpy(self.encoders[member.encoder].encode(cells))
                size = max(1, _MAX_LAYER_OUTPUT // len(member.bias))
                blocks = [slice(start, start + size) for start in range(0, len(codes), size)]
                parts = [
                    member.logits(codes[block], None if shares is None else shares[block], rest[block])
                    for block in blocks
                ]
                logits.append(torch.cat(parts))
            return torch.stack(logits)

    def _terms(self, rows: slice) -> tuple[Tensor, Tensor | None]:
        """Return some rows' term numbers and the share of each term; None where every share is 1."""
        codes = self.codes[rows]
        if not self.interpolated:
            return codes, None
        interpolated = [
            (column.interpolate(np.asarray(self.parsed[column.columns[0]][rows])), first)
            for column, first in self.interpolated
        ]
        numbers = [torch.from_numpy((own + first).astype(np.int32)) for (own, _), first in interpolated]
        shares = [torch.from_numpy(own) for (_, own), _ in interpolated]
        return torch.cat([codes, *numbers], 1), torch.cat([torch.ones(codes.shape), *shares], 1)


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Where the members behind one encoder find their inputs in a coded table."""

    encoded: tuple[Tensor, ...]  # for each column with codes, the encoding of each code, (n_codes, n_encoded)
    of_codes: tuple[NDArray[np.int64], ...]  # the numbers of these inputs
    of_rest: NDArray[np.int64]  # the numbers of the other columns' inputs
    rest: TableEncoder  # the encoder of the other columns

    @classmethod
    def of(cls, encoder: TableEncoder, number: int, table: CodedTable) -> "_Inputs":
        return cls(
            tuple(torch.from_numpy(column.encoded[number]) for column in table.with_codes),
            tuple(_input_numbers(encoder, column.columns) for column in table.with_codes),
            _input_numbers(encoder, table.rest),
            encoder.select(table.rest),
        )


def _input_numbers(encoder: TableEncoder, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the columns of the encoded matrix that these columns of the table became."""
    ranges = [encoder.columns_of(name) for name in names]
    return np.concatenate([np.empty(0, np.int64), *(np.arange(own.start, own.stop) for own in ranges)])


def locate_member(populations: Sequence[Population], member: int) -> tuple[Population, int]:
    """Return the population of a member, and its number there."""
    for population in populations:
        if member < population.n_members:
            return population, member
        member -= population.n_members
    raise AssertionError("every member is in a population")


def _lookup_member(population: Population, local: int, encoder: int, inputs: _Inputs) -> _LookupMember:
    layers = population.layout.member_layers(population.flat, local)
    weight, bias = layers[0]
    with torch.inference_mode():
        terms = [own @ weight[numbers] for own, numbers in zip(inputs.encoded, inputs.of_codes, strict=True)]
        if terms:
            terms[0] += bias
        return _LookupMember(
            encoder,
            torch.cat(terms) if terms else None,
            weight[inputs.of_rest],
            bias,
            layers,
            population.networks[local],
            population.layout.family,
        )


def _term_numbers(columns: Sequence[CodedColumns], first: NDArray[np.int64], n_rows: int) -> Tensor:
    """Return the codes of columns, counted from their first term's number, int32 ``(n_rows, n_columns)``."""
    numbers = np.empty((n_rows, len(columns)), dtype=np.int32)
    for at, column in enumerate(columns):
        np.add(column.codes, np.int32(first[at]), out=numbers[:, at])
    return torch.from_numpy(numbers)
