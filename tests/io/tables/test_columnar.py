import datetime as dt
import decimal
import io
import random

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demarcate.errors import InputError
from demarcate.io.tables.columnar import ColumnarTable

WRITERS = {
    "parquet": (pl.DataFrame.write_parquet, "Parquet"),
    "arrow file": (pl.DataFrame.write_ipc, "Arrow"),
    "arrow stream": (pl.DataFrame.write_ipc_stream, "Arrow"),
}
FORMATS = pytest.mark.parametrize("kind", WRITERS)


def bytes_of(frame, kind):
    file = io.BytesIO()
    WRITERS[kind][0](frame, file)
    return file.getvalue()


def read(data, kind):
    return pl.concat(ColumnarTable.of(data, "table", WRITERS[kind][1]).parts(1000))


@FORMATS
def test_types_are_kept_as_stored(kind):
    frame = pl.DataFrame(
        {
            "int": [1, None],
            "small": pl.Series([1, 2], dtype=pl.UInt8),
            "float": [0.5, None],
            "text": ["007", None],
            "truth": [True, None],
            "day": [dt.date(2024, 2, 29), None],
            "moment": [dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC), None],
        }
    )
    result = read(bytes_of(frame, kind), kind)
    assert result.schema == frame.schema
    assert result.rows() == frame.rows()


@FORMATS
@pytest.mark.parametrize(
    "series",
    [
        pl.Series([decimal.Decimal("1.10"), None]),
        pl.Series(["a", None], dtype=pl.Categorical),
        pl.Series(["a", None], dtype=pl.Enum(["b", "a"])),
        pl.Series([None, None], dtype=pl.Null),
        *(pl.Series([dt.timedelta(seconds=1.5), None], dtype=pl.Duration(unit)) for unit in ("ms", "us", "ns")),
        pl.Series([dt.time(1, 2, 3), dt.time(1, 2, 3, 500_000)]),
    ],
    ids=lambda series: str(series.dtype),
)
def test_what_their_type_says_of_columns_is_kept(kind, series):
    column = read(bytes_of(series.to_frame("x"), kind), kind)["x"]
    assert column.dtype == series.dtype
    assert column.to_list() == series.to_list()


@FORMATS
def test_columns_that_are_not_plain_are_refused_all_at_once(kind):
    frame = pl.DataFrame(
        {
            "ok": [1],
            "list": [[1, 2]],
            "record": [{"a": 1}],
            "bytes": [b"x"],
            "array": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)),
        }
    )
    with pytest.raises(InputError) as refusal:
        read(bytes_of(frame, kind), kind)
    assert [problem.fact for problem in refusal.value.problems] == [
        "'table' column 'list' holds values of type List(Int64), not plain values",
        "'table' column 'record' holds values of type Struct({'a': Int64}), not plain values",
        "'table' column 'bytes' holds values of type Binary, not plain values",
        "'table' column 'array' holds values of type Array(Int64, shape=(2,)), not plain values",
    ]


@FORMATS
def test_table_without_rows_is_refused(kind):
    with pytest.raises(InputError, match="'table' has columns and no rows"):
        read(bytes_of(pl.DataFrame({"a": pl.Series([], dtype=pl.Int64)}), kind), kind)


@FORMATS
def test_table_without_columns_is_refused(kind):
    with pytest.raises(InputError, match="'table' has no columns"):
        read(bytes_of(pl.DataFrame(), kind), kind)


def test_duplicate_names_in_parquet_are_refused():
    file = io.BytesIO()
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), file)
    with pytest.raises(InputError, match="'table' has more than one column named alike \\(column with name 'a' has"):
        read(file.getvalue(), "parquet")


@pytest.mark.parametrize(("kind", "writer"), [("arrow file", pa.ipc.new_file), ("arrow stream", pa.ipc.new_stream)])
def test_duplicate_names_in_arrow_are_refused(kind, writer):
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    file = io.BytesIO()
    with writer(file, table.schema) as sink:
        sink.write_table(table)
    with pytest.raises(InputError, match="with column names that differ"):
        read(file.getvalue(), kind)


@FORMATS
def test_something_else_is_refused_in_a_sentence(kind):
    with pytest.raises(InputError) as refusal:
        read(b"age,sex\n63,1\n", kind)
    message = str(refusal.value)
    assert "'table' is not a whole" in message
    assert "\n" not in message
    assert len(message) < 300


@FORMATS
def test_cut_file_is_refused(kind):
    data = bytes_of(pl.DataFrame({"a": range(100), "b": map(str, range(100))}), kind)
    for length in random.Random(0).sample(range(1, len(data) - 20), 30):
        with pytest.raises(InputError, match="it is damaged, cut off or something else"):
            read(data[:length], kind)


@FORMATS
def test_damaged_file_gives_a_table_or_an_input_error(kind):
    data = bytes_of(pl.DataFrame({"a": range(100), "b": map(str, range(100))}), kind)
    for seed in range(60):
        damaged, chance = bytearray(data), random.Random(seed)
        damaged[chance.randrange(len(data))] = chance.randrange(256)
        try:
            width, message = read(bytes(damaged), kind).width, ""
        except InputError as error:
            width, message = 0, str(error)
        assert bool(width) != bool(message)
        assert "\n" not in message
