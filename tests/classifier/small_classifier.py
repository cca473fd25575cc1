"""A classifier that trains in moments."""

from demarcate import DemarcateClassifier

ENOUGH = {"epochs": 20, "lr": 0.05}
"""Settings with which it learns something."""


def tiny(**settings):
    return DemarcateClassifier(**{"hidden": (8,), "epochs": 3, "n_folds": 2, **settings})
