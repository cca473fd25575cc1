"""Files that are broken, or written in an unusual way."""

import gzip
import io

import polars as pl
from cases import category, file_refused, file_taken, number

from demarcate.io.tables.records import MAX_CELL

_FRAME = pl.DataFrame({"x": [1, 2, 3, 4], "y": ["no", "yes", "no", "yes"]})
_TABLE = "x,y\n1,no\n2,yes\n3,no\n4,yes\n"
_X = {"x": (["1", "2", "3", "4"], number(1, 2, 3, 4))}


def _parquet() -> bytes:
    file = io.BytesIO()
    _FRAME.write_parquet(file)
    return file.getvalue()


def _arrow() -> bytes:
    file = io.BytesIO()
    _FRAME.write_ipc(file)
    return file.getvalue()


REFUSED = (
    file_refused("no bytes", "csv", b"", "is empty", "with a header and rows"),
    file_refused("nothing but blank lines", "csv", b"\n\r\n\n", "is blank", "with a header and rows"),
    file_refused("a header alone", "csv", b"x,y\n", "has a header and no rows"),
    file_refused(
        "a row too long",
        "csv",
        b"x,y\n1,no\n2,yes,3\n",
        "not as wide as the header",
        "the header (2 cells): line 3 (data row 2) has 3",
    ),
    file_refused(
        "a row too short",
        "csv",
        b"x,y\n1\n2,yes\n",
        "not as wide as the header",
        "the header (2 cells): line 2 (data row 1) has 1",
    ),
    file_refused(
        "ragged rows and repeated names",
        "csv",
        b"x,x,y\n1,2,no\n1,2\n3,4,5,6\n",
        *("2 problems", "2 rows", "more than one column named", "'x': columns 1 and 2"),
        *("line 3 (data row 2) has 2", "line 4 (data row 3) has 4"),
    ),
    file_refused(
        "a thousands separator without quotes",
        "csv",
        b"x,y\n1,234,no\n",
        "the header (2 cells)",
        "data row 1) has 3",
        "put quotes",
    ),
    file_refused(
        "a quote that is not closed",
        "csv",
        b'x,y\n1,no\n"2,yes\n3,no\n',
        "a record that cannot be read",
        "line 3",
    ),
    file_refused(
        "text after a closing quote",
        "csv",
        b'x,y\n"1"2,no\n',
        "a record that cannot be read",
        "line 2",
        "expected after",
    ),
    file_refused(
        "a cell longer than a text file may hold",
        "csv",
        b"x,y\n1,no\n" + b"a" * (MAX_CELL + 1) + b",yes\n",
        *("a record that cannot be read", "line 3", "field larger than field limit"),
    ),
    file_refused(
        "Latin-1",
        "csv",
        "x,y\nnaïve,no\n".encode("latin-1"),
        "is not utf-8 text",
        "line 2 is",
        "byte 6 of the file is 0xEF",
        "--encoding latin-1",
    ),
    file_refused(
        "UTF-16 without a mark",
        "csv",
        _TABLE.encode("utf-16-le"),
        "has a NUL character",
        "line 1",
        "utf-16-le",
    ),
    file_refused("a NUL", "csv", b"x,y\n1,no\n\0,yes\n", "has a NUL character", "line 3"),
    file_refused(
        "a workbook with a text file's name",
        "csv",
        b"PK\x03\x04and so on",
        "is a zip archive",
        "Unpack it",
    ),
    file_refused(
        "an Excel workbook with a text file's name",
        "csv",
        b"PK\x03\x04\x14\0\x08\x08\x08\0" + bytes(16) + b"\x0f\0\0\0xl/workbook.xml",
        *("an Excel workbook", "In Excel, save it as 'CSV UTF-8'"),
    ),
    file_refused("a web page with a text file's name", "csv", b"<!DOCTYPE html><html></html>", "is a web page"),
    file_refused(
        "Parquet with a text file's name", "csv", _parquet(), "Parquet data", "text files end in .csv", "Rename"
    ),
    file_refused("gzip that is cut off", "csv.gz", gzip.compress(_TABLE.encode())[:-9], "damaged gzip data", "again"),
    file_refused(
        "Parquet that is cut off",
        "parquet",
        _parquet()[:-20],
        "is not a whole Parquet file",
        "damaged, cut off",
    ),
    file_refused(
        "CSV with Parquet's name",
        "parquet",
        _TABLE.encode(),
        "is not a whole Parquet file",
        "something else",
    ),
    file_refused("Arrow that is cut off", "arrow", _arrow()[:-200], "is not a whole Arrow file", "damaged, cut off"),
    file_refused("a JSON array", "jsonl", b'[{"x": 1, "y": "no"}]', "one JSON object", "line 1 holds a list"),
    file_refused(
        "JSON that is cut off", "jsonl", b'{"x": 1, "y": "no"}\n{"x": 2, "y"', "one JSON object", "line 2, column"
    ),
    file_refused(
        "an object with a key twice",
        "jsonl",
        b'{"x": 1, "x": 2, "y": "no"}',
        "repeats the key",
        "line 1 repeats the key 'x'",
    ),
    file_refused(
        "an object within an object",
        "jsonl",
        b'{"x": {"z": 1}, "y": "no"}',
        "plain value",
        "line 1 has an object under 'x'",
    ),
    file_refused("half a character", "jsonl", b'{"x": "\\ud83d", "y": "no"}', "half a character", "line 1"),
    file_refused("empty objects", "jsonl", b"{}\n{}\n", "has only empty objects", "Give objects with keys"),
)

TAKEN = (
    file_taken("a mark of UTF-8", "csv", b"\xef\xbb\xbf" + _TABLE.encode(), _X),
    file_taken("UTF-16, little end first", "csv", b"\xff\xfe" + _TABLE.encode("utf-16-le"), _X),
    file_taken("UTF-16, big end first", "csv", b"\xfe\xff" + _TABLE.encode("utf-16-be"), _X),
    file_taken("no line end at the end", "csv", _TABLE.strip().encode(), _X),
    file_taken("line ends of Windows", "csv", _TABLE.replace("\n", "\r\n").encode(), _X),
    file_taken("line ends of old Macs", "csv", _TABLE.replace("\n", "\r").encode(), _X),
    file_taken("line ends of all kinds", "csv", b"x,y\r\n1,no\r2,yes\n3,no\r\n4,yes", _X),
    file_taken("blank lines", "csv", b"\n\nx,y\n1,no\n\n2,yes\n\r\n3,no\n4,yes\n\n\n", _X),
    file_taken("semicolons", "csv", _TABLE.replace(",", ";").encode(), _X),
    file_taken("tabs", "csv", _TABLE.replace(",", "\t").encode(), _X),
    file_taken("gzip", "csv.gz", gzip.compress(_TABLE.encode()), _X),
    file_taken("quotes around everything", "csv", b'"x","y"\n"1","no"\n"2","yes"\n"3","no"\n"4","yes"\n', _X),
    file_taken(
        "quotes, delimiters and line ends within cells",
        "csv",
        b'x,y\n"a ""b"", c",no\n"d\ne",yes\n5" pipe,no\n"a ""b"", c",yes\n',
        {"x": (['a "b", c', "d\ne", '5" pipe', 'a "b", c'], category('a "b", c', "d\ne", '5" pipe', 'a "b", c'))},
    ),
    file_taken(
        "line ends that only Unicode knows",
        "csv",
        "x,y\na\u2028b,no\na\x0bb,yes\na\x85b,no\na\x1cb,yes\n".encode(),
        {"x": (["a\u2028b", "a\x0bb", "a\x85b", "a\x1cb"], category("a\u2028b", "a\x0bb", "a\x85b", "a\x1cb"))},
    ),
    file_taken(
        "keys that some objects leave out",
        "jsonl",
        b'{"x": 1, "y": "no"}\n{"y": "yes", "z": "a"}\n\n{"z": "b", "x": 2.5, "y": "no"}\n{"y": "yes", "x": null}\n',
        {
            "x": ([1, None, 2.5, None], number(1, None, 2.5, None)),
            "z": ([None, "a", "b", None], category(None, "a", "b", None)),
        },
    ),
)

CASES = (*REFUSED, *TAKEN)
