"""Precision, recall and F1 of each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from demarcate.evaluation import Score
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class ClassesSection(Section):
    """Rows and scores of each class: ``precision``, ``recall`` and ``f1``, as far as they are defined."""

    key: ClassVar[str] = "classes"
    heading: ClassVar[str] = "Scores by class"

    labels: Sequence[str]
    n_rows: Sequence[int]
    scores: Sequence[Mapping[str, Score]]
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the scores of each class."""
        counts = [int((evaluated.codes == code).sum()) for code in range(evaluated.n_classes)]
        return cls(evaluated.labels, counts, evaluated.class_scores, evaluated.kind)
