"""Files whose columns can be read one by one where they lie."""

from pathlib import Path

from demarcate.datasets.names import BUILT_IN_NAMES
from demarcate.datasets.reading.columnar import ARROW_FILE_MAGIC, PARQUET_MAGIC, Columnar
from demarcate.datasets.reading.source import locate
from demarcate.errors import InputError, Problem


def open_columns(source: str) -> Columnar:
    """Open a Parquet or Arrow file to be read column by column.

    Parameters
    ----------
    source
        Its path, as a user gave it.

    Raises
    ------
    InputError
        If there is no such file, it is damaged, or it is none whose columns can be read one by one: text, what comes
        through a pipe or from a server, and what is packed.

    Examples
    --------
    >>> open_columns("-")
    Traceback (most recent call last):
    demarcate.errors.InputError: Within --memory a table is read column by column: '-' is no Parquet or Arrow file.
    Leave out --memory, or convert it first, in Python: polars.scan_csv("table.csv",
    infer_schema=False).sink_parquet("table.parquet").
    """
    if source == "-" or "://" in source or source in BUILT_IN_NAMES:
        raise _not_columnar(source)
    located = locate(Path(source), timeout=1.0)
    first = next(located.blocks(), b"") if located.again else b""
    for magic, kind in ((PARQUET_MAGIC, "Parquet"), (ARROW_FILE_MAGIC, "Arrow")):
        if first.startswith(magic):
            return Columnar.of(str(Path(source).absolute()), source, kind)
    raise _not_columnar(source)


def _not_columnar(source: str) -> InputError:
    rule, found = "Within --memory a table is read column by column", f"{source!r} is no Parquet or Arrow file"
    convert = 'polars.scan_csv("table.csv", infer_schema=False).sink_parquet("table.parquet")'
    return InputError([Problem(rule, found, f"Leave out --memory, or convert it first, in Python: {convert}")])
