"""Metrics with intervals, costs of decisions and means over repetitions, of predicted probabilities."""

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
