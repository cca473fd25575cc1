import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, recall_score

from demarcate.inspection.confusion import ConfusedPair, ConfusionMatrix, shortest_percent

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


@given(ROWS)
def test_counts_and_recall_are_scikit_learns(rows):
    true, decided = np.array(rows).T
    matrix = ConfusionMatrix.of(true, decided, 4)
    np.testing.assert_array_equal(matrix.counts, confusion_matrix(true, decided, labels=range(4)))
    expected = recall_score(true, decided, labels=range(4), average=None, zero_division=np.nan)
    np.testing.assert_allclose(matrix.recall, expected)
    assert matrix.n_right == np.sum(true == decided)


def test_undecided_rows_belong_to_their_class_and_to_no_cell():
    matrix = ConfusionMatrix.of(np.array([0, 0, 0, 0, 1]), np.array([0, 1, -1, -1, 1]), 2)
    assert matrix.counts.tolist() == [[1, 1], [0, 1]]
    assert matrix.undecided.tolist() == [2, 0]
    assert (matrix.n_rows, matrix.n_right) == (5, 2)
    np.testing.assert_allclose(matrix.shares.sum(1) + matrix.undecided_shares, 1)
    assert matrix.recall.tolist() == [0.25, 1.0]


def test_cells_of_two_classes_have_names_by_the_positive_one():
    true, decided = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 1, 0])
    names = ["true_negatives", "false_positives", "false_negatives", "true_positives"]
    assert list(ConfusionMatrix.of(true, decided, 2, 1).cells.items()) == [*zip(names, (1, 2, 1, 1), strict=True)]
    assert list(ConfusionMatrix.of(true, decided, 2, 0).cells.items()) == [*zip(names, (1, 1, 2, 1), strict=True)]
    assert ConfusionMatrix.of(true, decided, 2).cells == {}


def test_counts_of_parts_add_up_to_those_of_the_whole():
    true, decided = np.array([0, 0, 1, 1, 1]), np.array([0, -1, 1, -1, 0])
    parts = [ConfusionMatrix.of(true[rows], decided[rows], 2, 1) for rows in (slice(2), slice(2, None))]
    whole, added = ConfusionMatrix.of(true, decided, 2, 1), parts[0] + parts[1]
    assert added.to_json(["no", "yes"]) == whole.to_json(["no", "yes"])


def test_mistakes_come_with_most_rows_first_and_never_a_right_decision():
    matrix = ConfusionMatrix.of(np.array([0, 0, 1, 1, 1, 2]), np.array([1, 0, 2, 2, 1, 0]), 3)
    assert matrix.mistakes == [
        ConfusedPair(1, 2, 2, pytest.approx(2 / 3)),
        ConfusedPair(0, 1, 1, 0.5),
        ConfusedPair(2, 0, 1, 1.0),
    ]
    assert ConfusionMatrix.of(np.array([0, 1]), np.array([0, 1]), 2).mistakes == []


def test_cells_have_names_only_after_a_positive_class():
    codes = np.array([0, 1])
    of_first = ConfusionMatrix.of(codes, codes, 2, positive=0)
    assert [of_first.cell_name(*cell) for cell in np.ndindex(2, 2)] == [
        "true positives",
        "false negatives",
        "false positives",
        "true negatives",
    ]
    assert ConfusionMatrix.of(codes, codes, 2).cell_name(0, 1) == ""


def test_a_share_that_rounds_to_nothing_is_not_written():
    assert [shortest_percent(share) for share in (0, 0.0049, 0.005, 0.126, 0.996, 1)] == [
        "",
        "",
        "0",
        "13",
        ">99",
        "100",
    ]
