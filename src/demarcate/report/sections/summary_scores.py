"""The three scores of the summary: of the decisions that the classifier takes."""

from dataclasses import dataclass
from typing import Self

from demarcate.evaluation import Score
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided
from demarcate.report.sections.section import JsonFields


@brief_repr
@dataclass(frozen=True, eq=False)
class SummaryScore(JsonFields):
    """A score with its name and what it means, in words."""

    name: str
    meaning: str
    score: Score

    @classmethod
    def of_class(cls, evaluated: EvaluatedRows, metric: str, code: int, remark: str = "") -> Self | None:
        """Return ``precision`` or ``recall`` of a class; None where it is not defined."""
        score = evaluated.class_scores[code].get(metric)
        if score is None:
            return None
        label = elided(evaluated.labels[code], 24)
        meanings = {
            "recall": f"share of the rows of class {label} that are found",
            "precision": f"share of the rows predicted as {label} that are",
        }
        return cls(f"{metric} of {label}{remark}", meanings[metric], score)


def summary_scores(evaluated: EvaluatedRows) -> tuple[SummaryScore, ...]:
    """Return at most three scores of the decisions.

    The cost of a row comes first where there are costs. Of two classes with a positive one it is followed by recall and
    precision, without costs after the accuracy; else by accuracy, balanced accuracy and the lowest recall of a class.
    """
    totals, costs, positive = evaluated.decided_scores, evaluated.cost_comparison, evaluated.predictor.positive
    first = []
    if costs is not None:
        first.append(SummaryScore("mean cost of a row", "by the costs that the model was given", costs.decided))
    if "accuracy" in totals:
        which = "decided rows" if evaluated.n_undecided else "rows"
        meaning = f"share of the {which} put in the right class"
        first.append(SummaryScore("accuracy", meaning, totals["accuracy"]))
    if positive is not None:
        of_class = [SummaryScore.of_class(evaluated, metric, positive) for metric in ("recall", "precision")]
        return (*first[:1], *filter(None, of_class))
    meaning = "mean over the classes of the share of their rows found"
    first.append(SummaryScore("balanced accuracy", meaning, totals["balanced_accuracy"]))
    return (*first, *filter(None, [_lowest_recall(evaluated)]))[:3]


def _lowest_recall(evaluated: EvaluatedRows) -> SummaryScore | None:
    recalls = {code: scores["recall"].value for code, scores in enumerate(evaluated.class_scores) if "recall" in scores}
    if len(recalls) < 2:
        return None
    lowest = min(recalls, key=recalls.__getitem__)
    return SummaryScore.of_class(evaluated, "recall", lowest, ", the lowest")
