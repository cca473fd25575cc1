"""Leaves by ranks are those of the trees themselves."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding.lookup_leaves import RankedLeaves
from demarcate.encoding.oblivious_trees import Trees
from demarcate.encoding.tree_leaves import OrderedColumn, TreeLeaves

LOWEST = float(np.finfo(np.float64).min)
numbers = st.sampled_from([LOWEST, -1.5, 0.0, 0.5, 1.0, 1e308])
places = st.lists(st.sampled_from([-0.5, 0.0, 0.25, 0.5]), min_size=3, max_size=3)


@st.composite
def trees_of_an_encoder(draw):
    depth, n_trees = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    inputs = [
        OrderedColumn("age", None, np.empty(0)),
        OrderedColumn("thal", ("a", "b"), np.array(draw(places))),
        OrderedColumn("sex", ("f", "m"), np.array(draw(places))),
    ]
    size = depth * n_trees
    columns = np.array(draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))).reshape(n_trees, depth)
    thresholds = np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(n_trees, depth)
    return TreeLeaves.of(inputs, Trees(columns, thresholds))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    encoders=st.lists(st.none() | trees_of_an_encoder(), min_size=1, max_size=3),
    ages=st.lists(numbers | st.just(float("nan")) | st.floats(allow_infinity=False), min_size=1, max_size=20),
    words=st.lists(st.sampled_from(["a", "b", "f", "m", "never seen", None]), min_size=20, max_size=20),
)
def test_leaves_are_those_of_the_trees(encoders, ages, words):
    n_rows = len(ages)
    words = pl.Series(words[:n_rows], dtype=pl.String)
    parsed = {"age": np.array(ages), "thal": words, "sex": words[::-1]}
    leaves = RankedLeaves.of(encoders)
    cells = leaves.cells(parsed)
    for own, ranked in zip(encoders, leaves.trees, strict=True):
        assert (own is None) == (ranked is None)
        if own is not None:
            codes = ranked.codes(cells)
            if ranked.is_paired:
                pairs, leaf = np.divmod(codes, own.n_leaves**2)
                assert (pairs == np.arange(own.n_trees // 2)).all()
                codes = np.stack(np.divmod(leaf, own.n_leaves), 2).reshape(n_rows, -1)
                codes = codes + np.arange(own.n_trees) * own.n_leaves
            np.testing.assert_array_equal(codes, own.leaves(parsed).T + own.n_leaves * np.arange(own.n_trees))


@pytest.mark.parametrize(("depth", "n_trees", "expected"), [(3, 4, True), (3, 5, False), (4, 4, False)])
def test_leaves_of_two_small_trees_are_paired(depth, n_trees, expected):
    trees = Trees(np.zeros((n_trees, depth), dtype=np.int64), np.zeros((n_trees, depth)))
    own = TreeLeaves.of([OrderedColumn("age", None, np.empty(0))], trees)
    (ranked,) = RankedLeaves.of([own]).trees
    assert ranked.is_paired == expected
