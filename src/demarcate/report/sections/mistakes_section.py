"""The rows that the classifier was most wrong about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from demarcate.evaluation.costs import ABSTAINED
from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Part, Section

MOST_ROWS, MOST_COLUMNS = 10, 12


@dataclass(frozen=True, eq=False)
class Mistake(Part):
    """A row and what was made of it.

    Attributes
    ----------
    row
        Its number in the table, from 1.
    truth, said
        Its class, and the one it was put in.
    probability_truth, probability_said
        What they were held to be worth.
    loss
        Its part of the log loss.
    cells
        Those of the columns shown; None where missing.
    """

    row: int
    truth: str
    said: str
    probability_truth: float
    probability_said: float
    loss: float
    cells: Sequence[str | None]


@dataclass(frozen=True, eq=False)
class Mistakes(Section):
    """The rows with the largest losses.

    Attributes
    ----------
    columns
        The columns shown: all, or the twelve most important.
    n_columns
        How many are read.
    mistakes
        The least probability of the true class first; only rows put in a wrong class.
    n_mistakes
        How many rows were put in a wrong class.
    rows
        Which rows they are among.
    """

    key: ClassVar[str] = "mistakes"
    heading: ClassVar[str] = "Worst mistakes"

    columns: Sequence[str]
    n_columns: int
    mistakes: tuple[Mistake, ...]
    n_mistakes: int
    rows: str

    @classmethod
    def of(cls, judged: Judged, by_importance: Sequence[str]) -> "Mistakes":
        """The worst of judged rows.

        Parameters
        ----------
        judged
            The rows.
        by_importance
            The columns, most important first.
        """
        used = [column.name for column in judged.predictor.schema.used]
        shown = used if len(used) <= MOST_COLUMNS else list(by_importance)[:MOST_COLUMNS]
        wrong = np.flatnonzero((judged.decided != judged.codes) & (judged.decided != ABSTAINED))
        worst = wrong[np.argsort(-judged.losses[wrong], kind="stable")][:MOST_ROWS]
        mistakes = tuple(_mistake(judged, int(row), shown) for row in worst)
        return cls(tuple(shown), len(used), mistakes, len(wrong), judged.rows)


def _mistake(judged: Judged, row: int, columns: Sequence[str]) -> Mistake:
    truth, said = int(judged.codes[row]), int(judged.decided[row])
    cells = judged.table[int(judged.places[row])].select(columns).row(0)
    return Mistake(
        row=int(judged.places[row]) + 1,
        truth=judged.labels[truth],
        said=judged.labels[said],
        probability_truth=float(judged.probabilities[row, truth]),
        probability_said=float(judged.probabilities[row, said]),
        loss=float(judged.losses[row]),
        cells=tuple(_text(cell) for cell in cells),
    )


def _text(cell: object) -> str | None:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
