"""The delimiter of a text, by its first lines."""

import re
from collections import Counter
from collections.abc import Sequence

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted
from demarcate.io.tables.cell_kinds import column_kind
from demarcate.io.tables.records import Record, sample_records

DELIMITERS = (",", ";", "\t", "|")
_MIN_SPACED = 4
_MAX_CHARACTERS = 1 << 18
"""Characters of a line that are looked at."""
_SEP_LINE = re.compile(r'"?sep=([^"\r\n\w]|\\t)"?[,;\t|]*\s*', re.IGNORECASE)
_BLANK_LINES = re.compile(r"[\r\n]*")
# No group captures: with possessive quantifiers, Python 3.11.2 may lose the span of one (python/cpython#101955).
_HEADER = re.compile(
    r"""(?: (?<![^,;\t|\r\n]) "[^"]*+(?:""[^"]*+)*+"   # a quoted cell, which may hold line ends
          | [^\r\n]                                     # anything else on the line
        )*+""",
    re.VERBOSE,
)
_QUOTED = re.compile(r'(?<![^,;\t|\r\n])"[^"]*+(?:""[^"]*+)*+"')


def most_frequent_delimiter(text: str) -> str:
    """Return the most frequent delimiter of the first line, outside quotes; a comma where there is none."""
    line = _first_line(text)
    return max(DELIMITERS, key=line.count)


def sep_line(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the index of a line such as ``sep=;``, if it is the first that is not blank, and its delimiter."""
    index = next((index for index, line in enumerate(lines) if line.strip("\r\n")), None)
    match = None if index is None else _SEP_LINE.fullmatch(lines[index])
    if index is None or match is None:
        return None
    return index, "\t" if match[1] == "\\t" else match[1]


def guess_delimiter(lines: Sequence[str], first_line: int = 1) -> str:
    """Return the delimiter by which the lines are a table.

    It is the most frequent one in the first line, unless the lines below that are not as wide and another delimiter
    makes more of them so. Spaces, between cells of which some are quoted or numbers, come last.
    """
    lines = [line[:_MAX_CHARACTERS] for line in lines]
    text = "".join(lines)
    by_header = most_frequent_delimiter(text)
    records = sample_records(lines, by_header, first_line)
    has_delimiter = by_header in _first_line(text)
    if has_delimiter and records and not records[0].is_comment and _share_as_wide(records, len(records[0].cells)) > 0.9:
        return by_header
    best, best_rows = by_header, 0
    for delimiter in DELIMITERS:
        candidates = [record for record in sample_records(lines, delimiter, first_line) if not record.is_comment]
        widths = Counter(len(record.cells) for record in candidates)
        n_rows = max((count for width, count in widths.items() if width > 1), default=0)
        if n_rows > best_rows and n_rows >= max(2, len(candidates) / 2):
            best, best_rows = delimiter, n_rows
    return best if best_rows or has_delimiter or not _is_spaced(lines) else " "


def refuse_spaced_columns(records: Sequence[Record], name: str) -> None:
    """Refuse a text of one column whose lines are all of as many words, some of them always numbers."""
    if len(records) < _MIN_SPACED or any(len(record.cells) > 1 for record in records):
        return
    words = [record.cells[0].split() for record in records if record.cells]
    width = len(words[-1])
    if width > 1 and all(len(row) == width for row in words):
        n_numbers = sum(column_kind([row[place] for row in words[1:]]) == "number" for place in range(width))
        if 2 * n_numbers >= width:
            fact = f"'{name}' has {counted(width, 'word')} on every line and no delimiter, only spaces"
            raise InputError([Problem(fact, "Write the table with commas or tabs between its cells")])


def _first_line(text: str) -> str:
    blank = _BLANK_LINES.match(text)
    line = _HEADER.match(text, blank.end() if blank else 0)
    return _QUOTED.sub("", line[0] if line else "")


def _share_as_wide(records: Sequence[Record], width: int) -> float:
    rows = [record for record in records if not record.is_comment]
    return sum(len(record.cells) == width for record in rows) / len(rows)


def _is_spaced(lines: Sequence[str]) -> bool:
    """Tell whether single spaces part quoted cells or numbers in lines of one width, as R writes them."""
    records = [record for record in sample_records(lines, " ") if not record.is_comment]
    widths = Counter(len(record.cells) for record in records[1:])
    if len(records) < 4 or len(widths) != 1:
        return False
    (width,) = widths
    header = records[0]
    if len(header.cells) not in (width, width - 1) or len(header.cells) < 2 or not all(header.cells):
        return False
    has_numbers = any(column_kind([row.cells[place] for row in records[1:]]) == "number" for place in range(width))
    return has_numbers or header.text.startswith('"')
