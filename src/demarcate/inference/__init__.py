"""Prediction: fitted models, whose networks torch or numpy computes, and the first layer of many rows by lookup.

Names are imported when they are first used: one row is predicted without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel
    from demarcate.inference.numpy_predictor import NumpyPredictor
    from demarcate.inference.predictor import Predictor
    from demarcate.inference.row_prediction import RowPrediction

__all__ = ["FittedModel", "NumpyPredictor", "Predictor", "RowPrediction"]

_MODULES = {
    "fitted_model": ("FittedModel",),
    "numpy_predictor": ("NumpyPredictor",),
    "predictor": ("Predictor",),
    "row_prediction": ("RowPrediction",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"demarcate.inference.{module}"), name)
            return value
    raise AttributeError(f"module 'demarcate.inference' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
