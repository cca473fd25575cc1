"""Which classes are taken for which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.report.judged import Judged
from demarcate.report.sections.section import Section

MOST_CLASSES = 20
"""Of more classes no matrix is shown, but the mistakes made most often."""
MOST_MISTAKES = 30
N_SHADES = 8


@dataclass(frozen=True, eq=False)
class Confusion(Section):
    """The confusion matrix.

    Attributes
    ----------
    labels
        The classes.
    counts
        ``(n_classes, n_classes)``: rows of each class, by the class they were put in.
    rows
        Which rows they are.
    threshold
        The probability of the second of two classes from which it is predicted, or None for the likelier class.
    """

    key: ClassVar[str] = "confusion"
    heading: ClassVar[str] = "Confusion matrix"

    labels: Sequence[str]
    counts: NDArray[np.int64]
    rows: str
    threshold: float | None

    @classmethod
    def of(cls, judged: Judged) -> "Confusion":
        """The confusion matrix of judged rows."""
        counts = np.zeros((judged.n_classes, judged.n_classes), dtype=np.int64)
        np.add.at(counts, (judged.codes, judged.decided), 1)
        return cls(judged.labels, counts, judged.rows, judged.predictor.threshold)

    @property
    def is_shown(self) -> bool:
        """Whether there are few enough classes for a matrix."""
        return len(self.labels) <= MOST_CLASSES

    @property
    def n_right(self) -> int:
        """Rows in their own class."""
        return int(np.trace(self.counts))

    def shade(self, truth: int, said: int) -> int:
        """How dark a cell is, from 0 to 7: by its share of the rows of the class."""
        total = int(self.counts[truth].sum())
        return round((N_SHADES - 1) * int(self.counts[truth, said]) / total) if total else 0

    def share(self, truth: int, said: int) -> float:
        """A cell's share of the rows of the class."""
        return int(self.counts[truth, said]) / max(int(self.counts[truth].sum()), 1)

    @property
    def commonest(self) -> list[tuple[str, str, int, float]]:
        """The mistakes made most often: truth, what was said, rows, share of the rows of the class."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_MISTAKES]
        places = [divmod(int(place), len(self.labels)) for place in order]
        return [
            (self.labels[truth], self.labels[said], int(wrong[truth, said]), self.share(truth, said))
            for truth, said in places
            if wrong[truth, said]
        ]
