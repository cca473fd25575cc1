import warnings

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_series_equal

from demarcate.errors import InputError, InputWarning
from demarcate.io.tables.columnar import ColumnarTable
from demarcate.tabular import Column, Schema, encode_labels, infer_schema
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.labels import typed_labels
from demarcate.tabular.summaries import summarize_column
from demarcate.trainingset import MemoryBudget, open_file, open_table
from demarcate.trainingset.read_dependence import NO_ROLES

PLENTY = MemoryBudget(10**9)


def test_a_table_and_its_labels_are_read_into_memory():
    table = open_table({" age ": [63, 41, 57]}, ["yes", "no", "yes"])
    assert [(column.name, column.kind) for column in table.schema.used] == [("age", "numerical")]
    assert table.parsed["age"].tolist() == [63, 41, 57]
    assert table.classes[table.codes].tolist() == ["yes", "no", "yes"]


def test_a_given_schema_comes_before_an_inferred_one():
    schema = Schema((Column("unit", "categorical", categories=("mg", "ml")),))
    assert open_table({"unit": ["mg"] * 3}, ["yes", "no", "yes"], "target", None, schema).schema is schema


def test_problems_of_columns_come_before_those_of_labels():
    with pytest.raises(InputError) as caught:
        open_table({"unit": ["mg"] * 3, "visits": [[1], [2], [3]]}, ["yes", None, "yes"])
    first, *others = map(str, caught.value.problems)
    assert "visits" in first
    assert "The target is missing in row 2" in others[0]
    assert "Every label is 'yes'" in others[1]


def test_a_table_without_rows_is_refused():
    with pytest.raises(InputError, match="The table has no rows"):
        open_table({"age": []}, [])


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@pytest.mark.parametrize("row_group_size", [None, 7])
def test_columns_read_one_by_one_are_those_of_the_table(frame, source, tmp_path, row_group_size):
    features = frame.drop("sick")
    schema = infer_schema(features)
    with open_file(source(frame, row_group_size=row_group_size), "sick", PLENTY, tmp_path) as table:
        assert table.schema == schema
        assert [column.name for column in schema.dropped] == ["id", "ward"]
        assert list(table.parsed) == [column.name for column in schema.used]
        for name, cells in schema.parse(features).items():
            assert_series_equal(pl.Series(name, table.parsed.rows(slice(0, len(frame)))[name]), pl.Series(name, cells))
        classes, codes = encode_labels(frame["sick"])
        assert (table.classes.tolist(), table.codes.tolist()) == (classes.tolist(), codes.tolist())
        assert table.summaries == {
            column.name: summarize_column(frame[column.name], column) for column in schema.columns
        }
        assert [path.name for path in tmp_path.iterdir()] == ["table.parquet"]


def test_what_the_caller_says_of_columns_holds(frame, source, tmp_path):
    said = {"categorical": ["visits"], "numerical": ["dose"], "drop": ["kind"]}
    with open_file(source(frame), "sick", PLENTY, tmp_path, NO_ROLES, ColumnOptions.of(**said)) as table:
        assert table.schema == infer_schema(frame.drop("sick"), ColumnOptions.of(**said))


def test_all_that_is_wrong_with_all_columns_is_said_at_once(source, tmp_path):
    frame = pl.DataFrame({"a": ["1", "x"] * 20, "b": ["2", "2020-01-01"] * 20, "y": [0, 1] * 20})
    with (
        pytest.raises(InputError) as refused,
        open_file(source(frame), "y", PLENTY, tmp_path, NO_ROLES, ColumnOptions.of(numerical=["a", "b"])),
    ):
        pass
    with pytest.raises(InputError) as in_memory:
        infer_schema(frame.drop("y"), ColumnOptions.of(numerical=["a", "b"])).parse(frame.drop("y"))
    assert refused.value.problems == in_memory.value.problems
    assert len(refused.value.problems) == 2


def test_warnings_are_given_once_for_a_whole_column(source, tmp_path):
    frame = pl.DataFrame({"size": [1.0, np.inf, 3.0, -np.inf], "y": ["a", "b", "a", "b"]})
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always", InputWarning)
        with open_file(source(frame, row_group_size=1), "y", PLENTY, tmp_path):
            pass
    assert [str(warning.message) for warning in given] == ["column 'size': 2 cells are infinite, read as missing"]


def test_a_column_that_numbers_the_rows_is_used_where_there_is_nothing_else(source, tmp_path):
    frame = pl.DataFrame({"row": range(40), "unit": ["a"] * 40, "y": [0, 1] * 20})
    with open_file(source(frame), "y", PLENTY, tmp_path) as table:
        assert table.schema == infer_schema(frame.drop("y"))
        assert table.parsed["row"].tolist() == list(range(40))


def test_rows_without_a_label_are_refused_or_left_out(frame, source, tmp_path):
    holes = frame.with_columns(pl.when(pl.int_range(pl.len()) % 9 == 4).then(None).otherwise("sick").alias("sick"))
    opened = source(holes)
    with (
        pytest.raises(InputError, match="The target is missing in rows 5, 14, "),
        open_file(opened, "sick", PLENTY, tmp_path),
    ):
        pass
    kept = holes.filter(holes["sick"].is_not_null())
    with open_file(opened, "sick", PLENTY, tmp_path, drop_missing_target=True) as table:
        assert table.n_unlabelled == len(holes) - len(kept)
        assert table.codes.tolist() == encode_labels(typed_labels(kept["sick"]))[1].tolist()
        assert table.parsed["visits"].tolist() == kept["visits"].to_list()


def test_a_sample_is_drawn_where_all_rows_are_too_many(frame, source, tmp_path):
    opened = source(frame)
    with open_file(opened, "sick", MemoryBudget(500_000), tmp_path) as table:
        assert 1 < len(table.sample) < len(frame)
        assert np.array_equal(table.sample, np.unique(table.sample))
        again = table.sample
    with open_file(opened, "sick", MemoryBudget(500_000), tmp_path) as table:
        assert np.array_equal(table.sample, again)
    with open_file(opened, "sick", MemoryBudget(500_000), tmp_path, seed=1) as table:
        assert not np.array_equal(table.sample, again)
    with open_file(opened, "sick", PLENTY, tmp_path) as table:
        assert table.sample is None


def test_a_column_larger_than_allowed_is_refused_unless_it_is_dropped(frame, source, tmp_path, monkeypatch):
    wide = source(frame.with_columns(note=pl.lit("x" * 4000)))
    with (
        pytest.raises(InputError, match=r"Column 'note' takes 1\.2 MB.*leave the column out with --drop"),
        open_file(wide, "sick", MemoryBudget(2_000_000), tmp_path),
    ):
        pass
    read = []
    column = ColumnarTable.column
    monkeypatch.setattr(ColumnarTable, "column", lambda *asked: read.append(asked[1:]) or column(*asked))
    with open_file(wide, "sick", MemoryBudget(2_000_000), tmp_path, NO_ROLES, ColumnOptions.of(drop=["note"])) as table:
        assert "note" in {column.name for column in table.schema.dropped}
    n_rows = dict(asked for asked in read if len(asked) == 2)
    assert n_rows["note"] < n_rows["kind"] == len(frame)
