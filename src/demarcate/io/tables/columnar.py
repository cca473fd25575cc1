"""Parquet and Arrow files, typed as they are stored."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.io.tables.header import column_names, warn_of_unnamed
from demarcate.io.tables.source import BUILT_IN_NAMES, locate

ARROW_FILE_MAGIC = b"ARROW1"
"""What an Arrow file begins with; a stream does not, and cannot be read but from its beginning."""

PARQUET_MAGIC = b"PAR1"
"""What a Parquet file begins with."""

_SHORT = 12
"""Bytes of a text that polars keeps in its column, not apart."""
_TEXT = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True, eq=False)
class Columnar:
    """A table of typed columns that is read a part at a time.

    Columns are typed as they are stored.

    Attributes
    ----------
    name
        How messages call it.
    kind
        ``Parquet`` or ``Arrow``.
    schema
        Its columns as they are stored, under names without white space around them.
    n_rows
        How many rows there are, at least one.
    source
        The rows, unread.
    """

    name: str
    kind: str
    schema: Mapping[str, pl.DataType]
    n_rows: int
    source: pl.LazyFrame

    @classmethod
    def of(cls, source: str | bytes, name: str, kind: str) -> "Columnar":
        """Open a file by its path, or what was read of it.

        Raises
        ------
        InputError
            If the file is damaged, has no rows or no columns, names two columns alike, or has columns of lists,
            records or other things that are not one plain value a cell.

        Warns
        -----
        InputWarning
            If a column has no name and is called ``column_<position>``.

        Examples
        --------
        >>> file = io.BytesIO()
        >>> pl.DataFrame({"age": [63, 67, 58]}).write_parquet(file)
        >>> table = Columnar.of(file.getvalue(), "heart.parquet", "Parquet")
        >>> table.n_rows, [part["age"].to_list() for part in table.parts(2)]
        (3, [[63, 67], [58]])
        """
        with _readable(name, kind):
            rows = _lazy(source, kind)
            schema = rows.collect_schema()
            n_rows = rows.select(pl.len()).collect().item()
        names, repeated = column_names(list(schema), name)
        problems = repeated + _problems(schema, n_rows, name)
        if problems:
            raise InputError(problems)
        warn_of_unnamed(list(schema), names, name)
        renamed = {old: new for old, new in zip(schema, names, strict=True) if old != new}
        rows = rows.rename(renamed) if renamed else rows
        return cls(name, kind, dict(zip(names, schema.values(), strict=True)), n_rows, rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.schema)

    def column(self, name: str, n_rows: int | None = None) -> pl.Series:
        """One column and nothing of the others, or so many of its first rows.

        Raises
        ------
        InputError
            If the file is damaged there.
        """
        with _readable(self.name, self.kind):
            return self.source.select(pl.col(name)).head(n_rows or self.n_rows).collect().to_series()

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """What each column takes in memory, in bytes; for text all of it has to be looked at."""
        return {name: self._n_bytes(name) for name in self.columns}

    def _n_bytes(self, name: str) -> int:
        if self.schema[name] not in _TEXT:
            return 8 * self.n_rows
        length = pl.col(name).cast(pl.String).str.len_bytes()
        # Short texts stand where there would else be told where long ones are.
        length = length.filter(length > _SHORT).sum()
        with _readable(self.name, self.kind):
            return 16 * self.n_rows + int(self.source.select(length).collect(engine="streaming").item())

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """All rows, so many at a time; what lies between is never read at once.

        Raises
        ------
        InputError
            If the file is damaged where it is read only now, or ends before its time.
        """
        for start in range(0, self.n_rows, n_rows):
            with _readable(self.name, self.kind):
                part = self.source.slice(start, n_rows).collect()
            if part.height != min(n_rows, self.n_rows - start):
                raise _damaged(self.name, self.kind, "it changed while it was read")
            yield part


def _lazy(source: str | bytes, kind: str) -> pl.LazyFrame:
    if kind == "Parquet":
        of_file: Any = source if isinstance(source, str) else io.BytesIO(source)
        return pl.scan_parquet(of_file, glob=False, hive_partitioning=False)
    if isinstance(source, str):
        return pl.scan_ipc(source, glob=False, hive_partitioning=False)
    return (pl.read_ipc if source.startswith(ARROW_FILE_MAGIC) else pl.read_ipc_stream)(io.BytesIO(source)).lazy()


@contextmanager
def _readable(name: str, kind: str) -> Iterator[None]:
    """What polars says against a file, as a refusal."""
    try:
        yield
    except pl.exceptions.DuplicateError as error:
        found = f"'{name}': {_first_line(error)}"
        raise InputError([Problem("Column names are unique", found, "Rename or remove all but one")]) from None
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _damaged(name, kind, _first_line(error)) from None
    except pl.exceptions.PanicException:  # a panic inside polars is a BaseException, and is about the file as well
        raise _damaged(name, kind, "") from None


def _first_line(error: Exception) -> str:
    """The reason that polars gives, unless it is a dump of its insides."""
    line = str(error).split("\n", maxsplit=1)[0]
    return "" if "{" in line else line.removeprefix("parquet: ").removeprefix("out-of-spec: ")


def _damaged(name: str, kind: str, reason: str) -> InputError:
    found = f"'{name}' is damaged, cut off or something else{f' ({reason})' if reason else ''}"
    remedy = "Copy or write the file again, with column names that differ, or give the table as CSV"
    return InputError([Problem(f"A table that is read as {kind} is a whole {kind} file", found, remedy)])


def _problems(schema: Mapping[str, pl.DataType], n_rows: int, name: str) -> list[Problem]:
    remedy = "Give a file with rows in it"
    if not schema:
        return [Problem("A table has columns", f"'{name}' has none", remedy)]
    problems = [
        Problem(
            "A cell holds one plain value",
            f"'{name}' column {column!r} is of type {dtype}",
            "Spread it over several columns, write it as text, or leave the column out of the table",
        )
        for column, dtype in schema.items()
        if not _is_plain(dtype)
    ]
    if n_rows == 0:
        problems.insert(0, Problem("A table has rows", f"'{name}' has columns and no rows", remedy))
    return problems


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype.is_temporal() or dtype in (pl.Boolean, pl.Null, *_TEXT)


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
