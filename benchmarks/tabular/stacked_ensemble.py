"""AutoGluon's ensembles behind scikit-learn's interface."""

import shutil
import tempfile
import weakref
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LABEL = "__label__"
"""The column of labels, which no table has."""


class StackedEnsemble:
    """``autogluon.tabular.TabularPredictor``: bagged and stacked boosted trees, forests and networks.

    It selects and weights its models by log loss; by default it would by accuracy.

    Parameters
    ----------
    threads
        How many it may use.
    settings
        What its ``fit`` gets: a preset and a time limit in seconds.
    """

    def __init__(self, threads: int, **settings: Any) -> None:
        self.threads, self.settings = threads, settings

    def fit(self, X: pd.DataFrame, y: NDArray[np.int64]) -> Self:
        """Train in a folder that is deleted with the object."""
        from autogluon.tabular import TabularPredictor

        folder = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        predictor = TabularPredictor(LABEL, eval_metric="log_loss", path=folder, verbosity=0)
        self._predictor = predictor.fit(X.assign(**{LABEL: y}), num_cpus=self.threads, num_gpus=0, **self.settings)
        self.classes_ = np.array(self._predictor.class_labels)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.floating[Any]]:
        """Return probabilities, ``(n_rows, n_classes)``."""
        return self._predictor.predict_proba(X, as_multiclass=True)[list(self.classes_)].to_numpy()
