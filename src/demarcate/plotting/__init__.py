"""Pictures: where networks draw the line, how they got there, and what it costs.

Displays follow scikit-learn's: a classmethod (``from_estimator``, ``from_predictions``, ``from_run``) computes what is
to be seen, keeps it as arrays and draws it; ``plot`` draws it again, on axes of the caller's if given; ``ax_`` and
``figure_`` are where it was drawn. matplotlib is imported when something is drawn.
"""

from demarcate.plotting.boundary import BoundaryDisplay
from demarcate.plotting.comparison import ComparisonDisplay
from demarcate.plotting.confusion import ConfusionDisplay
from demarcate.plotting.data import DataDisplay
from demarcate.plotting.diagnosis import DiagnosisDisplay
from demarcate.plotting.disagreement import DisagreementDisplay
from demarcate.plotting.history import HistoryDisplay
from demarcate.plotting.sweep import SweepDisplay
from demarcate.plotting.threshold import ThresholdDisplay

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
