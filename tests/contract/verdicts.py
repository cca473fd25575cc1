"""What becomes of a case at a door, and whether that is what was written down."""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from cases import Case, Refused, Taken
from doors import CannotSayError, Door

from demarcate.cli.table_input import TableInput, split_target
from demarcate.errors import InputError
from demarcate.tabular import as_frame
from demarcate.trainingset import TrainingSet, open_table


@dataclass(frozen=True, eq=False)
class Found:
    """A table that was taken.

    Attributes
    ----------
    frame
        It, without its target.
    training_set
        What was read.
    warnings
        What its user was warned of.
    """

    frame: pl.DataFrame
    training_set: TrainingSet
    warnings: tuple[str, ...]


def at_door(case: Case, door: Door, folder: Path) -> Found | str | None:
    """The table, the message that it was refused with, or None where it does not fit through the door."""
    if door.name in case.apart:
        return None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame, labels, _ = split_target(TableInput.of_frame(case.name, door.through(case, folder)), case.target)
            training_set = open_table(frame, labels)
        except CannotSayError:
            return None
        except InputError as error:
            return str(error)
    return Found(as_frame(frame), training_set, tuple(str(warning.message) for warning in caught))


def faults(case: Case, found: Found | str) -> list[str]:
    """How what became of a case differs from what was written down; nothing if it does not."""
    if isinstance(case.verdict, Refused):
        if isinstance(found, Found):
            return [f"taken: {found.training_set.schema.columns}"]
        return [f"{word!r} is not in {found!r}" for word in case.verdict.words if word not in found]
    return [f"refused: {found}"] if isinstance(found, str) else _differences(case.verdict, found)


def _differences(verdict: Taken, found: Found) -> list[str]:
    columns = {column.name: column for column in found.training_set.schema.columns}
    if list(columns) != list(verdict.columns):
        return [f"columns {list(columns)}, expected {list(verdict.columns)}"]
    wrong = [
        f"not warned of {warning!r}: {found.warnings}"
        for warning in verdict.warnings
        if warning not in "\n".join(found.warnings)
    ]
    if found.warnings and not verdict.warnings:
        wrong.append(f"warned of {found.warnings}")
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
            wrong.append(f"{name!r} says {plain(found.training_set.parsed[name])}, expected {list(seen.values)}")
    return wrong


def plain(cells: Any) -> list[Any]:
    """Parsed cells as values that compare, None where missing."""
    return (
        [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells.to_list()]
        if isinstance(cells, pl.Series)
        else [None if math.isnan(cell) else cell for cell in cells.tolist()]
    )
