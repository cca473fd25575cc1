import polars as pl
import pytest

from demarcate.cli.kept_columns import KeptColumns
from demarcate.errors import InputError

COLUMNS = ("id", "a, b", "prediction", "input_prediction")


def test_names_are_in_the_order_given_and_may_hold_commas():
    kept = KeptColumns.of(["a, b", "id"], COLUMNS, set())
    assert kept.of_rows(pl.DataFrame({name: [name] for name in COLUMNS})).to_dicts() == [{"a, b": "a, b", "id": "id"}]


def test_no_two_columns_of_the_output_share_a_name(capsys):
    kept = KeptColumns.of(["all"], COLUMNS, {"prediction"})
    assert kept.names == ("id", "a, b", "input_input_prediction", "input_prediction")
    assert capsys.readouterr().err.startswith("The column 'prediction' is kept as 'input_input_prediction'")


def test_a_column_called_all_is_among_all():
    assert KeptColumns.of(["all"], ("all", "b"), set()).names == ("all", "b")


def test_several_problems_are_one_error():
    with pytest.raises(InputError, match="2 problems"):
        KeptColumns.of(["id,id,nothing"], COLUMNS, set())
