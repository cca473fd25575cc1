import numpy as np
import polars as pl
import pytest

from demarcate.checks.table_sample import StreamingColumnStats, labelled_rows, sample_table
from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions


def dropped(cells, sample, keep=(), cut=3, **column_settings):
    """Each column's reason to be dropped in a sample's schema, corrected for all cells."""
    frame = pl.DataFrame(cells)
    stats = StreamingColumnStats()
    for part in (frame[:cut], frame[cut:cut], frame[cut:]):
        stats.add(part)
    schema = stats.correct_schema(infer_schema(frame[sample], ColumnOptions.of(**column_settings)), keep)
    return {column.name: column.dropped for column in schema.columns}


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
def test_a_column_is_constant_if_all_cells_are_equal_and_not_only_the_sampled_ones(cells, is_constant):
    reason = dropped({"unit": cells, "x": range(1, 17, 2)}, [0, 1, 3])["unit"]
    assert reason.startswith("constant") == is_constant


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
    assert (dropped(cells, range(0, 40, 3))["row"] == "id-like: it numbers the rows") == expected
    assert dropped(cells, range(0, 40, 3), keep=["row"])["row"] == ""


def test_a_column_that_numbers_the_rows_is_used_if_it_is_the_only_one():
    assert dropped({"row": range(40), "unit": ["a"] * 40}, range(0, 40, 3))["row"] == ""


def test_columns_that_the_caller_drops_are_not_used():
    assert dropped({"row": range(40), "x": [1, 2] * 20}, range(0, 40, 3), drop=["x"])["x"] == "asked to drop it"


def test_a_small_table_is_its_own_sample_with_its_labels_counted():
    sample = sample_table([pl.DataFrame({"age": [63, 41, 57], "sick": ["no", "yes", "no"]})], "sick")
    assert sample.is_complete
    assert sample.labels.classes().counts.tolist() == [2, 1]


def test_rows_without_a_label_are_left_out_and_counted():
    part = pl.DataFrame({"age": [63, 41], "sick": ["", "yes"]})
    assert labelled_rows(part, "sick")["age"].to_list() == [41]
    sample = sample_table([part, part], "sick", drop_missing=True)
    assert (sample.n_rows, sample.n_left_out, sample.frame["age"].to_list()) == (2, 2, [41, 41])
