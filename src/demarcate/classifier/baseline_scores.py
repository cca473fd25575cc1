"""Scores of the majority class and of logistic regression on the folds of an ensemble."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.evaluation import METRICS, Score
from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet

Scores = dict[str, Score]


def baseline_scores(
    training_set: TrainingSet,
    splits: Sequence[Split],
    score_rows: Callable[[NDArray[np.float64]], Scores],
) -> dict[str, Scores]:
    """Fit both baselines on the training rows of each fold, and score their probabilities of the held-out rows.

    ``score_rows`` scores probabilities ``(n_held, n_classes)`` of all held-out rows, ascending. Logistic regression is
    fitted on the training rows of the sample, where there is one.
    """
    rows, n_classes = np.sort(np.concatenate([split.scored for split in splits])), len(training_set.classes)
    majority, logistic = (np.empty((len(rows), n_classes)) for _ in range(2))
    for split in splits:
        held, train, index = split.scored, split.learned, np.searchsorted(rows, split.scored)
        majority[index] = majority_probabilities(training_set.codes[train], len(held), n_classes)
        if training_set.sample is not None:
            train = np.intersect1d(training_set.sample, train)
        encoder = TableEncoder.fit(training_set.schema, training_set.parsed, train)
        logistic[index] = logistic_probabilities(
            encoder.encode(training_set.cells(train)),
            training_set.codes[train],
            encoder.encode(training_set.cells(held)),
            n_classes,
            None if training_set.weights is None else training_set.weights[train],
        )
    # The majority's probabilities are the same for all rows of a fold, so they rank folds, not rows.
    pooled = score_rows(np.broadcast_to(majority.mean(0), majority.shape))
    ranking = {name: value for name, value in pooled.items() if METRICS[name].is_ranking}
    return {"majority": score_rows(majority) | ranking, "logistic_regression": score_rows(logistic)}
