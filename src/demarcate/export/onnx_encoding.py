"""The encoders of a model in an ONNX graph: all of them as one stack, as the networks behind them are.

Encoders of one model read the same columns and differ in what they were fitted on, the rows of their folds. Here their
numbers lie along a first axis, so that the graph does not grow with their number. Where encoders have columns that
others lack, those of the others are not read: `StackedColumns.sources` says which are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import ColumnEncoder, TableEncoder
from demarcate.export.onnx_nodes import OnnxNodes

ABSENT = -1
"""The source of a column that an encoder does not have."""

Sources = NDArray[np.int64]


@dataclass(frozen=True)
class ReadColumns:
    """The cells of a table in a graph."""

    values: str  # numbers and dates, float64 (n_rows, n_quantities), NaN where missing; empty if there are none
    places: Mapping[str, int]  # the place of each column of numbers or dates among them
    codes: str  # of columns of words, int64 (n_rows, n_columns), as `word_codes` has them; empty if there are none
    code_places: Mapping[str, int]
    vocabularies: Mapping[str, tuple[str, ...]]  # of each column of words

    def codes_of(self, graph: OnnxNodes, name: str) -> str:
        """Return the codes of a column, ``(n_rows,)``."""
        return graph.pick(self.codes, self.code_places[name], 1)


@dataclass(frozen=True, eq=False)
class StackedColumns:
    """Encoded columns of a stack of encoders."""

    value: str  # float32 (n_encoders, n_rows, n_columns)
    sources: Sources  # which column of each encoder's own matrix each is, ABSENT for none, (n_encoders, n_columns)


def side_by_side(graph: OnnxNodes, parts: Sequence[StackedColumns]) -> StackedColumns:
    """Add a concatenation of encoded columns of the same encoders."""
    value = graph.concat([part.value for part in parts], 2)
    return StackedColumns(value, np.concatenate([part.sources for part in parts], 1))


def word_columns(graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns) -> Iterator[StackedColumns]:
    """Add what the categories of each column are encoded as, by look-up."""
    for name, vocabulary in cells.vocabularies.items():
        every = sample_words(vocabulary)
        own = [column_encoder(table, name) for table in encoders]
        width = max(encoder.width for encoder in own)
        table = np.zeros((len(own), len(every), width), dtype=np.float32)
        sources = np.full((len(own), width), ABSENT)
        for at, encoder in enumerate(own):
            table[at, :, : encoder.width] = encoder.encode(every)
            sources[at, : encoder.width] = encoders[at].columns_of(name).start + np.arange(encoder.width)
        if width:
            yield StackedColumns(graph.op("Gather", graph.floats(table), cells.codes_of(graph, name), axis=1), sources)


def sample_words(vocabulary: Sequence[str]) -> list[str | None]:
    """Return a cell of each code of a vocabulary: its words, another word, and none."""
    return [*vocabulary, max(vocabulary, key=len, default="") + "?", None]


def column_encoder(table: TableEncoder, name: str) -> ColumnEncoder:
    """Return the encoder of a column of the table."""
    return table.encoders[table.columns.index(name)]
