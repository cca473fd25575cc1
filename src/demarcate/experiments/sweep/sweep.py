"""The sweep: configurations by seeds, trained in one call of the engine, and the best of them scored once."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from demarcate.datasets import Dataset
from demarcate.engine import Halving, OnEpoch, Training, fit
from demarcate.engine.backend import check_precision
from demarcate.errors import DivergenceWarning, Problem, SettingError
from demarcate.experiments.seed_splits import Size, line_up
from demarcate.experiments.sweep.grid import MAX_NETWORKS, Between, Over, configurations, n_combinations
from demarcate.experiments.sweep.standings import configuration_table, network_table
from demarcate.experiments.sweep.sweep_result import Sweep
from demarcate.experiments.sweep.tournament import METRICS, Metric, Savings, Tournament, halving_epochs, wrong_halving
from demarcate.experiments.sweep.validate_sweep import wrong_values
from demarcate.experiments.sweep.winner import crown
from demarcate.formatting import counted
from demarcate.nn import Network
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.read_data import read_training_set


def sweep(
    data: TrainingSet | Dataset | tuple[Any, Any],
    over: Over,
    *,
    seeds: int = 3,
    sample: int | None = None,
    network: Network | None = None,
    training: Training | None = None,
    metric: Metric = "log_loss",
    halving: bool | Sequence[int] = False,
    test_size: float = 0.2,
    validation_size: float = 0.2,
    seed: int = 0,
    standardise: bool = True,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    class_weight: Mapping[Any, float] | None = None,
    device: str = "auto",
    precision: str = "float32",
    on_plan: Callable[[Size], None] | None = None,
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Sweep:
    """Try combinations of settings on a table, several seeds each, and score the best of them on test rows.

    The test rows are set aside before anything else. Each seed splits the other rows into training and validation rows,
    fits an encoder on its training rows, and draws its own initial weights, order and dropout; all configurations meet
    the same seeds, so that what they differ in is not the luck of the draw. All networks train in one go.

    The configuration with the best mean on the validation rows wins. To win is to have been lucky as well, and with
    ``patience`` the validation rows also decide when to stop: its validation numbers flatter it. The mean of its
    networks is therefore scored on the test rows, once. The intervals of the table say how other splits and initial
    weights would move a mean over these rows; over fresh rows it would move somewhat more, which the interval of the
    winner's lead over the runner-up allows for.

    Parameters
    ----------
    data
        A data set, or a table and its labels, as for `train`.
    over
        The values to try, by setting: ``hidden``, ``activation``, ``dropout``, ``weight_decay``, ``lr``, ``optimizer``,
        ``batch_size`` and ``epochs``. Each is a list, or for a number to be sampled a `Between`.
    seeds
        How many networks to train of each configuration, each on a split of its own.
    sample
        How many distinct combinations to draw; None tries all of them.
    network, training
        Where settings that are not swept come from.
    metric
        What decides: ``log_loss`` (with class weights, as in training) or ``accuracy``.
    halving
        Whether to drop the worse half of the configurations after an eighth, a quarter and a half of the epochs, or
        the epochs after which to do so. At least one stays.
    test_size
        Below 1, the share of rows to set aside for the winner; from 1 up, their number.
    validation_size
        The same for each seed's validation rows, of the other rows.
    seed
        Decides the test rows, the sample and the seeds.
    standardise
        Whether numbers are brought to mean 0 and standard deviation 1, as seen in the training rows.
    categorical, numerical, drop
        Columns whose kind the caller knows better, or that are not to be used; a data set names its own categories.
    class_weight
        What rows of each label count in the loss, at least 0; 1 for labels not named.
    device, precision, on_epoch, checkpoint
        As for `demarcate.engine.fit`.
    on_plan
        Called once, before training, with how much there is to train.

    Raises
    ------
    InputError
        If the table or the labels are refused.
    SettingError
        If settings are out of their range or unknown; all of a sweep's own are told at once.
    TargetError
        If labels given as a tensor are not what the loss takes.
    CheckpointError
        If the folder of checkpoints belongs to another fit or another process.

    Warns
    -----
    DivergenceWarning
        If the loss of a network stopped being a finite number.

    Examples
    --------
    >>> from demarcate import Training, datasets
    >>> result = sweep(
    ...     datasets.moons(n_samples=300, noise=0.2),
    ...     over={"hidden": [(), (16, 16)], "lr": [0.001, 0.02]},
    ...     training=Training(epochs=20),
    ... )
    >>> result.winner.settings
    {'hidden': (16, 16), 'lr': 0.02}
    >>> result.table.select("hidden", "lr", "seeds").rows()[0], len(result.table), len(result.networks)
    (('16,16', 0.02, 3), 4, 12)
    >>> result.winner.scores["accuracy"].rows, result.winner.predictor.n_members
    ('test', 3)
    """
    network, training = network or Network(), training or Training()
    check_sweep(over, network, training, seeds=seeds, sample=sample, metric=metric, halving=halving, seed=seed)
    check_precision(precision)
    tried = configurations(over, network, training, sample, seed)
    training_set = read_training_set(
        data, [network], categorical=categorical, numerical=numerical, drop=drop, class_weight=class_weight
    )
    lineup = line_up(
        training_set,
        tried,
        n_seeds=int(seeds),
        test_size=test_size,
        validation_size=validation_size,
        seed=seed,
        standardise=standardise,
    )
    if on_plan:
        on_plan(lineup.size)
    n_epochs = max(configuration.training.epochs for configuration in tried)
    epochs = halving_epochs(halving, n_epochs)
    fitted = fit(
        lineup.members,
        lineup.samples,
        device=device,
        precision=precision,
        on_epoch=on_epoch,
        halving=Halving(epochs, Tournament(len(lineup.draws), metric).drop, f"by {metric}") if epochs else None,
        checkpoint=checkpoint,
    )
    networks = network_table(lineup, fitted)
    table = configuration_table(tried, networks, metric)
    winner = crown(lineup, fitted, table, networks, metric, seed)
    _warn_of_divergence(int(networks["diverged"].sum()), len(networks))
    draws = lineup.draws
    return Sweep(
        table,
        networks,
        winner,
        tuple(tried),
        metric,
        seeds=tuple(draw.seed for draw in draws),
        train_rows=tuple(draw.rows for draw in draws),
        validation_rows=tuple(draw.validation_rows for draw in draws),
        test_rows=lineup.test_rows,
        savings=Savings.of(epochs, fitted, len(draws), n_epochs) if epochs else None,
    )


def check_sweep(
    over: Any,
    network: Network,
    training: Training,
    *,
    seeds: Any = 3,
    sample: Any = None,
    metric: Any = "log_loss",
    halving: Any = False,
    seed: Any = 0,
) -> None:
    """Refuse a sweep's own settings where no table would make them good; `sweep` does so itself.

    Parameters
    ----------
    over, network, training, seeds, sample, metric, halving, seed
        As for `sweep`.

    Raises
    ------
    SettingError
        If any is out of its range or unknown; all of them are told at once.

    Examples
    --------
    >>> check_sweep({"lr": [-1]}, Network(), Training())
    Traceback (most recent call last):
    demarcate.errors.SettingError: lr is above 0 and finite: value 1 of lr is -1. Mend it or leave it out.
    """
    problems = wrong_values(over, network, training, sampled=sample is not None)
    counts = [("seeds", seeds, 1), ("seed", seed, 0)] + ([] if sample is None else [("sample", sample, 1)])
    for name, value, least in counts:
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            problems.append(Problem(f"{name} is a whole number from {least} up", f"it is {value!r}", "Mend it"))
    if metric not in METRICS:
        problems.append(Problem(f"metric is {' or '.join(METRICS)}", f"it is {metric!r}", "Choose one of them"))
    problems += wrong_halving(halving, _lengths(over, training))
    n_networks = 0 if problems else int(seeds) * (n_combinations(over) if sample is None else int(sample))
    if n_networks > MAX_NETWORKS:
        found = f"{n_networks:,.0f} would be"
        problems.append(Problem(f"A sweep trains at most {MAX_NETWORKS:,} networks", found, "Try a sample of them"))
    if problems:
        raise SettingError.of(problems)


def _lengths(over: Any, training: Training) -> set[int]:
    """The numbers of epochs that are tried, as far as they are numbers of epochs."""
    values = over.get("epochs", [training.epochs]) if isinstance(over, Mapping) else [training.epochs]
    listed = (values.low, values.high) if isinstance(values, Between) else values
    listed = listed if isinstance(listed, Sequence) else []
    return {int(value) for value in listed if isinstance(value, int | np.integer) and value > 0}


def _warn_of_divergence(n_diverged: int, n_networks: int) -> None:
    if n_diverged:
        what = f"the loss of {n_diverged:,} of {counted(n_networks, 'network')} was no longer finite"
        remedy = "each counts with the best weights it had; the table says which. Lower lr"
        warnings.warn(DivergenceWarning(f"{what}: {remedy}"), stacklevel=3)
