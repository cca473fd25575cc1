"""Rows that a model is scored on: what each counts, which belong together, and whose groups it was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputWarning, warn_caller
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.formatting import counted, listed, percent, quoted
from demarcate.tabular import TrainedOn
from demarcate.tabular.dependence import Dependence
from demarcate.trainingset.read_dependence import RowRoles, read_weights


@dataclass(frozen=True, eq=False)
class RowFacts:
    """What the columns of a table say of its rows."""

    sampling: Sampling = PLAIN
    used: NDArray[np.bool_] | None = None
    """The rows that weigh something, ``(n_rows,)``; None for all. Everything else is of these."""
    trained: NDArray[np.bool_] | None = None
    """The rows of groups that the model was trained on; None where no such is known."""

    @property
    def n_trained_groups(self) -> int:
        """The number of groups that the model was trained on."""
        if self.trained is None or self.sampling.clusters is None:
            return 0
        return len(np.unique(self.sampling.clusters[self.trained]))

    def warn_of_trained_groups(self, remedy: str) -> None:
        """Warn if there are rows of groups that the model was trained on, with the remedy where there are others."""
        if self.trained is None:
            return
        share = percent(self.trained.mean(), 1).replace(".0%", "%")
        groups = counted(self.n_trained_groups, "group")
        fact = f"{share} of {len(self.trained):,} rows are of {groups} that the model was trained on"
        remedy = "Score it on new groups" if self.trained.all() else remedy
        warn_caller(InputWarning(f"{fact}: scores of these rows are too good. {remedy}"))


def roles_in_table(trained_on: TrainedOn | None, roles: RowRoles, columns: Sequence[str]) -> RowRoles:
    """Return the roles that a caller names, else those of the model's training rows as far as a table has the columns.

    InputError reports names that are no columns; there is a warning of columns of the model that are missing.
    """
    roles.names(columns)
    if trained_on is None:
        return roles
    missing = []
    if roles.groups is None and trained_on.groups is not None:
        if trained_on.group_columns and set(trained_on.group_columns) <= set(columns):
            roles = replace(roles, groups=trained_on.group_columns)
        else:
            missing.append(_missing("group", "by groups", trained_on.group_columns))
    # Groups say all that intervals need to know: blocks in time are for rows without.
    if roles.groups is not None:
        roles = replace(roles, time=None)
    elif roles.time is None and trained_on.latest is not None and trained_on.groups is None:
        if trained_on.time_column in columns:
            roles = replace(roles, time=trained_on.time_column)
        else:
            missing.append(_missing("time", "in time", [trained_on.time_column] if trained_on.time_column else []))
    if roles.weights is None and trained_on.weight_column is not None:
        if trained_on.weight_column in columns:
            roles = replace(roles, weights=trained_on.weight_column)
        else:
            missing.append(_missing("weights", "by weights", [trained_on.weight_column]))
    for message in missing:
        warn_caller(InputWarning(message))
    return roles


def row_facts(trained_on: TrainedOn | None, roles: RowRoles, cells: pl.DataFrame) -> RowFacts:
    """Return what the columns with a role say of all rows of a table, which has at least these columns."""
    used = weights = None
    if roles.weights is not None:
        weights = read_weights(cells[roles.weights])
        used = weights > 0
        cells, weights = cells.filter(pl.Series(used)), weights[used]
        roles = roles.rows(np.flatnonzero(used), cells.columns, len(used))
    dependence = roles.dependence({column.name: column for column in cells.get_columns()}, len(cells))
    clusters = None if dependence is None else dependence.clusters()
    sampling = PLAIN if clusters is None and weights is None else Sampling(weights, clusters)
    return RowFacts(sampling, used, _trained_rows(trained_on, dependence))


def _trained_rows(trained_on: TrainedOn | None, dependence: Dependence | None) -> NDArray[np.bool_] | None:
    """Return the rows of groups that were trained on, ``(n_rows,)``; None if there are none."""
    if trained_on is None or dependence is None or dependence.groups is None:
        return None
    # Labels of other columns than those trained on say nothing of the same groups.
    if trained_on.group_columns not in ((), dependence.group_columns):
        return None
    trained = trained_on.knows_labels(dependence.labels)[dependence.groups]
    return trained if trained.any() else None


def _missing(option: str, how: str, columns: Sequence[str]) -> str:
    named = f" ({listed(columns, write=quoted)})" if columns else ""
    consequence = "every row counts the same" if option == "weights" else "its rows count as independent"
    fact = f"The model was scored {how}{named}, and the table has no such column: {consequence}"
    return f"{fact}. Name one with --{option}"
