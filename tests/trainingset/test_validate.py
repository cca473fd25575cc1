import pytest

from demarcate.errors import InputError
from demarcate.tabular import Column, Schema
from demarcate.trainingset import learnable


def test_a_table_and_its_labels_come_out_ready():
    table = learnable({" age ": [63, 41, 57]}, ["yes", "no", "yes"])
    assert table.frame.columns == ["age"]
    assert [column.kind for column in table.schema.used] == ["numerical"]
    assert table.classes[table.codes].tolist() == ["yes", "no", "yes"]


def test_what_is_known_of_columns_goes_before_what_could_be_inferred():
    schema = Schema((Column("unit", "categorical", categories=("mg", "ml")),))
    assert learnable({"unit": ["mg"] * 3}, ["yes", "no", "yes"], schema).schema is schema


def test_columns_are_told_of_before_labels():
    with pytest.raises(InputError) as caught:
        learnable({"unit": ["mg"] * 3, "visits": [[1], [2], [3]]}, ["yes", None, "yes"])
    assert [problem.rule for problem in caught.value.problems] == [
        "A cell holds one plain value",
        "Every row has a label",
        "A classifier separates at least two classes",
    ]


def test_a_table_without_rows_is_refused():
    with pytest.raises(InputError, match="A table has rows"):
        learnable({"age": []}, [])
