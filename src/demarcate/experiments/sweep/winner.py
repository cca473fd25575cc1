"""The winner of a sweep: the mean of its networks, its lead over the runner-up, and its scores on the test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import plain
from demarcate.bundle import provenance
from demarcate.engine import FittedMember, Training
from demarcate.evaluation import METRICS, Mean, PairedComparison, Scores, ScoresByModel
from demarcate.evaluation.baselines import BASELINE_NAMES, logistic_probabilities, majority_probabilities
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.paired import compare_sampled
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.evaluation.scores import scores_json
from demarcate.experiments.seed_splits import mean_predictor, sampling_by_row
from demarcate.experiments.sweep.grid import Configuration
from demarcate.experiments.sweep.successive_halving import SweepMetric
from demarcate.experiments.sweep.sweep_design import SweepDesign
from demarcate.formatting import counted
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.presentation import ResultView, ShownAsHtml
from demarcate.tabular.fingerprint import fingerprint
from demarcate.tabular.positive_class import positive_or_second
from demarcate.trainingset import TrainingSet

MAX_COMPARED = 20
"""Configurations with which the winner is compared where that takes predictions."""


@dataclass(frozen=True)
class Lead:
    """The winner's lead over the runner-up, on the validation rows of the same seeds.

    ``mean`` is the mean difference over seeds, above 0 where the winner is better, with a 95% interval that allows for
    the rows that seeds share; with groups or times it is that of validation rows, drawn by group or by block.
    """

    runner_up: int  # the number of the second configuration
    metric: SweepMetric
    mean: Mean

    @property
    def is_clear(self) -> bool:
        """Whether the interval is above 0; with one seed there is no interval, and nothing is clear."""
        return self.mean.low is not None and self.mean.low > 0

    def __str__(self) -> str:
        metric = METRICS[self.metric].label
        lead = f"Its lead over the runner-up, configuration {self.runner_up}, is {self.mean} in {metric}"
        if self.mean.low is None:
            return f"{lead}. One seed cannot show whether that is noise: use more seeds."
        judgement = "more than" if self.is_clear else "not distinguishable from"
        return f"{lead}: {judgement} noise over {counted(self.mean.n_repeats, 'seed')}."


@dataclass(frozen=True, eq=False, repr=False)
class Winner(ShownAsHtml):
    """The configuration with the best validation scores, and its scores on the test rows.

    Attributes
    ----------
    configuration, members
        Its number, settings and specifications, and the results of its networks' trainings.
    predictor
        The mean of its networks, one for each seed; a model file can be written of it.
    scores
        Accuracy, log loss and ROC AUC of the predictor on the test rows, each with a 95% interval.
    baselines
        The same for ``majority`` and ``logistic_regression``, fitted on each seed's training rows and averaged as the
        networks are.
    comparison
        By baseline, the paired differences of its scores from the baseline's on the test rows, and a verdict.
    leads
        Over each other configuration that trained to the end, in the order of the table.
    """

    configuration: Configuration
    predictor: Predictor
    scores: Scores
    baselines: ScoresByModel
    comparison: dict[str, PairedComparison]
    leads: tuple[Lead, ...]
    members: tuple[FittedMember, ...]

    def __repr__(self) -> str:
        return f"<Winner {self.configuration}: accuracy {self.scores['accuracy']} on test rows>"

    def to_frame(self) -> pl.DataFrame:
        """Return the scores of the winner and of the baselines: a row for each model and metric."""
        return self._by_model().to_frame()

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        return replace(self._by_model().view(), lines=[f"Winner: configuration {self.configuration}"])

    def _by_model(self) -> ScoresByModel:
        return ScoresByModel({"winner": self.scores, **self.baselines})

    @property
    def lead(self) -> Lead | None:
        """The lead over the runner-up; None where no other configuration trained to the end."""
        return self.leads[0] if self.leads else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """The winner's values of the swept settings."""
        return self.configuration.settings

    @property
    def network(self) -> Network:
        """The specification of its networks."""
        return self.configuration.network

    @property
    def training(self) -> Training:
        """The training of its networks."""
        return self.configuration.training


def score_winner(
    design: SweepDesign,
    fitted: Sequence[FittedMember],
    ranking: pl.DataFrame,
    networks: pl.DataFrame,
    metric: SweepMetric,
    seed: int,
    positive: int | None = None,
) -> Winner:
    """Build the predictor of the first configuration of the ranking, and score it on the test rows.

    ``positive`` is the code of the positive class of two, None where none is known.
    """
    n_seeds = len(design.splits)
    first = ranking["configuration"][0] - 1
    configuration = design.configurations[first]
    members = tuple(fitted[first * n_seeds : (first + 1) * n_seeds])
    specs, states = [member.network for member in members], [member.state for member in members]
    predictor = mean_predictor(design.table, design.splits, specs, states).with_positive(positive)
    used = [rows for split in design.splits for rows in (split.train_rows, split.validation_rows)]
    trained_rows = np.unique(np.concatenate(used))
    predictor = replace(predictor, trained_on=design.table.subset(trained_rows).trained_on())
    looked_for = positive_or_second(positive)
    own, others = predictor.probabilities(design.table.cells(design.test_rows)), _baseline_probabilities(design)
    scores = _test_scores(design, own, looked_for)
    baselines = ScoresByModel({name: _test_scores(design, values, looked_for) for name, values in others.items()})
    comparison = {name: _comparison(design, own, values, name, looked_for) for name, values in others.items()}
    record = {
        **_record(design, configuration, members, metric, seed),
        "scores": scores_json(scores),
        "baselines": {name: scores_json(values) for name, values in baselines.items()},
        "comparison": {name: each.to_json() for name, each in comparison.items()},
    }
    if design.table.dependence is None:
        shared = len(design.splits[0].validation_rows) / len(design.splits[0].train_rows)
        leads = leads_of(ranking, networks, metric, shared)
    else:
        leads = leads_by_row(design, fitted, ranking, metric)
    return Winner(configuration, predictor.with_record(record), scores, baselines, comparison, leads, members)


def _test_scores(design: SweepDesign, probabilities: NDArray[np.float64], positive: int) -> Scores:
    table, rows = design.table, design.test_rows
    return score_sampled(table.codes[rows], probabilities, table.sampling(rows), rows="test", positive=positive)


def _comparison(
    design: SweepDesign, own: NDArray[np.float64], others: NDArray[np.float64], baseline: str, positive: int
) -> PairedComparison:
    table, rows = design.table, design.test_rows
    values = table.codes[rows], own, others, table.sampling(rows)
    return compare_sampled(*values, other=BASELINE_NAMES[baseline], rows="test", positive=positive)


def _baseline_probabilities(design: SweepDesign) -> dict[str, NDArray[np.float64]]:
    """Return each baseline's probabilities of the test rows ``(n_test, n_classes)``, the mean over seeds."""
    table, test_rows = design.table, design.test_rows
    n_classes = len(table.classes)
    majority, logistic = [], []
    for encoding, split in enumerate(design.splits):
        matrix = design.samples.encoded(encoding).numpy()
        weights = None if table.weights is None else table.weights[split.train_rows]
        codes = table.codes[split.train_rows]
        majority.append(majority_probabilities(codes, len(test_rows), n_classes, weights))
        logistic.append(logistic_probabilities(matrix[split.train_rows], codes, matrix[test_rows], n_classes, weights))
    return {"majority": np.mean(majority, axis=0), "logistic_regression": np.mean(logistic, axis=0)}


def leads_of(ranking: pl.DataFrame, networks: pl.DataFrame, metric: SweepMetric, shared: float) -> tuple[Lead, ...]:
    """Return the first configuration's lead over each other one that was trained to the end, in their order.

    ``shared`` is the number of validation rows for each training row.
    """
    winner, *others = _trained_to_the_end(ranking)
    column = f"validation_{metric}"
    values = {number: networks.filter(configuration=number)[column].to_numpy() for number in (winner, *others)}
    sign = -1 if metric == "log_loss" else 1
    differences = {number: sign * (values[winner] - values[number]) for number in others}
    return tuple(
        Lead(number, metric, Mean.of(difference.tolist(), shared=shared)) for number, difference in differences.items()
    )


def _trained_to_the_end(ranking: pl.DataFrame) -> list[int]:
    """Return the numbers of the first configuration and of those that halving did not drop."""
    first, *others = ranking.select("configuration", "dropped_after").iter_rows()
    return [first[0], *(number for number, dropped_after in others if dropped_after is None)]


def leads_by_row(
    design: SweepDesign, fitted: Sequence[FittedMember], ranking: pl.DataFrame, metric: SweepMetric
) -> tuple[Lead, ...]:
    """Return `leads_of` from the losses or hits of validation rows, by group or by block of rows in time.

    With times all seeds validate on the same rows, and what they differ by says nothing of other rows. The winner is
    compared with the first `MAX_COMPARED` others.
    """
    winner, *others = _trained_to_the_end(ranking)
    rows = [split.validation_rows for split in design.splits]
    sampling = sampling_by_row(design.table, np.unique(np.concatenate(rows)))
    sign = -1 if metric == "log_loss" else 1
    own, leads = _row_values(design, fitted, winner - 1, metric), []
    for number in others[:MAX_COMPARED]:
        values = zip(own, _row_values(design, fitted, number - 1, metric), strict=True)
        differences = [sign * (of_winner - of_other) for of_winner, of_other in values]
        leads.append(Lead(number, metric, Mean.of_rows(differences, rows, sampling=sampling)))
    return tuple(leads)


def _row_values(
    design: SweepDesign, fitted: Sequence[FittedMember], configuration: int, metric: SweepMetric
) -> list[NDArray[np.float64]]:
    """Return each seed's log losses or hits of its validation rows ``(n_validation,)``."""
    table, values = design.table, []
    for number, split in enumerate(design.splits):
        member = fitted[configuration * len(design.splits) + number]
        predictor = mean_predictor(table, [split], [member.network], [member.state])
        probabilities = predictor.probabilities(table.cells(split.validation_rows))
        codes = table.codes[split.validation_rows]
        of_rows = row_losses(codes, probabilities) if metric == "log_loss" else row_hits(codes, probabilities)
        values.append(of_rows.astype(np.float64))
    return values


def _record(
    design: SweepDesign,
    configuration: Configuration,
    members: Sequence[FittedMember],
    metric: SweepMetric,
    seed: int,
) -> dict[str, Any]:
    """Return the JSON record that a model file keeps of the sweep."""
    table, training = design.table, configuration.training
    labels = table.classes.tolist()
    return {
        "n_samples": len(table.codes) - len(design.test_rows),
        "n_features": len(table.schema.columns),
        "class_rows": dict(zip(map(str, labels), np.bincount(table.codes).tolist(), strict=True)),
        "class_weight": _class_weight(table),
        "members": [member.to_json() for member in members],
        "settings": plain({**vars(configuration.network), **vars(training)}),
        "sweep": {
            "configurations": len(design.configurations),
            "seeds": len(design.splits),
            "metric": metric,
            "settings": plain(configuration.settings),
        },
        "provenance": {**provenance(), "seed": seed, "data_sha256": fingerprint(table.parsed, table.codes)},
    }


def _class_weight(table: TrainingSet) -> dict[str, float]:
    """Return each label's weight where rows of a class weigh the same, else 1: the rows have weights of their own."""
    weights = np.ones(len(table.codes)) if table.weights is None else table.weights
    of_classes = [weights[table.codes == code] for code in range(len(table.classes))]
    are_alike = all((own == own[0]).all() for own in of_classes)
    return {
        str(label): float(own[0]) if are_alike else 1.0
        for label, own in zip(table.classes.tolist(), of_classes, strict=True)
    }
