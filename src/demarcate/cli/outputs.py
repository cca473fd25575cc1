"""Files that commands write: refused before the work, and tables in the format their name ends in."""

import io
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import IO, Any

import polars as pl

from demarcate.cli.error_handling import UsageError
from demarcate.cli.table_input import refuse_overwriting
from demarcate.io.atomic import check_writable, write_atomically

_WRITERS: dict[str, Callable[[pl.DataFrame, IO[bytes], bool], None]] = {
    ".csv": lambda frame, file, first: frame.write_csv(file, include_header=first),
    ".tsv": lambda frame, file, first: frame.write_csv(file, include_header=first, separator="\t"),
    ".parquet": lambda frame, file, _: frame.write_parquet(file),
    ".jsonl": lambda frame, file, _: frame.write_ndjson(file),
}


def check_writable_as_table(out: str) -> None:
    """Refuse an output file before the work, not after it.

    Raises
    ------
    UsageError
        If its name ends in no known format.
    OutputError
        If it could not be written.
    """
    if Path(out).suffix.lower() not in _WRITERS:
        raise UsageError(f"--out takes a file that ends in {', '.join(_WRITERS)}: got {out!r}")
    check_writable(out)


def write_table(out: str, frame: pl.DataFrame) -> None:
    """Write a table to a file of the format its name ends in, whole or not at all."""
    buffer = io.BytesIO()
    append_table(out, frame, buffer, first=True)
    write_atomically(out, buffer.getvalue())


def append_table(out: str, frame: pl.DataFrame, file: IO[bytes], *, first: bool) -> None:
    """Write rows to an open file in the format that the name ``out`` ends in; the first rows with a header."""
    _WRITERS[Path(out).suffix.lower()](frame, file, first)


def is_text(out: str) -> bool:
    """Whether a file of this name is text, to which rows can be appended.

    Examples
    --------
    >>> is_text("p.csv"), is_text("p.parquet")
    (True, False)
    """
    return Path(out).suffix.lower() != ".parquet"


def check_outputs(source: str, outputs: Mapping[str, tuple[str | None, Callable[[str], None]]]) -> None:
    """Refuse a command's outputs before the work, not after it.

    Parameters
    ----------
    source
        The table it reads.
    outputs
        By option: the file, or None, and what refuses one that cannot be written.

    Raises
    ------
    UsageError
        If one of them is the table, two are the same file, or a name does not say what it should.
    OutputError
        If one could not be written.
    """
    given = {option: path for option, (path, _) in outputs.items() if path}
    for option, path in given.items():
        outputs[option][1](path)
        refuse_overwriting(path, source, option=option)
    for one, other in combinations(given, 2):
        if Path(given[one]).resolve() == Path(given[other]).resolve():
            raise UsageError(f"{one} and {other} are two files: got {given[one]!r} for both")


FORMATS = ("png", "svg", "pdf")


def check_writable_as_picture(out: str) -> None:
    """Refuse a picture before the work, not after it.

    Raises
    ------
    UsageError
        If its name ends in no known format.
    OutputError
        If it could not be written.
    """
    if Path(out).suffix.lower().removeprefix(".") not in FORMATS:
        raise UsageError(f"a picture is a file that ends in .{', .'.join(FORMATS)}: got {out!r}")
    check_writable(out)


def write_picture(out: str, draw: Callable[[], Any]) -> None:
    """Draw without a window, and write what was drawn, whole or not at all.

    Parameters
    ----------
    out
        The file.
    draw
        Makes a display.
    """
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    kind = Path(out).suffix.lower().removeprefix(".")
    # The same picture is the same file, whenever it is drawn.
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "demarcate"}):
        figure = draw().figure_
        try:
            figure.savefig(buffer, format=kind, metadata=undated)
        finally:
            plt.close(figure)
    write_atomically(out, buffer.getvalue())
