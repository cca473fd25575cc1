import pytest

from demarcate import DemarcateClassifier, datasets


@pytest.fixture(scope="session")
def fitted():
    """A classifier, and the scores of its baselines."""
    data = datasets.moons(n_samples=80, noise=0.2)
    settings = {"hidden": (4,), "epochs": 3, "n_folds": 2, "lr": 0.02, "patience": None}
    classifier = DemarcateClassifier(**settings).fit(*data)
    return classifier, classifier.baselines(*data)
