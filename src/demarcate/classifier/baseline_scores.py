"""The majority class and logistic regression on the folds of an ensemble: their probabilities and scores."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.classifier.baseline_cells import CellsWithoutSentinels
from demarcate.evaluation import METRICS, Score
from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet

Scores = dict[str, Score]


def baseline_probabilities(training_set: TrainingSet, splits: Sequence[Split]) -> dict[str, NDArray[np.float64]]:
    """Fit both baselines on the training rows of each fold, and return their probabilities of the held-out rows.

    They are ``(n_held, n_classes)``, of all held-out rows, ascending. Logistic regression is fitted on the training
    rows of the sample, where there is one.
    """
    rows, n_classes = np.sort(np.concatenate([split.scored for split in splits])), len(training_set.classes)
    majority, logistic = (np.empty((len(rows), n_classes)) for _ in range(2))
    weights = training_set.weights
    for split in splits:
        held, train, index = split.scored, split.learned, np.searchsorted(rows, split.scored)
        of_train = None if weights is None else weights[train]
        majority[index] = majority_probabilities(training_set.codes[train], len(held), n_classes, of_train)
        if training_set.sample is not None:
            train = np.intersect1d(training_set.sample, train)
        values = CellsWithoutSentinels.values_of(training_set.schema, training_set.parsed, train)
        encoder = training_set.encoder(train, cells=CellsWithoutSentinels(training_set.parsed, values))
        logistic[index] = logistic_probabilities(
            encoder.encode(CellsWithoutSentinels(training_set.cells(train), values)),
            training_set.codes[train],
            encoder.encode(CellsWithoutSentinels(training_set.cells(held), values)),
            n_classes,
            None if weights is None else weights[train],
        )
    return {"majority": majority, "logistic_regression": logistic}


def baseline_scores(
    probabilities: Mapping[str, NDArray[np.float64]], score_rows: Callable[[NDArray[np.float64]], Scores]
) -> dict[str, Scores]:
    """Return the scores of the baselines' probabilities by ``score_rows``."""
    # The majority's probabilities are the same for all rows of a fold, so they rank folds, not rows.
    majority = probabilities["majority"]
    pooled = score_rows(np.broadcast_to(majority.mean(0), majority.shape))
    ranking = {name: value for name, value in pooled.items() if METRICS[name].is_ranking}
    scores = {name: score_rows(values) for name, values in probabilities.items()}
    return scores | {"majority": scores["majority"] | ranking}
