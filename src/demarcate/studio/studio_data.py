"""The data of a studio: its rows, their split and their encoding, and what is drawn of them."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.formatting import counted, plain_text
from demarcate.inspection.estimators import as_numbers
from demarcate.studio.data_source import ReadTable, read_source
from demarcate.studio.map_axis import MapAxis
from demarcate.studio.messages import Message
from demarcate.studio.row_parts import RowParts
from demarcate.studio.slice_view import SliceView
from demarcate.studio.state import DRAWN_EXTENT
from demarcate.studio.tables import Tables
from demarcate.tabular import Column, TrainedOn
from demarcate.trainingset import TrainingSet

if TYPE_CHECKING:
    from demarcate.engine import Samples
    from demarcate.inference import Predictor
    from demarcate.studio.state import DataState, SplitState, ViewState

MAX_POINTS, MAX_MONITORED = 5000, 2000
"""Rows of a large table that are drawn, and monitored rows whose logits go to the page: a sample of them."""
MAX_VIEWS = 100
"""Views that are kept: a value that is moved makes many."""
PART_NUMBERS = {"train": 0, "validation": 1, "test": 2}
"""The parts of the rows, as the page numbers them."""


@dataclass(frozen=True, eq=False)
class StudioData:
    """Rows with their labels, split and encoded as `train` has them.

    Attributes
    ----------
    data, split
        The parts of the state that they are of.
    read
        The table as it was read.
    parts
        The rows of each part.
    encoder
        Fitted on the training rows.
    """

    data: "DataState"
    split: "SplitState"
    read: ReadTable
    parts: RowParts
    encoder: TableEncoder

    @classmethod
    def of(
        cls, data: "DataState", split: "SplitState", tables: Tables, previous: "StudioData | None" = None
    ) -> "StudioData":
        """Read, split and encode the rows of a state; what ``previous`` has of them is not read again.

        Raises
        ------
        StudioError
            With all problems of the table, its columns and labels, or those of the split.
        """
        if previous is not None and replace(previous.data, standardise=data.standardise) == data:
            read = previous.read
        else:
            read = read_source(data, tables)
        parts = RowParts.of(read.training_set, split)
        encoder = read.training_set.encoder(parts.train, standardise=data.standardise)
        return cls(data, split, read, parts, encoder)

    @property
    def table(self) -> TrainingSet:
        """The rows as training reads them."""
        return self.read.training_set

    @property
    def classes(self) -> NDArray[Any]:
        """The labels, ``(n_classes,)``, in order."""
        return self.table.classes

    @property
    def codes(self) -> NDArray[np.int64]:
        """The class of each row by number, ``(n_rows,)``."""
        return self.table.codes

    @property
    def train_rows(self) -> NDArray[np.int64]:
        """The training rows, in the order in which they were drawn."""
        return self.parts.train

    @property
    def validation_rows(self) -> NDArray[np.int64]:
        """The validation rows; may be empty."""
        return self.parts.validation

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """The test rows; may be empty where there are validation rows."""
        return self.parts.test

    @property
    def monitored_rows(self) -> NDArray[np.int64]:
        """The validation rows, or the test rows where there are none: never empty."""
        return self.parts.monitored

    @cached_property
    def shown_monitored_rows(self) -> NDArray[np.int64]:
        """The monitored rows whose logits go to the page, at most 2000 of them."""
        return _sample(self.monitored_rows, MAX_MONITORED)

    @cached_property
    def samples(self) -> "Samples":
        """The rows as the engine reads them."""
        return self.table.samples([self.encoder])

    @cached_property
    def trained_on(self) -> TrainedOn:
        """What a model keeps of the rows that it is trained on and validated on."""
        rows = np.sort(np.concatenate([self.train_rows, self.validation_rows]))
        return self.table.subset(rows).trained_on()

    @cached_property
    def guide(self) -> "Predictor":
        """A linear classifier of these rows, by which axes and held values are chosen."""
        from demarcate.studio.linear_guide import linear_guide

        return linear_guide(self.table, self.encoder, self.train_rows)

    def slice(self, view: "ViewState") -> SliceView:
        """Return the axes and held values of a view; StudioError where the table does not have them."""
        key = (view.columns, tuple(sorted(view.held.items())))
        if len(self._slices) >= MAX_VIEWS:
            self._slices.clear()
        if key not in self._slices:
            chosen = SliceView.of(self._frame, self.table.schema, view, self.codes, self._guide_for_slices)
            self._slices[key] = chosen.over(DRAWN_EXTENT) if self._is_on_canvas else chosen
        return self._slices[key]

    def grid(self, view: "ViewState", resolution: int) -> NDArray[np.float32]:
        """Return the places of a map encoded, ``(resolution * resolution, d_in)``, row by row from the bottom up."""
        return self.encoder.encode(self.table.schema.parse(self.slice(view).places(resolution)))

    def message(self, view: "ViewState", revision: int) -> Message:
        """Return the message `dataset`: the points of a view, and all that the page says of the data."""
        chosen = self.slice(view)
        rows = _sample(np.arange(len(self.codes)), MAX_POINTS)
        points = chosen.points(self._frame, self.table.schema, rows)
        present = np.isfinite(points).all(1)
        rows, points = rows[present], points[present]
        facts = {**self._facts(), **_facts_of_view(chosen), "revision": revision, "n_shown": len(rows)}
        arrays: dict[str, NDArray[Any]] = {
            "points": points.astype(np.float32),
            "codes": self.codes[rows].astype(np.uint8),
            "parts": self._part_numbers[rows],
            "validation_codes": self.codes[self.shown_monitored_rows].astype(np.uint8),
        }
        return Message("dataset", facts, arrays)

    @property
    def _is_on_canvas(self) -> bool:
        """Whether all points are set by hand, on a map that is there before them."""
        left, right, bottom, top = DRAWN_EXTENT
        return self.data.source == "drawn" and all(
            left <= x <= right and bottom <= y <= top for x, y, _ in self.data.added
        )

    @cached_property
    def _slices(self) -> dict[Any, SliceView]:
        return {}

    @cached_property
    def _frame(self) -> Any:
        """The features with numbers in place of their text."""
        return as_numbers(self.read.frame, self.table.schema.used)

    @property
    def _guide_for_slices(self) -> Any:
        """The guide, where there is anything to choose."""
        return self.guide if len(self.table.schema.used) > 2 else None

    @cached_property
    def _part_numbers(self) -> NDArray[np.uint8]:
        """The part of each row by number, ``(n_rows,)``."""
        numbers = np.empty(len(self.codes), dtype=np.uint8)
        for name, number in PART_NUMBERS.items():
            numbers[getattr(self.parts, name)] = number
        return numbers

    def _facts(self) -> dict[str, Any]:
        """Return what the message says whatever the view."""
        labels = [plain_text(label) for label in self.classes.tolist()]
        n_rows, used = len(self.codes), self.table.schema.used
        size = f"{counted(n_rows, 'row')}, {counted(len(used), 'column')}, {counted(len(labels), 'class')}"
        shares = np.bincount(self.codes, minlength=len(labels)) / n_rows
        return {
            "title": f"{self.read.name}: {size}",
            "classes": labels,
            "columns": [self._column_facts(column) for column in used],
            "n_rows": {name: len(getattr(self.parts, name)) for name in PART_NUMBERS},
            "monitored": "validation" if len(self.validation_rows) else "test",
            "target": self.table.target,
            "can_add": self.read.can_add,
            "notices": [*self.read.notices, *self._split_notices()],
            "balance": {"rows": n_rows, "shares": dict(zip(labels, shares.tolist(), strict=True))},
        }

    def _column_facts(self, column: Column) -> dict[str, Any]:
        cells = self._frame[column.name]
        is_number = column.kind == "numerical"
        numbers = cells.cast(float, strict=False).drop_nulls().drop_nans() if is_number else cells.head(0)
        words = column.categories if column.kind in ("categorical", "boolean") else ()
        commonest = column.parse_words(cells).drop_nulls().mode(maintain_order=True) if words else cells.head(0)
        return {
            "name": column.name,
            "kind": "categorical" if column.kind == "boolean" else column.kind,
            "categories": list(words),
            "low": numbers.min() if is_number else None,
            "high": numbers.max() if is_number else None,
            "typical": numbers.median() if is_number else (commonest[0] if len(commonest) else None),
            "is_axis": MapAxis.suits(column),
        }

    def _split_notices(self) -> list[str]:
        names = [("test", self.parts.stratified[0]), ("validation", self.parts.stratified[1])]
        return [
            f"The {name} rows are drawn whatever their class: a class has too few rows to share."
            for name, by_class in names
            if len(getattr(self.parts, name)) and not by_class
        ]


def _facts_of_view(view: SliceView) -> dict[str, Any]:
    words = [list(axis.words) for axis in view.axes]
    return {
        "axes": list(view.columns),
        "axis_words": words,
        "extent": list(view.extent),
        "held": view.held,
        "caption": view.caption,
    }


def _sample(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return rows as they are, or a sample of many in their order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:most])]
