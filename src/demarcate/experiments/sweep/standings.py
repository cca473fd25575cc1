"""How the networks and the configurations of a sweep did on their validation rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from demarcate.engine import FittedMember
from demarcate.evaluation import Mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.experiments.seed_splits import Draw, Lineup
from demarcate.experiments.sweep.grid import Configuration, spelled
from demarcate.experiments.sweep.tournament import Metric
from demarcate.inference import Predictor
from demarcate.nn import head_for
from demarcate.trainingset import TrainingSet

_LIMITS = {"validation_log_loss": (0.0, np.inf), "validation_accuracy": (0.0, 1.0)}
_TYPES = {
    "configuration": pl.Int64,
    "seed": pl.Int64,
    "validation_log_loss": pl.Float64,
    "validation_accuracy": pl.Float64,
    "train_accuracy": pl.Float64,
    "best_epoch": pl.Int64,
    "epochs": pl.Int64,
    "diverged": pl.Boolean,
    "dropped": pl.Boolean,
}


def network_table(lineup: Lineup, fitted: Sequence[FittedMember]) -> pl.DataFrame:
    """A row a network, configuration by configuration: how it did with the weights it carries.

    Validation numbers are those of the epoch whose weights were kept, and losses count rows as training does.
    """
    n_seeds = len(lineup.draws)
    rows = []
    for index, done in enumerate(fitted):
        configuration, draw = lineup.configurations[index // n_seeds], lineup.draws[index % n_seeds]
        last, history = done.best_epoch - 1, done.history
        if last >= 0:
            loss, accuracy = float(history.validation_loss[last]), float(history.validation_accuracy[last])
            train_accuracy = float(history.train_accuracy[last])
        else:
            (loss, accuracy), train_accuracy = _before_training(lineup.training_set, draw, done), None
        rows.append(
            {
                "configuration": configuration.number,
                "seed": draw.seed,
                "validation_log_loss": loss,
                "validation_accuracy": accuracy,
                "train_accuracy": train_accuracy,
                "best_epoch": done.best_epoch,
                "epochs": history.n_epochs,
                "diverged": done.divergence is not None,
                "dropped": done.dropped,
            }
        )
    return pl.DataFrame(rows, schema=_TYPES)


def _before_training(training_set: TrainingSet, draw: Draw, done: FittedMember) -> tuple[float, float]:
    """Validation loss and accuracy of the weights that a network began with and was left with."""
    probabilities = predictor_of(training_set, [draw], [done]).probabilities(training_set.cells(draw.validation_rows))
    codes = training_set.codes[draw.validation_rows]
    weights = None if training_set.weights is None else training_set.weights[draw.validation_rows]
    if weights is not None and not weights.any():
        weights = None
    loss = np.average(row_losses(codes, probabilities), weights=weights)
    return float(loss), float(row_hits(codes, probabilities).mean())


def predictor_of(training_set: TrainingSet, draws: Sequence[Draw], fitted: Sequence[FittedMember]) -> Predictor:
    """The mean of networks of one configuration, one a draw."""
    return Predictor.of(
        schema=training_set.schema,
        encoders=[draw.encoder for draw in draws],
        encoding=range(len(draws)),
        networks=[member.network for member in fitted],
        states=[member.state for member in fitted],
        head=head_for(fitted[0].network.head, len(training_set.classes)),
        classes=training_set.classes,
        target=training_set.target,
    )


def configuration_table(
    configurations: Sequence[Configuration], networks: pl.DataFrame, metric: Metric
) -> pl.DataFrame:
    """A row a configuration, the best first; those that were dropped come last, the later the better.

    Parameters
    ----------
    configurations
        What was tried.
    networks
        What `network_table` gave.
    metric
        Whose mean over the seeds decides; of equal configurations the first goes before.
    """
    rows = []
    for configuration, (_, own) in zip(
        configurations, networks.group_by("configuration", maintain_order=True), strict=True
    ):
        rows.append(_row(configuration, own))
    of_settings = {name: _type(name, configurations) for name in configurations[0].settings}
    table = pl.DataFrame(rows, schema_overrides={**of_settings, "dropped_after": pl.Int64}, infer_schema_length=None)
    by = pl.col("validation_log_loss") if metric == "log_loss" else -pl.col("validation_accuracy")
    stayed = pl.col("dropped_after").fill_null(np.iinfo(np.int64).max)
    return table.sort(-stayed, by, "configuration")


def _row(configuration: Configuration, networks: pl.DataFrame) -> dict[str, Any]:
    settings = {
        name: spelled(value) if isinstance(value, tuple) else value for name, value in configuration.settings.items()
    }
    numbers: dict[str, float | None] = {}
    for name, limits in _LIMITS.items():
        mean = Mean.of(networks[name].to_list(), within=limits)
        numbers |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
    dropped = networks.filter("dropped")
    return {
        "configuration": configuration.number,
        **settings,
        "seeds": len(networks),
        **numbers,
        "train_accuracy": networks["train_accuracy"].mean(),
        "best_epoch": networks["best_epoch"].mean(),
        "diverged": networks["diverged"].sum(),
        "dropped_after": dropped["epochs"].max(),
    }


def _type(name: str, configurations: Sequence[Configuration]) -> type[pl.DataType]:
    """The type of a setting's column, also where its values are None."""
    kinds = {type(configuration.settings[name]) for configuration in configurations}
    return pl.Float64 if float in kinds else pl.String if kinds & {tuple, str} else pl.Int64
