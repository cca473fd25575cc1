"""Which format a table is in: by its extension, else by its first bytes."""

import re
from typing import Literal

from demarcate.errors import InputError, Problem
from demarcate.io.tables.content import Content

Format = Literal["delimited", "json lines", "parquet", "arrow"]

_BY_SUFFIX: dict[str, Format] = {
    **dict.fromkeys((".csv", ".txt", ".data", ".tsv", ".tab"), "delimited"),
    **dict.fromkeys((".jsonl", ".ndjson"), "json lines"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".arrow", ".feather", ".ipc"), "arrow"),
}

# The bytes that an Arrow stream begins with are neither UTF-8 nor a byte order mark.
_BY_MAGIC: dict[bytes, Format] = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}

_NOT_TABLES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"BZh91AY&SY": "bzip2 data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstandard data",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3": "an SQLite database",
    b"%PDF-": "a PDF document",
}
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_JSON_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*[\[{]")
_FIRST_CHARACTER = re.compile(rb"[^\xef\xbb\xbf\xff\xfe\s\0]")  # past a byte order mark and blanks, UTF-16 or not


def recognise(content: Content) -> Format:
    """Tell the format of a content from its extension, or from its first bytes where that says nothing.

    Raises
    ------
    InputError
        If the content is, whatever its name, something else that is well known: a workbook, an archive, a web page, a
        JSON array, or a Parquet or Arrow file with a text file's name.

    Examples
    --------
    >>> recognise(Content("heart.tab", ".tab", b"age")), recognise(Content("standard input", "", b'{"age": 63}'))
    ('delimited', 'json lines')
    """
    by_magic = next((name for magic, name in _BY_MAGIC.items() if content.data.startswith(magic)), None)
    by_suffix = _BY_SUFFIX.get(content.suffix)
    chosen = by_suffix or by_magic
    if chosen in ("parquet", "arrow"):
        return chosen
    _refuse_not_tables(content)
    if by_magic:
        found = f"'{content.name}' is {by_magic.title()} data by its first bytes"
        remedy = f"Rename it to end in .{by_magic}"
        raise InputError([Problem(f"A file that ends in {content.suffix} is text", found, remedy)])
    if chosen is None and _JSON_ARRAY.match(content.data):
        remedy = "Write one object on each line, without brackets around them and commas between them"
        raise InputError([Problem("JSON is read as JSON lines", f"'{content.name}' is one JSON array", remedy)])
    first = _FIRST_CHARACTER.search(content.data)
    return chosen or ("json lines" if first and first[0] == b"{" else "delimited")


def _refuse_not_tables(content: Content) -> None:
    kind = next((kind for magic, kind in _NOT_TABLES.items() if content.data.startswith(magic)), None)
    remedy = "Save the table as CSV or Parquet"
    if kind is None and _WEB_PAGE.match(content.data):
        kind, remedy = "a web page", "Give the address of the table itself, often called raw or download"
    if kind:
        rule = "A table is CSV, TSV, Parquet, Arrow or JSON lines"
        raise InputError([Problem(rule, f"'{content.name}' is {kind}", remedy)])
