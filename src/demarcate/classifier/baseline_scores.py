"""The majority class and logistic regression on the folds of an ensemble: their probabilities and scores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from demarcate.classifier.baseline_cells import CellsWithoutSentinels
from demarcate.evaluation import Scores, ScoresByModel
from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.phases import phase
from demarcate.phases.time_budget import clock, seconds_for
from demarcate.tabular import Schema
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet

BASELINES_SHARE = 0.25
"""Where time is limited, the share of what is left that logistic regression may take."""


def baseline_probabilities(training_set: TrainingSet, splits: Sequence[Split]) -> dict[str, NDArray[np.float64]]:
    """Fit both baselines on the training rows of each fold, and return their probabilities of the held-out rows.

    They are ``(n_held, n_classes)``, of all held-out rows, ascending. Logistic regression is fitted on the training
    rows of the sample, where there is one.
    """
    rows, n_classes = np.sort(np.concatenate([split.scored for split in splits])), len(training_set.classes)
    majority, logistic = (np.empty((len(rows), n_classes)) for _ in range(2))
    weights = training_set.weights
    ends = clock() + seconds_for(BASELINES_SHARE)
    with phase("baselines", total=len(splits)) as current:
        for number, split in enumerate(splits):
            held, train, index = split.scored, split.learned, np.searchsorted(rows, split.scored)
            of_train = None if weights is None else weights[train]
            majority[index] = majority_probabilities(training_set.codes[train], len(held), n_classes, of_train)
            if training_set.sample is not None:
                train = np.intersect1d(training_set.sample, train)
            train_matrix, held_matrix = _encoded(training_set, train, held)
            logistic[index] = logistic_probabilities(
                train_matrix,
                training_set.codes[train],
                held_matrix,
                n_classes,
                None if weights is None else weights[train],
                seconds=max(0.0, ends - clock()) / (len(splits) - number),
            )
            current.advance()
    return {"majority": majority, "logistic_regression": logistic}


def _encoded(
    training_set: TrainingSet, train: NDArray[np.int64], held: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the rows that logistic regression learns from, and those it is scored on.

    It reads numbers and categories as they are, and of text what the network reads: scores of its words, cross-fitted
    on the training rows.
    """
    texts = tuple(column for column in training_set.schema.used if column.kind == "text")
    others = [column.name for column in training_set.schema.used if column not in texts]
    values = CellsWithoutSentinels.values_of(training_set.schema, training_set.parsed, train)
    encoder = training_set.encoder(train, cells=CellsWithoutSentinels(training_set.parsed, values)).select(others)
    train_cells, held_cells = training_set.cells(train), training_set.cells(held)
    matrices = [encoder.encode(CellsWithoutSentinels(cells, values)) for cells in (train_cells, held_cells)]
    if not texts:
        return matrices[0], matrices[1]
    of_texts = replace(training_set.subset(train), schema=Schema(texts))
    scored = of_texts.encoder(np.arange(len(train)), with_classes=True)
    scores = scored.encode_for_training(train_cells), scored.encode(held_cells)
    return np.concatenate([matrices[0], scores[0]], 1), np.concatenate([matrices[1], scores[1]], 1)


def with_pooled_ranking(
    scores: ScoresByModel,
    probabilities: Mapping[str, NDArray[np.float64]],
    score_ranking: Callable[[NDArray[np.float64]], Scores],
) -> ScoresByModel:
    """Return the scores of the baselines; the majority's ranking metrics, by ``score_ranking``, are of all folds.

    Its probabilities are the same for all rows of a fold, so they would rank folds, not rows.
    """
    majority = probabilities["majority"]
    pooled = score_ranking(np.broadcast_to(majority.mean(0), majority.shape))
    return ScoresByModel({**scores, "majority": Scores({**scores["majority"], **pooled})})
