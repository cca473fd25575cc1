"""Scores of any number of rows in memory that does not grow with them.

Up to `MAX_ROWS` rows are held, and their scores are those of `score`, `class_scores` and `compare_costs`. Of more rows,
what adds up (hits, losses, decisions and their costs) is added up, and ranking and calibration come from histograms of
probabilities. Intervals are still the bootstrap's of all rows: of decisions and calibration by resampling how many rows
there are of each kind; of the other metrics by resampling a sample whose rows stand for several each, balanced by class
so that a small class is there with all its rows. Draws are moved to lie about the value.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.accumulators import Accumulator, DecisionCounts, StreamingGroups, StreamingValue
from demarcate.evaluation.bootstrap import Bootstrap
from demarcate.evaluation.cost_comparison import CostComparison, compare_costs, compare_decisions
from demarcate.evaluation.costs import Costs
from demarcate.evaluation.intervals import class_scores, decision_scores, fewest_trials, metric_scores, score
from demarcate.evaluation.metrics import METRICS, Metric, metric_measures, seen_by
from demarcate.evaluation.row_values import check_probabilities
from demarcate.evaluation.sampling import PLAIN
from demarcate.evaluation.score_sample import ScoreSample
from demarcate.evaluation.scores import Score

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ROWS = 200_000
MAX_NUMBERS = 20_000_000
"""Rows x classes: 160 MB."""
SAMPLED_SHARE = 4
"""Of more rows a quarter of `MAX_ROWS` is sampled: intervals from 50,000 rows have their width to about 1%."""
_LEVEL, _SEED = 0.95, 0


class StreamingScores:
    """Score rows that come part by part; the parts do not change the scores.

    Parameters
    ----------
    n_classes
        The number of classes.
    positive
        The code of the class of two that metrics of one class look at, as for `score`.
    max_rows
        Up to this many rows are held, and their scores are exact; None for 200,000, and fewer where there are more than
        100 classes. Intervals of more rows come from a sample of them.

    Examples
    --------
    >>> scoring = StreamingScores(n_classes=2)
    >>> codes = np.arange(100) % 2
    >>> probabilities = np.where(codes[:, None] == [0, 1], 0.75, 0.25)
    >>> scoring.add(codes[:60], probabilities[:60], codes[:60])
    >>> scoring.add(codes[60:], probabilities[60:], codes[60:])
    >>> scoring.n_rows, str(scoring.scores("test")["accuracy"])
    (100, '1.000 [0.963, 1.000]')
    """

    def __init__(self, n_classes: int, max_rows: int | None = None, *, positive: int = 1) -> None:
        self._positive = positive
        n_all = min(max_rows or MAX_ROWS, max(1, MAX_NUMBERS // n_classes))
        self._sample = ScoreSample(n_classes, n_all, max(1, n_all // SAMPLED_SHARE))
        self._totals: dict[Callable[[int], Accumulator], Accumulator] = {}
        self._metric_of: dict[Callable[[int], Accumulator], Metric] = {}
        self._decisions: DecisionCounts | None = None

    @property
    def n_rows(self) -> int:
        """The number of rows that have come."""
        return self._sample.n_rows

    @property
    def class_counts(self) -> npt.NDArray[np.int64]:
        """The number of rows of each class, `(n_classes,)`."""
        return self._sample.class_counts

    def add(
        self,
        codes: npt.NDArray[np.int64],
        probabilities: npt.NDArray[np.floating],
        decided: npt.NDArray[np.int64],
    ) -> None:
        """Take in the next rows; arguments and errors as for `class_scores`, but there may be no rows."""
        if not len(codes):
            return
        probabilities = check_probabilities(codes, probabilities)
        if self._decisions is None and not self._sample.has_room(len(codes)):
            n_classes = len(self.class_counts)
            self._decisions = DecisionCounts(n_classes)
            streamed = [(metric.streaming.accumulator, metric) for metric in METRICS.values() if metric.streaming]
            self._totals = {factory: factory(n_classes) for factory, _ in streamed}
            self._metric_of = dict(streamed)
            if self.n_rows:
                before = self._sample.rows()
                self._add_to_totals(before.codes, before.probabilities, before.decided)
        self._add_to_totals(codes, probabilities, decided)
        self._sample.add(codes, probabilities, decided)

    def scores(self, rows: str) -> dict[str, Score]:
        """Return every metric with its interval, as `score` does; `rows` says which rows these are, in words."""
        sample = self._sample.rows()
        if self._decisions is None:
            return score(sample.codes, sample.probabilities, rows=rows, positive=self._positive)
        measures = metric_measures(sample.codes, sample.probabilities, self._positive)
        values, groups = {}, {}
        for name in measures:
            streaming = METRICS[name].streaming
            if isinstance(streaming, StreamingValue):
                values[name] = streaming.value(self._totals[streaming.accumulator])
            elif isinstance(streaming, StreamingGroups):
                groups[name] = streaming.groups(self._totals[streaming.accumulator])
        of_rows = {name: measure for name, measure in measures.items() if name not in groups}
        size = len(sample.codes), sample.probabilities.size
        bootstrap = Bootstrap.of(of_rows, *size, PLAIN, _SEED, _LEVEL, sample.counts)
        known = {name: value for name, value in values.items() if value is not None}
        n_fewest = fewest_trials(self.class_counts, None)
        scores = metric_scores(bootstrap.about(known), n_fewest, rows)
        for name, (measure, counts) in groups.items():
            size = len(counts), 2 * len(counts)
            bootstrap = Bootstrap.of({name: measure}, *size, PLAIN, _SEED, _LEVEL, counts)
            scores |= metric_scores(bootstrap, n_fewest, rows)
        return {name: scores[name] for name in METRICS if name in scores}

    def class_scores(self, rows: str) -> list[dict[str, Score]]:
        """Return precision, recall and F1 of every class by the decisions, as `class_scores` does."""
        if self._decisions is None:
            sample = self._sample.rows()
            return class_scores(sample.codes, sample.probabilities, rows=rows, decided=sample.decided)
        codes, decided, _ = self._decisions.kinds()
        counts = self._decisions.counts.astype(np.float64)
        return decision_scores(codes, decided, len(self.class_counts), rows=rows, counts=counts)

    def compare_costs(self, costs: Costs, *, rows: str, classes: Any = None) -> CostComparison:
        """Return the cost of the decisions, as `compare_costs` does; rows must be decided by these costs."""
        if self._decisions is None:
            sample = self._sample.rows()
            return compare_costs(sample.codes, sample.probabilities, costs, rows=rows, classes=classes)
        kinds, counts = self._decisions.kinds(), self._decisions.counts
        return compare_decisions(*kinds, costs, rows=rows, classes=classes, counts=counts)

    def _add_to_totals(
        self,
        codes: npt.NDArray[np.int64],
        probabilities: npt.NDArray[np.float64],
        decided: npt.NDArray[np.int64],
    ) -> None:
        if self._decisions is None:
            return
        self._decisions.add(codes, probabilities, decided)
        for factory, accumulator in self._totals.items():
            accumulator.add(*seen_by(self._metric_of[factory], codes, probabilities, self._positive))
