import polars as pl
import pytest

from demarcate.errors import InputError
from demarcate.tabular import class_codes, labels, typed_labels
from demarcate.tabular.labels import LabelCount


def counted(cells, cut=2, dtype=None):
    column = pl.Series(cells, dtype=dtype)
    count = LabelCount()
    for begin, end in ((0, cut), (cut, cut), (cut, len(column))):
        count.add(column[begin:end])
    return count


@pytest.mark.parametrize(
    "cells", [["b", "a", "b ", "10"], [3, 1, 3, 1], [True, False, True, True], ["1", "0", "1.0", "1"], [2.0, 1.0, 2.0]]
)
def test_classes_are_those_of_all_labels_together(cells):
    classes, codes = class_codes(typed_labels(pl.Series(cells)))
    found, counts = counted(cells).classes()
    assert (found.dtype, found.tolist()) == (classes.dtype, classes.tolist())
    assert counts.tolist() == [(codes == code).sum() for code in range(len(classes))]


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
        class_codes(typed_labels(pl.Series(cells, dtype=dtype)))
    with pytest.raises(InputError) as found:
        counted(cells, dtype=dtype).classes()
    assert str(found.value) == str(expected.value)


def test_labels_without_end_are_refused_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(labels, "MOST_LABELS", 50)
    count = LabelCount()
    count.add(pl.Series(range(50)))
    with pytest.raises(InputError, match="more than 50 labels differ in the first 60 rows"):
        count.add(pl.Series(range(45, 55)))
