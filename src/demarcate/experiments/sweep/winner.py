"""The winner: the mean of its networks, its lead over the runner-up, and its scores on the test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import plain
from demarcate.bundle import provenance
from demarcate.engine import FittedMember, Training
from demarcate.evaluation import (
    METRICS,
    Mean,
    Score,
    logistic_probabilities,
    majority_probabilities,
    score,
    scores_json,
)
from demarcate.experiments.seed_splits import Lineup
from demarcate.experiments.sweep.grid import Configuration
from demarcate.experiments.sweep.standings import predictor_of
from demarcate.experiments.sweep.tournament import Metric
from demarcate.formatting import counted
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.tabular.fingerprint import fingerprint
from demarcate.trainingset import TrainingSet


@dataclass(frozen=True)
class Lead:
    """How far the winner is ahead of the runner-up, on the validation rows of the same seeds.

    Attributes
    ----------
    runner_up
        The number of the second configuration.
    metric
        What is compared.
    mean
        The mean over seeds of the difference, above 0 where the winner is better, and its 95% interval, which allows
        for the seeds sharing rows.
    """

    runner_up: int
    metric: Metric
    mean: Mean

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0: with one seed there is none, and nothing is clear."""
        return self.mean.low is not None and self.mean.low > 0

    def __str__(self) -> str:
        metric = METRICS[self.metric].label
        lead = f"Its lead over the runner-up, configuration {self.runner_up}, is {self.mean} in {metric}"
        if self.mean.low is None:
            return f"{lead}. With one seed nobody can tell whether that is noise: try more seeds."
        if self.is_clear:
            return f"{lead}: more than noise over {counted(self.mean.n_repeats, 'seed')}."
        return f"{lead}: not distinguishable from noise over {counted(self.mean.n_repeats, 'seed')}."


@dataclass(frozen=True, eq=False, repr=False)
class Winner:
    """The configuration that did best on the validation rows, and what it is worth on the test rows.

    Attributes
    ----------
    configuration
        Its number, its settings and its specifications.
    predictor
        The mean of its networks, one a seed; can be saved with `save`.
    scores
        Accuracy, log loss and ROC AUC of the predictor on the test rows, each with a 95% interval.
    baselines
        The same for ``majority`` and ``logistic_regression``, fitted on each seed's training rows and averaged as the
        networks are.
    lead
        Over the runner-up; None where nobody else went as far.
    members
        How its networks' trainings went.
    """

    configuration: Configuration
    predictor: Predictor
    scores: dict[str, Score]
    baselines: dict[str, dict[str, Score]]
    lead: Lead | None
    members: tuple[FittedMember, ...]

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings that were swept, as the winner has them."""
        return self.configuration.settings

    @property
    def network(self) -> Network:
        """What its networks are."""
        return self.configuration.network

    @property
    def training(self) -> Training:
        """How they were trained."""
        return self.configuration.training


def crown(
    lineup: Lineup,
    fitted: Sequence[FittedMember],
    table: pl.DataFrame,
    networks: pl.DataFrame,
    metric: Metric,
    seed: int,
) -> Winner:
    """Make a predictor of the first configuration of the table, and score it on the test rows."""
    n_seeds = len(lineup.draws)
    first = table["configuration"][0] - 1
    configuration = lineup.configurations[first]
    members = tuple(fitted[first * n_seeds : (first + 1) * n_seeds])
    predictor = predictor_of(lineup.training_set, lineup.draws, members)
    scores = _test_scores(lineup, predictor.probabilities(lineup.training_set.cells(lineup.test_rows)))
    baselines = {name: _test_scores(lineup, values) for name, values in _simple_rules(lineup).items()}
    record = _record(lineup, configuration, members, metric, seed)
    of_scores = {
        "scores": scores_json(scores),
        "baselines": {name: scores_json(values) for name, values in baselines.items()},
    }
    lead = lead_of(table, networks, metric, len(lineup.draws[0].validation_rows) / len(lineup.draws[0].rows))
    return Winner(configuration, predictor.with_record({**record, **of_scores}), scores, baselines, lead, members)


def _test_scores(lineup: Lineup, probabilities: NDArray[np.float64]) -> dict[str, Score]:
    return score(lineup.training_set.codes[lineup.test_rows], probabilities, rows="test")


def _simple_rules(lineup: Lineup) -> dict[str, NDArray[np.float64]]:
    """Probabilities of the test rows ``(n_test, n_classes)``, by rule: the mean over seeds."""
    codes, test_rows = lineup.training_set.codes, lineup.test_rows
    n_classes = len(lineup.training_set.classes)
    majority, logistic = [], []
    for encoding, draw in enumerate(lineup.draws):
        matrix = lineup.samples.encoded(encoding).numpy()
        weights = None if lineup.training_set.weights is None else lineup.training_set.weights[draw.rows]
        train, own = matrix[draw.rows], codes[draw.rows]
        majority.append(majority_probabilities(own, len(test_rows), n_classes))
        logistic.append(logistic_probabilities(train, own, matrix[test_rows], n_classes, weights))
    return {"majority": np.mean(majority, axis=0), "logistic_regression": np.mean(logistic, axis=0)}


def lead_of(table: pl.DataFrame, networks: pl.DataFrame, metric: Metric, shared: float) -> Lead | None:
    """The paired difference between the first two configurations of the table, if both went all the way.

    ``shared`` is how many validation rows there are for each training row.
    """
    if table["dropped_after"][:2].null_count() < 2:
        return None
    winner, runner_up = table["configuration"][:2]
    column = f"validation_{metric}"
    own, others = (networks.filter(configuration=number)[column].to_numpy() for number in (winner, runner_up))
    difference = others - own if metric == "log_loss" else own - others
    return Lead(runner_up, metric, Mean.of(difference.tolist(), shared=shared))


def _record(
    lineup: Lineup,
    configuration: Configuration,
    members: Sequence[FittedMember],
    metric: Metric,
    seed: int,
) -> dict[str, Any]:
    """What a model file says of how the model was made, ready for JSON."""
    training_set, training = lineup.training_set, configuration.training
    labels = training_set.classes.tolist()
    return {
        "n_samples": len(training_set.codes) - len(lineup.test_rows),
        "n_features": len(training_set.schema.columns),
        "class_rows": dict(zip(map(str, labels), np.bincount(training_set.codes).tolist(), strict=True)),
        "class_weight": _class_weight(training_set),
        "members": [member.to_json() for member in members],
        "settings": plain({**vars(configuration.network), **vars(training)}),
        "sweep": {
            "configurations": len(lineup.configurations),
            "seeds": len(lineup.draws),
            "metric": metric,
            "settings": plain(configuration.settings),
        },
        "provenance": {
            **provenance(),
            "seed": seed,
            "data_sha256": fingerprint(training_set.parsed, training_set.codes),
        },
    }


def _class_weight(training_set: TrainingSet) -> dict[str, float]:
    weights = np.ones(len(training_set.codes)) if training_set.weights is None else training_set.weights
    return {
        str(label): float(weights[training_set.codes == code][0])
        for code, label in enumerate(training_set.classes.tolist())
    }
