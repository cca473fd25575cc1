"""Numbers and dates in an ONNX graph, encoded: standardised, with flags, bins and scores, and the cycles of dates.

The encoders' own numbers lie along a first axis, ``(n_encoders, 1, n_columns)``.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import ColumnEncoder, DateEncoder, TableEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.export.encoder_parts import bin_edges_of, standardising_part
from demarcate.export.onnx_encoding import ABSENT, ReadColumns, Sources, StackedColumns, column_encoder
from demarcate.export.onnx_nodes import OnnxNodes


def quantity_columns(
    graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns
) -> Iterator[StackedColumns]:
    """Add what numbers and dates are encoded as."""
    if not cells.places:
        return
    missing = graph.op("IsNaN", cells.values)
    own = [[column_encoder(table, name) for name in cells.places] for table in encoders]
    first = np.array([[table.columns_of(name).start for name in cells.places] for table in encoders])
    yield _standardised(graph, cells.values, missing, own, first)
    flagged = np.array([[standardising_part(encoder).flag for encoder in row] for row in own])
    if flagged.any():
        yield _flags(graph, missing, flagged, first + 1)
    if any(len(bin_edges_of(encoder)) for row in own for encoder in row):
        yield _bins(graph, cells.values, missing, own, first)
    for place, column in enumerate(zip(*own, strict=True)):
        if any(isinstance(encoder, PiecewiseTargetEncoder) for encoder in column):
            yield _scores(graph, graph.pick(cells.values, place, 1), column, first[:, place])
        if any(isinstance(encoder, DateEncoder) for encoder in column):
            yield _cycles(graph, graph.pick(cells.values, [place], 1), column, first[:, place])


def _standardised(
    graph: OnnxNodes, values: str, missing: str, own: list[list[ColumnEncoder]], first: Sources
) -> StackedColumns:
    """Add numbers with mean 0 and deviation 1, the median for missing ones, within limits."""
    states = np.array([[standardising_part(encoder).state[0] for encoder in row] for row in own])[:, np.newaxis]
    median, mean, scale, limit = np.moveaxis(states, -1, 0)
    filled = graph.op("Where", missing, graph.doubles(median), values)
    scaled = graph.op("Div", graph.op("Sub", filled, graph.doubles(mean)), graph.doubles(scale))
    clipped = graph.op("Max", graph.op("Min", scaled, graph.doubles(limit)), graph.doubles(-limit))
    return StackedColumns(graph.cast(clipped, np.float32), first)


def _flags(graph: OnnxNodes, missing: str, flagged: NDArray[np.bool_], places: Sources) -> StackedColumns:
    """Add flags of missing numbers."""
    used = np.flatnonzero(flagged.any(0))
    flags = graph.cast(graph.pick(missing, used, 1), np.float32)
    value = graph.op("Mul", flags, graph.floats(flagged[:, np.newaxis, used]))
    return StackedColumns(value, np.where(flagged, places, ABSENT)[:, used])


def _bins(
    graph: OnnxNodes, values: str, missing: str, own: list[list[ColumnEncoder]], first: Sources
) -> StackedColumns:
    """Add how far bins are filled, those of a column as many as the encoder with the most has."""
    n_bins = [max(max(len(bin_edges_of(encoder)) - 1, 0) for encoder in column) for column in zip(*own, strict=True)]
    starts = np.cumsum([0, *n_bins])
    low, high = np.zeros((2, len(own), 1, starts[-1]))
    high[:] = 1.0
    sources = np.full((len(own), starts[-1]), ABSENT)
    for at, row in enumerate(own):
        for place, encoder in enumerate(row):
            edges, before = bin_edges_of(encoder), first[at, place] + standardising_part(encoder).width
            if len(edges):
                bins = slice(starts[place], starts[place] + len(edges) - 1)
                low[at, 0, bins], high[at, 0, bins] = edges[:-1], edges[1:]
                sources[at, bins] = before + np.arange(len(edges) - 1)
    # Halved first, as the encoder does: the difference of large floats would overflow.
    cells = graph.op("Where", missing, graph.doubles(-np.inf), graph.op("Div", values, graph.doubles(2.0)))
    of_bins = graph.pick(cells, np.repeat(np.arange(len(n_bins)), n_bins), 1)
    share = graph.op("Div", graph.op("Sub", of_bins, graph.doubles(low / 2)), graph.doubles(high / 2 - low / 2))
    value = graph.op("Clip", share, graph.doubles(0.0), graph.doubles(1.0))
    return StackedColumns(graph.cast(value, np.float32), sources)


def _scores(graph: OnnxNodes, values: str, own: Sequence[ColumnEncoder], first: Sources) -> StackedColumns:
    """Add the scores of a column ``(n_rows,)`` whose numbers have some of their own."""
    scored = {at: encoder for at, encoder in enumerate(own) if isinstance(encoder, PiecewiseTargetEncoder)}
    every = np.unique(np.concatenate([encoder.values for encoder in scored.values()]))
    width = max(encoder.odds.shape[1] for encoder in scored.values())
    table = np.zeros((len(own), len(every) + 1, width), dtype=np.float32)
    sources = np.full((len(own), width), ABSENT)
    for at, encoder in scored.items():
        n_scores = encoder.odds.shape[1]
        table[at, np.searchsorted(every, encoder.values), :n_scores] = encoder.odds
        sources[at, :n_scores] = first[at] + encoder.binned.width + np.arange(n_scores)
    code = graph.codes_of_numbers(values, every, range(len(every)), len(every))
    return StackedColumns(graph.op("Gather", graph.floats(table), code, axis=1), sources)


def _cycles(graph: OnnxNodes, seconds: str, own: Sequence[ColumnEncoder], first: Sources) -> StackedColumns:
    """Add sine and cosine of the place of dates ``(n_rows, 1)`` in the year, the week and the day."""
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
    sources = np.full((len(own), 2 * n_periods), ABSENT)
    for at, encoder in dates.items():
        is_own = order < 2 * len(encoder.periods)
        present[at, 0] = is_own
        sources[at] = np.where(is_own, first[at] + encoder.elapsed.width + order, ABSENT)
    return StackedColumns(graph.op("Mul", both, graph.floats(present)), sources)
