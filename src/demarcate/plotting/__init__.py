"""Displays of decision boundaries, learning curves, confusion, thresholds, sweeps and diagnoses.

They follow scikit-learn's: a classmethod (``from_estimator``, ``from_predictions``, ``from_run``) computes arrays,
stores them and draws them; ``plot`` draws them again, on the caller's axes if given; ``ax_`` and ``figure_`` are where
it was drawn. The title says what was found, the caption the rest. Names are imported when they are first used, and
matplotlib when something is drawn.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = f"{name.removesuffix('Display').lower()}_display"
    return getattr(import_module(f"{__name__}.{module}"), name)
