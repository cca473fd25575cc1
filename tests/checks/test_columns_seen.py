import numpy as np
import polars as pl
import pytest

from demarcate.checks.streaming_checks import ColumnsSeen
from demarcate.tabular import infer_schema


def mended(cells, sample, kept=(), cut=3, **lists):
    """Each column as a sample's schema has it once all cells have been seen."""
    frame = pl.DataFrame(cells)
    seen = ColumnsSeen()
    for part in (frame[:cut], frame[cut:cut], frame[cut:]):
        seen.add(part)
    return {column.name: column.dropped for column in seen.mended(infer_schema(frame[sample], **lists), kept).columns}


@pytest.mark.parametrize(
    ("cells", "is_constant"),
    [
        (["a"] * 8, True),
        ([" a", "a"] * 4, True),
        (["3", "3.0"] * 4, True),
        ([3.0] * 8, True),
        ([None] * 8, True),
        (["", "n/a", None, "?"] * 2, True),
        (["a"] * 7 + ["b"], False),
        (["a"] * 2 + ["b"] + ["a"] * 5, False),
        ([3] * 7 + [4], False),
        (["a"] * 7 + [""], False),
    ],
)
def test_a_column_is_constant_if_all_cells_are_the_same_and_not_only_those_drawn(cells, is_constant):
    dropped = mended({"unit": cells, "x": range(1, 17, 2)}, [0, 1, 3])["unit"]
    assert dropped.startswith("constant") == is_constant


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (np.arange(40), True),
        (np.random.default_rng(0).permutation(40) - 7, True),
        (np.arange(40).astype(float), True),
        (np.arange(40).astype(str), True),
        (np.arange(0, 80, 2), False),
        (np.array([0, *range(39)]), False),
        (np.array([1, 1, *range(3, 41)]), False),
        (np.arange(40) + 0.5, False),
    ],
)
def test_a_column_numbers_the_rows_if_it_has_each_number_of_a_range_once(numbers, expected):
    cells = {"row": numbers, "x": np.random.default_rng(1).normal(size=40)}
    assert (mended(cells, range(0, 40, 3))["row"] == "id-like: it numbers the rows") == expected
    assert mended(cells, range(0, 40, 3), kept=["row"])["row"] == ""


def test_what_numbers_the_rows_stays_where_nothing_else_is_left():
    assert mended({"row": range(40), "unit": ["a"] * 40}, range(0, 40, 3))["row"] == ""


def test_what_was_asked_to_go_stays_away():
    assert mended({"row": range(40), "x": [1, 2] * 20}, range(0, 40, 3), drop=["x"])["x"] == "asked to drop it"
