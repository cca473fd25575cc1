"""Metrics with intervals, costs of decisions and means over repetitions, of predicted probabilities.

Names are imported when they are first used: a model decides by its costs without what scores it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.evaluation.cost_comparison import CostComparison, compare_costs
    from demarcate.evaluation.costs import Costs
    from demarcate.evaluation.intervals import class_scores, score
    from demarcate.evaluation.means import Mean
    from demarcate.evaluation.metrics import (
        METRICS,
        Metric,
        accuracy,
        average_precision,
        balanced_accuracy,
        brier,
        calibration_error,
        log_loss,
        roc_auc,
    )
    from demarcate.evaluation.paired import PairedComparison, compare_classifiers
    from demarcate.evaluation.score_tables import ClassScores, Scores, ScoresByModel
    from demarcate.evaluation.scores import Score, wilson_interval
    from demarcate.evaluation.streaming_scores import StreamingScores

__all__ = [
    "METRICS",
    "ClassScores",
    "CostComparison",
    "Costs",
    "Mean",
    "Metric",
    "PairedComparison",
    "Score",
    "Scores",
    "ScoresByModel",
    "StreamingScores",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "brier",
    "calibration_error",
    "class_scores",
    "compare_classifiers",
    "compare_costs",
    "log_loss",
    "roc_auc",
    "score",
    "wilson_interval",
]

_MODULES = {
    "cost_comparison": ("CostComparison", "compare_costs"),
    "costs": ("Costs",),
    "intervals": ("class_scores", "score"),
    "means": ("Mean",),
    "metrics": (
        "METRICS",
        "Metric",
        "accuracy",
        "average_precision",
        "balanced_accuracy",
        "brier",
        "calibration_error",
        "log_loss",
        "roc_auc",
    ),
    "paired": ("PairedComparison", "compare_classifiers"),
    "score_tables": ("ClassScores", "Scores", "ScoresByModel"),
    "scores": ("Score", "wilson_interval"),
    "streaming_scores": ("StreamingScores",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"demarcate.evaluation.{module}"), name)
            return value
    raise AttributeError(f"module 'demarcate.evaluation' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
