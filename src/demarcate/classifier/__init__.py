"""DemarcateClassifier: a cross-validated ensemble with scikit-learn's interface."""

from demarcate.classifier.classifier import DemarcateClassifier

__all__ = ["DemarcateClassifier"]
