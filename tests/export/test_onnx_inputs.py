"""A table in any writing becomes what a graph takes: numbers, text as it is written, dates as ISO text."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from random_models import random_model

from demarcate.errors import InputError
from demarcate.export.onnx_inputs import onnx_inputs
from demarcate.tabular import Column, Schema, as_frame
from demarcate.tabular.number_format import NumberFormat

pytestmark = pytest.mark.filterwarnings("ignore:.*outside what was trained on")


def _inputs(column, cells):
    model = replace(random_model(0).model, schema=Schema((column,)))
    frame = as_frame({column.name: cells})
    return onnx_inputs(model, frame, model.schema.parse(frame))[column.name]


def test_numbers_are_read_as_the_column_writes_them():
    column = Column("price", "numerical", number_format=NumberFormat(",", ".", "€", "number"))
    inputs = _inputs(column, ["1.234,50 €", "", "2"])
    assert inputs.dtype == np.float64
    assert inputs == pytest.approx(np.array([[1234.5], [np.nan], [2.0]]), nan_ok=True)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([" a ", None, "B"], [" a ", "", "B"]),
        ([3, None, 4], ["3", "", "4"]),
        ([3.0, np.nan, 4.5], ["3.0", "", "4.5"]),
        ([True, None, False], ["true", "", "false"]),
    ],
)
def test_words_stay_as_they_are_written(cells, expected):
    inputs = _inputs(Column("word", "categorical", categories=("a", "b")), cells)
    assert inputs.dtype == object
    assert inputs.ravel().tolist() == expected


@pytest.mark.parametrize("cells", [["31.12.2024", None], [date(2024, 12, 31), None], [datetime(2024, 12, 31), None]])
def test_dates_are_iso_text(cells):
    inputs = _inputs(Column("since", "date", date_format="%d.%m.%Y"), cells)
    assert inputs.ravel().tolist() == ["2024-12-31T00:00:00.000000", ""]


def test_dates_that_were_numbers_are_numbers():
    column = Column("since", "date", date_format="epoch_ms")
    assert _inputs(column, [1.7e12, 1.6e12]).ravel().tolist() == [1.7e12, 1.6e12]


def test_a_cell_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match="Column 'age' needs numbers: row 2 holds 'old'"):
        _inputs(Column("age", "numerical"), ["3", "old"])
