import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.inspection.column_histogram import MAX_CATEGORIES, N_BINS, ColumnHistogram
from demarcate.tabular import Column, infer_schema


def histogram_of(cells, **hints):
    frame = pl.DataFrame({"a": cells})
    return ColumnHistogram.of(frame["a"], infer_schema(frame, **hints).columns[0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_numbers_are_counted_as_numpy_counts_them(numbers):
    values = np.array(numbers)
    histogram = ColumnHistogram.of(pl.Series("a", values), Column("a", "numerical"))
    assert histogram.counts.sum() == len(values)
    assert (histogram.low, histogram.high) == (values.min(), values.max())
    edges = np.linspace(values.min(), values.max(), N_BINS + 1)
    apart = np.abs(values[:, None] - edges).min(1) > 1e-6 * np.ptp(values)
    if np.ptp(values) > 1 and apart[(values > edges[0]) & (values < edges[-1])].all():
        assert histogram.counts.tolist() == np.histogram(values, edges)[0].tolist()


def test_missing_cells_and_infinities_do_not_count():
    histogram = ColumnHistogram.of(pl.Series("a", [1.0, None, np.nan, np.inf, 3.0]), Column("a", "numerical"))
    assert (histogram.counts.sum(), histogram.low, histogram.high) == (2, 1.0, 3.0)
    assert ColumnHistogram.of(pl.Series("a", [None, None], dtype=pl.Float64), Column("a", "numerical")) is None


def test_the_largest_floats_are_counted():
    largest = ColumnHistogram.of(pl.Series("a", [-1.7e308, 0.0, 1.7e308]), Column("a", "numerical"))
    assert largest.counts[[0, N_BINS // 2, -1]].tolist() == [1, 1, 1]


def test_equal_numbers_are_one_bar():
    assert ColumnHistogram.of(pl.Series("a", [2.0, 2.0]), Column("a", "numerical")).counts.tolist() == [2]


def test_categories_are_counted_by_frequency_and_rare_ones_together():
    cells = [f"c{code:02d}" for code in range(12) for _ in range(20 - code)]
    histogram = histogram_of(cells)
    assert histogram.labels == (*(f"c{code:02d}" for code in range(MAX_CATEGORIES)), "4 others")
    assert histogram.counts.tolist() == [*range(20, 12, -1), 12 + 11 + 10 + 9]
    assert set(histogram.to_json()) == {"counts", "labels"}


@pytest.mark.parametrize("n_categories", [MAX_CATEGORIES, MAX_CATEGORIES + 1])
def test_a_single_other_category_is_named(n_categories):
    assert len(histogram_of([f"c{code}" for code in range(n_categories)] * 3).labels) == n_categories


def test_dates_have_bins_between_the_first_and_the_last():
    histogram = histogram_of([f"2024-01-{day:02d}" for day in range(1, 29)] * 3)
    assert histogram.counts.sum() == 84
    assert len(histogram.counts) == N_BINS


def test_texts_have_no_histogram():
    texts = pl.Series("a", ["some words here", "and others there"])
    assert ColumnHistogram.of(texts, Column("a", "text")) is None
