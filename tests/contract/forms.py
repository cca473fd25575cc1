"""The forms of a table: each turns the same names and cells into the frame of `as_frame`."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from cases import Case

from demarcate.cli.table_input import load_table
from demarcate.tabular import as_frame

DECLARED = (pl.Categorical, pl.Enum)
"""Types that state the kind of a column; text and plain Python values do not."""


class InexpressibleError(Exception):
    """The form cannot express this table."""


@dataclass(frozen=True)
class Form:
    """A form of a table.

    Attributes
    ----------
    name
        Its name; for a file, the extension.
    through
        Turns a case, with a folder for files, into a frame of plain types.
    made
        For tables in Python: returns the table itself.
    """

    name: str
    through: Callable[[Case, Path], pl.DataFrame]
    made: Callable[[Case], Any] | None = None


def _file(ending: str, content: Callable[[Case], bytes]) -> Form:
    def through(case: Case, folder: Path) -> pl.DataFrame:
        path = folder / f"table.{ending}"
        if ending in case.files:
            path.write_bytes(case.files[ending])
        elif not case.columns:
            raise InexpressibleError
        else:
            path.write_bytes(_said(content, case))
        return load_table(str(path)).frame

    return Form(ending, through)


def _object(name: str, made: Callable[[Case], Any]) -> Form:
    def through(case: Case, _: Path) -> pl.DataFrame:
        if not case.columns:
            raise InexpressibleError
        return as_frame(_said(made, case))

    return Form(name, through, lambda case: _said(made, case))


def _said(made: Callable[[Case], Any], case: Case) -> Any:
    try:
        return made(case)
    except UnicodeEncodeError as error:
        raise InexpressibleError from error


def values_of(cells: Any) -> list[Any]:
    """Return cells as plain Python values, unless their type states the kind."""
    if not isinstance(cells, pl.Series):
        return list(cells)
    if isinstance(cells.dtype, DECLARED):
        raise InexpressibleError
    return cells.to_list()


def cell_text(cell: Any) -> str:
    """Return a cell as text for a file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str | int | float | Decimal):
        return str(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    raise InexpressibleError


def _delimited(delimiter: str) -> Callable[[Case], bytes]:
    def content(case: Case) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        writer.writerow(name for name, _ in case.columns)
        rows = zip(*(map(cell_text, values_of(cells)) for _, cells in case.columns), strict=True)
        writer.writerows(rows)
        return text.getvalue().encode()

    return content


def _json_lines(case: Case) -> bytes:
    def plain(cell: Any) -> Any:
        if isinstance(cell, datetime | date | time):
            return cell.isoformat()
        if isinstance(cell, Decimal | timedelta | bytes | complex):
            raise InexpressibleError
        return cell

    _differ(case)
    columns = [[plain(cell) for cell in values_of(cells)] for _, cells in case.columns]
    names = [name for name, _ in case.columns]
    if not columns[0]:
        raise InexpressibleError
    lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in zip(*columns, strict=True)]
    return "\n".join(lines).encode()


def _differ(case: Case) -> None:
    """Continue only if names differ: this form has columns by name."""
    names = [name for name, _ in case.columns]
    if len(set(names)) < len(names):
        raise InexpressibleError


def _polars(case: Case) -> pl.DataFrame:
    _differ(case)
    try:
        return pl.DataFrame({name: pl.Series(cells) for name, cells in case.columns})
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise InexpressibleError from error


def _pyarrow(case: Case) -> pa.Table:
    try:
        arrays = [
            cells.to_arrow() if isinstance(cells, pl.Series) else pa.array(values_of(cells))
            for _, cells in case.columns
        ]
    except (pa.ArrowException, OverflowError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InexpressibleError from error
    return pa.Table.from_arrays(arrays, names=[name for name, _ in case.columns])


def _written_by_polars(case: Case) -> bytes:
    frame, file = _polars(case), io.BytesIO()
    try:
        frame.write_ipc(file)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InexpressibleError from error
    return file.getvalue()


def _written_by_pyarrow(case: Case) -> bytes:
    table, file = _pyarrow(case), io.BytesIO()
    try:
        pq.write_table(table, file)
    except pa.ArrowException as error:
        raise InexpressibleError from error
    return file.getvalue()


def _pandas(case: Case) -> pd.DataFrame:
    """Return a frame with the types that pandas infers."""
    columns = [
        pd.Categorical(cells.to_list())
        if isinstance(cells, pl.Series) and isinstance(cells.dtype, DECLARED)
        else values_of(cells)
        for _, cells in case.columns
    ]
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = [name for name, _ in case.columns]
    return frame


def _pandas_objects(case: Case) -> pd.DataFrame:
    columns = [pd.Series(values_of(cells), dtype=object) for _, cells in case.columns]
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = pd.Index([name for name, _ in case.columns], dtype=object)
    return frame


def _pandas_arrow(case: Case) -> pd.DataFrame:
    return _pyarrow(case).to_pandas(types_mapper=pd.ArrowDtype)


def _mapping(case: Case) -> dict[str, list[Any]]:
    _differ(case)
    return {name: values_of(cells) for name, cells in case.columns}


def _records(case: Case) -> list[dict[str, Any]]:
    columns = _mapping(case)
    if not any(columns.values()):
        raise InexpressibleError
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


FORMS = (
    _file("csv", _delimited(",")),
    _file("csv.gz", lambda case: gzip.compress(_delimited(",")(case))),
    _file("tsv", _delimited("\t")),
    _file("jsonl", _json_lines),
    _file("parquet", _written_by_pyarrow),
    _file("arrow", _written_by_polars),
    _object("pandas", _pandas),
    _object("pandas of objects", _pandas_objects),
    _object("pandas over Arrow", _pandas_arrow),
    _object("polars", _polars),
    _object("pyarrow", _pyarrow),
    _object("mapping", _mapping),
    _object("records", _records),
)
"""All forms but ``--row``, which is one row to predict."""


def row_arguments(case: Case, row: int) -> list[str]:
    """Return one row as the arguments of ``demarcate predict MODEL --row``."""
    return [f"{name}={cell_text(values_of(cells)[row])}" for name, cells in case.columns if name.strip() != case.target]
