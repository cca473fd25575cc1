"""The scores of a saved model on a table that comes in parts, and on its new groups alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.evaluation import CostComparison, PairedComparison, Score, StreamingScores, streaming_scores
from demarcate.evaluation.baselines import BASELINE_NAMES
from demarcate.evaluation.cost_comparison import compare_costs_sampled
from demarcate.evaluation.intervals import decision_scores, score_sampled
from demarcate.evaluation.paired import DECIDING, compare_sampled
from demarcate.evaluation.sampling import Sampling
from demarcate.evaluation.scores import scores_json
from demarcate.inspection.confusion import ConfusionMatrix
from demarcate.tabular.positive_class import positive_or_second
from demarcate.trainingset.read_dependence import RowRoles
from demarcate.trainingset.row_facts import RowFacts, row_facts

if TYPE_CHECKING:
    from demarcate.inference import Predictor

GIVEN = "given"
"""The rows of a table that a saved model is scored on, in words."""


@dataclass(frozen=True)
class TableScores:
    """The scores of a saved model on rows of a table."""

    class_rows: tuple[int, ...]
    scores: dict[str, Score]
    class_scores: list[dict[str, Score]]
    costs: CostComparison | None
    comparison: PairedComparison | None
    """With the majority class; None for more rows than are held, or of a model that does not know its class shares."""
    confusion: ConfusionMatrix = field(compare=False)
    """The decisions, counted; every row counts as one."""

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return sum(self.class_rows)

    def to_json(self, classes: Sequence[Any]) -> dict[str, Any]:
        """Return the scores as a JSON object."""
        labels = list(map(str, classes))
        return {
            "n_samples": self.n_rows,
            "scored_rows": dict(zip(labels, self.class_rows, strict=True)),
            "scores": scores_json(self.scores),
            "class_scores": dict(zip(labels, map(scores_json, self.class_scores), strict=True)),
            "costs": None if self.costs is None else self.costs.to_json(),
            "comparison": None if self.comparison is None else self.comparison.to_json(),
            "confusion": {**self.confusion.to_json(labels), **self.confusion.cells},
        }


class ScoredTable:
    """Collects the rows of a table that comes in parts.

    Independent rows of equal weight are held up to the limit of `StreamingScores`; others are all held.
    """

    def __init__(self, predictor: "Predictor", roles: RowRoles, columns: Sequence[str]) -> None:
        self._predictor, self._roles = predictor, roles
        self._columns = [*roles.names(columns)]
        self._streaming = StreamingScores(len(predictor.classes), positive=positive_or_second(predictor.positive))
        self._held: list[tuple[pl.DataFrame, NDArray[np.int64], NDArray[np.float64]]] = []
        self._n_rows = 0
        self._confusion = self._counted(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def add(self, frame: pl.DataFrame, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in the next rows, with the columns that have a role."""
        self._n_rows += len(codes)
        if not self._columns:
            decisions = self._predictor.decisions(probabilities)
            self._streaming.add(codes, probabilities, decisions)
            self._confusion += self._counted(codes, decisions)
        if self._columns or self._n_rows <= streaming_scores.MAX_ROWS:
            self._held.append((frame.select(self._columns), codes, probabilities))
        else:
            self._held.clear()

    def scores(self) -> tuple[TableScores, TableScores | None, RowFacts]:
        """Return the scores of all rows, those of groups not trained on if others were, and the facts of the rows."""
        if not self._held:
            return self._streamed(), None, RowFacts()
        cells, codes, probabilities = (list(parts) for parts in zip(*self._held, strict=True))
        facts = row_facts(self._predictor.trained_on, self._roles, pl.concat(cells)) if self._columns else RowFacts()
        rows = np.concatenate(codes), np.concatenate(probabilities)
        if facts.used is not None:
            rows = rows[0][facts.used], rows[1][facts.used]
        new = None
        if facts.trained is not None and not facts.trained.all():
            is_new = ~facts.trained
            new = self._of_rows(rows[0][is_new], rows[1][is_new], facts.sampling.rows(is_new), "new-group")
        return self._of_rows(*rows, facts.sampling, GIVEN), new, facts

    def _of_rows(
        self, codes: NDArray[np.int64], probabilities: NDArray[np.float64], sampling: Sampling, rows: str
    ) -> TableScores:
        predictor, n_classes = self._predictor, len(self._predictor.classes)
        positive, comparison = positive_or_second(predictor.positive), None
        if (majority := predictor.majority_probabilities(len(codes))) is not None:
            arguments = codes, probabilities, majority, sampling
            other, metrics = BASELINE_NAMES["majority"], (DECIDING,)
            comparison = compare_sampled(*arguments, other=other, rows=rows, positive=positive, metrics=metrics)
        decided, costs = predictor.decisions(probabilities), predictor.costs
        return TableScores(
            tuple(np.bincount(codes, minlength=n_classes).tolist()),
            score_sampled(codes, probabilities, sampling, rows=rows, positive=positive),
            decision_scores(codes, decided, n_classes, sampling, rows=rows),
            None
            if costs is None
            else compare_costs_sampled(
                codes, probabilities, costs, sampling, rows=rows, classes=predictor.classes.tolist()
            ),
            comparison,
            self._counted(codes, decided),
        )

    def _streamed(self) -> TableScores:
        streaming, costs = self._streaming, self._predictor.costs
        classes = self._predictor.classes.tolist()
        return TableScores(
            tuple(streaming.class_counts.tolist()),
            streaming.scores(GIVEN),
            streaming.class_scores(GIVEN),
            None if costs is None else streaming.compare_costs(costs, rows=GIVEN, classes=classes),
            None,
            self._confusion,
        )

    def _counted(self, codes: NDArray[np.int64], decisions: NDArray[np.int64]) -> ConfusionMatrix:
        return ConfusionMatrix.of(codes, decisions, len(self._predictor.classes), self._predictor.positive)
