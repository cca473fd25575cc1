"""The rows with the worst wrong predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from demarcate.evaluation.costs import ABSTAINED
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import JsonFields, Section

MAX_ROWS, MAX_COLUMNS = 10, 12


@brief_repr
@dataclass(frozen=True, eq=False)
class Mistake(JsonFields):
    """A row (counted from 1) with its true class, its predicted class (``said``), their probabilities and its log loss.

    ``cells`` are those of the shown columns, None where missing.
    """

    row: int
    truth: str
    said: str
    probability_truth: float
    probability_said: float
    loss: float
    cells: Sequence[str | None]


@brief_repr
@dataclass(frozen=True, eq=False)
class MistakesSection(Section):
    """The wrong predictions with the largest losses, and the number of all; shown are the most important columns."""

    key: ClassVar[str] = "mistakes"
    heading: ClassVar[str] = "Worst mistakes"

    columns: Sequence[str]
    n_columns: int
    mistakes: tuple[Mistake, ...]
    n_mistakes: int
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Find the wrong predictions with the largest losses."""
        used = [column.name for column in evaluated.predictor.schema.used]
        columns = used if len(used) <= MAX_COLUMNS else evaluated.columns_by_importance[:MAX_COLUMNS]
        wrong = np.flatnonzero((evaluated.decisions != evaluated.codes) & (evaluated.decisions != ABSTAINED))
        worst = wrong[np.argsort(-evaluated.losses[wrong], kind="stable")][:MAX_ROWS]
        mistakes = tuple(_mistake(evaluated, int(row), columns) for row in worst)
        return cls(tuple(columns), len(used), mistakes, len(wrong), evaluated.kind)


def _mistake(evaluated: EvaluatedRows, row: int, columns: Sequence[str]) -> Mistake:
    true, predicted, index = int(evaluated.codes[row]), int(evaluated.decisions[row]), int(evaluated.indices[row])
    return Mistake(
        row=index + 1,
        truth=evaluated.labels[true],
        said=evaluated.labels[predicted],
        probability_truth=float(evaluated.probabilities[row, true]),
        probability_said=float(evaluated.probabilities[row, predicted]),
        loss=float(evaluated.losses[row]),
        cells=tuple(map(_cell_text, evaluated.table[index].select(columns).row(0))),
    )


def _cell_text(cell: object) -> str | None:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
