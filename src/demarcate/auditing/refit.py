"""Fits of the default classifier to parts of an audited table."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles


@dataclass(frozen=True, eq=False)
class Refit:
    """A table, what is said of its rows, and the settings to fit classifiers to parts of it."""

    frame: pl.DataFrame
    labels: NDArray[Any]
    column_settings: Mapping[str, Sequence[str]]
    settings: Mapping[str, Any]
    roles: RowRoles = NO_ROLES
    sample_weight: NDArray[np.float64] | None = None

    def fit(
        self, rows: NDArray[np.int64] | None = None, drop: Sequence[str] = (), roles: RowRoles | None = None
    ) -> DemarcateClassifier:
        """Fit to some rows without some columns, and without warnings: the audit has the same findings.

        Columns with a role are no features, whatever other ``roles`` say.
        """
        roles = self.roles if roles is None else roles
        dropped = {*self.column_settings.get("drop", ()), *drop, *self.roles.names(self.frame.columns)}
        dropped -= roles.names(self.frame.columns).keys()
        columns = {name: [column for column in names if column not in drop] for name, names in self._kinds()}
        frame, labels, weights = self.frame, self.labels, self.sample_weight
        if rows is not None:
            roles = roles.rows(rows, frame.columns, len(frame))
            frame, labels, weights = frame[rows], labels[rows], None if weights is None else weights[rows]
        settings = {**self.settings, **columns, "drop": sorted(dropped)}
        if roles.time is None:
            settings.pop("gap", None)
        classifier = DemarcateClassifier(**settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DemarcateWarning)
            return classifier.fit(frame, labels, weights, roles.groups, roles.time)

    def _kinds(self) -> Iterator[tuple[str, Sequence[str]]]:
        return ((name, names) for name, names in self.column_settings.items() if name != "drop")
