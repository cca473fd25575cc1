"""The rows of a table that a saved model is scored on: what each counts, which belong together, and which are new."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.cli.options import RowColumns
from demarcate.errors import InputWarning
from demarcate.evaluation import CostComparison, Score, StreamingScores, streaming_scores
from demarcate.evaluation.cost_comparison import compare_costs_sampled
from demarcate.evaluation.intervals import decision_scores, score_sampled
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.evaluation.scores import scores_json
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular import TrainedOn
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.positive_class import positive_or_second
from demarcate.trainingset.read_dependence import RowRoles, read_weights

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
        }


@dataclass(frozen=True, eq=False)
class RowFacts:
    """What the columns of a table say of its rows."""

    sampling: Sampling = PLAIN
    used: NDArray[np.bool_] | None = None
    """The rows that weigh something, ``(n_rows,)``; None for all. Everything else is of these."""
    trained: NDArray[np.bool_] | None = None
    """The rows of groups that the model was trained on; None where no such is known."""

    @property
    def n_trained_groups(self) -> int:
        """The number of groups that the model was trained on."""
        if self.trained is None or self.sampling.clusters is None:
            return 0
        return len(np.unique(self.sampling.clusters[self.trained]))

    def warn_of_trained_groups(self) -> None:
        """Warn if there are rows of groups that the model was trained on."""
        if self.trained is None:
            return
        share = f"{self.trained.mean():.1%}".replace(".0%", "%")
        groups = counted(self.n_trained_groups, "group")
        fact = f"{share} of {len(self.trained):,} rows are of {groups} that the model was trained on"
        others = "there are no others" if self.trained.all() else "those of new groups are shown alone"
        warnings.warn(InputWarning(f"{fact}: scores of these rows are too good, and {others}"), stacklevel=2)


def roles_in_table(predictor: "Predictor", options: RowColumns, columns: Sequence[str]) -> RowRoles:
    """Return the columns with a role: those that options name, else the model's own as far as the table has them.

    InputError reports options that name no column; there is a warning of the model's columns that are missing.
    """
    roles = options.roles(columns)
    roles.names(columns)
    trained_on = predictor.trained_on
    if trained_on is None:
        return roles
    missing = []
    if roles.groups is None and trained_on.groups is not None:
        if trained_on.group_columns and set(trained_on.group_columns) <= set(columns):
            roles = replace(roles, groups=trained_on.group_columns)
        else:
            missing.append(_missing("group", "by groups", trained_on.group_columns))
    # Groups say all that intervals need to know: blocks in time are for rows without.
    if roles.groups is not None:
        roles = replace(roles, time=None)
    elif roles.time is None and trained_on.latest is not None and trained_on.groups is None:
        if trained_on.time_column in columns:
            roles = replace(roles, time=trained_on.time_column)
        else:
            missing.append(_missing("time", "in time", [trained_on.time_column] if trained_on.time_column else []))
    if roles.weights is None and trained_on.weight_column is not None:
        if trained_on.weight_column in columns:
            roles = replace(roles, weights=trained_on.weight_column)
        else:
            missing.append(_missing("weights", "by weights", [trained_on.weight_column]))
    for message in missing:
        warnings.warn(InputWarning(message), stacklevel=2)
    return roles


def row_facts(predictor: "Predictor", roles: RowRoles, cells: pl.DataFrame) -> RowFacts:
    """Return what the columns with a role say of all rows of a table."""
    used = weights = None
    if roles.weights is not None:
        weights = read_weights(cells[roles.weights])
        used = weights > 0
        cells, weights = cells.filter(pl.Series(used)), weights[used]
    dependence = roles.dependence({column.name: column for column in cells.get_columns()}, len(cells))
    clusters = None if dependence is None else dependence.clusters()
    sampling = PLAIN if clusters is None and weights is None else Sampling(weights, clusters)
    return RowFacts(sampling, used, _trained_rows(predictor.trained_on, dependence))


def _trained_rows(trained_on: TrainedOn | None, dependence: Dependence | None) -> NDArray[np.bool_] | None:
    """Return the rows of groups that were trained on, ``(n_rows,)``; None if there are none."""
    if trained_on is None or dependence is None or dependence.groups is None:
        return None
    # Labels of other columns than those trained on say nothing of the same groups.
    if trained_on.group_columns not in ((), dependence.group_columns):
        return None
    trained = trained_on.knows_labels(dependence.labels)[dependence.groups]
    return trained if trained.any() else None


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

    def add(self, frame: pl.DataFrame, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in the next rows, with the columns that have a role."""
        self._n_rows += len(codes)
        if not self._columns:
            self._streaming.add(codes, probabilities, self._predictor.decisions(probabilities))
        if self._columns or self._n_rows <= streaming_scores.MAX_ROWS:
            self._held.append((frame.select(self._columns), codes, probabilities))
        else:
            self._held.clear()

    def scores(self) -> tuple[TableScores, TableScores | None, RowFacts]:
        """Return the scores of all rows, those of groups not trained on if others were, and the facts of the rows."""
        if not self._held:
            return self._streamed(), None, RowFacts()
        cells, codes, probabilities = (list(parts) for parts in zip(*self._held, strict=True))
        facts = row_facts(self._predictor, self._roles, pl.concat(cells)) if self._columns else RowFacts()
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
        positive = positive_or_second(predictor.positive)
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
        )

    def _streamed(self) -> TableScores:
        streaming, costs = self._streaming, self._predictor.costs
        classes = self._predictor.classes.tolist()
        return TableScores(
            tuple(streaming.class_counts.tolist()),
            streaming.scores(GIVEN),
            streaming.class_scores(GIVEN),
            None if costs is None else streaming.compare_costs(costs, rows=GIVEN, classes=classes),
        )


def _missing(option: str, how: str, columns: Sequence[str]) -> str:
    named = f" ({listed(columns, write=quoted)})" if columns else ""
    consequence = "every row counts the same" if option == "weights" else "its rows count as independent"
    fact = f"The model was scored {how}{named}, and the table has no such column: {consequence}"
    return f"{fact}. Name one with --{option}"
