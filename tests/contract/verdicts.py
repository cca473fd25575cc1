"""The result of a case in a form, and its comparison with the verdict."""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from cases import Accepted, Case, Refused
from forms import Form, InexpressibleError

from demarcate.cli.table_input import TableInput, split_target
from demarcate.errors import InputError
from demarcate.tabular import as_frame
from demarcate.trainingset import TrainingSet, open_table


@dataclass(frozen=True, eq=False)
class AcceptedTable:
    """An accepted table.

    Attributes
    ----------
    frame
        The table without its target.
    training_set
        The result of reading it.
    warnings
        The messages of the warnings.
    """

    frame: pl.DataFrame
    training_set: TrainingSet
    warnings: tuple[str, ...]


def read_case(case: Case, form: Form, folder: Path) -> AcceptedTable | str | None:
    """Return the accepted table, the message of the refusal, or None if the form cannot express the case."""
    if form.name in case.apart:
        return None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame, labels, _ = split_target(TableInput.of_frame(case.name, form.through(case, folder)), case.target)
            training_set = open_table(frame, labels)
        except InexpressibleError:
            return None
        except InputError as error:
            return str(error)
    return AcceptedTable(as_frame(frame), training_set, tuple(str(warning.message) for warning in caught))


def faults(case: Case, found: AcceptedTable | str) -> list[str]:
    """Return the differences of a result from the verdict; empty if there are none."""
    if isinstance(case.verdict, Refused):
        if isinstance(found, AcceptedTable):
            return [f"accepted: {found.training_set.schema.columns}"]
        return [f"{word!r} is not in {found!r}" for word in case.verdict.words if word not in found]
    return [f"refused: {found}"] if isinstance(found, str) else _differences(case.verdict, found)


def _differences(verdict: Accepted, found: AcceptedTable) -> list[str]:
    columns = {column.name: column for column in found.training_set.schema.columns}
    if list(columns) != list(verdict.columns):
        return [f"columns {list(columns)}, expected {list(verdict.columns)}"]
    wrong = [
        f"no warning {warning!r}: {found.warnings}"
        for warning in verdict.warnings
        if warning not in "\n".join(found.warnings)
    ]
    if found.warnings and not verdict.warnings:
        wrong.append(f"unexpected warnings {found.warnings}")
    for name, seen in verdict.columns.items():
        column = columns[name]
        for what, part, whole in (("dropped", seen.dropped, column.dropped), ("note", seen.note, column.note)):
            if part not in whole or bool(part) != bool(whole):
                wrong.append(f"{name!r}: {what} {whole!r}, expected {part!r}")
        if (column.kind, column.date_format) != (seen.kind, seen.written):
            wrong.append(f"{name!r}: {column.kind} {column.date_format}, expected {seen.kind} {seen.written}")
        elif (
            seen.values is not None
            and not column.dropped
            and plain(found.training_set.parsed[name]) != list(seen.values)
        ):
            wrong.append(f"{name!r} is {plain(found.training_set.parsed[name])}, expected {list(seen.values)}")
    return wrong


def plain(cells: Any) -> list[Any]:
    """Return parsed cells as comparable values, None for missing."""
    return (
        [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells.to_list()]
        if isinstance(cells, pl.Series)
        else [None if math.isnan(cell) else cell for cell in cells.tolist()]
    )
