"""What a random split overstates: its scores less those of new groups, or of later rows, on the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from demarcate.evaluation import METRICS, Score
from demarcate.evaluation.averaging_gain import with_gain
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.paired import compare_sampled
from demarcate.evaluation.scores import scores_json
from demarcate.formatting import counted, listed, quoted
from demarcate.presentation import brief_repr
from demarcate.tabular.positive_class import positive_or_second

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier

SplitBy = Literal["group", "time"]

MIN_ROWS = 30


@brief_repr
@dataclass(frozen=True)
class Overstatement:
    """The scores of random folds and of a split by group, or forward in time, on the same rows.

    Attributes
    ----------
    by
        ``group`` or ``time``.
    columns
        The columns that name the groups or order the rows; empty for consecutive rows, or an array.
    random, honest
        Scores by metric: of random folds, and of new groups or later rows.
    differences
        What random folds overstate, by metric: the first less the second, in the direction in which more is better,
        with an interval by group, or by block of rows in time.
    n_rows
        Rows that both score.
    n_groups
        Groups of these rows, or blocks.
    is_named
        Whether the caller named the groups or the time; if not, a data check found them.
    """

    by: SplitBy
    columns: tuple[str, ...]
    random: Mapping[str, Score]
    honest: Mapping[str, Score]
    differences: Mapping[str, Score]
    n_rows: int
    n_groups: int
    is_named: bool = False

    @property
    def rows(self) -> str:
        """The rows that the honest scores are for: ``new groups`` or ``later rows``."""
        return "new groups" if self.by == "group" else "later rows"

    @property
    def metric(self) -> str:
        """The metric that sentences are about: ROC AUC, or log loss where there is none."""
        return "roc_auc" if "roc_auc" in self.differences else "log_loss"

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval of the difference in that metric is above 0."""
        return self.differences[self.metric].low > 0

    def summary(self) -> str:
        """Return the difference in a sentence: ``Random folds overstate ROC AUC by 0.190 [0.110, 0.270]``."""
        split, does = ("Random folds overstate", "do") if self.by == "group" else ("A random split overstates", "does")
        label, difference = METRICS[self.metric].label, self.differences[self.metric]
        if self.is_beyond_chance:
            return f"{split} {label} by {difference}"
        subject = split.rpartition(" ")[0]
        return f"{subject} {does} not measurably overstate {label}: by {difference}"

    def __str__(self) -> str:
        random, honest = (scores[self.metric].value for scores in (self.random, self.honest))
        whose = f"by {listed(self.columns, write=quoted)}, " if self.columns else ""
        has_groups = self.by == "group" and (self.columns or self.is_named)
        units = counted(self.n_groups, "group" if has_groups else "block") + (
            "" if has_groups else " of consecutive rows"
        )
        return (
            f"{self.summary()}; it is {random:.3f}, and {honest:.3f} for {self.rows} "
            f"({whose}{units}, on the same {self.n_rows:,} rows)"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the scores and their differences as a JSON object."""
        return {
            "by": self.by,
            "columns": list(self.columns),
            "n_rows": self.n_rows,
            "n_groups": self.n_groups,
            "is_named": self.is_named,
            "metric": self.metric,
            "random": scores_json(self.random),
            "honest": scores_json(self.honest),
            "differences": scores_json(self.differences),
        }


def overstatement(
    random: "DemarcateClassifier",
    honest: "DemarcateClassifier",
    by: SplitBy,
    columns: Sequence[str],
    *,
    is_named: bool,
) -> Overstatement | None:
    """Return what a fit by random folds overstates beside one by group or forward in time; None for too few rows.

    Both are fitted to the same rows of the same table.
    """
    rows, own, other = np.intersect1d(honest.oof_rows_, random.oof_rows_, assume_unique=True, return_indices=True)
    codes = honest.oof_codes_[own]
    if len(rows) < MIN_ROWS or len(np.unique(codes)) < 2:
        return None
    # The question is which split is better on the whole, not how the next window turns out.
    sampling = replace(honest.oof_sampling_.rows(own), is_forward=False)
    settings: dict[str, Any] = {"rows": "the same", "positive": positive_or_second(honest.predictor_.positive)}
    both = random.oof_proba_[other], honest.oof_proba_[own]
    pair = compare_sampled(codes, *both, sampling, other=by, **settings)
    gains = random.averaging_gain_, honest.averaging_gain_
    scores = [
        with_gain(score_sampled(codes, probabilities, sampling, **settings), gain)
        for probabilities, gain in zip(both, gains, strict=True)
    ]
    more = {name: gains[0].get(name, 0.0) - gains[1].get(name, 0.0) for name in pair.differences}
    moved = with_gain(pair.differences, more, bounded=False)
    differences = {name: _in_favour(name, difference) for name, difference in moved.items()}
    n_groups = sampling.n_clusters or len(rows)
    return Overstatement(by, tuple(columns), scores[0], scores[1], differences, len(rows), n_groups, is_named)


def _in_favour(name: str, difference: Score) -> Score:
    """Return a difference as what is overstated: of losses the other way round."""
    if METRICS[name].higher_is_better:
        return difference
    return replace(difference, value=-difference.value, low=-difference.high, high=-difference.low)
