"""Tables written to files: the format is what the name ends in."""

import io
from pathlib import Path

import polars as pl

from demarcate.bundle import check_writable, write_atomically
from demarcate.cli.guard import UsageError

_WRITERS = {
    ".csv": lambda frame, file: frame.write_csv(file),
    ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
    ".parquet": lambda frame, file: frame.write_parquet(file),
    ".jsonl": lambda frame, file: frame.write_ndjson(file),
}


def check_writable_as_table(out: str) -> None:
    """Refuse an output file before the work, not after it.

    Raises
    ------
    UsageError
        If its name ends in no known format.
    BundleError
        If it could not be written.
    """
    if Path(out).suffix.lower() not in _WRITERS:
        raise UsageError(f"--out takes a file that ends in {', '.join(_WRITERS)}: got {out!r}")
    check_writable(out)


def write_table(out: str, frame: pl.DataFrame) -> None:
    """Write a table to a file of the format its name ends in, whole or not at all."""
    buffer = io.BytesIO()
    _WRITERS[Path(out).suffix.lower()](frame, buffer)
    write_atomically(out, buffer.getvalue())
