"""Splits by group, and forward in time, that an audit scores beside random folds."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.auditing.overstatement import Overstatement, SplitBy, overstatement
from demarcate.auditing.refit import Refit
from demarcate.checks import Finding
from demarcate.checks.group_sizes import RULE as GROUPS
from demarcate.checks.time_drift import RULE as TIME
from demarcate.classifier import DemarcateClassifier
from demarcate.classifier.presets import HOLDOUT_ABOVE
from demarcate.errors import DemarcateWarning, InputError, SettingError
from demarcate.tabular.dependence import Dependence
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles

RUNS_IN_BLOCK, MIN_BLOCKS = 4, 10
"""Runs of rows without a name are held out by blocks of about so many, so that few are cut in two."""


@dataclass(frozen=True, eq=False)
class HonestSplit:
    """A split that leaves no group, or no later row, in training."""

    by: SplitBy
    roles: RowRoles
    columns: tuple[str, ...]
    is_named: bool  # by the caller; if not, a check found it

    @property
    def in_words(self) -> str:
        """Return what is being fitted."""
        return "by group, beside random folds" if self.by == "group" else "forward in time, beside random folds"

    def measure(self, refit: Refit, as_it_stands: DemarcateClassifier) -> Overstatement | str:
        """Return what random folds overstate, or in a sentence why that was not measured.

        Of a table so large that it has one hold-out instead of folds, a part is fitted: whole groups, or the latest
        rows. Of two hold-outs hardly a row would be scored by both.
        """
        try:
            rows = self._rows(refit)
            honest = as_it_stands if self.is_named and rows is None else refit.fit(rows, roles=self.roles)
            random = as_it_stands if not self.is_named and rows is None else refit.fit(rows, roles=NO_ROLES)
        except (InputError, SettingError) as error:
            return f"What random folds overstate was not measured: {str(error).rstrip('.')}."
        result = overstatement(random, honest, self.by, self.columns, is_named=self.is_named)
        return result or "What random folds overstate was not measured: too few rows are scored by both splits."

    def _rows(self, refit: Refit) -> NDArray[np.int64] | None:
        """Return the rows of a part of the table, ascending; None for all."""
        frame, most = refit.frame, int(refit.settings.get("holdout_above", HOLDOUT_ABOVE))
        if len(frame) <= most:
            return None
        dependence = self._dependence(frame)
        if dependence.times is not None:
            return np.sort(np.argsort(dependence.times, kind="stable")[-most:])
        assert dependence.groups is not None
        sizes = np.bincount(dependence.groups)
        order = np.random.default_rng(0).permutation(len(sizes))
        sampled = order[np.cumsum(sizes[order]) <= most]
        return np.flatnonzero(np.isin(dependence.groups, sampled))

    def _dependence(self, frame: pl.DataFrame) -> Dependence:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DemarcateWarning)
            dependence = self.roles.dependence(
                {name: frame[name] for name in self.roles.names(frame.columns)}, len(frame)
            )
        assert dependence is not None, "a split is by group or by time"
        return dependence


def honest_splits(findings: Sequence[Finding], roles: RowRoles, frame: pl.DataFrame) -> Iterator[HonestSplit]:
    """Yield the split that the caller asks for, and those by the groups and the date that checks found."""
    if roles.groups is not None or roles.time is not None:
        by: SplitBy = "group" if roles.time is None else "time"
        yield HonestSplit(by, roles, tuple(roles.names(frame.columns)), is_named=True)
    if roles.groups is None and (found := next((each for each in findings if each.rule == GROUPS), None)):
        groups = found.columns or _blocks(len(frame), found.numbers["rows_per_group"])
        yield HonestSplit("group", RowRoles(groups=groups), found.columns, is_named=False)
    if roles.time is None and (found := next((each for each in findings if each.rule == TIME), None)):
        yield HonestSplit("time", RowRoles(time=found.columns[0]), found.columns, is_named=False)


def _blocks(n_rows: int, rows_per_run: float) -> NDArray[np.int64]:
    """Return blocks of consecutive rows, each of some runs, ``(n_rows,)``."""
    size = max(1, min(round(RUNS_IN_BLOCK * rows_per_run), n_rows // MIN_BLOCKS))
    return np.arange(n_rows) // size
