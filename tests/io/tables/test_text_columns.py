import io

import polars as pl
import pytest

from demarcate.errors import InputError
from demarcate.io.tables import stream_table
from demarcate.io.tables.columnar import ColumnarTable
from demarcate.io.tables.text_columns import store_columns

FRAME = pl.DataFrame(
    {"name": ["Zoë", None, "a text longer than twelve bytes", "", "\n", "NA"], "dose": [*"12345", None]}
)
TEXT = FRAME.write_csv(quote_style="non_numeric").encode()


def open_stored(folder, data=TEXT, part_rows=2):
    return store_columns(stream_table(io.BytesIO(data)), folder, len(data), part_rows)


@pytest.mark.parametrize("part_rows", [1, 2, 4, 100])
def test_columns_are_those_of_the_text(tmp_path, part_rows):
    with open_stored(tmp_path, part_rows=part_rows) as columns:
        assert (columns.columns, columns.n_rows) == (("name", "dose"), 6)
        assert columns.schema == {"name": pl.String(), "dose": pl.String()}
        assert columns.column("name").to_list() == ["Zoë", None, "a text longer than twelve bytes", None, "\n", "NA"]
        assert columns.frame().equals(pl.concat(stream_table(io.BytesIO(TEXT))))


@pytest.mark.parametrize("n_rows", [1, 2, 3, 6])
def test_the_first_rows_of_a_column_are_read_alone(tmp_path, n_rows):
    with open_stored(tmp_path) as columns:
        assert columns.column("dose", n_rows).equals(columns.column("dose").head(n_rows))


def test_the_sizes_are_those_of_the_same_table_as_a_parquet_file(tmp_path):
    with open_stored(tmp_path) as columns:
        columns.frame().write_parquet(tmp_path / "table.parquet")
        parquet = ColumnarTable.of(str(tmp_path / "table.parquet"), "table", "Parquet")
        assert columns.sizes == parquet.sizes == {"name": 16 * 6 + 31, "dose": 16 * 6}


def test_the_file_has_no_name(tmp_path):
    with open_stored(tmp_path) as columns:
        assert columns.n_bytes > 0
        assert not list(tmp_path.iterdir())


def test_a_text_that_is_wrong_is_refused_as_it_is_read(tmp_path):
    with pytest.raises(InputError, match=r"line 3 \(data row 2\) has 1"), open_stored(tmp_path, b"a,b\n1,2\n3\n"):
        pass
