"""How good a classifier is: metrics, their intervals, and what simple rules reach on the same rows."""

from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.evaluation.intervals import Score, score, wilson_interval
from demarcate.evaluation.means import Mean
from demarcate.evaluation.metrics import accuracy, log_loss, roc_auc

__all__ = [
    "Mean",
    "Score",
    "accuracy",
    "log_loss",
    "logistic_probabilities",
    "majority_probabilities",
    "roc_auc",
    "score",
    "wilson_interval",
]
