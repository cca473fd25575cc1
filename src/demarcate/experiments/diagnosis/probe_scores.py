"""Losses and hits of every probe, row by row, and the differences between probes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.engine import FittedMember
from demarcate.evaluation import Mean, row_values
from demarcate.evaluation.means import weighted_mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.evaluation.sampling import Sampling
from demarcate.experiments.diagnosis.probe_design import ProbeDesign
from demarcate.experiments.diagnosis.probes import Probe
from demarcate.experiments.seed_splits import sampling_by_row
from demarcate.nn.heads import head_for
from demarcate.nn.population import stack
from demarcate.trainingset import TrainingSet

FULL_LOG_LOSS = "full_log_loss"
"""The log loss as everywhere else, in which a certain mistake costs 16: what people see of a network."""
METRICS = ("log_loss", FULL_LOG_LOSS, "accuracy")
MIN_PROBABILITY = 0.01
"""In ``log_loss``, by which probes are compared, a row counts at most log(100), the loss of a mistake with a certainty
of 99%. The full loss of an overfitting network is too noisy to tell two networks apart on tables of ordinary size."""

MAX_LOSS = -np.log(row_values.MIN_PROBABILITY)
"""The full loss of a certain mistake."""


@dataclass(frozen=True, eq=False)
class ProbeScores:
    """Losses and hits of every probe on the rows of every seed.

    ``values`` has, by metric and seed, each probe's losses or hits of the scored rows ``(n_probes, n_scored)``;
    ``train_means``, by metric, each probe's mean over its own training rows ``(n_probes, n_seeds)``. ``sampling`` has
    the weights and clusters of all rows of the table, None for independent rows of equal weight.
    """

    probes: tuple[Probe, ...]
    rows: tuple[NDArray[np.int64], ...]
    values: dict[str, list[NDArray[np.float64]]]
    train_means: dict[str, NDArray[np.float64]]
    shared: float
    sampling: Sampling | None = None

    def has(self, name: str) -> bool:
        """Return whether a probe of this name was trained."""
        return any(probe.name == name for probe in self.probes)

    def level(self, name: str, metric: str) -> Mean:
        """Return a probe's mean on the scored rows."""
        index = self._index(name)
        mean = self._mean([values[index] for values in self.values[metric]], within=_bounds(metric))
        return _on_log_scale(mean, mean.value) if metric == FULL_LOG_LOSS else mean

    def train_level(self, name: str, metric: str) -> Mean:
        """Return a probe's mean on its own training rows."""
        return Mean.of(self.train_means[metric][self._index(name)], within=_bounds(metric), shared=self.shared)

    def gap(self, name: str, metric: str) -> Mean:
        """Return how much worse a probe is on the scored rows than on its training rows."""
        index, sign = self._index(name), _sign(metric)
        pairs = zip(self.values[metric], self.train_means[metric][index], strict=True)
        mean = self._mean([sign * (values[index] - train_mean) for values, train_mean in pairs])
        return _on_log_scale(mean, self.level(name, metric).value) if metric == FULL_LOG_LOSS else mean

    def gain(self, name: str, than: str, metric: str) -> Mean:
        """Return how much better a probe is than another, on the same rows."""
        one, other, sign = self._index(name), self._index(than), _sign(metric)
        return self._mean([sign * (values[other] - values[one]) for values in self.values[metric]])

    def excess(self, name: str, metric: str) -> Mean:
        """Return how much worse the configured network is on its training rows than another probe on scored rows."""
        index, sign = self._index(name), _sign(metric)
        pairs = zip(self.values[metric], self.train_means[metric][0], strict=True)
        return self._mean([sign * (train_mean - values[index]) for values, train_mean in pairs])

    def _index(self, name: str) -> int:
        return next(index for index, probe in enumerate(self.probes) if probe.name == name)

    def _mean(self, values: Sequence[NDArray[np.float64]], within: tuple[float, float] = (-np.inf, np.inf)) -> Mean:
        return Mean.of_rows(values, self.rows, sampling=self.sampling, within=within)


def score_probes(table: TrainingSet, design: ProbeDesign, fitted: Sequence[FittedMember]) -> ProbeScores:
    """Score every member on its seed's scored rows, and on its own training rows."""
    n_probes, n_seeds = len(design.probes), len(design.scored_rows)
    head = head_for(fitted[0].network.head, len(table.classes))
    ones = np.ones(len(table.codes))
    weights = ones if table.weights is None else table.weights
    values = {metric: [np.empty((n_probes, len(rows))) for rows in design.scored_rows] for metric in METRICS}
    train_means = {metric: np.empty((n_probes, n_seeds)) for metric in METRICS}
    for index, (member, result) in enumerate(zip(design.members, fitted, strict=True)):
        seed, probe = divmod(index, n_probes)
        rows, train_rows = design.scored_rows[seed], member.rows.numpy()
        encoded = design.samples.encoded(member.encoding)
        (network,) = stack([result.network], [result.state], head)
        logits = network.logits(encoded.unsqueeze(0)).double()[0]
        probabilities = head.probabilities(torch.nan_to_num(logits, nan=0.0)).numpy()
        losses = row_losses(table.codes, probabilities)
        by_metric = {
            "log_loss": losses.clip(max=-np.log(MIN_PROBABILITY)),
            FULL_LOG_LOSS: losses,
            "accuracy": row_hits(table.codes, probabilities).astype(np.float64),
        }
        for metric, of_rows in by_metric.items():
            values[metric][seed][probe] = of_rows[rows]
            train_means[metric][probe, seed] = weighted_mean(of_rows[train_rows], weights[train_rows])
    sampling = sampling_by_row(table, np.unique(np.concatenate(design.scored_rows)))
    return ProbeScores(design.probes, design.scored_rows, values, train_means, design.shared, sampling)


def _on_log_scale(mean: Mean, loss: float) -> Mean:
    """Return a mean loss ``loss``, or its difference from a constant, with the interval of the logarithm of the loss.

    Full losses are above 0 and skewed: a few rows cost as much as all others. Student's interval of such a mean is too
    low, and contains 0 where a few mistakes show that the mean is above it (``benchmarks/trust/loss_intervals.py``).
    """
    if mean.high is None or loss <= 0:
        return mean
    reach, constant = (mean.high - mean.value) / loss, mean.value - loss
    high = MAX_LOSS if reach > np.log(MAX_LOSS / loss) else loss * np.exp(reach)
    return replace(mean, low=constant + float(loss * np.exp(-reach)), high=constant + float(high))


def _sign(metric: str) -> int:
    """Return 1 for a loss, where lower is better, and -1 for accuracy."""
    return -1 if metric == "accuracy" else 1


def _bounds(metric: str) -> tuple[float, float]:
    return (0.0, 1.0) if metric == "accuracy" else (0.0, np.inf)
