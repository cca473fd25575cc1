"""Prediction sets: labels that contain the true one with a requested probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation import Score, wilson_interval
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import JsonFields, Section

COVERAGES = (0.8, 0.9, 0.95)
MAX_ROWS = 5000


@brief_repr
@dataclass(frozen=True, eq=False)
class Coverage(JsonFields):
    """Prediction sets at one coverage.

    Attributes
    ----------
    asked, held
        The requested and the actual share of sets that contain the true label.
    size
        Mean number of labels in a set.
    sizes
        Number of sets of 0, 1, 2, ... labels, ``(n_classes + 1,)``.
    """

    asked: float
    held: Score
    size: float
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, codes: NDArray[np.int64], sets: NDArray[np.bool_], requested: float) -> Self:
        """Summarise the sets ``(n_rows, n_classes)`` of rows of these classes ``(n_rows,)``."""
        n_rows, n_covered = len(codes), int(sets[np.arange(len(codes)), codes].sum())
        sizes = sets.sum(1)
        covered = Score(n_covered / n_rows, *wilson_interval(n_covered, n_rows), n_rows, "given")
        return cls(requested, covered, float(sizes.mean()), np.bincount(sizes, minlength=sets.shape[1] + 1))


@brief_repr
@dataclass(frozen=True, eq=False)
class SetsSection(Section):
    """Prediction sets of given rows: the out-of-fold rows calibrate them and cannot evaluate them.

    ``n_rows`` of the ``n_rows_all`` rows are sampled.
    """

    key: ClassVar[str] = "sets"
    heading: ClassVar[str] = "Prediction sets"

    coverages: Sequence[Coverage]
    n_rows: int
    n_rows_all: int

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compute the sets; None unless the rows are given and the model can make sets."""
        if evaluated.kind != "given" or evaluated.predictor.conformal is None:
            return None
        sampled = np.sort(np.random.default_rng(0).permutation(evaluated.n_rows)[:MAX_ROWS])
        cells = {name: column[sampled] for name, column in evaluated.parsed.items()}
        codes, predictor = evaluated.codes[sampled], evaluated.predictor
        coverages = tuple(Coverage.of(codes, predictor.sets(cells, coverage), coverage) for coverage in COVERAGES)
        return cls(coverages, len(sampled), evaluated.n_rows)
