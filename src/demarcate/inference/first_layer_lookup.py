"""Logits by lookup: the terms that columns add to a first layer are looked up instead of multiplied row by row.

A first layer sums its inputs times their weights, and a column's inputs depend on its cell alone. What each category
and each knot between numbers adds is computed once for a predictor (`FirstLayerLookup`); a row's first layer is the sum
of a few such terms. In a large table (`TableLookup`) other cells that repeat get terms, too, one for each of them. No
matrix of encoded rows is made, which is most of the cost of rows otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import prod
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.encoding import TableEncoder
from demarcate.encoding.lookup_codes import (
    CategoryColumn,
    KnotColumn,
    LookupColumns,
    RepeatedCells,
    combined_codes,
    repeated_columns,
    shared_groups,
)
from demarcate.encoding.lookup_leaves import RankedLeaves, RankedTrees
from demarcate.nn import Family, MemberState, Network, Population
from demarcate.nn.parallel import in_order
from demarcate.tabular import ParsedColumns

_MAX_LAYER_OUTPUT = 1 << 17
"""Numbers of a layer's output at once: 512 rows of 256 units, which stay in a processor's second cache."""
MIN_REPEATED_ROWS = 1 << 13
"""Rows of a table from which looking for cells that repeat pays."""
_SUM = 0
"""The mode of ``torch.embedding_bag`` that sums."""


@dataclass(frozen=True, eq=False)
class _RowInputs:
    """What members behind one encoder read of some rows."""

    codes: Tensor  # the numbers of terms, int32 (n_rows, n_columns)
    shares: Tensor | None = None  # the factors of the terms, (n_rows, n_columns); None where all are 1
    rest: Tensor | None = None  # the columns without codes, encoded, (n_rows, d_rest); None where there are none

    def select(self, rows: slice) -> "_RowInputs":
        parts = [None if part is None else part[rows] for part in (self.shares, self.rest)]
        return _RowInputs(self.codes[rows], *parts)


@dataclass(frozen=True, eq=False)
class _LookupMember:
    """A member that reads codes."""

    encoder: int  # the number of the encoder it reads through
    terms: Tensor  # of each code in the first layer, those of leaves last, (n_codes, d_out); a column's have the bias
    weight: Tensor  # of the first layer for the columns without codes, (d_rest, d_out)
    bias: Tensor  # of the first layer, (d_out,)
    layers: MemberState  # all of them
    network: Network
    family: Family

    def logits(self, rows: _RowInputs) -> Tensor:
        """Return logits ``(n_rows, n_outputs)``."""
        if rows.codes.shape[1]:
            x = _sums(self.terms, rows.codes, rows.shares)
            if rows.rest is not None:
                x.addmm_(rows.rest, self.weight)
        else:
            assert rows.rest is not None, "a table has columns"
            x = torch.addmm(self.bias, rows.rest, self.weight)
        return self.family.forward_rest(self.network, self.layers, x)


@dataclass(frozen=True, eq=False)
class FirstLayerLookup:
    """The members of a predictor, prepared for the rows of any table."""

    members: tuple[_LookupMember, ...]
    encoders: tuple[TableEncoder, ...]  # each of the columns without codes only
    columns: LookupColumns
    leaves: RankedLeaves
    first: tuple[int, ...]  # the first term of each group of categories, of each column with knots, and of what follows

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], encoding: Sequence[int], populations: Sequence[Population]) -> Self:
        """Prepare the members of populations; ``encoding`` is the number of each member's encoder.

        Every population's family must start with a linear layer.
        """
        columns, leaves = LookupColumns.of(encoders), RankedLeaves.of([encoder.leaves for encoder in encoders])

        def prepare(member: int) -> _LookupMember:
            number = encoding[member]
            located, trees = locate_member(populations, member), leaves.trees[number]
            return _lookup_member(*located, number, encoders[number], columns, trees)

        sizes = [prod(column.n_codes for column in group) for group in columns.categories]
        sizes += [column.n_codes for column in columns.knots]
        return cls(
            tuple(in_order(prepare, range(len(encoding)))),
            tuple(encoder.select(columns.rest) for encoder in encoders),
            columns,
            leaves,
            (0, *np.cumsum(sizes).tolist()),
        )

    def table(self, parsed: ParsedColumns, members: Sequence[int]) -> "TableLookup":
        """Prepare the rows of a table for some of the members, by their numbers in the populations."""
        n_rows = len(next(iter(parsed.values())))
        numbers = np.empty((n_rows, len(self.columns.categories)), dtype=np.int32)
        for at, group in enumerate(self.columns.categories):
            codes = [column.codes(parsed[column.name]) for column in group]  # type: ignore[arg-type]
            numbers[:, at] = combined_codes(codes, group)
            numbers[:, at] += self.first[at]
        lookup = TableLookup(
            tuple(self.members[member] for member in members),
            self.encoders,
            self.first[-1],
            torch.from_numpy(numbers),
            tuple(zip(self.columns.knots, self.first[numbers.shape[1] :], strict=False)),
            self.columns.rest,
            self.leaves.trees,
            self.leaves.cells(parsed),
            parsed,
        )
        return lookup if n_rows < MIN_REPEATED_ROWS else lookup.with_repeated_cells()


@dataclass(frozen=True, eq=False)
class TableLookup:
    """The rows of one table, prepared for some members."""

    members: tuple[_LookupMember, ...]
    encoders: tuple[TableEncoder, ...]  # each of the columns without codes, and perhaps of others
    n_codes: int  # the number of terms that are no leaf
    codes: Tensor  # each row's terms by number, int32 (n_rows, n_coded)
    knots: tuple[tuple[KnotColumn, int], ...]  # columns between knots, with the number of each one's first term
    rest: tuple[str, ...]  # the columns without codes
    trees: tuple[RankedTrees | None, ...]  # those of each encoder
    tested: dict[str, NDArray[Any]]  # the codes of cells that trees test, by column
    parsed: ParsedColumns

    def logits(self, rows: slice) -> Tensor:
        """Return every member's logits for some rows, ``(len(members), n_rows, n_outputs)``."""
        common, logits = self._terms(rows), []
        encoder, own = -1, _RowInputs(*common)
        with torch.inference_mode():
            for member in self.members:
                if member.encoder != encoder:
                    # One at a time: the encodings of many columns by all encoders would not fit.
                    encoder, own = member.encoder, self._inputs(*common, member, rows)
                size = max(1, _MAX_LAYER_OUTPUT // len(member.bias))
                starts = range(0, len(own.codes), size)
                parts = [member.logits(own.select(slice(start, start + size))) for start in starts]
                logits.append(parts[0] if len(parts) == 1 else torch.cat(parts))
            return torch.stack(logits)

    def with_repeated_cells(self) -> "TableLookup":
        """Return the same with terms for distinct cells of columns, between knots or without codes, that repeat."""
        names = [*(column.name for column, _ in self.knots), *self.rest]
        repeated = repeated_columns({name: self.parsed[name] for name in names})
        if not repeated:
            return self
        groups, seen = shared_groups(repeated), {column.name for column in repeated}
        left = tuple(name for name in self.rest if name not in seen)
        terms_of = {column.name: self._terms_of(column) for column in repeated}
        n_terms, numbers = self.n_codes, [self.codes]
        for group in groups:
            codes = combined_codes([column.codes for column in group], group)
            numbers.append(torch.from_numpy(codes + np.int32(n_terms))[:, None])
            n_terms += prod(column.n_codes for column in group)

        def extended(member: _LookupMember) -> _LookupMember:
            with torch.inference_mode():
                blocks = [_combined_terms([terms_of[column.name](member) for column in group]) for group in groups]
                if not len(member.terms):
                    blocks[0] = blocks[0] + member.bias
                of_left = _input_numbers(self.encoders[member.encoder], left)
                terms = torch.cat([member.terms[: self.n_codes], *blocks, member.terms[self.n_codes :]])
                return replace(member, terms=terms, weight=member.weight[of_left])

        return TableLookup(
            tuple(in_order(extended, self.members)),
            tuple(encoder.select(left) for encoder in self.encoders),
            n_terms,
            torch.cat(numbers, 1),
            tuple((column, first) for column, first in self.knots if column.name not in seen),
            left,
            self.trees,
            self.tested,
            self.parsed,
        )

    def _terms_of(self, column: RepeatedCells) -> Callable[[_LookupMember], Tensor]:
        """Return what gives a member's terms of a column's distinct cells, ``(n_codes, d_out)``."""
        for knots, first in self.knots:
            if knots.name == column.name:
                codes, shares = map(torch.from_numpy, knots.interpolate(column.distinct))
                return lambda member: _sums(member.terms, codes + first, shares)
        used = {member.encoder for member in self.members}
        cells = {column.name: column.distinct}
        encoded = {at: torch.from_numpy(self.encoders[at].select([column.name]).encode(cells)) for at in used}
        inputs = {at: self.encoders[at].columns_of(column.name) for at in used}
        return lambda member: encoded[member.encoder] @ member.weight[inputs[member.encoder]]

    def _inputs(self, codes: Tensor, shares: Tensor | None, member: _LookupMember, rows: slice) -> _RowInputs:
        """Return what the members behind one encoder read of some rows, the first of which is ``member``."""
        trees = self.trees[member.encoder]
        if trees is not None:
            leaves = trees.codes({name: codes[rows] for name, codes in self.tested.items()})
            own = torch.from_numpy(leaves) + self.n_codes
            codes = torch.cat([codes, own], 1)
            shares = None if shares is None else torch.cat([shares, torch.ones(own.shape)], 1)
        if not self.rest:
            return _RowInputs(codes, shares)
        cells: ParsedColumns = {name: self.parsed[name][rows] for name in self.rest}
        return _RowInputs(codes, shares, torch.from_numpy(self.encoders[member.encoder].encode(cells)))

    def _terms(self, rows: slice) -> tuple[Tensor, Tensor | None]:
        """Return some rows' term numbers and the share of each term; None where every share is 1."""
        codes = self.codes[rows]
        if not self.knots:
            return codes, None
        n_rows, n_coded = codes.shape
        numbers = torch.empty(n_rows, n_coded + 2 * len(self.knots), dtype=torch.int32)
        shares = torch.ones(numbers.shape)
        numbers[:, :n_coded] = codes
        for at, (column, first) in enumerate(self.knots):
            own = slice(n_coded + 2 * at, n_coded + 2 * at + 2)
            own_codes, own_shares = column.interpolate(np.asarray(self.parsed[column.name][rows]))
            numbers[:, own] = torch.from_numpy(own_codes + np.int32(first))
            shares[:, own] = torch.from_numpy(own_shares)
        return numbers, shares


def locate_member(populations: Sequence[Population], member: int) -> tuple[Population, int]:
    """Return the population of a member, and its number there."""
    for population in populations:
        if member < population.n_members:
            return population, member
        member -= population.n_members
    raise AssertionError("every member is in a population")


def _lookup_member(
    population: Population,
    local: int,
    number: int,
    encoder: TableEncoder,
    columns: LookupColumns,
    trees: RankedTrees | None,
) -> _LookupMember:
    layers = population.layout.member_layers(population.flat, local)
    weight, bias = layers[0]

    def terms_of(column: CategoryColumn | KnotColumn) -> Tensor:
        return torch.from_numpy(column.encoded[number]) @ weight[encoder.columns_of(column.name)]

    with torch.inference_mode():
        terms = [_combined_terms([terms_of(column) for column in group]) for group in columns.categories]
        terms += [terms_of(column) for column in columns.knots]
        if trees is not None:
            leaves = weight[encoder.first_leaf : encoder.n_encoded].clone().split(trees.n_leaves)
            pairs = zip(leaves[::2], leaves[1::2], strict=True) if trees.is_paired else zip(leaves, strict=True)
            terms += [_combined_terms(pair) for pair in pairs]
        if terms:
            terms[0] += bias
        return _LookupMember(
            number,
            torch.cat(terms) if terms else weight[:0],
            weight[_input_numbers(encoder, columns.rest)],
            bias,
            layers,
            population.networks[local],
            population.layout.family,
        )


def _input_numbers(encoder: TableEncoder, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the columns of the encoded matrix that these columns of the table became."""
    ranges = [encoder.columns_of(name) for name in names]
    return np.concatenate([np.empty(0, np.int64), *(np.arange(own.start, own.stop) for own in ranges)])


def _combined_terms(terms: Sequence[Tensor]) -> Tensor:
    """Return the sum of columns' terms ``(n_codes, d_out)`` for each combination of their codes."""
    return reduce(lambda one, other: (one[:, None] + other).flatten(0, 1), terms)


def _sums(terms: Tensor, numbers: Tensor, factors: Tensor | None) -> Tensor:
    """Return the sums of the terms of each row, ``(n_rows, d_out)``, times factors ``(n_rows, n_columns)`` if any."""
    # `torch.nn.functional.embedding_bag` is the same, but for checks that take longer than the sums of a few rows.
    starts = torch.arange(0, numbers.numel(), numbers.shape[1], dtype=torch.int32)
    factors = None if factors is None else factors.reshape(-1)
    return torch.embedding_bag(terms, numbers.reshape(-1), starts, mode=_SUM, per_sample_weights=factors)[0]
