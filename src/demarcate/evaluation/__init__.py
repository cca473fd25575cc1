"""How good a classifier is: metrics, their intervals, and what simple rules reach on the same rows."""

from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.evaluation.intervals import Score, class_scores, score, scores_json, wilson_interval
from demarcate.evaluation.means import Mean
from demarcate.evaluation.measures import METRIC_NAMES
from demarcate.evaluation.metrics import (
    accuracy,
    average_precision,
    balanced_accuracy,
    brier,
    calibration_error,
    log_loss,
    roc_auc,
)

__all__ = [
    "METRIC_NAMES",
    "Mean",
    "Score",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "brier",
    "calibration_error",
    "class_scores",
    "log_loss",
    "logistic_probabilities",
    "majority_probabilities",
    "roc_auc",
    "score",
    "scores_json",
    "wilson_interval",
]
