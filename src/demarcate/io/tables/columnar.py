"""Parquet and Arrow files, typed as they are stored."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.formatting import quoted
from demarcate.io.tables.header import name_columns, warn_of_unnamed
from demarcate.io.tables.source import BUILT_IN_NAMES, find_source

ARROW_FILE_MAGIC = b"ARROW1"
"""The first bytes of an Arrow file, which an Arrow stream lacks: it can be read from its beginning only."""
_PARQUET_MAGIC = b"PAR1"

_INLINE_BYTES = 12
"""Bytes of a text that polars keeps in its column, not apart."""
_TEXT_TYPES = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True, eq=False)
class ColumnarTable:
    """A table that is read by columns or by rows, as far as it is needed."""

    name: str  # in messages
    kind: str  # Parquet or Arrow
    schema: Mapping[str, pl.DataType]  # as stored, under names without surrounding space
    n_rows: int  # at least one
    source: pl.LazyFrame

    @classmethod
    def of(cls, source: str | bytes, name: str, kind: str) -> "ColumnarTable":
        """Open a file by its path or its bytes; columns of anything but plain values are refused together."""
        with _input_errors(name, kind):
            rows = _scan(source, kind)
            schema = rows.collect_schema()
            n_rows = rows.select(pl.len()).collect().item()
        names, problems = name_columns(list(schema), name)
        problems += _problems(schema, n_rows, name)
        if problems:
            raise InputError(problems)
        warn_of_unnamed(list(schema), names, name)
        renamed = {old: new for old, new in zip(schema, names, strict=True) if old != new}
        rows = rows.rename(renamed) if renamed else rows
        return cls(name, kind, dict(zip(names, schema.values(), strict=True)), n_rows, rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.schema)

    def column(self, name: str, n_rows: int | None = None) -> pl.Series:
        """Read one column, or its first rows."""
        with _input_errors(self.name, self.kind):
            return self.source.select(pl.col(name)).head(n_rows or self.n_rows).collect().to_series()

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The bytes that each column takes in memory; all text has to be read for that."""
        return {name: self._n_bytes(name) for name in self.columns}

    def _n_bytes(self, name: str) -> int:
        if self.schema[name] not in _TEXT_TYPES:
            return 8 * self.n_rows
        with _input_errors(self.name, self.kind):
            return int(self.source.select(text_bytes(name)).collect(engine="streaming").item())

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """Read all rows, so many at a time."""
        for start in range(0, self.n_rows, n_rows):
            with _input_errors(self.name, self.kind):
                part = self.source.slice(start, n_rows).collect()
            if part.height != min(n_rows, self.n_rows - start):
                raise _damaged(self.name, self.kind, "it changed while it was read")
            yield part


class ColumnSource(Protocol):
    """A table that is read column by column: `ColumnarTable`, or a text table stored as columns."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The type of every column."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def n_rows(self) -> int:
        """The number of rows, at least one."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """The bytes that each column takes in memory."""

    def column(self, name: str, n_rows: int | None = None) -> pl.Series:
        """Read one column, or its first rows."""


def text_bytes(name: str) -> pl.Expr:
    """Return the bytes that a column of text takes in memory."""
    length = pl.col(name).cast(pl.String).str.len_bytes().cast(pl.Int64)
    # A text that is short is stored in place of the reference to a long one.
    return 16 * pl.len().cast(pl.Int64) + length.filter(length > _INLINE_BYTES).sum()


def open_columnar(source: str) -> ColumnarTable | None:
    """Open a Parquet or Arrow file by the path that a user gave; None if it is anything else."""
    if source == "-" or "://" in source or source in BUILT_IN_NAMES:
        return None
    located = find_source(Path(source), timeout=1.0)
    first = next(located.blocks(), b"") if located.is_rereadable else b""
    for magic, kind in ((_PARQUET_MAGIC, "Parquet"), (ARROW_FILE_MAGIC, "Arrow")):
        if first.startswith(magic):
            return ColumnarTable.of(str(Path(source).absolute()), source, kind)
    return None


def _scan(source: str | bytes, kind: str) -> pl.LazyFrame:
    if kind == "Parquet":
        file: Any = source if isinstance(source, str) else io.BytesIO(source)
        return pl.scan_parquet(file, glob=False, hive_partitioning=False)
    if isinstance(source, str):
        return pl.scan_ipc(source, glob=False, hive_partitioning=False)
    return (pl.read_ipc if source.startswith(ARROW_FILE_MAGIC) else pl.read_ipc_stream)(io.BytesIO(source)).lazy()


@contextmanager
def _input_errors(name: str, kind: str) -> Iterator[None]:
    """Turn what polars raises about a file into an InputError."""
    try:
        yield
    except pl.exceptions.DuplicateError as error:
        fact = f"'{name}' has more than one column named alike ({_reason(error)})"
        raise InputError([Problem(fact, "Rename or remove all but one")]) from None
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _damaged(name, kind, _reason(error)) from None
    except pl.exceptions.PanicException:  # a panic inside polars is a BaseException, and is about the file as well
        raise _damaged(name, kind, "") from None


def _reason(error: Exception) -> str:
    """Return the first line that polars gives as a reason, unless it dumps its internals."""
    line = str(error).split("\n", maxsplit=1)[0]
    return "" if "{" in line else line.removeprefix("parquet: ").removeprefix("out-of-spec: ")


def _damaged(name: str, kind: str, reason: str) -> InputError:
    because = f" ({reason})" if reason else ""
    fact = f"'{name}' is not a whole {kind} file: it is damaged, cut off or something else{because}"
    remedy = "Copy or write the file again, with column names that differ, or give the table as CSV"
    return InputError([Problem(fact, remedy)])


def _problems(schema: Mapping[str, pl.DataType], n_rows: int, name: str) -> list[Problem]:
    remedy = "Give a file with rows in it"
    if not schema:
        return [Problem(f"'{name}' has no columns", remedy)]
    problems = [] if n_rows else [Problem(f"'{name}' has columns and no rows", remedy)]
    remedy = "Spread it over several columns, write it as text, or leave the column out of the table"
    return problems + [
        Problem(f"'{name}' column {quoted(column)} holds values of type {dtype}, not plain values", remedy)
        for column, dtype in schema.items()
        if not _is_plain(dtype)
    ]


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype.is_temporal() or dtype in (pl.Boolean, pl.Null, *_TEXT_TYPES)
