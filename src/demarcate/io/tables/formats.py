"""The format of a table, by its extension or else by its first bytes."""

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

_OTHER_FORMATS = {
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


def detect_format(content: Content) -> Format:
    """Return the format by the extension, or by the first bytes where that is unknown; refuse well-known others."""
    by_magic = next((name for magic, name in _BY_MAGIC.items() if content.data.startswith(magic)), None)
    by_suffix = _BY_SUFFIX.get(content.suffix)
    detected = by_suffix or by_magic
    if detected in ("parquet", "arrow"):
        return detected
    _refuse_other_formats(content)
    if by_magic:
        fact = f"'{content.name}' holds {by_magic.title()} data, but text files end in {content.suffix}"
        raise InputError([Problem(fact, f"Rename it to end in .{by_magic}")])
    if detected is None and _JSON_ARRAY.match(content.data):
        remedy = "Write one object on each line, without brackets around them and commas between them"
        raise InputError([Problem(f"'{content.name}' is one JSON array, not JSON lines", remedy)])
    first = _FIRST_CHARACTER.search(content.data)
    return detected or ("json lines" if first and first[0] == b"{" else "delimited")


def _refuse_other_formats(content: Content) -> None:
    kind = next((kind for magic, kind in _OTHER_FORMATS.items() if content.data.startswith(magic)), None)
    remedy = "Save the table as CSV or Parquet"
    if kind is None and _WEB_PAGE.match(content.data):
        kind, remedy = "a web page", "Give the address of the table itself, often called raw or download"
    if kind:
        raise InputError([Problem(f"'{content.name}' is {kind}", remedy)])
