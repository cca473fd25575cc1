"""What the cells of one row add to the first layers of all members, by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import ColumnEncoder, NumericEncoder, TableEncoder
from demarcate.encoding.lookup_codes import CategoryColumn, KnotColumn
from demarcate.encoding.lookup_leaves import RankedColumn, RankedLeaves
from demarcate.encoding.numeric import NumericEncoders

MAX_TERMS = 1 << 24
"""Numbers of the terms of a column; one with more codes is encoded."""
_NEVER = 1 << 16
"""A rank above all."""

Floats = NDArray[np.float32]


class Terms(Protocol):
    """What the cells of a column add to the first layers of all members."""

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        """Add the terms of one row's cell to first layers ``(n_units,)``."""


@dataclass(frozen=True, eq=False)
class Units:
    """The first layers of all members, side by side, in the order in which they are computed."""

    encoding: tuple[int, ...]  # the number of each member's encoder
    weights: tuple[Floats, ...]  # of each member, (d_in, d_hidden)

    def behind(self, encoders: Sequence[int]) -> NDArray[np.int64]:
        """Return the place of each unit's encoder among some of them, -1 for others, ``(n_units,)``."""
        places = {encoder: place for place, encoder in enumerate(encoders)}
        each = [
            np.full(weight.shape[1], places.get(at, -1)) for at, weight in zip(self.encoding, self.weights, strict=True)
        ]
        return np.concatenate(each)

    def terms(self, encoded: Mapping[int, Floats], inputs: Mapping[int, slice]) -> Floats:
        """Return terms ``(n_codes, n_units)`` of codes encoded as ``(n_codes, n_encoded)``; 0 behind other encoders."""
        n_codes = len(next(iter(encoded.values())))
        parts = [
            encoded[at] @ weight[inputs[at]] if at in encoded else np.zeros((n_codes, weight.shape[1]), np.float32)
            for at, weight in zip(self.encoding, self.weights, strict=True)
        ]
        return np.concatenate(parts, 1)


@dataclass(frozen=True, eq=False)
class _CategoryTerms:
    column: CategoryColumn
    terms: Floats  # (n_codes, n_units)

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        first += self.terms[self.column.codes(parsed[self.column.name])[0]]


@dataclass(frozen=True, eq=False)
class _KnotTerms:
    column: KnotColumn
    terms: Floats  # (n_codes, n_units)

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        (codes,), (shares,) = self.column.interpolate(parsed[self.column.name])
        first += shares @ self.terms[codes]


@dataclass(frozen=True, eq=False)
class _LineTerms:
    """The terms of numbers that are only standardised, whose weights multiply them."""

    names: tuple[str, ...]
    encoders: NumericEncoders  # of all columns, those of one after the other
    column: NDArray[np.int64]  # of each encoder, (n_encoders,)
    behind: NDArray[np.int64]  # the encoder of each column before each unit, (n_columns, n_units)
    weights: Floats  # of the number, 0 where the column has no such encoder, (n_columns, n_units)
    flags: Floats  # of the flag that it is missing, (n_columns, n_units)

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        cells = np.concatenate([parsed[name] for name in self.names])
        first += (self.encoders.encode(cells[self.column])[self.behind] * self.weights).sum(0)
        for missing in np.flatnonzero(np.isnan(cells)).tolist():
            first += self.flags[missing]


@dataclass(frozen=True, eq=False)
class _EncodedTerms:
    """The terms of columns that have no codes: they are encoded and multiplied."""

    name: str
    units: Units
    encoders: Mapping[int, ColumnEncoder]
    inputs: Mapping[int, slice]

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        encoded = {at: encoder.encode(parsed[self.name]) for at, encoder in self.encoders.items()}
        first += self.units.terms(encoded, self.inputs)[0]


@dataclass(frozen=True, eq=False)
class _LeafTerms:
    """The terms of the leaves of all encoders' trees, all of which are asked at once."""

    columns: tuple[RankedColumn, ...]
    ranks: tuple[NDArray[np.int64], ...]  # of each column's codes for each encoder with trees, (n_codes, n_encoders)
    tested: NDArray[np.int64]  # the column that each level of each tree tests, (depth, n_trees)
    passed: NDArray[np.int64]  # a rank from this on passes the test, (depth, n_trees)
    encoder: NDArray[np.int64]  # of each tree, (n_trees,)
    sums: tuple[tuple[slice, NDArray[np.int64], Floats], ...]
    """For each encoder its trees, the units behind it ``(n_own,)`` and the terms ``(n_own_trees, n_leaves, n_own)``."""

    def add_to(self, first: Floats, parsed: Mapping[str, Any]) -> None:
        codes = [column.codes(parsed[column.name])[0] for column in self.columns]
        ranks = np.stack([own[code] for own, code in zip(self.ranks, codes, strict=True)])
        leaves = np.zeros(len(self.encoder), dtype=np.int64)
        for passed in ranks[self.tested, self.encoder] >= self.passed:
            leaves += leaves + passed
        for trees, units, terms in self.sums:
            own = leaves[trees]
            first[units] += terms[np.arange(len(own)), own].sum(0)


def column_terms(name: str, encoders: Mapping[int, ColumnEncoder], inputs: Mapping[int, slice], units: Units) -> Terms:
    """Return the terms of a column's encoders: by code, between knots, or else of its encoding."""
    n_units, own = sum(weight.shape[1] for weight in units.weights), list(encoders.values())
    for found, kind in ((CategoryColumn.of(name, own), _CategoryTerms), (KnotColumn.of(name, own), _KnotTerms)):
        if found is not None and found.n_codes * n_units <= MAX_TERMS:
            encoded = dict(zip(encoders, found.encoded, strict=True))
            terms: Terms = kind(found, units.terms(encoded, inputs))  # type: ignore[arg-type]
            return terms
    return _EncodedTerms(name, units, encoders, inputs)


def line_terms(
    columns: Mapping[str, Mapping[int, NumericEncoder]], tables: Sequence[TableEncoder], units: Units
) -> _LineTerms:
    """Return the terms of the encoders of columns that only standardise, by the number of their table's encoder."""
    parts, start = [], 0
    for name, encoders in columns.items():
        inputs = {at: tables[at].columns_of(name) for at in encoders}
        number = {at: np.eye(1, encoder.width, dtype=np.float32) for at, encoder in encoders.items()}
        flag = {at: np.eye(1, encoder.width, 1, dtype=np.float32) for at, encoder in encoders.items()}
        behind = np.maximum(units.behind(list(encoders)), 0) + start
        parts.append((behind, units.terms(number, inputs)[0], units.terms(flag, inputs)[0]))
        start += len(encoders)
    behind, weights, flags = (np.stack(arrays) for arrays in zip(*parts, strict=True))
    column = np.repeat(np.arange(len(columns)), [len(encoders) for encoders in columns.values()])
    every = [encoder for encoders in columns.values() for encoder in encoders.values()]
    return _LineTerms(tuple(columns), NumericEncoders(every), column, behind, weights, flags)


def leaf_terms(encoders: Sequence[TableEncoder], units: Units) -> _LeafTerms:
    """Return the terms of the leaves of all encoders' trees."""
    ranked = RankedLeaves.of([encoder.leaves for encoder in encoders])
    own = [(at, trees) for at, trees in enumerate(ranked.trees) if trees is not None]
    places = {column.name: place for place, column in enumerate(ranked.columns)}
    depth = max(len(trees.columns) for _, trees in own)
    ranks = [np.zeros((0, 0), dtype=np.int64)] * len(places)
    tested, passed, sums, start = [], [], [], 0
    for place, (at, trees) in enumerate(own):
        for name, codes in trees.ranks:
            if not ranks[places[name]].size:
                ranks[places[name]] = np.zeros((len(codes), len(own)), dtype=np.int64)
            ranks[places[name]][:, place] = codes
        names = np.array([places[name] for name, _ in trees.ranks])
        # Shallower trees have tests before their first that nothing passes.
        padding = ((depth - len(trees.columns), 0), (0, 0))
        tested.append(np.pad(names[trees.columns], padding))
        passed.append(np.pad(trees.passed[..., 0].astype(np.int64), padding, constant_values=_NEVER))
        leaves = slice(encoders[at].first_leaf, encoders[at].n_encoded)
        of_members = zip(units.encoding, units.weights, strict=True)
        terms = [weight[leaves] for each, weight in of_members if each == at]
        behind = np.flatnonzero(units.behind([at]) == 0)
        stop = start + trees.n_trees
        if terms:
            by_tree = np.concatenate(terms, 1).reshape(trees.n_trees, trees.n_leaves, -1)
            sums.append((slice(start, stop), behind, by_tree))
        start = stop
    encoder = np.repeat(np.arange(len(own)), [trees.n_trees for _, trees in own])
    return _LeafTerms(
        ranked.columns, tuple(ranks), np.concatenate(tested, 1), np.concatenate(passed, 1), encoder, tuple(sums)
    )
