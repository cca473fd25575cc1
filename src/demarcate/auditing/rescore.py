"""Scores of a table without its problems: the effect of duplicate rows, leaking columns, and random folds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from demarcate.auditing.honest_splits import honest_splits
from demarcate.auditing.overstatement import Overstatement
from demarcate.auditing.refit import Refit
from demarcate.checks import Finding
from demarcate.checks.duplicate_groups import first_equal_rows, has_duplicate_in_training
from demarcate.classifier import DemarcateClassifier
from demarcate.evaluation import Score
from demarcate.evaluation.averaging_gain import with_gain
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.scores import scores_json
from demarcate.presentation import brief_repr
from demarcate.tabular import ParsedColumns
from demarcate.tabular.positive_class import positive_or_second

DOUBTFUL = ("encoding", "dominant", "identifier")
"""Rules whose warnings are of columns that may leak."""
GROUPS_NOT_SCORED = (
    "What random folds overstate was not measured by group: a random sample has few rows of each group. Audit a part "
    "of the table that has whole groups."
)
MAX_COLUMNS = 5
"""Leaking columns that are left out one by one, at most; all of them together in any case."""


@brief_repr
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


@brief_repr
@dataclass(frozen=True)
class RescoredTable:
    """Scores of a table without its problems, what a random split overstates, and what was not measured and why."""

    rescored: tuple[Rescored, ...] = ()
    overstated: tuple[Overstatement, ...] = ()
    remarks: tuple[str, ...] = ()


def score_without(
    findings: Sequence[Finding],
    refit: Refit,
    parsed: ParsedColumns,
    on_fit: Callable[[str], None] | None = None,
    *,
    has_whole_groups: bool = True,
) -> RescoredTable:
    """Score the table as it stands, then without the problems found; nothing if there is nothing to leave out.

    Columns are left out on the same folds. Duplicate rows are left out in two ways: the first networks are scored again
    on rows without a duplicate in their training rows, and a new fit has one row of each group. Groups and times, which
    the caller named or a check found, are scored beside random folds; groups only if the rows are no random sample of
    them (``has_whole_groups``).
    """
    leaks = (
        finding.columns
        for finding in findings
        if finding.severity == "leak" or (finding.severity == "warning" and finding.rule in DOUBTFUL)
    )
    leaking = list(dict.fromkeys(chain.from_iterable(leaks)))
    has_duplicates = any(finding.rule == "duplicates" and finding.severity != "note" for finding in findings)
    splits = [*honest_splits(findings, refit.roles, refit.frame)]
    remarks = []
    if not has_whole_groups and any(split.by == "group" for split in splits):
        splits = [split for split in splits if split.by == "time"]
        remarks.append(GROUPS_NOT_SCORED)
    if not leaking and not has_duplicates and not splits:
        return RescoredTable(remarks=tuple(remarks))
    report = on_fit or (lambda _: None)
    report("as it stands")
    classifier = refit.fit()
    rescored = [Rescored("as it stands", classifier.scores_, len(refit.frame))]
    overstated = []
    for split in splits:
        report(split.in_words)
        result = split.measure(refit, classifier)
        if isinstance(result, str):
            remarks.append(result)
        else:
            overstated.append(result)
            name, scores = (
                ("by random folds", result.random) if result.is_named else (f"for {result.rows}", result.honest)
            )
            rescored.append(Rescored(name, scores, result.n_rows))
    if has_duplicates:
        report("without copies of rows")
        rescored += _without_duplicates(refit, classifier, parsed)
    for drop, name in _column_groups(leaking):
        if len(drop) < len(classifier.schema_.used):
            report(name)
            rescored.append(Rescored(name, refit.fit(drop=drop).scores_, len(refit.frame)))
    return RescoredTable(tuple(rescored), tuple(overstated), tuple(remarks))


def _column_groups(leaking: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Yield columns to leave out together, with a description."""
    for name in leaking[:MAX_COLUMNS]:
        yield [name], f"without column {name!r}"
    if len(leaking) > 1:
        yield list(leaking), f"without all {len(leaking)} such columns"


def _without_duplicates(refit: Refit, classifier: DemarcateClassifier, parsed: ParsedColumns) -> Iterator[Rescored]:
    groups = first_equal_rows(parsed)
    folds = np.full(len(groups), -1)
    folds[classifier.oof_rows_] = classifier.oof_folds_
    single = ~has_duplicate_in_training(groups, folds)[classifier.oof_rows_]
    codes, probabilities = classifier.oof_codes_[single], classifier.oof_proba_[single]
    if len(codes):
        name = "scored on rows without a copy in training"
        positive = positive_or_second(classifier.predictor_.positive)
        sampling = classifier.oof_sampling_.rows(single)
        rescored = score_sampled(codes, probabilities, sampling, rows=classifier.oof_kind_, positive=positive)
        yield Rescored(name, with_gain(rescored, classifier.averaging_gain_), len(codes))
    first = np.flatnonzero(groups == np.arange(len(groups)))
    counts = np.unique(refit.labels[first], return_counts=True)[1]
    if len(counts) > 1 and counts.max() > 1:
        name = f"without the {len(groups) - len(first):,} copies"
        yield Rescored(name, refit.fit(rows=first).scores_, len(first))
