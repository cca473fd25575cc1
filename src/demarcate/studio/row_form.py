"""One new row: its probabilities, its prediction, the set of likely classes, and how far seeds differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.evaluation.conformal import TYPICAL_COVERAGE, Conformal
from demarcate.formatting import listed, quoted
from demarcate.studio.caught_warnings import noted
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.studio.slice_view import cell_problem
from demarcate.studio.trained_card import TrainedCard
from demarcate.tabular import Column, ParsedColumns

MIN_SET_ROWS = 9
"""Validation rows from which a set of 90% coverage can leave out a class."""


def row_facts_of(trained: TrainedCard, cells: Any) -> dict[str, Any]:
    """Return the facts of the message `row` for the cells of one row by column; None, or no cell, is missing.

    Raises
    ------
    StudioError
        With all cells that are no values of their columns. A category that training did not show is none of these: it
        is read as the average training row, or as a rare one, and there is a notice.
    """
    frame = _row(trained, cells)
    # What is unlike the training rows is said in words for a single row, below.
    with placed("row"), noted():
        parsed = trained.predictor.parse(frame)
    members = _member_probabilities(trained, parsed)
    probabilities = members.mean(0)
    within = _set_of(trained, probabilities)
    return {
        "card": trained.card.id,
        "epoch": trained.epoch,
        "probabilities": probabilities.tolist(),
        "prediction": int(probabilities.argmax()),
        "set": within,
        "coverage": None if within is None else TYPICAL_COVERAGE,
        "members": members.tolist() if len(members) > 1 else None,
        "spread": members.std(0, ddof=1).tolist() if len(members) > 1 else None,
        "notices": _unlike_training(trained, parsed),
    }


def _row(trained: TrainedCard, cells: Any) -> pl.DataFrame:
    """Return the cells as a table of one row, with the columns that the card reads."""
    columns = trained.data.table.schema.used
    if not isinstance(cells, Mapping):
        raise StudioError([PlacedProblem.of("row", "The row is no object of cells", "Give cells by column")])
    given = {column.name: cells.get(column.name) for column in columns}
    problems = [problem for column in columns if (problem := _problem(column, given[column.name])) is not None]
    if problems:
        raise StudioError(problems)
    return pl.DataFrame([pl.Series(name, [value], strict=False) for name, value in given.items()])


def _problem(column: Column, value: Any) -> PlacedProblem | None:
    """Return what makes a cell no value of its column; a category that is new is one."""
    if value is not None and not isinstance(value, str | int | float):
        fact = f"Column {quoted(column.name)} holds {quoted(value)}"
        return PlacedProblem.of("row", fact, "Give a number, a word, or nothing", field=column.name)
    return cell_problem(column, value) if column.is_quantity else None


def _member_probabilities(trained: TrainedCard, parsed: ParsedColumns) -> NDArray[np.float64]:
    """Return each seed's probabilities of a single row, ``(seeds, n_classes)``."""
    predictor = trained.predictor
    return np.stack([predictor.probabilities(parsed, [member])[0] for member in range(predictor.n_members)])


def _set_of(trained: TrainedCard, probabilities: NDArray[np.float64]) -> list[int] | None:
    """Return the classes that contain the true one in 90% of cases, by the validation rows; None if these are few."""
    rows = trained.data.validation_rows
    if len(rows) < MIN_SET_ROWS:
        return None
    held_out = trained.predictor.probabilities(trained.data.table.cells(rows))
    conformal = Conformal.of(trained.data.codes[rows], held_out)
    within = conformal.sets(probabilities[None, None], TYPICAL_COVERAGE, allow_empty=False)
    return np.flatnonzero(within[0]).tolist()


def _unlike_training(trained: TrainedCard, parsed: ParsedColumns) -> list[str]:
    """Return a notice for each category that no row of the table has, and each number beyond the training rows'."""
    return [
        notice
        for column in trained.data.table.schema.used
        if (notice := _beyond(column, trained, parsed) if column.is_quantity else _unseen(column, parsed))
    ]


def _beyond(column: Column, trained: TrainedCard, parsed: ParsedColumns) -> str | None:
    value = float(parsed[column.name][0])
    seen: NDArray[np.float64] = np.asarray(trained.data.table.parsed[column.name])[trained.data.train_rows]
    seen = seen[np.isfinite(seen)]
    if not len(seen) or not np.isfinite(value) or seen.min() <= value <= seen.max():
        return None
    low, high, own = (column.written(float(each)) for each in (seen.min(), seen.max(), value))
    return f"{quoted(column.name)} is {own}, and training rows have {low} to {high}: here the network only guesses."


def _unseen(column: Column, parsed: ParsedColumns) -> str | None:
    word = parsed[column.name][0] if column.categories else None
    if word is None or word in column.categories:
        return None
    known = listed(column.categories, 8, write=quoted)
    return f"{quoted(column.name)} is {quoted(word)}, which no row has ({known}): it counts as unknown."
