"""A usual row is coded as any other is, only faster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.inference.coded_column import CodedColumn
from demarcate.inference.usual_row import UsualRow
from demarcate.tabular import Column
from demarcate.tabular.plain_rows import PlainReader
from demarcate.tabular.trained_range import TrainedRange, TrainedRanges

COLUMNS = (
    Column("size", "numerical"),
    Column("ward", "categorical", categories=("1", "a")),
    Column("ill", "boolean", categories=("false", "true")),
)
RANGES = TrainedRanges({"size": TrainedRange(9, -1.0, 0.0, 1.0, 5.0)})
CODED = tuple(CodedColumn.of(column, (), RANGES) for column in COLUMNS)
CELLS = st.sampled_from(
    [None, "", "1", "a", "true", "new", "0.5", 0.5, 1, 5, -1.5, 1e300, 2**53, True, float("nan"), []]
)


@settings(derandomize=True, max_examples=200)
@given(row=st.fixed_dictionaries({"size": CELLS, "ward": CELLS, "ill": CELLS}))
def test_a_usual_row_is_read_as_a_plain_one_and_lies_within_what_was_trained_on(row):
    usual = UsualRow(CODED).code(row)
    if usual is None:
        return
    plain = PlainReader(COLUMNS).read([row])
    np.testing.assert_array_equal(usual[0], [column.coded(plain[column.name])[0] for column in CODED])
    assert not any(number < own.least or number > own.greatest for own, number in zip(CODED, usual[0], strict=True))


def test_numbers_and_known_words_are_usual():
    assert UsualRow(CODED).code({"ill": True, "ward": "a", "size": 3}).tolist() == [[3, 1, 1]]


@pytest.mark.parametrize(
    "row", [{"size": 1}, {"size": 1, "ward": "a", "ill": True, "x": 1}, [], {"size": 1, "ward": "a", "y": 1}]
)
def test_rows_of_other_columns_are_not(row):
    assert UsualRow(CODED).code(row) is None


@pytest.mark.parametrize("column", [Column("x", "date"), Column("x", "text"), Column("x", "boolean", missing=("-9",))])
def test_columns_whose_cells_are_to_be_read_have_no_usual_rows(column):
    columns = (*CODED, CodedColumn.of(column, (), None))
    assert UsualRow(columns).code({"size": 1, "ward": "a", "ill": None, "x": None}) is None
