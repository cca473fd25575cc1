"""Prediction: a fitted predictor, and the first layer of many rows by lookup."""

from demarcate.inference.predictor import Predictor

__all__ = ["Predictor"]
