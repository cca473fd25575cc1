import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import LabelReader, encode_known_labels, encode_labels, label_reader, typed_labels
from demarcate.tabular.label_reader import LabelCounter


def count(cells, cut=2, dtype=None):
    column = pl.Series(cells, dtype=dtype)
    counter = LabelCounter()
    for begin, end in ((0, cut), (cut, cut), (cut, len(column))):
        counter.add(column[begin:end])
    return counter


@pytest.mark.parametrize(
    "cells", [["b", "a", "b ", "10"], [3, 1, 3, 1], [True, False, True, True], ["1", "0", "1.0", "1"], [2.0, 1.0, 2.0]]
)
def test_classes_are_those_of_all_labels_together(cells):
    classes, codes = encode_labels(typed_labels(pl.Series(cells)))
    counted = count(cells).classes()
    assert (counted.classes.dtype, counted.classes.tolist()) == (classes.dtype, classes.tolist())
    assert counted.counts.tolist() == [(codes == code).sum() for code in range(len(classes))]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["a", "a", "a"], None),
        (["a", "b", "c"], None),
        (["a", None, "b", "", "a"], None),
        ([None, None, "a"], None),
        ([f"{row % 58}.25" for row in range(60)], None),
        ([f"{row % 58}" if row else "1.5" for row in range(60)], None),
        ([], pl.String),
    ],
)
def test_labels_are_refused_in_the_same_words(cells, dtype):
    with pytest.raises(InputError) as expected:
        encode_labels(typed_labels(pl.Series(cells, dtype=dtype)))
    with pytest.raises(InputError) as refusal:
        count(cells, dtype=dtype).classes()
    assert str(refusal.value) == str(expected.value)


def test_labels_without_end_are_refused_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(label_reader, "MAX_CLASSES", 50)
    counter = LabelCounter()
    counter.add(pl.Series(range(50)))
    with pytest.raises(InputError, match="More than 50 labels differ in the first 60 rows"):
        counter.add(pl.Series(range(45, 55)))


def test_labels_in_parts_have_the_codes_of_all_together():
    reader = LabelReader(["no", "yes"])
    parts = [["yes", "no "], [], ["yes"]]
    assert [code for part in parts for code in reader.read(part)] == encode_known_labels(
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
    assert LabelReader(classes).read(pl.Series(cells)).tolist() == [1, 0, 1]


@pytest.mark.parametrize("classes", [[0, 1, 2], ["0", "yes"], [True, "maybe"]])
def test_booleans_are_unknown_labels_where_they_are_not_the_two_classes(classes):
    reader = LabelReader(classes)
    assert reader.read([False]) is None


@pytest.mark.parametrize("container", [list, pl.Series])
def test_problems_of_all_parts_are_reported_together(container):
    reader = LabelReader(["a", "b"])
    assert reader.read(container(["a", "b"])).tolist() == [0, 1]
    assert reader.read(container(["c", None])) is None
    assert reader.read(container(["a", "b"])) is None
    assert reader.read(container([None, "c", "d"])) is None
    assert [problem.fact for problem in reader.problems] == [
        "The target is missing in rows 4, 7",
        "Unknown labels: 'c' in 2 rows, 'd' in 1 row",
    ]


def test_an_empty_cell_of_a_column_is_missing():
    reader = LabelReader(["a", "b"])
    reader.read(pl.Series(["a", "", "  "]))
    assert [problem.fact for problem in reader.problems] == ["The target is missing in rows 2, 3"]


def test_of_many_missing_labels_the_first_are_named():
    reader = LabelReader(["a", "b"])
    for _ in range(4):
        reader.read(pl.Series([None, "a", None]))
    assert reader.problems[0].fact == "The target is missing in rows 1, 3, 4, 6, 7 and 3 more"


def test_unknown_labels_without_end_take_bounded_memory():
    reader = LabelReader(["a", "b"])
    for part in range(30):
        reader.read(pl.Series(range(part * 1000, part * 1000 + 1000)))
    assert len(reader._unknown) == 10_000


@given(
    cells=st.lists(st.sampled_from(["a", "b", "c"]) | st.just("a"), min_size=4).filter(lambda c: 1 < len({*c}) < len(c))
)
def test_training_labels_have_the_codes_of_training(cells: list):
    classes, codes = encode_labels(cells)
    assert encode_known_labels(cells, classes).tolist() == codes.tolist()


@pytest.mark.parametrize(
    ("classes", "labels", "codes"),
    [
        ([0, 1], ["1", " 0", 1.0, "1.0", 0], [1, 0, 1, 1, 0]),
        ([0.0, 1.0], ["1", 0, "0.0"], [1, 0, 0]),
        ([False, True], ["true", "False", True], [1, 0, 1]),
        (["no", "yes"], ["yes ", "no"], [1, 0]),
        (["1", "1.0"], ["1", "1.0"], [0, 1]),
        (["TRUE", "True"], ["TRUE", "True"], [0, 1]),
        ([-1, 1], ["-1.0", "1"], [0, 1]),
    ],
)
def test_known_labels_are_recognised_however_they_are_stored(classes: list, labels: list, codes: list):
    assert encode_known_labels(labels, np.array(classes)).tolist() == codes


def test_unknown_labels_are_counted_by_name():
    with pytest.raises(InputError, match=r"Unknown labels: '2' in 2 rows, 'x' in 1 row\. The classes are '0', '1'"):
        encode_known_labels([2, 0, "2", "x"], np.array([0, 1]))


def test_of_many_unknown_labels_some_are_named():
    with pytest.raises(InputError, match="and 17 more"):
        encode_known_labels(list(range(25)), np.array(["a", "b"]))
