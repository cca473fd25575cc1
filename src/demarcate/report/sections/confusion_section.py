"""Which classes are taken for which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.costs import ABSTAINED
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import number
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
    abstained
        ``(n_classes,)``: rows of each class that were not decided.
    by
        What decides: ``the likeliest``, or the threshold or the costs, in words.
    """

    key: ClassVar[str] = "confusion"
    heading: ClassVar[str] = "Confusion matrix"

    labels: Sequence[str]
    counts: NDArray[np.int64]
    abstained: NDArray[np.int64]
    rows: str
    by: str

    @classmethod
    def of(cls, judged: Judged) -> "Confusion":
        """The confusion matrix of judged rows."""
        counts = np.zeros((judged.n_classes, judged.n_classes), dtype=np.int64)
        there = judged.decided != ABSTAINED
        np.add.at(counts, (judged.codes[there], judged.decided[there]), 1)
        abstained = np.bincount(judged.codes[~there], minlength=judged.n_classes)
        return cls(judged.labels, counts, abstained, judged.rows, _decider(judged))

    @property
    def is_shown(self) -> bool:
        """Whether there are few enough classes for a matrix."""
        return len(self.labels) <= MOST_CLASSES

    @property
    def n_rows(self) -> int:
        """Rows, decided or not."""
        return int(self.counts.sum() + self.abstained.sum())

    @property
    def n_right(self) -> int:
        """Rows in their own class."""
        return int(np.trace(self.counts))

    def shade(self, truth: int, said: int) -> int:
        """How dark a cell is, from 0 to 7: by its share of the rows of the class."""
        total = self._total(truth)
        return round((N_SHADES - 1) * int(self.counts[truth, said]) / total) if total else 0

    def share(self, truth: int, said: int) -> float:
        """A cell's share of the rows of the class."""
        return int(self.counts[truth, said]) / max(self._total(truth), 1)

    def _total(self, truth: int) -> int:
        return int(self.counts[truth].sum() + self.abstained[truth])

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


def _decider(judged: Judged) -> str:
    predictor = judged.predictor
    if predictor.threshold is not None:
        return f"the second from a probability of {number(predictor.threshold)} on"
    return "the likeliest" if predictor.costs is None else "the one of least expected cost"
