"""Precision, recall and F1 of each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from demarcate.evaluation import Score
from demarcate.evaluation.positive_scores import positive_in_words
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided
from demarcate.report.sections.section import Section


@brief_repr
@dataclass(frozen=True, eq=False)
class ClassesSection(Section):
    """Rows and scores of each class: ``precision``, ``recall`` and ``f1``, as far as they are defined.

    ``positive`` is the code of the positive class of two, None where none is known to be.
    """

    key: ClassVar[str] = "classes"
    heading: ClassVar[str] = "Scores by class"

    labels: Sequence[str]
    n_rows: Sequence[int]
    scores: Sequence[Mapping[str, Score]]
    rows: str
    positive: int | None

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the scores of each class."""
        counts = [int((evaluated.codes == code).sum()) for code in range(evaluated.n_classes)]
        return cls(evaluated.labels, counts, evaluated.class_scores, evaluated.kind, evaluated.predictor.positive)

    @property
    def positive_in_words(self) -> str:
        """How many rows of the positive class are found, in a sentence; empty where no class is positive."""
        if self.positive is None:
            return ""
        return positive_in_words(elided(self.labels[self.positive]), self.scores[self.positive])
