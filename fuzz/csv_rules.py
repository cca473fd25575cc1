"""What a delimited text says, by the rules of the format and none of the reader's code."""

import codecs
import csv
import io

DELIMITERS = (",", ";", "\t", "|")
FOREIGN = (
    *(b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"BZh91AY&SY"),
    *(b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x89HDF", b"SQLite format 3", b"%PDF-"),
)
"""What files of other formats begin with, which are no text whatever they are called."""

LONGEST, _BY_ITSELF = 1 << 24, csv.field_size_limit()
"""Characters of a cell at most, and what Python's csv takes unless told otherwise."""

Rows = list[tuple[str | None, ...]]


def meant(data: bytes, delimiter: str | None) -> tuple[list[str], Rows] | None:
    """The column names and rows of a delimited text, None where it is not one.

    Parameters
    ----------
    data
        UTF-8, or UTF-16 with its mark.
    delimiter
        None for the one that stands most often in the header.
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
    csv.field_size_limit(LONGEST)
    try:
        # Without newline="", lines would end where they do not.
        records = [cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=chosen, strict=True) if cells]
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(_BY_ITSELF)
    if len(records) < 2 or any(len(cells) != len(records[0]) for cells in records):
        return None
    names = [name.strip() or f"column_{place}" for place, name in enumerate(records[0], start=1)]
    if len(set(names)) < len(names):
        return None
    return names, [tuple(cell or None for cell in cells) for cells in records[1:]]


def _header_counts(text: str) -> dict[str, int]:
    """How often each delimiter stands in the first line that is not blank, outside quoted cells."""
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
    """Where the quote that opens here is closed, -1 if nowhere; two quotes are one of the cell."""
    place = text.find('"', opening + 1)
    while place >= 0 and text[place + 1 : place + 2] == '"':
        place = text.find('"', place + 2)
    return place
