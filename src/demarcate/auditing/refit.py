"""Fits of the default classifier to parts of an audited table."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.tabular.column_options import ColumnOptions
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles


@dataclass(frozen=True, eq=False)
class Refit:
    """A table, what is said of its rows, and the settings to fit classifiers to parts of it."""

    frame: pl.DataFrame
    labels: NDArray[Any]
    options: ColumnOptions
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
        dropped = {*self.options.drop, *drop, *self.roles.names(self.frame.columns)}
        dropped -= roles.names(self.frame.columns).keys()
        columns = self.options.without(drop).arguments()
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
