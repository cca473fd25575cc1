"""Parquet and Arrow files, typed as they are stored."""

import io

import polars as pl

from demarcate.datasets.reading.content import Content
from demarcate.errors import InputError, Problem

_ARROW_FILE_MAGIC = b"ARROW1"


def read_parquet(content: Content) -> pl.DataFrame:
    """Read a Parquet file.

    Returns
    -------
    polars.DataFrame
        ``(n_rows, n_columns)``, typed as stored.

    Raises
    ------
    InputError
        If the file is damaged, has no rows or no columns, or has columns of lists, records or other things that
        are not one plain value a cell.
    """
    return _read(content, "Parquet")


def read_arrow(content: Content) -> pl.DataFrame:
    """Read an Arrow (Feather, IPC) file or stream; everything else is as in :func:`read_parquet`."""
    return _read(content, "Arrow")


def _read(content: Content, kind: str) -> pl.DataFrame:
    try:
        frame = _frame(content.data, kind)
    except pl.exceptions.DuplicateError as error:
        found = f"'{content.name}': {_first_line(error)}"
        raise InputError([Problem("Column names are unique", found, "Rename or remove all but one")]) from None
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _damaged(content.name, kind, _first_line(error)) from None
    except pl.exceptions.PanicException:  # a panic inside polars is a BaseException, and is about the file as well
        raise _damaged(content.name, kind, "") from None
    problems = _problems(frame, content.name)
    if problems:
        raise InputError(problems)
    return frame


def _frame(data: bytes, kind: str) -> pl.DataFrame:
    if kind == "Parquet":
        return pl.read_parquet(io.BytesIO(data))
    if data.startswith(_ARROW_FILE_MAGIC):
        return pl.read_ipc(io.BytesIO(data))
    return pl.read_ipc_stream(io.BytesIO(data))


def _first_line(error: Exception) -> str:
    """The reason that polars gives, unless it is a dump of its insides."""
    line = str(error).split("\n", maxsplit=1)[0]
    return "" if "{" in line else line.removeprefix("parquet: ").removeprefix("out-of-spec: ")


def _damaged(name: str, kind: str, reason: str) -> InputError:
    found = f"'{name}' is damaged, cut off or something else{f' ({reason})' if reason else ''}"
    remedy = "Copy or write the file again, with column names that differ, or give the table as CSV"
    return InputError([Problem(f"A table that is read as {kind} is a whole {kind} file", found, remedy)])


def _problems(frame: pl.DataFrame, name: str) -> list[Problem]:
    remedy = "Give a file with rows in it"
    if frame.width == 0:
        return [Problem("A table has columns", f"'{name}' has none", remedy)]
    problems = [
        Problem(
            "A cell holds one plain value",
            f"'{name}' column {column!r} is of type {dtype}",
            "Spread it over several columns, write it as text, or leave the column out",
        )
        for column, dtype in frame.schema.items()
        if not _is_plain(dtype)
    ]
    if frame.height == 0:
        problems.insert(0, Problem("A table has rows", f"'{name}' has columns and no rows", remedy))
    return problems


def _is_plain(dtype: pl.DataType) -> bool:
    text = (pl.String, pl.Categorical, pl.Enum, pl.Null)
    return dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean or isinstance(dtype, text)
