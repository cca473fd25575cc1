"""Sets of labels that hold the true one as often as asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation import Score, wilson_interval
from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Part, Section

COVERAGES = (0.8, 0.9, 0.95)
MOST_ROWS = 5000


@dataclass(frozen=True, eq=False)
class Coverage(Part):
    """Sets at one coverage.

    Attributes
    ----------
    asked
        The share of sets that should hold the true label.
    held
        The share that does.
    size
        Labels in a set, on average.
    sizes
        Sets of 0, 1, 2, ... labels, ``(n_classes + 1,)``.
    """

    asked: float
    held: Score
    size: float
    sizes: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sets(Section):
    """Prediction sets of given rows; out-of-fold rows are what they go by, and cannot judge them.

    Attributes
    ----------
    coverages
        At 0.8, 0.9 and 0.95.
    n_rows, n_rows_all
        The rows they were made for, and those there were.
    """

    key: ClassVar[str] = "sets"
    heading: ClassVar[str] = "Sets instead of single labels"

    coverages: Sequence[Coverage]
    n_rows: int
    n_rows_all: int

    @classmethod
    def of(cls, judged: Judged) -> "Sets | None":
        """The sets of judged rows; None where they are not given ones, or the model has nothing to go by."""
        if judged.rows != "given" or judged.predictor.conformal is None:
            return None
        drawn = np.sort(np.random.default_rng(0).permutation(judged.n_rows)[:MOST_ROWS])
        cells = {name: column[drawn] for name, column in judged.parsed.items()}
        found = [_coverage(judged.codes[drawn], judged.predictor.sets(cells, asked), asked) for asked in COVERAGES]
        return cls(tuple(found), len(drawn), judged.n_rows)


def _coverage(codes: NDArray[np.int64], sets: NDArray[np.bool_], asked: float) -> Coverage:
    n_rows, n_held = len(codes), int(sets[np.arange(len(codes)), codes].sum())
    sizes = sets.sum(1)
    held = Score(n_held / n_rows, *wilson_interval(n_held, n_rows), n_rows, "given")
    return Coverage(asked, held, float(sizes.mean()), np.bincount(sizes, minlength=sets.shape[1] + 1))
