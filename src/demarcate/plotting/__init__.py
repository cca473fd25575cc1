"""Pictures: where networks draw the line, how they got there, and what it costs.

Displays follow scikit-learn's: a classmethod (``from_estimator``, ``from_predictions``, ``from_run``) computes what is
to be seen, keeps it as arrays and draws it; ``plot`` draws it again, on axes of the caller's if given; ``ax_`` and
``figure_`` are where it was drawn. matplotlib is imported when something is drawn.
"""

from demarcate.plotting.boundary_display import BoundaryDisplay
from demarcate.plotting.comparison_display import ComparisonDisplay
from demarcate.plotting.confusion_display import ConfusionDisplay
from demarcate.plotting.data_display import DataDisplay
from demarcate.plotting.diagnosis_display import DiagnosisDisplay
from demarcate.plotting.disagreement_display import DisagreementDisplay
from demarcate.plotting.history_display import HistoryDisplay
from demarcate.plotting.sweep_display import SweepDisplay
from demarcate.plotting.threshold_display import ThresholdDisplay

__all__ = [
    "BoundaryDisplay",
    "ComparisonDisplay",
    "ConfusionDisplay",
    "DataDisplay",
    "DiagnosisDisplay",
    "DisagreementDisplay",
    "HistoryDisplay",
    "SweepDisplay",
    "ThresholdDisplay",
]
