"""A caller's own test rows: a second table, read as the first one was, whose rows come after those of the first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length
from demarcate.errors import InputError, Problem
from demarcate.tabular import encode_known_labels
from demarcate.trainingset.read_dependence import RowRoles
from demarcate.trainingset.training_set import TrainingSet


def append_test_rows(
    table: TrainingSet,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    labels: Sequence[Any],
    roles: RowRoles,
    weights: NDArray[np.float64] | None,
) -> TrainingSet:
    """Return a training set with the rows of a second frame after its own, of known schema and classes.

    Kinds of columns, categories and classes are those of the first frame: nothing is inferred from test rows. Arrays in
    ``roles``, and ``weights``, are of all rows. Problems say that they are of the test rows.
    """
    first, second = frames
    try:
        check_consistent_length(len(second), len(labels))
        roles.names(second.columns)
        parsed = table.schema.parse(second)
        codes = encode_known_labels(labels, table.classes, merge=table.merge_labels)
    except InputError as error:
        raise InputError([Problem(f"X_test, y_test: {each.fact}", each.remedy) for each in error.problems]) from None
    names = [name for name in roles.names(first.columns) if name != roles.weights]
    columns = {
        name: pl.concat([first[name].to_frame(), second[name].to_frame()], how="vertical_relaxed")[name]
        for name in names
    }
    return replace(
        table,
        parsed={name: _joined(cells, parsed[name]) for name, cells in table.parsed.items()},
        codes=np.concatenate([table.codes, codes]),
        weights=weights,
        dependence=roles.dependence(columns, len(first) + len(second)),
        unused_cells={},
    )


def _joined(cells: Any, others: Any) -> Any:
    """Return two columns of parsed cells as one."""
    return pl.concat([cells, others]) if isinstance(cells, pl.Series) else np.concatenate([cells, others])
