"""The tables of a sweep: one row for each network, and one row for each configuration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from demarcate.engine import FittedMember
from demarcate.evaluation import Mean
from demarcate.evaluation.means import weighted_mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.experiments.seed_splits import SeedSplit, mean_predictor
from demarcate.experiments.sweep.grid import Configuration, format_setting
from demarcate.experiments.sweep.successive_halving import SweepMetric
from demarcate.experiments.sweep.sweep_design import SweepDesign
from demarcate.trainingset import TrainingSet

_BOUNDS = {"validation_log_loss": (0.0, np.inf), "validation_accuracy": (0.0, 1.0)}
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


def network_table(design: SweepDesign, fitted: Sequence[FittedMember]) -> pl.DataFrame:
    """Return one row for each network, by configuration, with the results of the weights it ends with.

    Validation values are those of the best epoch, of rows that weigh as in training.
    """
    n_seeds = len(design.splits)
    rows = []
    for index, member in enumerate(fitted):
        configuration, split = design.configurations[index // n_seeds], design.splits[index % n_seeds]
        best, history = member.best_epoch, member.history
        train_accuracy = float(history.train_accuracy[best - 1]) if best else None
        is_best = history.validation_epochs == best
        if is_best.any():
            loss, accuracy = float(history.validation_loss[is_best]), float(history.validation_accuracy[is_best])
            if design.table.weights is not None:
                # The engine counts hits without weights.
                accuracy = _validation_result(design.table, split, member)[1]
        else:
            loss, accuracy = _validation_result(design.table, split, member)
        rows.append(
            {
                "configuration": configuration.number,
                "seed": split.seed,
                "validation_log_loss": loss,
                "validation_accuracy": accuracy,
                "train_accuracy": train_accuracy,
                "best_epoch": member.best_epoch,
                "epochs": history.n_epochs,
                "diverged": member.divergence is not None,
                "dropped": member.dropped,
            }
        )
    return pl.DataFrame(rows, schema=_TYPES)


def _validation_result(table: TrainingSet, split: SeedSplit, member: FittedMember) -> tuple[float, float]:
    """Return validation loss and accuracy of a network that ends with its initial weights."""
    predictor = mean_predictor(table, [split], [member.network], [member.state])
    probabilities = predictor.probabilities(table.cells(split.validation_rows))
    codes = table.codes[split.validation_rows]
    weights = table.sampling(split.validation_rows).row_weights(len(codes))
    return weighted_mean(row_losses(codes, probabilities), weights), weighted_mean(
        row_hits(codes, probabilities), weights
    )


def configuration_table(
    configurations: Sequence[Configuration], networks: pl.DataFrame, metric: SweepMetric
) -> pl.DataFrame:
    """Return one row for each configuration, the best mean of ``metric`` first.

    Dropped configurations come last, the later dropped the better; of equal ones the first comes first.
    """
    groups = networks.group_by("configuration", maintain_order=True)
    rows = [
        _configuration_row(configuration, of_configuration)
        for configuration, (_, of_configuration) in zip(configurations, groups, strict=True)
    ]
    types = {name: _column_type(name, configurations) for name in configurations[0].settings}
    table = pl.DataFrame(rows, schema_overrides={**types, "dropped_after": pl.Int64}, infer_schema_length=None)
    by_metric = pl.col("validation_log_loss") if metric == "log_loss" else -pl.col("validation_accuracy")
    last_epoch = pl.col("dropped_after").fill_null(np.iinfo(np.int64).max)
    return table.sort(-last_epoch, by_metric, "configuration")


def _configuration_row(configuration: Configuration, networks: pl.DataFrame) -> dict[str, Any]:
    settings = {
        name: format_setting(value) if isinstance(value, tuple) else value
        for name, value in configuration.settings.items()
    }
    means: dict[str, float | None] = {}
    for name, bounds in _BOUNDS.items():
        mean = Mean.of(networks[name].to_list(), within=bounds)
        means |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
    return {
        "configuration": configuration.number,
        **settings,
        "seeds": len(networks),
        **means,
        "train_accuracy": networks["train_accuracy"].mean(),
        "best_epoch": networks["best_epoch"].mean(),
        "diverged": networks["diverged"].sum(),
        "dropped_after": networks.filter("dropped")["epochs"].max(),
    }


def _column_type(name: str, configurations: Sequence[Configuration]) -> type[pl.DataType]:
    """Return the type of a setting's column, also where some of its values are None."""
    kinds = {type(configuration.settings[name]) for configuration in configurations}
    return pl.Float64 if float in kinds else pl.String if kinds & {tuple, str} else pl.Int64
