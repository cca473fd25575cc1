"""Trees against a slow plain search for the best test, and against what they are for."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarcate.encoding import oblivious_trees as module
from demarcate.encoding.oblivious_trees import BinnedColumn, Trees, grow_trees

LARGEST = float(np.finfo(np.float64).max)
numbers = st.one_of(
    st.floats(allow_infinity=False),
    st.integers(-3, 3).map(float),
    st.sampled_from([np.nan, LARGEST, -LARGEST, 1e300, 5e-324, 1.5e-323, 1.0, np.nextafter(1.0, 2.0)]),
)
columns_of_numbers = st.lists(numbers, min_size=1, max_size=80).map(np.array)


def grown(columns, codes, n_classes=2, weights=None, **settings):
    binned = [BinnedColumn.of(np.asarray(column, dtype=float)) for column in columns]
    return grow_trees(binned, np.asarray(codes), n_classes, weights, **settings)


@settings(deadline=None, max_examples=100)
@given(column=columns_of_numbers)
@example(column=np.linspace(0, 1, 200) ** 3)
@example(column=np.array([1.0, np.nextafter(1.0, 2.0), np.nextafter(np.nextafter(1.0, 2.0), 2.0)]))
@example(column=np.array([-LARGEST, LARGEST]))
def test_a_bin_is_the_number_of_cuts_below_a_number(column):
    binned = BinnedColumn.of(column)
    assert 1 <= len(binned.cuts) <= module.MAX_CUTS
    assert np.isfinite(binned.cuts).all()
    assert (binned.cuts[1:] > binned.cuts[:-1]).all()
    assert binned.bins.tolist() == [sum(number > cut for cut in binned.cuts) for number in column]


@settings(deadline=None, max_examples=50)
@given(column=st.lists(numbers, min_size=1, max_size=25).map(np.array))
def test_every_pair_of_few_numbers_can_be_cut_apart(column):
    bins = BinnedColumn.of(column).bins
    known = np.where(np.isnan(column), -LARGEST, column)
    assert len(np.unique(bins)) == len(np.unique(known))


def test_many_numbers_are_cut_between_equally_many_rows():
    column = np.random.default_rng(0).permutation(np.arange(31_000.0) ** 3)
    rows = np.bincount(BinnedColumn.of(column).bins)
    assert rows[0] == 0
    assert set(rows[1:].tolist()) == {1000}


def best_tests(columns, gradients, depth):
    """Each level's best test, tried one by one on numbers; a tie is the first's."""
    tests, nodes = [], [np.arange(gradients.shape[1])]
    for _ in range(depth):
        best = -1.0, None
        for column, numbers in enumerate(columns):
            for threshold in BinnedColumn.of(numbers).cuts:
                gain = 0.0
                for node, gradient in product(nodes, gradients):
                    passes = numbers[node] > threshold
                    for side in (node[passes], node[~passes]):
                        gain += gradient[side].sum() ** 2 / (len(side) + module.LEAF_PENALTY)
                if gain > best[0] * (1 + 1e-12):
                    best = gain, (column, threshold)
        column, threshold = best[1]
        passes = [columns[column][node] > threshold for node in nodes]
        nodes = [node[mask == side] for node, mask in zip(nodes, passes, strict=True) for side in (False, True)]
        tests.append((column, threshold))
    return tests


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_tests_of_a_tree_are_those_of_a_plain_search(n_classes, seed, monkeypatch):
    monkeypatch.setattr(module, "ROW_SHARE", 1.0)
    monkeypatch.setattr(module, "COLUMN_SHARE", 1.0)
    draw = np.random.default_rng(seed)
    columns = draw.normal(size=(4, 150))
    columns[1] = draw.integers(0, 4, 150)
    columns[2][draw.random(150) < 0.2] = np.nan
    codes = draw.integers(0, n_classes, 150)
    codes[(columns[1] > 1) & (columns[0] > 0)] = 1
    trees = grown(columns, codes, n_classes, n_trees=1)
    shares = (np.bincount(codes, minlength=n_classes) + 1) / (150 + n_classes)
    gradients = (np.eye(n_classes)[codes] - shares).T[1:]
    expected = best_tests(columns, gradients, module.DEPTH)
    assert [*zip(trees.columns[0].tolist(), trees.thresholds[0].tolist(), strict=True)] == expected


@settings(deadline=None, max_examples=30)
@given(
    columns=st.integers(1, 30).flatmap(
        lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n).map(np.array), min_size=1, max_size=4)
    ),
    draw=st.randoms(use_true_random=False),
    n_classes=st.sampled_from([1, 2, 5, 100]),
)
def test_any_numbers_grow_trees_whose_leaves_are_counted_test_by_test(columns, draw, n_classes):
    codes = np.array([draw.randrange(n_classes) for _ in columns[0]])
    trees = grown(columns, codes, n_classes, n_trees=3)
    leaves = trees.leaves(columns, len(codes))
    assert (leaves.dtype, leaves.shape) == (np.uint8, (3, len(codes)))
    for tree, row in product(range(3), range(len(codes))):
        passed = [columns[at][row] > cut for at, cut in zip(trees.columns[tree], trees.thresholds[tree], strict=True)]
        assert leaves[tree, row] == int("".join(map(str, map(int, passed))), 2)


def test_a_missing_number_passes_no_test_and_can_be_told_from_every_other():
    column = np.array([np.nan, 1.0] * 100)
    trees = grown([column], [1, 0] * 100, n_trees=1, depth=1)
    assert trees.thresholds.tolist() == [[-LARGEST]]
    assert trees.leaves([np.array([np.nan, -1e300, np.inf])], 3).tolist() == [[0, 1, 1]]


@pytest.mark.parametrize("thresholds", [(0.0, 0.0), (0.3, -0.4)])
def test_leaves_separate_what_two_thresholds_decide_together(thresholds):
    draw = np.random.default_rng(0)
    columns = draw.uniform(-1, 1, (5, 3000))
    codes = ((columns[1] > thresholds[0]) != (columns[3] > thresholds[1])).astype(int)
    train, test = slice(2000), slice(2000, None)
    trees = grown(columns[:, train], codes[train])
    leaves = trees.leaves(columns, 3000)
    # The best tree alone: in each leaf the class that most of its training rows have.
    right = []
    for leaf in leaves:
        positive = np.bincount(leaf[train], codes[train] - 0.5, minlength=8) > 0
        right.append((positive[leaf[test]] == codes[test]).mean())
    assert max(right) > 0.9


def test_later_trees_learn_what_earlier_ones_left():
    draw = np.random.default_rng(0)
    columns = draw.normal(size=(2, 2000))
    codes = (3 * columns[0] + columns[1] > 0).astype(int)
    trees = grown(columns, codes, n_trees=24, depth=1)
    assert trees.columns[0, 0] == 0
    assert (trees.columns == 1).sum() >= 3


def test_weights_are_rows():
    draw = np.random.default_rng(0)
    columns, codes = draw.normal(size=(3, 400)), draw.integers(0, 2, 400)
    weights = draw.integers(0, 3, 400).astype(float)
    plain = grown(columns, codes, weights=np.ones(400))
    assert np.array_equal(plain.thresholds, grown(columns, codes).thresholds)
    assert np.array_equal(plain.thresholds, grown(columns, codes, weights=np.full(400, 7.0)).thresholds)
    none_of_column_1 = np.where(columns[0] > 0, 1e-9, weights)
    labelled = np.where(columns[0] > 0, codes, columns[2] > 0.5).astype(int)
    trees = grown(columns, labelled, weights=none_of_column_1)
    assert trees.columns[0, 0] == 2
    assert trees.thresholds[0, 0] == pytest.approx(0.5, abs=0.1)


def test_the_same_seed_grows_the_same_trees_and_another_seed_others():
    draw = np.random.default_rng(0)
    columns, codes = draw.normal(size=(9, 300)), draw.integers(0, 5, 300)
    once, again, other = (grown(columns, codes, 5, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(once.columns, again.columns)
    assert np.array_equal(once.thresholds, again.thresholds)
    assert not np.array_equal(once.columns, other.columns)


def test_trees_without_a_split_to_make_have_leaves_all_the_same():
    trees = grown([np.full(10, 3.0), np.full(10, np.nan)], [0, 1] * 5)
    leaves = trees.leaves([np.full(4, 3.0), np.full(4, np.nan)], 4)
    assert (leaves == leaves[:, :1]).all()


def test_trees_of_any_depth_count_leaves_from_the_first_test():
    trees = Trees(np.array([[0, 1, 0], [1, 1, 1]]), np.array([[0.0, 0.0, 5.0], [-1.0, 0.0, 1.0]]))
    leaves = trees.leaves([np.array([1.0, 9.0, -1.0]), np.array([0.5, -2.0, np.nan])], 3)
    assert leaves.tolist() == [[0b110, 0b101, 0b000], [0b110, 0b000, 0b000]]
