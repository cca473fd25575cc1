"""The confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.costs import ABSTAINED
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, number
from demarcate.report.sections.section import Section

MAX_CLASSES = 20
"""With more classes, the commonest mistakes are shown instead of the matrix."""
MAX_MISTAKES = 30
N_SHADES = 8


@dataclass(frozen=True, eq=False)
class ConfusionSection(Section):
    """Rows by true and predicted class, ``(n_classes, n_classes)``, and undecided ones by class, ``(n_classes,)``.

    ``by`` says in words which class is predicted; ``positive`` is the code of the positive class of two, None where
    none is known to be.
    """

    key: ClassVar[str] = "confusion"
    heading: ClassVar[str] = "Confusion matrix"

    labels: Sequence[str]
    counts: NDArray[np.int64]
    abstained: NDArray[np.int64]
    rows: str
    by: str
    positive: int | None

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Count the rows by true and predicted class."""
        counts = np.zeros((evaluated.n_classes, evaluated.n_classes), dtype=np.int64)
        is_decided = evaluated.decisions != ABSTAINED
        np.add.at(counts, (evaluated.codes[is_decided], evaluated.decisions[is_decided]), 1)
        abstained = np.bincount(evaluated.codes[~is_decided], minlength=evaluated.n_classes)
        positive = evaluated.predictor.positive
        return cls(evaluated.labels, counts, abstained, evaluated.kind, _decision_rule(evaluated), positive)

    @property
    def has_matrix(self) -> bool:
        """Whether there are few enough classes for a matrix."""
        return len(self.labels) <= MAX_CLASSES

    @property
    def mistakes(self) -> tuple[int, int] | None:
        """Rows of the positive class that are missed, and false alarms; None where no class is positive."""
        if self.positive is None:
            return None
        return int(self.counts[self.positive, 1 - self.positive]), int(self.counts[1 - self.positive, self.positive])

    @property
    def n_rows(self) -> int:
        """Number of rows, with or without a prediction."""
        return int(self.counts.sum() + self.abstained.sum())

    @property
    def n_correct(self) -> int:
        """Number of rows whose predicted class is the true one."""
        return int(np.trace(self.counts))

    def shade(self, true: int, predicted: int) -> int:
        """Return how dark a cell is, from 0 to 7: by its share of the rows of the true class."""
        total = self._total(true)
        return round((N_SHADES - 1) * int(self.counts[true, predicted]) / total) if total else 0

    def share(self, true: int, predicted: int) -> float:
        """Return a cell's share of the rows of the true class."""
        return int(self.counts[true, predicted]) / max(self._total(true), 1)

    def _total(self, true: int) -> int:
        return int(self.counts[true].sum() + self.abstained[true])

    @property
    def commonest_mistakes(self) -> list[tuple[str, str, int, float]]:
        """True class, predicted class, rows and share of the true class's rows, most rows first."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:MAX_MISTAKES]
        cells = [divmod(int(index), len(self.labels)) for index in order]
        return [
            (self.labels[true], self.labels[predicted], int(wrong[true, predicted]), self.share(true, predicted))
            for true, predicted in cells
            if wrong[true, predicted]
        ]


def _decision_rule(evaluated: EvaluatedRows) -> str:
    predictor = evaluated.predictor
    if predictor.threshold is not None:
        return f"{elided(evaluated.labels[evaluated.positive])} from a probability of {number(predictor.threshold)} on"
    return "the likeliest class" if predictor.costs is None else "the class of least expected cost"
