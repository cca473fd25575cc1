import io
import warnings

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.datasets import stream_table
from demarcate.errors import InputError, InputWarning
from demarcate.io.tables import content, delimited, fast_delimited
from demarcate.io.tables.cell_kinds import is_total
from demarcate.io.tables.fast_delimited import FastReader, equal_parts, find_layout
from demarcate.io.tables.footers import are_totals

REPEATABLE = settings(deadline=None, derandomize=True)
ROWS = b"".join(b"%d,b,%d.5\n" % (number, number) for number in range(400))


@pytest.fixture
def split(monkeypatch):
    """Counts the rows that polars splits; the strict reader reads only what it has to."""
    monkeypatch.setattr(fast_delimited, "STRICT_ROWS", 1)
    monkeypatch.setattr(delimited, "_SAMPLE_LINES", 3)
    heights, read = [], FastReader.read

    def counted(reader):
        for rows in read(reader):
            heights.append(rows.frame.height)
            yield rows

    monkeypatch.setattr(FastReader, "read", counted)
    return heights


def read(data, **settings):
    return pl.concat(stream_table(io.BytesIO(data), delimiter=",", **settings))


def strict(data, **settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FastReader, "read", lambda reader: iter(()))
        return read(data, **settings)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (b"1,2\n3,4\n", [3, 7]),
        (b"1,2\r\n3,4\r\n", [4, 9]),
        (b"1,2\n3,4", [3]),
        (b",\n,\n", [1, 3]),
        (b'"1","2"\n"a,b",""\n', [7, 16]),
        (b'"say ""hi""",2\n"",2\n', [14, 19]),
        (b'"1\n2",3\n', [7]),
        (b"1,2\n3\n4,5\n", [3]),
        (b"1,2\n3,4,5\n", [3]),
        (b"1,2\n3,4,5\n6\n", [3]),
        (b"1,2\n\n3,4\n", [3]),
        (b"\n1,2\n", []),
        (b"1,2\n3,4\r5,6\n", [3]),
        (b"1,2\n3,4\r\r\n", [3]),
        (b'1,2\n3,a"b\n', [3]),
        (b'1,2\n3,"a"b\n', [3]),
        (b'1,2\n3, "a"\n', [3]),
        (b'1,2\n3,"4\n5,6\n', [3]),
        (b'1,2\r\n"3\r\n",4\r\n', [4]),
        (b"", []),
    ],
)
def test_rows_are_regular_up_to_the_first_that_is_not(text, ends):
    assert find_layout(text, ord(","), 2).ends.tolist() == ends


@pytest.mark.parametrize(
    ("text", "ends"), [(b"1\n\n2\n", [1]), (b"\n", []), (b"1\r\n\r\n", [2]), (b'""\n"\n"\n', [2, 6])]
)
def test_a_blank_line_is_no_row_of_a_single_column(text, ends):
    assert find_layout(text, ord(","), 1).ends.tolist() == ends


def test_a_text_that_may_hold_too_long_a_cell_is_not_regular(monkeypatch):
    monkeypatch.setattr(fast_delimited, "MAX_TEXT", 7)
    assert not len(find_layout(b"1,2\n3,4\n", ord(","), 2).ends)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("block", [7, 64, 1000, content.BLOCK])
def test_regular_rows_are_split_by_polars_wherever_blocks_end(split, monkeypatch, block, line_end):
    monkeypatch.setattr(content, "BLOCK", block)
    data = b"a,b,c\n" + ROWS.replace(b"\n", line_end)
    assert read(data).rows() == [(str(number), "b", f"{number}.5") for number in range(400)]
    assert sum(split) > (300 if block > 7 else 0)


ODD = {
    "a blank line": b"\n",
    "a row too short": b"1,2\n",
    "a row too long": b"1,2,3,4\n",
    "a lone CR": b"1,2\r3,4,5\n",
    "a quote within a cell": b'1,a"b,3\n',
    "a quote that is not closed": b'1,"a,3\n',
    "a quote closed within a cell": b'1,"a"b,3\n',
    "a line end in quotes": b'1,"a\nb",3\n',
    "quotes in quotes": b'"""",b,c\n',
    "empty quotes": b'"","",""\n',
    "a byte order mark": b"\xef\xbb\xbf1,2,3\n",
    "packed data, at first glance": b"x\x01,2,3\n",
    "a NUL": b"\0,2,3\n",
    "half a character": b"\xc3,2,3\n",
    "a comment": b"# 1\n",
    "a comment as wide as a row": b"#,b,c\n",
    "a comment in quotes": b'#,"b\n","c"\n',
    "the header again": b"a,b,c\n",
    "a total": b"Total,,400\n",
    "a total after empty cells": b",total,400\n",
    "a row of empty cells": b",,\n",
    "a row of one cell": b"5,,\n",
}


@pytest.mark.parametrize("at", [0, 20, 399, 400])
@pytest.mark.parametrize("name", ODD)
def test_whatever_is_not_regular_is_read_as_without_polars(split, name, at):
    rows = ROWS.splitlines(keepends=True)
    data = b"".join([b"a,b,c\n", *rows[:at], ODD[name], *rows[at:]])
    outcomes = []
    for reader in (strict, read):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", InputWarning)
            try:
                rows, error = reader(data).rows(), None
            except InputError as refusal:
                rows, error = [], str(refusal)
        outcomes.append((rows, error, [str(each.message) for each in warned]))
    assert outcomes[0] == outcomes[1]
    assert sum(split) > 300 or outcomes[0][1]


def test_a_delimiter_beyond_ascii_is_for_the_strict_reader(split):
    table = stream_table(io.BytesIO("aéb\n1é2\n3é4\n5é6\n7é8\n".encode()), delimiter="é")
    assert pl.concat(table)["b"].to_list() == list("2468")
    assert not split


def test_cells_longer_than_a_block_are_read(split, monkeypatch):
    monkeypatch.setattr(content, "BLOCK", 50)
    data = b"a,b\n" + b"1,2\n" * 20 + b"x" * 500 + b",2\n" + b"1,2\n" * 20
    assert read(data)["a"].to_list() == ["1"] * 20 + ["x" * 500] + ["1"] * 20
    assert sum(split) > 20


def test_lines_and_rows_are_numbered_through(split):
    data = b"a,b,c\n" + ROWS + b'1,"x\ny",3\n' + ROWS + b"1\n" + ROWS + b"1,2\n"
    with pytest.raises(InputError, match=r": line 804 \(data row 802\) has 1, line 1205 \(data row 1203\) has 2\."):
        read(data)
    assert sum(split) > 700


def test_a_text_that_is_seldom_regular_is_soon_left_to_the_strict_reader(monkeypatch):
    n_looks = 0

    def counted(*text):
        nonlocal n_looks
        n_looks += 1
        return find_layout(*text)

    monkeypatch.setattr(fast_delimited, "find_layout", counted)
    data = b"a,b,c\n" + b'1,a"b,3\n4,5,6\n' * 50_000
    assert read(data).equals(strict(data))
    assert n_looks < 20


@REPEATABLE
@given(st.lists(st.integers(0, 7)), st.integers(1, 10))
def test_parts_of_equal_height_have_the_same_rows(heights, n_rows):
    rows = iter(range(sum(heights)))
    frames = [pl.DataFrame({"a": [next(rows) for _ in range(height)]}, schema={"a": pl.Int64}) for height in heights]
    parts = list(equal_parts(frames, n_rows))
    assert [row for part in parts for row in part["a"]] == list(range(sum(heights)))
    assert [part.height for part in parts[:-1]] == [n_rows] * (len(parts) - 1)
    assert all(0 < part.height <= n_rows for part in parts)


WORDS = [
    "Total",
    " TOTAL : ",
    "Grand Total",
    "sum",
    "\u017fum",
    "m\u0130n",
    "m\u0131n",
    "n",
    "nn",
    "\x1cTotal\x1f",
    "Totals 5",
    "\u03a3",
    "\u03c3",
    "1",
]


@REPEATABLE
@given(st.lists(st.lists(st.sampled_from(["", "", " ", "x", *WORDS]), min_size=3, max_size=3), min_size=1))
def test_totals_are_those_that_the_strict_reader_knows(rows):
    empty_as_null = [[cell or None for cell in row] for row in rows]
    frame = pl.DataFrame(empty_as_null, schema=dict.fromkeys("abc", pl.String), orient="row")
    assert are_totals(frame).to_list() == [is_total(next(filter(None, row), "")) for row in rows]
