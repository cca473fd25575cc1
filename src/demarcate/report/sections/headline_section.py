"""A summary: what was trained on what, and how good it is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from demarcate.bundle.network_kinds import networks_in_words
from demarcate.checks.finding import SEVERITIES
from demarcate.evaluation import PairedComparison, Score
from demarcate.evaluation.metrics import MAIN_METRICS
from demarcate.evaluation.scored_rows import few_scored_rows
from demarcate.formatting import counted, percent
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import joined
from demarcate.report.sections.next_steps import NextStep, next_steps
from demarcate.report.sections.section import MIN_ROWS, Section
from demarcate.report.sections.summary_scores import SummaryScore, summary_scores
from demarcate.report.sections.summary_verdict import SummaryVerdict
from demarcate.tabular.splits import one_split_in_words

PARTS: Mapping[str, str] = {
    "test": "No network was trained on them. Each choice that is made by them makes them say less of new rows.",
    "validation": (
        "No network was trained on them, but what was chosen by looking at them makes their scores too good: keep test "
        "rows that decide nothing."
    ),
}
"""What the scores of a held-out part of a table are worth, by the part."""


@brief_repr
@dataclass(frozen=True, eq=False)
class HeadlineSection(Section):
    """The training data (None where the record lacks it), the networks in words, and the main scores.

    ``positive`` is the positive class of two, None where none is known to be; ``own_rows`` is whether the evaluated
    rows are the training rows, ``part`` which part of its table they are; ``split`` has the numbers of rows of a single
    split's parts; ``verdicts`` has ``better``, ``worse`` or ``cannot tell`` by baseline and metric, from the paired
    differences in ``comparison``; ``decisions`` is a sentence on which numbers follow costs or threshold, ``few_rows``
    one on classes with few scored rows; both may be empty. The page begins with ``verdict``, ``decided`` (three scores
    of the decisions that the classifier takes), ``audit`` (findings by severity) and ``next_steps``.
    """

    key: ClassVar[str] = "headline"
    heading: ClassVar[str] = "Summary"

    name: str
    target: str
    n_samples: int | None
    n_features: int | None
    n_used: int
    positive: str | None
    class_rows: Mapping[str, int]
    n_members: int
    networks: str
    rows: str
    n_rows: int
    own_rows: bool
    part: str
    split: Mapping[str, int] | None
    scores: Mapping[str, Score]
    verdicts: Mapping[str, Mapping[str, str]]
    comparison: Mapping[str, PairedComparison]
    decisions: str
    few_rows: str
    verdict: SummaryVerdict
    decided: tuple[SummaryScore, ...]
    n_undecided: int
    audit: Mapping[str, int]
    next_steps: tuple[NextStep, ...]

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the numbers of the summary."""
        record, predictor = evaluated.record, evaluated.predictor
        scores = {name: evaluated.scores[name] for name in MAIN_METRICS if name in evaluated.scores}
        is_enough = evaluated.n_rows >= MIN_ROWS
        return cls(
            name=evaluated.name,
            target=predictor.target,
            n_samples=record.get("n_samples"),
            n_features=record.get("n_features"),
            n_used=len(predictor.schema.used),
            positive=evaluated.positive_label,
            class_rows=dict(record.get("class_rows", {})),
            n_members=predictor.n_members,
            networks=networks_in_words(predictor),
            rows=evaluated.kind,
            n_rows=evaluated.n_rows,
            own_rows=evaluated.is_training_data,
            part=evaluated.part,
            split=record.get("split") if evaluated.kind.endswith("test") else None,
            scores=scores,
            verdicts={name: _verdicts(scores, each, is_enough) for name, each in evaluated.comparison.items()},
            comparison=evaluated.comparison,
            decisions=evaluated.decision_note,
            few_rows=few_scored_rows(evaluated.labels, evaluated.class_rows),
            verdict=SummaryVerdict.of(evaluated),
            decided=summary_scores(evaluated),
            n_undecided=evaluated.n_undecided,
            audit=_by_severity(evaluated),
            next_steps=next_steps(evaluated),
        )

    @property
    def training_text(self) -> str:
        """A sentence on the training data and the networks."""
        if self.n_samples is None:
            return f"{self.networks}."
        n_unused = (self.n_features or self.n_used) - self.n_used
        columns = counted(self.n_used, "column") + (f" ({n_unused:,} more not used)" if n_unused else "")
        return f"Trained on {counted(self.n_samples, 'row')} and {columns}; {self.networks}."

    @property
    def evaluation_text(self) -> str:
        """Sentences on the rows that the scores are from."""
        rows = counted(self.n_rows, "row")
        if self.rows == "out-of-fold":
            return f"The scores are out-of-fold: each of {rows} is predicted by the networks not trained on it."
        if self.rows == "held-out":
            return f"The scores are from {rows} held out from all networks."
        if self.split:
            return f"The scores are from {rows} held out. {one_split_in_words(**self.split)}"
        if self.rows == "later":
            return f"The scores are from {rows} that came after those the scoring networks learned."
        return self._given_rows_text

    @property
    def _given_rows_text(self) -> str:
        rows = counted(self.n_rows, "row")
        if self.own_rows:
            return f"The scores are from the {rows} that it was trained on: they are too good to expect on new rows."
        if self.part:
            return f"The scores are from {counted(self.n_rows, f'{self.part} row')}. {PARTS[self.part]}"
        return (
            f"The scores are from {rows} given for this report. They are not exactly the training table, but may "
            "contain rows of it, which would make the scores too good."
        )

    @property
    def undecided_text(self) -> str:
        """A sentence on the rows that the classifier leaves undecided; empty where it decides all."""
        return (
            f"It leaves {percent(self.n_undecided / self.n_rows, 1)} of the rows undecided." if self.n_undecided else ""
        )

    @property
    def audit_text(self) -> str:
        """A sentence on what the audit found."""
        if not self.audit:
            return "Nothing."
        found = [counted(count, severity) for severity, count in self.audit.items()]
        return f"{joined(found)}:"

    @property
    def comparisons(self) -> list[str]:
        """Sentences that compare the classifier with each baseline."""
        if self.n_rows < MIN_ROWS:
            few = f"{counted(self.n_rows, 'row')} are" if self.n_rows != 1 else "A single row is"
            names = [each.other for each in self.comparison.values()]
            return [f"{few} too few to compare it with {joined(names)}."] if names else []
        return [str(each) for each in self.comparison.values()]


def _by_severity(evaluated: EvaluatedRows) -> dict[str, int]:
    """Return the number of findings of each severity that has any, the most severe first."""
    counts = Counter(str(finding["severity"]) for finding in evaluated.findings)
    return {severity: counts[severity] for severity in SEVERITIES if counts[severity]}


def _verdicts(scores: Mapping[str, Score], comparison: PairedComparison, is_enough: bool) -> dict[str, str]:
    return {
        name: comparison.verdict_by(name) if is_enough else "cannot tell"
        for name in scores
        if name in comparison.differences
    }
