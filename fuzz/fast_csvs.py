"""Delimited text, nearly regular, through the fast reader and through the strict one alone."""

import csv
import io
import random
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest import mock

from demarcate.errors import DemarcateWarning, InputError
from demarcate.io.tables import content, delimited, fast_delimited, records, stream_table
from demarcate.io.tables.fast_delimited import FastReader, RegularRows
from fuzz.campaign import CheckFailed, Target

CELLS = (
    *(
        "",
        "",
        "0",
        "1",
        "2.5",
        "-7",
        "007",
        "1e5",
        "2024-01-31",
        "a",
        "b c",
        " x ",
        "NA",
        "null",
        "true",
        "é",
        "☂☂",
        "\U0001d518",
    ),
    *(
        "#",
        "# 5",
        "Total",
        "total:",
        "Sum",
        "n",
        "x\x01",
        "xÚ",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x0b",
        "\x1c",
        "'",
        "\\",
        "-",
        "=1+1",
    ),
    *("a" * 13, "b" * 40, "é" * 30),
)
QUOTED_CELLS = (
    "",
    "a",
    '""',
    'say ""hi""',
    '""""',
    "x,y",
    "x;y",
    "x\ny",
    "x\r\ny",
    "\n",
    "\n\n",
    "#\n",
    "x\ry",
    ",",
    " ",
)
EDITS: tuple[bytes, ...] = (
    *(
        b"\n",
        b"\n\n",
        b"\r\n",
        b"\r",
        b"\r\r\n",
        b"\n\r",
        b'"',
        b'""',
        b'"""',
        b',"',
        b'",',
        b'"\n',
        b'"\r\n',
        b'\n"',
        b'"a',
    ),
    *(
        b",",
        b",,",
        b";",
        b"\t",
        b" ",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\x1f\x8b",
        b"x\x01",
        b"#",
    ),
    *(
        b"\n#\n",
        b"\n,\n",
        b"\n# a,b\n",
        b"\nTotal,1\n",
        b"\nTotal\n",
        b"a" * 70,
        b"\xc3\xa9" * 40,
        b"\x1a",
        b"\x0b",
        b"\xe2\x80\xa8",
    ),
)
LIMITS = (1 << 24, 1 << 24, 80)
"""The longest cells: that of tables, and one that short tables reach."""


@dataclass(frozen=True)
class Case:
    """Bytes, a delimiter or None, and the sizes of blocks, parts, stretches of rows and the longest cell."""

    data: bytes
    delimiter: str | None
    block: int
    part_rows: int
    sample: int
    strict: int
    limit: int


@dataclass(frozen=True)
class Outcome:
    """The warnings, and the parts of a table or the error."""

    warned: list[str]
    parts: list[Any]
    error: str = ""


class _Named(io.BytesIO):
    name = "t.csv"


def target() -> Target[Case]:
    """Return the target: the same parts, warnings and errors from both readers."""
    return Target("fast-csv", ".csv", draw, check, lambda case: case.data)


def draw(random_: random.Random, _number: int) -> Case:
    """Draw a regular table, most with a few changes, and sizes with which every byte may end a block."""
    delimiter = random_.choice(",,,,,;\t|: 0xé")
    data = bytearray(_table(random_, delimiter))
    for _ in range(random_.choice((0, 1, 1, 1, 1, 2, 2, 4))):
        _edit(data, random_)
    block = random_.choice((3, 16, 32, 48, 64, 100, 150, 1000))
    # A delimiter is guessed from the first block alone, which then has to contain the header.
    guessed = (None,) if block >= 100 and delimiter in ",;\t|" else ()
    return Case(
        bytes(data),
        random_.choice((delimiter, *guessed)),
        block,
        part_rows=random_.choice((2, 10, 1000, 1000, 1000)),
        sample=random_.choice((2, 3, 6)),
        strict=random_.choice((1, 4, 8, 16)),
        limit=random_.choice(LIMITS),
    )


def check(case: Case) -> bool:
    """Return whether a table is accepted; raise if the two readers differ."""
    strict, _ = outcome(case, is_strict=True)
    fast, n_fast = outcome(case)
    if fast != strict:
        raise CheckFailed(f"strict: {strict}; with {n_fast} rows split by polars: {fast}")
    return not strict.error


def outcome(case: Case, *, is_strict: bool = False) -> tuple[Outcome, int]:
    """Return what comes of a table, by the strict reader alone or not, and how many of its rows polars has split."""
    n_fast = 0
    read = FastReader.read

    def counted(reader: FastReader) -> Iterator[RegularRows]:
        nonlocal n_fast
        for rows in () if is_strict else read(reader):
            n_fast += rows.frame.height
            yield rows

    parts: list[Any] = []
    error = ""
    with ExitStack() as patches:
        warned = patches.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always", DemarcateWarning)
        patches.enter_context(mock.patch.multiple(fast_delimited, STRICT_ROWS=case.strict, MAX_TEXT=case.limit))
        patches.enter_context(mock.patch.object(content, "BLOCK", case.block))
        patches.enter_context(mock.patch.object(delimited, "_SAMPLE_LINES", case.sample))
        patches.enter_context(mock.patch.object(records, "MAX_CELL", case.limit))
        patches.enter_context(mock.patch.object(FastReader, "read", counted))
        try:
            table = stream_table(_Named(case.data), delimiter=case.delimiter, part_rows=case.part_rows)
            parts += [(part.columns, part.rows()) for part in table]
        except InputError as refusal:
            parts, error = [], str(refusal)
    return Outcome([str(warning.message) for warning in warned], parts, error), n_fast


def _table(random_: random.Random, delimiter: str) -> bytes:
    """Return a table that a program would write, in one of the usual ways of quoting."""
    width, n_rows = random_.choice((1, 1, 2, 2, 3, 5)), random_.choice((2, 4, 8, 12, 20))
    quoting = random_.choice((csv.QUOTE_NONE, csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    cells = (*CELLS, *QUOTED_CELLS) if quoting == csv.QUOTE_ALL or random_.random() < 0.4 else CELLS
    if random_.random() < 0.5:
        cells = random_.choice((tuple(random_.sample(cells, 4)), ("", "1", "2.5", "-7")))
    if quoting == csv.QUOTE_NONE:
        cells = tuple(cell for cell in cells if not set(cell) & {*'"\r\n', delimiter}) or ("1",)
    rows = [random_.choices(cells, k=width) for _ in range(n_rows)]
    names = [random_.choice(("", *NAMES[:1] * 9)), *NAMES[1:width]]
    if random_.random() < 0.1:
        rows.insert(random_.randrange(n_rows), names)  # as files are joined
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=random_.choice(("\n", "\n", "\r\n")))
    try:
        writer.writerows([names, *rows])
    except csv.Error:  # a single empty cell without quotes
        writer.writerow(["1"] * width)
    return file.getvalue().encode()


def _edit(data: bytearray, random_: random.Random) -> None:
    """Insert something that is not regular, often beside a line end or over a byte; or remove a byte or a row's end."""
    place = random_.randrange(len(data) + 1)
    if random_.random() < 0.4:
        place = data.find(random_.choice((b"\n", b",", b'"')), place) + random_.choice((0, 0, 1))
    token = random_.choice(EDITS) if random_.random() < 0.8 else b""
    data[place : place + random_.choice((0, 0, 1) if token else (1, 1, 2, 9))] = token


NAMES = ("one", "two", "three", "four", "five")
