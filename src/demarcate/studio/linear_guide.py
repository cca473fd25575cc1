"""Logistic regression of a table: it shows where a map has a boundary before any network is trained."""

import warnings

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.trainingset import TrainingSet

MAX_ROWS = 5000
"""Training rows that it is fitted on: a boundary to look at needs no more."""


def linear_guide(table: TrainingSet, encoder: TableEncoder, rows: NDArray[np.int64]) -> Predictor:
    """Return scikit-learn's logistic regression of training rows as a predictor of one linear network."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    sampled = rows[np.random.default_rng(0).permutation(len(rows))[:MAX_ROWS]]
    # A rare class may have no row in the sample.
    first_rows = rows[np.unique(table.codes[rows], return_index=True)[1]]
    sampled = np.union1d(sampled, first_rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=200).fit(encoder.encode(table.cells(sampled)), table.codes[sampled])
    head = head_for("auto", len(table.classes))
    state = tuple(torch.from_numpy(np.asarray(part, dtype=np.float32)) for part in (model.coef_, model.intercept_))
    return Predictor.of(
        schema=table.schema,
        encoders=[encoder],
        encoding=[0],
        networks=[Network(hidden=())],
        states=[[state]],
        head=head,
        classes=table.classes,
        target=table.target,
    )
