"""The confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from demarcate.inference.decision_rule import decision_rule
from demarcate.inspection.confusion import ConfusionMatrix
from demarcate.inspection.palette import heat
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided
from demarcate.report.sections.section import Section

MAX_CLASSES = 40
"""With more classes, the commonest mistakes are shown instead of the matrix."""
MAX_SPACIOUS = 6
"""With more classes the cells are small and without shares."""
MAX_MISTAKES = 30
N_SHADES = 10


@brief_repr
@dataclass(frozen=True, eq=False)
class ConfusionSection(Section):
    """The only confusion matrix of the page: rows by true class and by the decision that the classifier takes.

    ``by`` says in words which class is predicted.
    """

    key: ClassVar[str] = "confusion"
    heading: ClassVar[str] = "Confusion matrix"

    labels: Sequence[str]
    matrix: ConfusionMatrix
    rows: str
    by: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Count the rows by true and predicted class."""
        positive = evaluated.predictor.positive
        matrix = ConfusionMatrix.of(evaluated.codes, evaluated.decisions, evaluated.n_classes, positive)
        return cls(evaluated.labels, matrix, evaluated.kind, decision_rule(evaluated.predictor, write=elided))

    def to_json(self) -> dict[str, Any]:
        """Return the counts by true and predicted class, and undecided rows by class, as JSON values."""
        return {
            **self.matrix.to_json(self.labels),
            "rows": self.rows,
            "by": self.by,
        }

    @property
    def has_matrix(self) -> bool:
        """Whether there are few enough classes for a matrix."""
        return len(self.labels) <= MAX_CLASSES

    @property
    def is_dense(self) -> bool:
        """Whether there are so many classes that the cells are small."""
        return len(self.labels) > MAX_SPACIOUS

    @property
    def n_undecided(self) -> int:
        """Number of rows without a prediction."""
        return int(self.matrix.undecided.sum())

    @property
    def mistakes(self) -> tuple[int, int] | None:
        """Rows of the positive class that are missed, and false alarms; None where no class is positive."""
        counts, positive = self.matrix.counts, self.matrix.positive
        if positive is None:
            return None
        return int(counts[positive, 1 - positive]), int(counts[1 - positive, positive])

    def shade(self, true: int, predicted: int) -> int:
        """Return how strong the colour of a cell is, from 0 to 10: by its share of the rows of the true class."""
        return round(N_SHADES * heat(float(self.matrix.shares[true, predicted])) / heat(1.0))

    @property
    def commonest_mistakes(self) -> list[tuple[str, str, int, float]]:
        """True class, predicted class, rows and share of the true class's rows, most rows first."""
        pairs = self.matrix.mistakes[:MAX_MISTAKES]
        return [(self.labels[each.true], self.labels[each.predicted], each.n_rows, each.share) for each in pairs]
