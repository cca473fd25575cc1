"""The format of a table, by its extension or else by its first bytes."""

import re
from collections.abc import Iterator
from typing import Literal

from demarcate.errors import InputError, Problem
from demarcate.formatting import quoted
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

_AS_CSV = "Save the table as CSV or Parquet"
_FROM_EXCEL = "In Excel, save it as 'CSV UTF-8', or in Python: pandas.read_excel(...).to_csv('table.csv', index=False)"
_FROM_CALC = "In LibreOffice, save it as CSV, or in Python: pandas.read_excel(...).to_csv('table.csv', index=False)"
_FROM_PANDAS = "Save it as CSV or Parquet, for example in Python: pandas.{}(...).to_csv('table.csv', index=False)"
_UNPACK = "Unpack it and give the table that is in it"
_R_DATA = "R data", "In R, write it with write.csv(table, 'table.csv', row.names = FALSE)"
_PICKLE = "a Python pickle, which is never opened because it can run programs", _AS_CSV
_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls)", _FROM_EXCEL),
    b"7z\xbc\xaf": ("a 7z archive", _UNPACK),
    b"Rar!": ("a RAR archive", _UNPACK),
    b"\x89HDF": ("an HDF5 file", _FROM_PANDAS.format("read_hdf")),
    b"SQLite format 3": ("an SQLite database", _FROM_PANDAS.format("read_sql")),
    b"%PDF-": ("a PDF document", _AS_CSV),
    b"$FL2@(#)": ("an SPSS file", _FROM_PANDAS.format("read_spss")),
    b"$FL3@(#)": ("an SPSS file", _FROM_PANDAS.format("read_spss")),
    b"<stata_dta>": ("a Stata file", _FROM_PANDAS.format("read_stata")),
    **dict.fromkeys((b"RDX2\n", b"RDX3\n", b"X\n\0\0"), _R_DATA),
    **dict.fromkeys((b"\x80\x04\x95", b"\x80\x05\x95"), _PICKLE),
}
_ZIP = b"PK\x03\x04"
_IN_ZIP = {
    b"application/vnd.oasis.opendocument.spreadsheet": ("an OpenDocument workbook (.ods)", _FROM_CALC),
    b"xl/": ("an Excel workbook (.xlsx)", _FROM_EXCEL),
    b"word/": ("a Word document", _AS_CSV),
    b"Index/Document.iwa": ("an Apple Numbers workbook", "In Numbers, export it as CSV"),
}
"""Names of members, or the first one's content, that tell one zip archive from another."""
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_XML_WORKBOOK = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*<(?:\?mso-application|Workbook)\b")
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
    found = next((found for magic, found in _OTHER_FORMATS.items() if content.data.startswith(magic)), None)
    if content.data.startswith(_ZIP):
        found = _kind_of_zip(content)
    elif found is None and _XML_WORKBOOK.match(content.data):
        found = ("an Excel workbook in XML", _FROM_EXCEL)
    elif found is None and _WEB_PAGE.match(content.data):
        is_saved = content.suffix in (".xls", ".xlsx")
        link = "Give the address of the table itself, often called raw or download"
        found = ("a web page named like a workbook", _FROM_EXCEL) if is_saved else ("a web page", link)
    if found:
        kind, remedy = found
        raise InputError([Problem(f"'{content.name}' is {kind}", remedy)])


def _kind_of_zip(content: Content) -> tuple[str, str]:
    """Return what a zip archive is, by the names of its members as far as they were read, or its own."""
    if content.suffix in (".xlsx", ".xlsm", ".xlsb"):
        return _IN_ZIP[b"xl/"]
    for start in _member_starts(content.data):
        n_name, n_extra = (int.from_bytes(content.data[start + at : start + at + 2], "little") for at in (26, 28))
        name = content.data[start + 30 : start + 30 + n_name]
        body = content.data[start + 30 + n_name + n_extra :][:64]
        for sign, found in _IN_ZIP.items():
            if name.startswith(sign) or (name == b"mimetype" and body.startswith(sign)):
                return found
    n_name = int.from_bytes(content.data[26:28], "little")
    member = content.data[30 : 30 + n_name].decode("utf-8", "replace")
    return f"a zip archive{f' that begins with {quoted(member)}' if member else ''}", _UNPACK


def _member_starts(data: bytes) -> Iterator[int]:
    """Iterate over the places where members of a zip archive may begin."""
    start = data.find(_ZIP)
    while start >= 0:
        yield start
        start = data.find(_ZIP, start + 1)
