import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from demarcate.encoding.bin_edges import MAX_CANDIDATES, MIN_BIN_ROWS, MIN_BIN_SHARE, tree_bin_edges

LARGEST = float(np.finfo(np.float64).max)
anything = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 5e-324, LARGEST, -LARGEST])


@st.composite
def columns(draw, numbers, max_rows=120):
    """Values, each with its row's class, and how many classes there are."""
    n_classes = draw(st.integers(2, 4))
    rows = st.tuples(numbers, st.integers(0, n_classes - 1))
    values, codes = zip(*draw(st.lists(rows, min_size=1, max_size=max_rows)), strict=True)
    return np.array(values, dtype=np.float64), np.array(codes), n_classes


def rows_of_bins(values, edges):
    """How many rows lie in each piece; no value is an edge but the lowest and the highest."""
    return np.histogram(values, edges)[0]


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("max_bins", [2, 5, 16])
def test_cuts_are_those_of_a_decision_tree_on_the_column_alone(n_classes, seed, max_bins):
    draw = np.random.default_rng(seed)
    values = draw.integers(0, 100, 400).astype(np.float64)
    chances = draw.dirichlet(np.ones(n_classes), 100)
    codes = (chances[values.astype(int)].cumsum(1) < draw.random((400, 1))).sum(1)
    tree = DecisionTreeClassifier(
        criterion="entropy", max_leaf_nodes=max_bins, min_samples_leaf=MIN_BIN_ROWS, random_state=0
    ).fit(values[:, np.newaxis], codes)
    expected = np.sort(tree.tree_.threshold[tree.tree_.children_left >= 0])
    edges = tree_bin_edges(values, codes, n_classes, max_bins)
    assert edges[1:-1].tolist() == expected.tolist()
    assert edges[[0, -1]].tolist() == [values.min(), values.max()]


@settings(max_examples=200, deadline=None)
@given(columns(st.integers(-9, 9)), st.integers(1, 16))
def test_pieces_are_few_and_have_the_rows_they_need(column, max_bins):
    values, codes, n_classes = column
    edges = tree_bin_edges(values, codes, n_classes, max_bins)
    assert len(edges) <= max_bins + 1
    assert (np.diff(edges) > 0).all()
    if len(edges) > 2:
        assert rows_of_bins(values, edges).min() >= MIN_BIN_ROWS


@settings(max_examples=200, deadline=None)
@given(columns(anything), st.integers(1, 16))
@example((np.array([LARGEST, -LARGEST] * 20), np.array([0, 1] * 20), 2), 16)
@example((np.array([0.0, 5e-324] * 20), np.array([0, 1] * 20), 2), 16)
@example((np.array([1.0, np.nextafter(1.0, 2.0)] * 20), np.array([0, 1] * 20), 2), 16)
def test_edges_ascend_from_the_lowest_value_to_the_highest_whatever_the_cells(column, max_bins):
    values, codes, n_classes = column
    edges = tree_bin_edges(values, codes, n_classes, max_bins)
    assert np.isfinite(edges).all()
    assert (edges[:-1] < edges[1:]).all()
    assert (edges[0], edges[-1]) == (values.min(), values.max())
    assert len(edges) <= max_bins + 1


@settings(max_examples=100, deadline=None)
@given(columns(st.integers(-20, 20)), st.randoms(use_true_random=False))
def test_edges_depend_neither_on_the_order_of_rows_nor_on_the_numbers_of_classes(column, random):
    values, codes, n_classes = column
    order = np.array(random.sample(range(len(values)), len(values)))
    edges = tree_bin_edges(values, codes, n_classes)
    assert tree_bin_edges(values[order], codes[order], n_classes).tolist() == edges.tolist()
    # A class without a row says nothing.
    assert tree_bin_edges(values, codes, n_classes + 2).tolist() == edges.tolist()


@settings(max_examples=100, deadline=None)
@given(columns(st.integers(-20, 20)), st.integers(-20, 20))
def test_edges_scale_and_move_with_the_values(column, shift):
    values, codes, n_classes = column
    edges = tree_bin_edges(values, codes, n_classes)
    assert tree_bin_edges(values * 4 + shift, codes, n_classes).tolist() == (edges * 4 + shift).tolist()


def test_a_column_on_which_the_classes_do_not_part_is_one_piece():
    values = np.repeat(np.arange(50.0), 8)
    assert tree_bin_edges(values, np.tile([0, 1], 200), 2).tolist() == [0.0, 49.0]
    assert tree_bin_edges(values, np.zeros(400, dtype=np.int64), 2).tolist() == [0.0, 49.0]


@pytest.mark.parametrize(("values", "expected"), [([], []), ([3.5], [3.5]), ([3.5] * 40, [3.5])])
def test_without_two_values_there_is_nothing_to_cut(values, expected):
    codes = np.arange(len(values)) % 2
    assert tree_bin_edges(np.array(values), codes, 2).tolist() == expected


def test_a_step_is_cut_between_the_two_values_where_it_lies():
    values = np.arange(100.0)
    codes = ((values >= 30) & (values < 62)).astype(int)
    assert tree_bin_edges(values, codes, 2).tolist() == [0.0, 29.5, 61.5, 99.0]


def test_a_step_too_near_an_end_is_not_cut_there():
    values = np.arange(40.0)
    short, enough = MIN_BIN_ROWS - 1, MIN_BIN_ROWS
    assert tree_bin_edges(values, (values < enough).astype(int), 2).tolist() == [0.0, enough - 0.5, 39.0]
    assert tree_bin_edges(values, (values < short).astype(int), 2)[1] >= enough - 0.5


def test_among_many_rows_a_piece_needs_its_share_of_them():
    values = np.random.default_rng(0).permutation(20_000).astype(np.float64)
    codes = np.random.default_rng(1).integers(0, 2, 20_000) ^ (values % 500 < 250)
    rows = rows_of_bins(values, tree_bin_edges(values, codes, 2))
    assert len(rows) > 4
    assert rows.min() >= MIN_BIN_SHARE * 20_000 > MIN_BIN_ROWS


def test_a_column_of_many_values_is_cut_near_the_best_place():
    values = np.random.default_rng(0).normal(size=10_000)
    edges = tree_bin_edges(values, (values > 0.4).astype(int), 2, 2)
    between = np.sort(np.abs(values - 0.4))[: 2 * 10_000 // MAX_CANDIDATES]
    assert len(edges) == 3
    assert abs(edges[1] - 0.4) <= between.max()


def test_a_value_that_most_rows_share_is_a_group_of_its_own():
    values = np.concatenate([np.zeros(5000), np.linspace(1, 2, 1000)])
    codes = (values > 0).astype(int)
    assert tree_bin_edges(values, codes, 2).tolist() == [0.0, 0.5, 2.0]
