"""The data of a studio: its rows, their split and their encoding, and what is drawn of them."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.inspection.estimators import as_numbers
from demarcate.studio.data_source import ReadTable, read_source
from demarcate.studio.dataset_message import dataset_message, sampled_rows
from demarcate.studio.messages import Message
from demarcate.studio.row_parts import RowParts
from demarcate.studio.slice_view import SliceView
from demarcate.studio.state import DRAWN_EXTENT
from demarcate.studio.tables import Tables
from demarcate.tabular import TrainedOn
from demarcate.trainingset import TrainingSet

if TYPE_CHECKING:
    import polars as pl

    from demarcate.engine import Samples
    from demarcate.inference import Predictor
    from demarcate.studio.state import DataState, SplitState, ViewState

MAX_MONITORED = 2000
"""Monitored rows whose logits go to the page, a sample of many."""
MAX_VIEWS = 100
"""Views that are kept: a value that is moved makes many."""


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
        return sampled_rows(self.monitored_rows, MAX_MONITORED)

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
            chosen = SliceView.of(self.frame, self.table.schema, view, self.codes, self._guide_for_slices)
            self._slices[key] = chosen.over(DRAWN_EXTENT) if self._is_on_canvas else chosen
        return self._slices[key]

    def grid(self, view: "ViewState", resolution: int) -> NDArray[np.float32]:
        """Return the places of a map encoded, ``(resolution * resolution, d_in)``, row by row from the bottom up."""
        return self.encoder.encode(self.table.schema.parse(self.slice(view).places(resolution)))

    def message(self, view: "ViewState", revision: int) -> Message:
        """Return the message `dataset`: the points of a view, and all that the page says of the data."""
        return dataset_message(self, self.slice(view), revision)

    @cached_property
    def frame(self) -> "pl.DataFrame":
        """The features, ``(n_rows, n_columns)``, with numbers in place of their text."""
        return as_numbers(self.read.frame, self.table.schema.used)

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

    @property
    def _guide_for_slices(self) -> Any:
        """The guide, where there is anything to choose."""
        return self.guide if len(self.table.schema.used) > 2 else None
