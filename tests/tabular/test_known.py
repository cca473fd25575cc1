import polars as pl
import pytest

from demarcate.tabular import LabelReader, known_codes


def test_labels_in_parts_have_the_codes_of_all_together():
    reader = LabelReader(["no", "yes"])
    parts = [["yes", "no "], [], ["yes"]]
    assert [code for part in parts for code in reader.take(part)] == known_codes(
        [*parts[0], *parts[2]], ["no", "yes"]
    ).tolist()


@pytest.mark.parametrize(
    ("classes", "cells"),
    [
        ([0, 1], [1, 0, 1]),
        ([0, 1], ["1", "0", " 1.0"]),
        ([0, 1], [1.0, 0.0, 1.0]),
        ([False, True], [True, False, True]),
        ([False, True], [1, 0, 1]),
        ([False, True], ["1", "0", "1.0"]),
        ([0, 1], [True, False, True]),
        ([0, 1], ["TRUE", "False", "true"]),
        (["no", "yes"], ["yes ", "no", "yes"]),
        (["007", "7"], ["7", "007", "7.0"]),
    ],
)
def test_a_column_is_read_as_its_cells_are(classes, cells):
    assert LabelReader(classes).take(pl.Series(cells)).tolist() == [1, 0, 1]


@pytest.mark.parametrize("classes", [[0, 1, 2], ["0", "yes"], [True, "maybe"]])
def test_truth_values_are_labels_of_their_own_where_they_are_not_the_two_classes(classes):
    reader = LabelReader(classes)
    assert reader.take([False]) is None


@pytest.mark.parametrize("container", [list, pl.Series])
def test_what_is_wrong_is_said_of_all_parts(container):
    reader = LabelReader(["a", "b"])
    assert reader.take(container(["a", "b"])).tolist() == [0, 1]
    assert reader.take(container(["c", None])) is None
    assert reader.take(container(["a", "b"])) is None
    assert reader.take(container([None, "c", "d"])) is None
    assert [problem.found for problem in reader.problems] == [
        "the target is missing in row 4, 7",
        "'c' in 2 rows, 'd' in 1 row",
    ]


def test_an_empty_cell_of_a_column_is_missing():
    reader = LabelReader(["a", "b"])
    reader.take(pl.Series(["a", "", "  "]))
    assert [problem.found for problem in reader.problems] == ["the target is missing in row 2, 3"]


def test_of_many_missing_labels_the_first_are_named():
    reader = LabelReader(["a", "b"])
    for _ in range(4):
        reader.take(pl.Series([None, "a", None]))
    assert reader.problems[0].found == "the target is missing in row 1, 3, 4, 6, 7 and 3 more"


def test_unknown_labels_without_end_take_bounded_memory():
    reader = LabelReader(["a", "b"])
    for part in range(30):
        reader.take(pl.Series(range(part * 1000, part * 1000 + 1000)))
    assert len(reader._unknown) == 10_000
