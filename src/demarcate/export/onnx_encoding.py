"""The encoders of a model in an ONNX graph: all of them as one stack, as the networks behind them are.

Encoders of one model read the same columns and differ in what they were fitted on, the rows of their folds. Here their
numbers lie along a first axis, ``(n_encoders, 1, n_columns)``, so that the graph does not grow with their number. Where
encoders have columns that others lack, those of the others are not read: `StackedColumns.sources` says which are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import (
    CategoricalEncoder,
    ColumnEncoder,
    DateEncoder,
    NumericEncoder,
    PiecewiseEncoder,
    TableEncoder,
)
from demarcate.encoding.categorical_target import CategoricalTargetEncoder
from demarcate.encoding.category_code import CategoryCodeEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.export.onnx_nodes import OnnxNodes

_DAY = 86_400.0
_ABSENT = -1

Sources = NDArray[np.int64]


@dataclass(frozen=True)
class ReadColumns:
    """The cells of a table in a graph."""

    quantities: Mapping[str, str]  # by column: float64 (n_rows, 1), NaN where missing
    codes: Mapping[str, str]  # by column: int64 (n_rows,), as `word_codes` has them
    vocabularies: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class StackedColumns:
    """Encoded columns of a stack of encoders."""

    value: str  # float32 (n_encoders, n_rows, n_columns)
    sources: Sources  # the column of each encoder's own matrix that each is, -1 for none, (n_encoders, n_columns)


def encoded_columns(graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns) -> StackedColumns:
    """Add the encodings of all columns, without leaves of trees."""
    parts = [*_quantities(graph, encoders, cells), *_words(graph, encoders, cells)]
    value = graph.concat([part.value for part in parts], 2)
    return StackedColumns(value, np.concatenate([part.sources for part in parts], 1))


def sample_words(vocabulary: Sequence[str]) -> list[str | None]:
    """Return a cell of each code of a vocabulary: its words, another word, and none."""
    return [*vocabulary, max(vocabulary, key=len, default="") + "?", None]


def _quantities(graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns) -> Iterator[StackedColumns]:
    names = [name for name in encoders[0].columns if name in cells.quantities]
    if not names:
        return
    values = graph.concat([cells.quantities[name] for name in names], 1)
    missing = graph.op("IsNaN", values)
    own = [[_encoder(table, name) for name in names] for table in encoders]
    first = [[table.columns_of(name).start for name in names] for table in encoders]
    yield _standardised(graph, values, missing, own, first)
    flagged = np.array([[_numeric(encoder).flag for encoder in row] for row in own])
    if flagged.any():
        yield _flags(graph, missing, flagged, np.array(first) + 1)
    if bins := [place for place in range(len(names)) if any(len(_edges(row[place])) > 2 for row in own)]:
        yield _bins(graph, values, missing, own, first, bins)
    for place, name in enumerate(names):
        column = [row[place] for row in own]
        starts = [row[place] for row in first]
        if any(isinstance(encoder, PiecewiseTargetEncoder) for encoder in column):
            yield _scores(graph, cells.quantities[name], column, starts)
        if any(isinstance(encoder, DateEncoder) for encoder in column):
            yield from _cycles(graph, cells.quantities[name], column, starts)


def _standardised(
    graph: OnnxNodes, values: str, missing: str, own: list[list[ColumnEncoder]], first: list[list[int]]
) -> StackedColumns:
    """Add numbers with mean 0 and deviation 1, the median for missing ones, within limits."""
    states = np.array([[_numeric(encoder).state[0] for encoder in row] for row in own])[:, np.newaxis]
    median, mean, scale, limit = np.moveaxis(states, -1, 0)
    filled = graph.op("Where", missing, graph.doubles(median), values)
    scaled = graph.op("Div", graph.op("Sub", filled, graph.doubles(mean)), graph.doubles(scale))
    clipped = graph.op("Max", graph.op("Min", scaled, graph.doubles(limit)), graph.doubles(-limit))
    return StackedColumns(graph.cast(clipped, np.float32), np.array(first))


def _flags(graph: OnnxNodes, missing: str, flagged: NDArray[np.bool_], places: Sources) -> StackedColumns:
    """Add flags of missing numbers."""
    used = np.flatnonzero(flagged.any(0))
    flags = graph.cast(graph.pick(missing, used, 1), np.float32)
    value = graph.op("Mul", flags, graph.floats(flagged[:, np.newaxis, used]))
    return StackedColumns(value, np.where(flagged, places, _ABSENT)[:, used])


def _bins(
    graph: OnnxNodes,
    values: str,
    missing: str,
    own: list[list[ColumnEncoder]],
    first: list[list[int]],
    columns: list[int],
) -> StackedColumns:
    """Add how far the bins of columns are filled."""
    n_bins = {at: max(len(_edges(row[at])) - 1 for row in own) for at in columns}
    column_of_bin = np.repeat(columns, [n_bins[at] for at in columns])
    start, end = np.zeros((2, len(own), 1, len(column_of_bin)))
    end[:] = 1.0
    sources = np.full((len(own), len(column_of_bin)), _ABSENT)
    for index, row in enumerate(own):
        place = 0
        for at in columns:
            edges, numeric = _edges(row[at]), _numeric(row[at])
            bins = slice(place, place + max(len(edges) - 1, 0)) if len(edges) > 2 else slice(place, place)
            n_own = bins.stop - bins.start
            start[index, 0, bins], end[index, 0, bins] = edges[:n_own], edges[1 : n_own + 1]
            sources[index, bins] = first[index][at] + numeric.width + np.arange(n_own)
            place += n_bins[at]
    # Halved first, as the encoder does: the difference of large floats would overflow.
    cells = graph.op("Where", missing, graph.doubles(-np.inf), graph.op("Div", values, graph.doubles(2.0)))
    away = graph.op("Sub", graph.pick(cells, column_of_bin, 1), graph.doubles(start / 2))
    share = graph.op("Div", away, graph.doubles(end / 2 - start / 2))
    value = graph.op("Clip", share, graph.doubles(0.0), graph.doubles(1.0))
    return StackedColumns(graph.cast(value, np.float32), sources)


def _scores(graph: OnnxNodes, values: str, own: list[ColumnEncoder], first: list[int]) -> StackedColumns:
    """Add the scores of numbers that have some of their own."""
    scored = {at: encoder for at, encoder in enumerate(own) if isinstance(encoder, PiecewiseTargetEncoder)}
    every = np.unique(np.concatenate([encoder.values for encoder in scored.values()]))
    width = max(encoder.odds.shape[1] for encoder in scored.values())
    table = np.zeros((len(own), len(every) + 1, width), dtype=np.float32)
    sources = np.full((len(own), width), _ABSENT)
    for at, encoder in scored.items():
        n_scores = encoder.odds.shape[1]
        table[at, np.searchsorted(every, encoder.values), :n_scores] = encoder.odds
        sources[at, :n_scores] = first[at] + encoder.binned.width + np.arange(n_scores)
    code = graph.codes_of_numbers(values, every, range(len(every)), len(every))
    code = graph.op("Reshape", code, graph.integers([-1]))
    return StackedColumns(graph.op("Gather", graph.floats(table), code, axis=1), sources)


def _cycles(graph: OnnxNodes, seconds: str, own: list[ColumnEncoder], first: list[int]) -> Iterator[StackedColumns]:
    """Add sine and cosine of the place in the year, the week and the day."""
    dates = {at: encoder for at, encoder in enumerate(own) if isinstance(encoder, DateEncoder)}
    n_periods = max(len(encoder.periods) for encoder in dates.values())
    periods = next(encoder.periods for encoder in dates.values() if len(encoder.periods) == n_periods)
    length = graph.doubles([periods])
    place = graph.op("Mod", seconds, length, fmod=1)
    place = graph.op("Where", graph.op("Less", place, graph.doubles(0.0)), graph.op("Add", place, length), place)
    angle = graph.op("Div", graph.op("Mul", place, graph.doubles(2 * np.pi)), length)
    # A cosine of float64 came to onnxruntime only later.
    waves = [graph.op("Sin", angle), graph.op("Sin", graph.op("Add", angle, graph.doubles(np.pi / 2)))]
    both = graph.cast(graph.concat(waves, 1), np.float32)
    both = graph.op("Where", graph.op("IsNaN", both), graph.floats(0.0), both)
    # Sines of all periods, and then cosines; the encoder has both of one after the other.
    order = np.concatenate([2 * np.arange(n_periods), 2 * np.arange(n_periods) + 1])
    present = np.zeros((len(own), 1, 2 * n_periods), dtype=np.float32)
    sources = np.full((len(own), 2 * n_periods), _ABSENT)
    for at, encoder in dates.items():
        is_own = order < 2 * len(encoder.periods)
        present[at, 0] = is_own
        sources[at] = np.where(is_own, first[at] + encoder.elapsed.width + order, _ABSENT)
    yield StackedColumns(graph.op("Mul", both, graph.floats(present)), sources)


def _words(graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns) -> Iterator[StackedColumns]:
    """Add what the categories of each column are encoded as, by look-up."""
    for name, vocabulary in cells.vocabularies.items():
        every = sample_words(vocabulary)
        own = [_encoder(table, name) for table in encoders]
        width = max(encoder.width for encoder in own)
        if not width:
            continue
        table = np.zeros((len(own), len(every), width), dtype=np.float32)
        sources = np.full((len(own), width), _ABSENT)
        for at, encoder in enumerate(own):
            table[at, :, : encoder.width] = encoder.encode(every)
            sources[at, : encoder.width] = encoders[at].columns_of(name).start + np.arange(encoder.width)
        yield StackedColumns(graph.op("Gather", graph.floats(table), cells.codes[name], axis=1), sources)


def _encoder(table: TableEncoder, name: str) -> ColumnEncoder:
    return table.encoders[table.columns.index(name)]


def _numeric(encoder: ColumnEncoder) -> NumericEncoder:
    """Return the part of an encoder that standardises."""
    if isinstance(encoder, DateEncoder):
        return encoder.elapsed
    if isinstance(encoder, PiecewiseTargetEncoder):
        return encoder.binned.numeric
    if isinstance(encoder, PiecewiseEncoder):
        return encoder.numeric
    assert isinstance(encoder, NumericEncoder), "every quantity is standardised"
    return encoder


def _edges(encoder: ColumnEncoder) -> NDArray[np.float64]:
    """Return the edges of an encoder's bins; none where it has a single one."""
    if isinstance(encoder, PiecewiseTargetEncoder):
        encoder = encoder.binned
    edges = encoder.edges if isinstance(encoder, PiecewiseEncoder) else np.empty(0)
    return edges if len(edges) > 2 else np.empty(0)


EXPORTED = (
    NumericEncoder,
    PiecewiseEncoder,
    PiecewiseTargetEncoder,
    DateEncoder,
    CategoricalEncoder,
    CategoricalTargetEncoder,
    CategoryCodeEncoder,
)
"""The encoders that a graph computes: all but those of text."""
