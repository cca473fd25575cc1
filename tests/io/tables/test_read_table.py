import gzip
import io
import sys
import warnings

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.datasets import read_table
from demarcate.errors import InputError, InputWarning, SettingError

REPEATABLE = settings(deadline=None, derandomize=True)

FRAME = pl.DataFrame({"age": [63, 67], "thal": ["fixed", None]})
STRINGS = [("63", "fixed"), ("67", None)]
TYPED = [(63, "fixed"), (67, None)]


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".data", "", ".unknown"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimited_text_finds_its_delimiter(tmp_path, suffix, delimiter):
    path = tmp_path / f"heart{suffix}"
    FRAME.write_csv(path, separator=delimiter)
    assert read_table(path).rows() == STRINGS


@pytest.mark.parametrize("suffix", [".tsv", ".tab"])
def test_tab_files_have_tabs_whatever_the_header_holds(tmp_path, suffix):
    path = tmp_path / f"heart{suffix}"
    path.write_bytes(b"a,b,c\td\n1\t2\n")
    assert read_table(path).columns == ["a,b,c", "d"]


def test_delimiter_given_beats_extension_and_header(tmp_path):
    path = tmp_path / "heart.tsv"
    path.write_bytes(b"a:b\tc\n1:2\n")
    assert read_table(path, delimiter=":").columns == ["a", "b\tc"]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        (".parquet", FRAME.write_parquet),
        (".pq", FRAME.write_parquet),
        (".arrow", FRAME.write_ipc),
        (".feather", FRAME.write_ipc),
        (".ipc", FRAME.write_ipc_stream),
        (".jsonl", FRAME.write_ndjson),
        (".ndjson", FRAME.write_ndjson),
    ],
)
def test_typed_formats_are_read_by_extension_and_by_content(tmp_path, suffix, write, named):
    path = tmp_path / f"heart{suffix if named else ''}"
    write(path)
    assert read_table(str(path)).rows() == TYPED


@pytest.mark.parametrize("name", ["heart.csv.gz", "heart.csv", "heart"])
def test_gzip_is_unpacked(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(FRAME.write_csv().encode()))
    assert read_table(path).rows() == STRINGS


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FRAME.write_csv().encode())))
    assert read_table("-").rows() == STRINGS


def test_encoding_is_used():
    data = "größe\nweiß\n".encode("latin-1")
    assert read_table(io.BytesIO(data), encoding="latin-1").rows() == [("weiß",)]
    with pytest.raises(InputError, match="--encoding latin-1"):
        read_table(io.BytesIO(data))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_do_not_reach_the_first_column_name(encoding):
    assert read_table(io.BytesIO(FRAME.write_csv().encode(encoding))).columns == ["age", "thal"]


@pytest.mark.parametrize("data", [b"a,\n1,2\n", b'{"a": 1, "": 2}'])
def test_warning_points_at_the_caller(data):
    with pytest.warns(InputWarning, match="column_2") as caught:
        read_table(io.BytesIO(data))
    assert caught[0].filename == __file__


@pytest.mark.parametrize("delimiter", ["", ",,", "\n", "\r", '"', "\0", 5, b","])
def test_delimiter_is_one_ordinary_character(delimiter):
    with pytest.raises(SettingError, match="delimiter must be one character that is no line end and no quote, got "):
        read_table(io.BytesIO(b"a\n1\n"), delimiter=delimiter)


@pytest.mark.parametrize("timeout", [0, -1.0, float("nan"), float("inf"), "30", None, True])
def test_timeout_is_a_number_of_seconds_above_0(timeout):
    with pytest.raises(SettingError, match="timeout must be a number of seconds above 0, got "):
        read_table(io.BytesIO(b"a\n1\n"), timeout=timeout)


@REPEATABLE
@given(st.binary() | st.text('ab,;"\n\r{}[]:1', max_size=30).map(str.encode))
def test_any_bytes_give_a_table_or_an_input_error(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        try:
            frame = read_table(io.BytesIO(data))
        except InputError:
            return
    assert frame.height > 0
    assert frame.width > 0


@pytest.mark.parametrize("where", ["path", "standard input", "file"])
def test_empty_source_is_refused(tmp_path, monkeypatch, where):
    (tmp_path / "empty.csv").touch()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    source = {"path": tmp_path / "empty.csv", "standard input": "-", "file": io.BytesIO()}[where]
    with pytest.raises(InputError, match=r"'.+' is empty. Give a file with a header and rows"):
        read_table(source)
