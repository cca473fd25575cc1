"""What the probes made of the rows: losses and hits, row by row, and how far two probes differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.engine import FittedMember
from demarcate.evaluation import Mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.experiments.diagnosis.probe_splits import Lineup
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.nn import head_for, stack
from demarcate.trainingset import TrainingSet

METRICS = ("log_loss", "accuracy")
LEAST_PROBABILITY = 0.01
"""A row's loss is at most that of a mistake made with a certainty of 99%, log(100). The mean of a few boundless losses
of an overfitting network is so noisy that no number of rows that people have would tell two networks apart by it."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Losses and hits of every probe on the rows of every seed.

    Attributes
    ----------
    probes
        What was tried.
    rows
        Each seed's judged rows.
    judged
        By metric and seed: each probe's losses, or hits, of the judged rows, ``(n_probes, n_judged)``.
    trained
        By metric: each probe's mean over its own training rows, ``(n_probes, n_seeds)``.
    shared
        Judged rows for each row to train on.
    """

    probes: tuple[Probe, ...]
    rows: tuple[NDArray[np.int64], ...]
    judged: dict[str, list[NDArray[np.float64]]]
    trained: dict[str, NDArray[np.float64]]
    shared: float

    def place(self, name: str) -> int | None:
        """The place of a probe, None if it was not tried."""
        return next((place for place, probe in enumerate(self.probes) if probe.name == name), None)

    def level(self, name: str, metric: str) -> Mean:
        """A probe's mean on the judged rows."""
        place = self._place(name)
        return self._mean([values[place] for values in self.judged[metric]], within=_within(metric))

    def fitted(self, name: str, metric: str) -> Mean:
        """A probe's mean on its own training rows."""
        return Mean.of(self.trained[metric][self._place(name)], within=_within(metric), shared=self.shared)

    def gap(self, name: str, metric: str) -> Mean:
        """How much worse a probe is on the judged rows than on those it was trained on."""
        place, sign = self._place(name), _sign(metric)
        own = self.trained[metric][place]
        pairs = zip(self.judged[metric], own, strict=True)
        return self._mean([sign * (values[place] - trained) for values, trained in pairs])

    def gain(self, name: str, than: str, metric: str) -> Mean:
        """How much better a probe is than another, on the same rows."""
        one, other, sign = self._place(name), self._place(than), _sign(metric)
        return self._mean([sign * (values[other] - values[one]) for values in self.judged[metric]])

    def excess(self, name: str, metric: str) -> Mean:
        """How much worse the network as configured is on its own training rows than another probe on judged rows."""
        place, sign = self._place(name), _sign(metric)
        pairs = zip(self.judged[metric], self.trained[metric][0], strict=True)
        return self._mean([sign * (trained - values[place]) for values, trained in pairs])

    def _place(self, name: str) -> int:
        place = self.place(name)
        assert place is not None, f"{name} was tried"
        return place

    def _mean(self, values: Sequence[NDArray[np.float64]], within: tuple[float, float] = (-np.inf, np.inf)) -> Mean:
        return Mean.of_rows(values, self.rows, within=within)


def measured(training_set: TrainingSet, lineup: Lineup, fitted: Sequence[FittedMember]) -> Measured:
    """Judge every member on its seed's judged rows, and on its own training rows."""
    n_probes, n_seeds = len(lineup.probes), len(lineup.judged)
    head = head_for(fitted[0].network.head, len(training_set.classes))
    weights = np.ones(len(training_set.codes)) if training_set.weights is None else training_set.weights
    judged: dict[str, list[NDArray[np.float64]]] = {metric: [] for metric in METRICS}
    trained = {metric: np.empty((n_probes, n_seeds)) for metric in METRICS}
    for number, rows in enumerate(lineup.judged):
        own: dict[str, list[NDArray[np.float64]]] = {metric: [] for metric in METRICS}
        for probe in range(n_probes):
            member, done = lineup.members[number * n_probes + probe], fitted[number * n_probes + probe]
            encoded = lineup.samples.encoded(member.encoding)
            (network,) = stack([done.network], [done.state], head)
            everything = network.logits(encoded.unsqueeze(0)).double()[0]
            probabilities = head.probabilities(torch.nan_to_num(everything, nan=0.0)).numpy()
            of_rows = {
                "log_loss": row_losses(training_set.codes, probabilities).clip(max=-np.log(LEAST_PROBABILITY)),
                "accuracy": row_hits(training_set.codes, probabilities).astype(np.float64),
            }
            for metric, values in of_rows.items():
                counted = weights if metric == "log_loss" else np.ones(len(weights))
                own[metric].append(values[rows] * counted[rows] / counted[rows].mean())
                train = member.rows.numpy()
                trained[metric][probe, number] = np.average(values[train], weights=counted[train])
        for metric in METRICS:
            judged[metric].append(np.stack(own[metric]))
    return Measured(lineup.probes, lineup.judged, judged, trained, lineup.shared)


def _sign(metric: str) -> int:
    """Losses are better low, accuracies high."""
    return 1 if metric == "log_loss" else -1


def _within(metric: str) -> tuple[float, float]:
    return (0.0, np.inf) if metric == "log_loss" else (0.0, 1.0)
