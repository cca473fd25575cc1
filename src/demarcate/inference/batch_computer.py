"""The probabilities of coded rows by numpy: no row's bits depend on the rows beside it.

A library of linear algebra sums a row's products in an order that depends on how many rows there are, and of some
processors on where the row stands. Here rows are the last axis of every product, and a block has `BLOCK_ROWS` of them,
which are whole vectors of a processor: each row is a lane, and all lanes do the same. Wider blocks are faster, and
processors of one kind give other bits in them: a width is tried on the model's own weights before it is used. Should
even a block of the least width have lanes that differ, rows are computed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.inference.coded_column import CodedColumn
from demarcate.inference.coded_rows import CodedRows, Floats
from demarcate.inference.input_pool import InputPool
from demarcate.inference.stacked_members import StackedMembers
from demarcate.nn.array_heads import array_probabilities
from demarcate.tabular.frame_libraries import polars as pl

if TYPE_CHECKING:
    from demarcate.inference.numpy_predictor import NumpyPredictor
    from demarcate.inference.pool_rules import Indices

BLOCK_ROWS = 16
"""Rows of a block, at least; fewer are filled up."""
MAX_BLOCK_ROWS = 128
"""Rows of a block, at most: what a layer makes of them stays in a processor's second cache."""

_KEPT_BYTES = 31 << 20
"""Bytes of the largest array after which glibc keeps the memory of all smaller ones; more are not considered."""


class BatchComputer:
    """Computes coded rows of a model.

    A row's probabilities have the same bits whatever other rows are computed with it, and however many. Threads may
    share it.

    Parameters
    ----------
    model
        The model; its parameters are copied, once, in the order in which they are used.

    Examples
    --------
    >>> import tempfile
    >>> import demarcate
    >>> from demarcate.inference.row_coder import RowCoder
    >>> from pathlib import Path
    >>> classifier = demarcate.DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2)
    >>> classifier = classifier.fit(*demarcate.datasets.moons(n_samples=40))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     classifier.save(Path(folder) / "moons.safetensors")
    ...     model = demarcate.load(Path(folder) / "moons.safetensors", backend="numpy")
    >>> rows, computer = RowCoder(model).code([{"x1": 0.5, "x2": 0.1}, {"x1": None, "x2": 0}]), BatchComputer(model)
    >>> together, alone = computer.probabilities(rows), computer.probabilities(rows.select(slice(1)))
    >>> together.shape, bool((together[0] == alone[0]).all())
    ((2, 2), True)
    """

    def __init__(self, model: NumpyPredictor) -> None:
        self._model = model
        self._columns = tuple(CodedColumn.of(column, model.encoders, None) for column in model.schema.used)
        self._pool = InputPool.of(self._columns, model.encoders)
        self._stacks = tuple(StackedMembers.of_model(model, self._pool.inputs))
        self._order = np.argsort(np.concatenate([stack.members for stack in self._stacks]))
        self._known_widths: dict[int, bool] = {}
        # Arrays of a block are freed and made again a moment later. The C library of Linux returns such memory to the
        # system, which fills it with zeros each time, until it has seen a larger array come and go.
        np.empty(_KEPT_BYTES, dtype=np.uint8)

    def warm_up(self) -> None:
        """Try blocks of all widths, so that no request waits for that."""
        for width in range(BLOCK_ROWS, MAX_BLOCK_ROWS + 1, BLOCK_ROWS):
            self._is_same_in(width)

    def probabilities(self, rows: CodedRows) -> Floats:
        """Return probabilities ``(n_rows, n_classes)``: the members' weighted mean, scaled by the temperature."""
        return self._model.combined(self.member_probabilities(rows))

    def member_probabilities(self, rows: CodedRows) -> Floats:
        """Return every member's own probabilities, ``(n_members, n_rows, n_classes)``."""
        if not len(rows):
            return np.empty((len(self._order), 0, len(self._model.classes)))
        # Numbers too large for a float become infinite in silence, as with torch.
        with np.errstate(over="ignore", invalid="ignore"):
            blocks = [self._block(rows, places)[:, :n_own] for places, n_own in self._blocks(len(rows))]
        return np.concatenate(blocks, 1) if len(blocks) > 1 else blocks[0]

    def _blocks(self, n_rows: int) -> Iterator[tuple[Indices, int]]:
        """Yield the rows of each block, filled up by one of them, and how many of them are its own."""
        start = 0
        while start < n_rows:
            n_own = min(n_rows - start, MAX_BLOCK_ROWS)
            width = -(-n_own // BLOCK_ROWS) * BLOCK_ROWS
            if not self._is_same_in(width):
                width = BLOCK_ROWS
                n_own = min(n_own, width if self._is_same_in(width) else 1)
            yield np.minimum(np.arange(start, start + width), start + n_own - 1), n_own
            start += n_own

    def _block(self, rows: CodedRows, places: Indices) -> Floats:
        """Return the members' probabilities ``(n_members, n_block, n_classes)`` of some of the rows."""
        known: dict[int, Any] = {}

        def cells(at: int) -> Any:
            if at not in known:
                known[at] = self._cells(at, rows, places)
            return known[at]

        pool = self._pool.fill(np.ascontiguousarray(rows.values[places].T), cells)
        logits = self._logits(pool)
        return array_probabilities(self._model.head, np.ascontiguousarray(logits.swapaxes(1, 2)))

    def _logits(self, pool: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the members' logits ``(n_members, n_outputs, n_rows)``."""
        return np.concatenate([stack.logits(pool) for stack in self._stacks])[self._order]

    def _cells(self, at: int, rows: CodedRows, places: Indices) -> Any:
        """Return the parsed cells of a column, for an encoder that reads it on its own."""
        column = self._columns[at]
        if column.has_codes or column.column.is_quantity:
            return rows.values[places, at]
        texts = rows.texts[column.name]
        return pl.Series([texts[place] for place in places.tolist()], dtype=pl.String)

    def _is_same_in(self, width: int) -> bool:
        """Return whether rows have the same bits in a block of this width as in one of the least, in any lane."""
        if width not in self._known_widths:
            weights = (weight for stack in self._stacks for weight in stack.weights)
            self._known_widths[width] = all(_is_same_product(weight[0], width) for weight in weights)
        return self._known_widths[width]


def _is_same_product(weight: NDArray[np.float32], width: int) -> bool:
    """Return whether a block of this width, times weights ``(d_out, d_in)``, is what it is in narrow blocks."""
    block = np.random.default_rng(0).uniform(-1, 1, (weight.shape[1], width)).astype(np.float32)
    narrow, shift = np.split(block, width // BLOCK_ROWS, 1), BLOCK_ROWS // 2 + 1
    shifted = [weight @ np.roll(own, shift, 1) for own in narrow]
    same = np.concatenate([np.roll(own, -shift, 1) for own in shifted], 1)
    return bool(((weight @ block) == same).all())
