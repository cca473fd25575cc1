"""The table in a delimited text, by the rules of the format and without the reader's code."""

import codecs
import csv
import io

DELIMITERS = (",", ";", "\t", "|")
FOREIGN = (
    *(b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"BZh91AY&SY"),
    *(b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x89HDF", b"SQLite format 3", b"%PDF-"),
)
"""First bytes of files of other formats, which are not text under any name."""

MAX_CELL, _CSV_DEFAULT = 1 << 24, csv.field_size_limit()
"""The maximum length of a cell, and the default limit of Python's csv."""

Rows = list[tuple[str | None, ...]]


def expected_table(data: bytes, delimiter: str | None) -> tuple[list[str], Rows] | None:
    """Return the column names and rows of a delimited text, None if it is not one.

    The bytes are UTF-8, or UTF-16 with a byte order mark. ``delimiter`` None means the most frequent one in the header.
    """
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8")
    except UnicodeDecodeError:
        return None
    text = text[1:] if text[:1] == "\ufeff" else text
    if "\0" in text:
        return None
    chosen = delimiter or max(DELIMITERS, key=lambda each: _header_counts(text)[each])
    csv.field_size_limit(MAX_CELL)
    try:
        # Without newline="", csv would end lines inside quoted cells.
        records = [cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=chosen, strict=True) if cells]
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(_CSV_DEFAULT)
    if len(records) < 2 or any(len(cells) != len(records[0]) for cells in records):
        return None
    names = [name.strip() or f"column_{place}" for place, name in enumerate(records[0], start=1)]
    if len(set(names)) < len(names) or any(map(_is_pattern, names)):
        return None
    return names, [tuple(cell or None for cell in cells) for cells in records[1:]]


def _is_pattern(name: str) -> bool:
    """Return whether polars takes a name for a pattern."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _header_counts(text: str) -> dict[str, int]:
    """Count each delimiter in the first line that is not blank, outside quoted cells."""
    counts = dict.fromkeys(DELIMITERS, 0)
    place = len(text) - len(text.lstrip("\r\n"))
    begins_cell = True
    while place < len(text) and text[place] not in "\r\n":
        closing = _closing(text, place) if begins_cell and text[place] == '"' else -1
        if closing >= 0:
            place = closing
        elif text[place] in counts:
            counts[text[place]] += 1
        begins_cell = text[place] in counts and closing < 0
        place += 1
    return counts


def _closing(text: str, opening: int) -> int:
    """Return the position of the closing quote, -1 if there is none; two quotes are one within the cell."""
    place = text.find('"', opening + 1)
    while place >= 0 and text[place + 1 : place + 2] == '"':
        place = text.find('"', place + 2)
    return place
