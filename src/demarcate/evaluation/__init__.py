"""How good a classifier is, how its probabilities are to be read, and what is to be decided by them.

Metrics and their intervals, what simple rules reach on the same rows, calibration, costs and prediction sets.
"""

from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.evaluation.calibration import Calibration, calibrate, fit_temperature, scale
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.costs import CostComparison, Costs, compare_costs
from demarcate.evaluation.intervals import Score, score, wilson_interval
from demarcate.evaluation.means import Mean
from demarcate.evaluation.metrics import accuracy, log_loss, roc_auc

__all__ = [
    "Calibration",
    "Conformal",
    "CostComparison",
    "Costs",
    "Mean",
    "Score",
    "accuracy",
    "calibrate",
    "compare_costs",
    "fit_temperature",
    "log_loss",
    "logistic_probabilities",
    "majority_probabilities",
    "roc_auc",
    "scale",
    "score",
    "wilson_interval",
]
