"""Scores without what the audit found: side by side, what a copy of a row or a leaking column was worth."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks import Finding
from demarcate.checks.duplicate_groups import first_alike, has_twin_in_training
from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.evaluation import Score, score
from demarcate.tabular import ParsedColumns

LEAKING = ("giveaway", "encoding", "dominant", "identifier")
MOST_COLUMNS = 5
"""So many leaking columns are left out one by one; all of them together in any case."""


@dataclass(frozen=True)
class Rescored:
    """Scores of the table with something left out.

    Attributes
    ----------
    name
        What was left out, in words.
    scores
        By metric, each with its interval.
    n_rows
        How many rows were trained on or scored.
    """

    name: str
    scores: Mapping[str, Score]
    n_rows: int

    def to_json(self) -> dict[str, Any]:
        """The scores as a JSON object."""
        return {
            "name": self.name,
            "n_rows": self.n_rows,
            "scores": {metric: value.to_json() for metric, value in self.scores.items()},
        }


@dataclass(frozen=True, eq=False)
class _Table:
    """What is fitted again and again."""

    frame: pl.DataFrame
    labels: NDArray[Any]
    lists: Mapping[str, Sequence[str]]
    settings: Mapping[str, Any]

    def fitted(self, rows: NDArray[np.int64] | None = None, drop: Sequence[str] = ()) -> DemarcateClassifier:
        """The classifier of some rows without some columns; what it would warn of, the audit has said."""
        lists = {name: [column for column in names if column not in drop] for name, names in self.lists.items()}
        lists["drop"] = [*lists.get("drop", ()), *drop]
        frame, labels = (self.frame, self.labels) if rows is None else (self.frame[rows], self.labels[rows])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DemarcateWarning)
            return DemarcateClassifier(**{**self.settings, **lists}).fit(frame, labels)


def rescore(
    frame: pl.DataFrame,
    labels: NDArray[Any],
    parsed: ParsedColumns,
    findings: Sequence[Finding],
    *,
    lists: Mapping[str, Sequence[str]],
    settings: Mapping[str, Any],
    on_fit: Callable[[str], None] | None = None,
) -> list[Rescored]:
    """Score the table as it stands, and without what was found.

    Columns are left out on the same folds. Copies of rows are left out in two ways: scored are only those rows of which
    no copy was trained on, by the networks of the table as it stands; and all is fitted again on one row of each.

    Parameters
    ----------
    frame, labels
        The table.
    parsed
        Its cells.
    findings
        What the audit found. If there is nothing to leave out among them, nothing is fitted.
    lists
        ``categorical``, ``numerical`` and ``drop`` for `DemarcateClassifier`.
    settings
        Its other settings.
    on_fit
        Called before each fit with what is left out.

    Returns
    -------
    list of Rescored
        The table as it stands first; empty if there is nothing to leave out.
    """
    table = _Table(frame, labels, lists, settings)
    leaking = [
        name
        for finding in findings
        if finding.rule in LEAKING and finding.severity != "note"
        for name in finding.columns
    ]
    leaking = list(dict.fromkeys(leaking))
    has_copies = any(finding.rule == "duplicates" and finding.severity != "note" for finding in findings)
    if not leaking and not has_copies:
        return []
    tell = on_fit or (lambda _: None)
    tell("as it stands")
    whole = table.fitted()
    found = [Rescored("as it stands", whole.scores_, len(frame))]
    if has_copies:
        tell("without copies of rows")
        found += _without_copies(table, whole, parsed)
    for drop, name in _left_out(leaking):
        if len(drop) < len(whole.schema_.used):
            tell(name)
            found.append(Rescored(name, table.fitted(drop=drop).scores_, len(frame)))
    return found


def _left_out(leaking: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    for name in leaking[:MOST_COLUMNS]:
        yield [name], f"without column {name!r}"
    if len(leaking) > 1:
        yield list(leaking), f"without all {len(leaking)} such columns"


def _without_copies(table: _Table, whole: DemarcateClassifier, parsed: ParsedColumns) -> Iterator[Rescored]:
    groups = first_alike(parsed)
    folds = np.full(len(groups), -1)
    folds[whole.oof_rows_] = whole.oof_folds_
    single = ~has_twin_in_training(groups, folds)[whole.oof_rows_]
    codes, probabilities = whole.oof_codes_[single], whole.oof_proba_[single]
    if len(codes):
        name = "scored on rows without a copy in training"
        kind, of_rows = whole.oof_kind_, whole.oof_folds_[single]
        yield Rescored(name, score(codes, probabilities, rows=kind, folds=of_rows), len(codes))
    kept = np.flatnonzero(groups == np.arange(len(groups)))
    counts = np.unique(table.labels[kept], return_counts=True)[1]
    if len(counts) > 1 and counts.max() > 1:
        name = f"without the {len(groups) - len(kept):,} copies"
        yield Rescored(name, table.fitted(rows=kept).scores_, len(kept))
