"""The probabilities of coded rows by numpy, in blocks of one shape: no row's bits depend on the rows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.inference.coded_rows import CodedRows, Floats
from demarcate.inference.row_coder import CodedColumn, RowCoder
from demarcate.nn import family_of
from demarcate.nn.array_heads import array_probabilities
from demarcate.tabular.frame_libraries import polars as pl

if TYPE_CHECKING:
    from demarcate.inference.numpy_predictor import NumpyPredictor

BLOCK_ROWS = 16
"""Rows that are computed at once, always so many: libraries sum products in an order that depends on their number."""


class BatchComputer:
    """Computes the rows of a model in blocks of one shape.

    A row's probabilities have the same bits whatever other rows are computed with it. Threads may share it.

    Examples
    --------
    >>> import tempfile
    >>> import demarcate
    >>> from pathlib import Path
    >>> classifier = demarcate.DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2)
    >>> classifier = classifier.fit(*demarcate.datasets.moons(n_samples=40))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     classifier.save(Path(folder) / "moons.safetensors")
    ...     model = demarcate.load(Path(folder) / "moons.safetensors", backend="numpy")
    >>> rows = RowCoder(model).code([{"x1": 0.5, "x2": 0.1}, {"x1": None, "x2": 0}])
    >>> computer = BatchComputer(model)
    >>> together, alone = computer.probabilities(rows), computer.probabilities(rows.select(slice(1)))
    >>> together.shape, bool((together[0] == alone[0]).all())
    ((2, 2), True)
    """

    def __init__(self, model: NumpyPredictor) -> None:
        self._model = model
        self._columns = RowCoder(model).columns

    def probabilities(self, rows: CodedRows) -> Floats:
        """Return probabilities ``(n_rows, n_classes)``: the members' weighted mean, scaled by the temperature."""
        return self._model.combined(self.member_probabilities(rows))

    def member_probabilities(self, rows: CodedRows) -> Floats:
        """Return every member's own probabilities, ``(n_members, n_rows, n_classes)``."""
        blocks = [
            self._block(rows.select(slice(start, start + BLOCK_ROWS))) for start in range(0, len(rows), BLOCK_ROWS)
        ]
        return np.concatenate(blocks, 1)

    def _block(self, rows: CodedRows) -> Floats:
        """Return the members' probabilities of a block, filled up by its first row, of its rows alone."""
        places = np.resize(np.arange(len(rows)), BLOCK_ROWS)
        places[len(rows) :] = 0
        cells = {
            column.name: self._cells(column, rows.values[places, at], rows.texts.get(column.name, ()), places)
            for at, column in enumerate(self._columns)
        }
        model = self._model
        with np.errstate(over="ignore", invalid="ignore"):
            encoded = [encoder.encode(cells) for encoder in model.encoders]
            logits = [
                family_of(network).array_logits(network, state, encoded[encoder])
                for network, state, encoder in zip(model.networks, model.states, model.encoding, strict=True)
            ]
        return array_probabilities(model.head, np.stack(logits))[:, : len(rows)]

    def _cells(self, column: CodedColumn, values: Floats, texts: tuple[str | None, ...], places: NDArray[Any]) -> Any:
        """Return the parsed cells of a column."""
        if column.column.is_quantity:
            return values
        if column.column.kind == "text":
            return pl.Series([texts[place] for place in places.tolist()], dtype=pl.String)
        words = column.words
        return [words[len(words) - 1 if np.isnan(code) else int(code)] for code in values.tolist()]
