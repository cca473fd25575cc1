"""Metrics with intervals, baselines, calibration, costs and prediction sets of predicted probabilities."""

from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.evaluation.calibration import Calibration, calibrate, scale
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.cost_comparison import CostComparison, compare_costs
from demarcate.evaluation.costs import Costs
from demarcate.evaluation.intervals import class_scores, score
from demarcate.evaluation.means import Mean
from demarcate.evaluation.metrics import (
    MAIN_METRICS,
    METRIC_NAMES,
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
from demarcate.evaluation.scores import (
    Score,
    scores_from_json,
    scores_in_words,
    scores_json,
    wilson_interval,
)
from demarcate.evaluation.streaming_scores import StreamingScores

__all__ = [
    "MAIN_METRICS",
    "METRICS",
    "METRIC_NAMES",
    "Calibration",
    "Conformal",
    "CostComparison",
    "Costs",
    "Mean",
    "Metric",
    "Score",
    "StreamingScores",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "brier",
    "calibrate",
    "calibration_error",
    "class_scores",
    "compare_costs",
    "log_loss",
    "logistic_probabilities",
    "majority_probabilities",
    "roc_auc",
    "scale",
    "score",
    "scores_from_json",
    "scores_in_words",
    "scores_json",
    "wilson_interval",
]
