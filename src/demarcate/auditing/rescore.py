"""Scores of a table without its problems: the effect of duplicate rows and of leaking columns."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks import Finding
from demarcate.checks.duplicate_groups import first_equal_rows, has_duplicate_in_training
from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.evaluation import Score, score
from demarcate.evaluation.scores import scores_json
from demarcate.tabular import ParsedColumns

DOUBTFUL = ("encoding", "dominant", "identifier")
"""Rules whose warnings are of columns that may leak."""
MAX_COLUMNS = 5
"""Leaking columns that are left out one by one, at most; all of them together in any case."""


@dataclass(frozen=True)
class Rescored:
    """Scores of the table with something left out.

    Attributes
    ----------
    name
        What is left out, in words.
    scores
        By metric, each with its interval.
    n_rows
        Rows that were trained on or scored.
    """

    name: str
    scores: Mapping[str, Score]
    n_rows: int

    def to_json(self) -> dict[str, Any]:
        """Return the scores as a JSON object."""
        return {"name": self.name, "n_rows": self.n_rows, "scores": scores_json(self.scores)}


@dataclass(frozen=True, eq=False)
class _Refit:
    """A table, and the settings to fit classifiers to parts of it."""

    frame: pl.DataFrame
    labels: NDArray[Any]
    column_settings: Mapping[str, Sequence[str]]
    settings: Mapping[str, Any]

    def fit(self, rows: NDArray[np.int64] | None = None, drop: Sequence[str] = ()) -> DemarcateClassifier:
        """Fit to some rows without some columns, and without warnings: the audit has the same findings."""
        columns = {
            name: [column for column in names if column not in drop] for name, names in self.column_settings.items()
        }
        columns["drop"] = [*columns.get("drop", ()), *drop]
        frame, labels = (self.frame, self.labels) if rows is None else (self.frame[rows], self.labels[rows])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DemarcateWarning)
            return DemarcateClassifier(**{**self.settings, **columns}).fit(frame, labels)


def score_without(
    findings: Sequence[Finding],
    frame: pl.DataFrame,
    labels: NDArray[Any],
    parsed: ParsedColumns,
    column_settings: Mapping[str, Sequence[str]],
    settings: Mapping[str, Any],
    on_fit: Callable[[str], None] | None = None,
) -> list[Rescored]:
    """Score the table as it stands, then without the problems found; empty if there is nothing to leave out.

    Columns are left out on the same folds. Duplicate rows are left out in two ways: the first networks are scored again
    on rows without a duplicate in their training rows, and a new fit has one row of each group.
    """
    refit = _Refit(frame, labels, column_settings, settings)
    leaks = (
        finding.columns
        for finding in findings
        if finding.severity == "leak" or (finding.severity == "warning" and finding.rule in DOUBTFUL)
    )
    leaking = list(dict.fromkeys(chain.from_iterable(leaks)))
    has_duplicates = any(finding.rule == "duplicates" and finding.severity != "note" for finding in findings)
    if not leaking and not has_duplicates:
        return []
    report = on_fit or (lambda _: None)
    report("as it stands")
    classifier = refit.fit()
    rescored = [Rescored("as it stands", classifier.scores_, len(frame))]
    if has_duplicates:
        report("without copies of rows")
        rescored += _without_duplicates(refit, classifier, parsed)
    for drop, name in _column_groups(leaking):
        if len(drop) < len(classifier.schema_.used):
            report(name)
            rescored.append(Rescored(name, refit.fit(drop=drop).scores_, len(frame)))
    return rescored


def _column_groups(leaking: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Yield columns to leave out together, with a description."""
    for name in leaking[:MAX_COLUMNS]:
        yield [name], f"without column {name!r}"
    if len(leaking) > 1:
        yield list(leaking), f"without all {len(leaking)} such columns"


def _without_duplicates(refit: _Refit, classifier: DemarcateClassifier, parsed: ParsedColumns) -> Iterator[Rescored]:
    groups = first_equal_rows(parsed)
    folds = np.full(len(groups), -1)
    folds[classifier.oof_rows_] = classifier.oof_folds_
    single = ~has_duplicate_in_training(groups, folds)[classifier.oof_rows_]
    codes, probabilities = classifier.oof_codes_[single], classifier.oof_proba_[single]
    if len(codes):
        name = "scored on rows without a copy in training"
        rescored = score(codes, probabilities, rows=classifier.oof_kind_, folds=classifier.oof_folds_[single])
        yield Rescored(name, rescored, len(codes))
    first = np.flatnonzero(groups == np.arange(len(groups)))
    counts = np.unique(refit.labels[first], return_counts=True)[1]
    if len(counts) > 1 and counts.max() > 1:
        name = f"without the {len(groups) - len(first):,} copies"
        yield Rescored(name, refit.fit(rows=first).scores_, len(first))
