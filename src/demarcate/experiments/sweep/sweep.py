"""`sweep`: configurations by seeds, trained in one call of the engine; the best one is scored on test rows."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from demarcate.argument_checks import integer_problems
from demarcate.datasets import Dataset
from demarcate.encoding.base import CategoryEncoding, check_category_encoding
from demarcate.engine import Halving, OnEpoch, Training, fit
from demarcate.engine.backend import check_precision
from demarcate.errors import DivergenceWarning, Problem, SettingError, warn_caller
from demarcate.experiments.own_networks import AnyNetwork, base_network, own_or_given
from demarcate.experiments.sweep.grid import MAX_NETWORKS, Between, Over, configurations, n_combinations
from demarcate.experiments.sweep.result_tables import configuration_table, network_table
from demarcate.experiments.sweep.successive_halving import (
    SWEEP_METRICS,
    HalvingRule,
    Savings,
    SweepMetric,
    halving_epochs,
    halving_problems,
)
from demarcate.experiments.sweep.sweep_design import Size, design_sweep
from demarcate.experiments.sweep.sweep_result import Sweep
from demarcate.experiments.sweep.validate_sweep import value_problems
from demarcate.experiments.sweep.winner import score_winner
from demarcate.formatting import counted
from demarcate.nn import Network
from demarcate.presentation.shown_progress import shown_progress
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.positive_class import positive_code
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.held_out_rows import HeldOutRows
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles


def sweep(
    data: TrainingSet | Dataset | tuple[Any, Any],
    over: Over,
    *,
    seeds: int = 3,
    sample: int | None = None,
    network: AnyNetwork | None = None,
    training: Training | None = None,
    metric: SweepMetric = "log_loss",
    halving: bool | Sequence[int] = False,
    test_size: float | None = None,
    validation_size: float = 0.2,
    split: Any = None,
    X_test: Any = None,
    y_test: Any = None,
    seed: int = 0,
    standardise: bool = True,
    category_encoding: CategoryEncoding = "one_hot",
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    text: Sequence[str] = (),
    dates: Sequence[str] | Mapping[str, str] = (),
    drop: Sequence[str] = (),
    decimal: str | None = None,
    thousands: str | None = None,
    missing: Sequence[Any] = (),
    class_weight: Mapping[Any, float] | None = None,
    merge_labels: bool = False,
    groups: Any = None,
    time: Any = None,
    gap: float | str | timedelta = 0.0,
    sample_weight: Any = None,
    pos_label: Any = None,
    device: str = "auto",
    precision: str = "float32",
    on_plan: Callable[[Size], None] | None = None,
    verbose: bool = False,
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Sweep:
    """Train combinations of settings with several seeds each, and score the best one on test rows.

    The test rows are set aside first. Each seed splits the other rows into training and validation rows, fits an
    encoder on its training rows, and draws its own initial weights, row order and dropout. All configurations share the
    seeds, so their differences are paired. All networks train in one call of the engine.

    The configuration with the best mean on the validation rows wins. Its validation scores are optimistic: it was
    chosen by them, and with ``patience`` the validation rows also decide when to stop. The mean of its networks is
    therefore scored on the test rows, once. The intervals of the table describe how other splits and initial weights
    would move a mean over these rows; the interval of the winner's lead over the runner-up also allows for fresh rows.

    Parameters
    ----------
    data
        A data set, a table and its labels, or a training set, as for `train`.
    over
        The values to try, by setting: ``hidden``, ``activation``, ``dropout``, ``weight_decay``, ``lr``, ``optimizer``,
        ``batch_size`` and ``epochs``. Each is a list, or a `Between` for a number to be sampled.
    seeds
        Networks of each configuration, each on its own split.
    sample
        The number of distinct combinations to sample; None tries all of them.
    network, training
        The settings that are not swept. A ``torch.nn.Module``, or a function that builds one, is taken for its layers,
        and draws other weights for each seed; of one that is no plain chain of layers, only the training is swept.
    metric
        ``log_loss`` (with class weights, as in training) or ``accuracy``; decides the winner.
    halving
        Whether to drop the worse half of the configurations after an eighth, a quarter and a half of the epochs, or the
        epochs after which to do so. At least one configuration stays.
    test_size, validation_size, standardise, category_encoding, class_weight, merge_labels
        As for `train`, with its errors and warnings; the test rows are those set aside for the winner.
    split, X_test, y_test
        The rows set aside for the winner, as for `train`, with one split for all seeds. Each seed takes its validation
        rows from the training rows, unless the split names them.
    device, precision, verbose, on_epoch, checkpoint
        As for `train`.
    groups, time, gap, sample_weight
        As for `train`. With times every seed has the same split: the test rows are the latest, and the validation rows
        those before them.
    seed
        Decides the test rows, the sample and the seeds of the splits.
    pos_label
        The label of the positive class of two, which the winner's average precision is about; None for the one that
        labels such as no and yes say themselves.
    categorical, numerical, text, dates, drop, decimal, thousands, missing
        Columns whose kind is set, or that are not used, and how cells are read, as for `DemarcateClassifier`; a data
        set names its own categories.
    on_plan
        Called once, before training, with the size of the sweep.

    Raises
    ------
    SettingError
        Also with all problems of the sweep's own settings together, if they are unknown or out of their range.

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
    own, spec = own_or_given(network)
    training = training or Training()
    check_sweep(over, spec, training, seeds=seeds, sample=sample, metric=metric, halving=halving, seed=seed)
    check_precision(precision)
    check_category_encoding(category_encoding)
    held_out = HeldOutRows(test_size, split, X_test, y_test)
    table = read_training_set(
        data,
        [spec],
        RowRoles(groups, time, gap),
        sample_weight,
        ColumnOptions.of(
            categorical=categorical,
            numerical=numerical,
            text=text,
            dates=dates,
            drop=drop,
            decimal=decimal,
            thousands=thousands,
            missing=missing,
        ),
        class_weight=class_weight,
        merge_labels=merge_labels,
        test=held_out.table,
    )
    positive = positive_code(table.classes, pos_label)
    rows = held_out.splits(table, data, [seed])[0]
    spec = base_network(own, spec, table, rows.train, standardise=standardise)
    candidates = configurations(over, spec, training, sample, seed)
    design = design_sweep(
        table,
        candidates,
        n_seeds=int(seeds),
        rows=rows,
        validation_size=validation_size,
        seed=seed,
        standardise=standardise,
        category_encoding=category_encoding,
    )
    if on_plan:
        on_plan(design.size)
    n_epochs = max(configuration.training.epochs for configuration in candidates)
    epochs = halving_epochs(halving, n_epochs)
    with shown_progress(verbose):
        fitted = fit(
            design.members,
            design.samples,
            device=device,
            precision=precision,
            on_epoch=on_epoch,
            halving=Halving(epochs, HalvingRule(len(design.splits), metric).drop, f"by {metric}") if epochs else None,
            checkpoint=checkpoint,
        )
    networks = network_table(design, fitted)
    ranking = configuration_table(candidates, networks, metric)
    winner = score_winner(design, fitted, ranking, networks, metric, seed, positive)
    if n_diverged := int(networks["diverged"].sum()):
        fact = f"The loss of {n_diverged:,} of {counted(len(networks), 'network')} stopped being finite"
        remedy = "Their best weights are kept, and the table marks them. Lower lr"
        warn_caller(DivergenceWarning(f"{fact}. {remedy}."))
    return Sweep(
        ranking,
        networks,
        winner,
        tuple(candidates),
        metric,
        seeds=tuple(split.seed for split in design.splits),
        train_rows=tuple(split.train_rows for split in design.splits),
        validation_rows=tuple(split.validation_rows for split in design.splits),
        test_rows=design.test_rows,
        savings=Savings.of(epochs, fitted, len(design.splits), n_epochs) if epochs else None,
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
    """Raise a SettingError with all problems of a sweep's settings; needs no table."""
    problems = value_problems(over, network, training, sampled=sample is not None)
    problems += integer_problems(("seeds", seeds, 1), ("seed", seed, 0))
    problems += [] if sample is None else integer_problems(("sample", sample, 1))
    if metric not in SWEEP_METRICS:
        problems.append(Problem(f"metric is {metric!r}", f"Choose {' or '.join(SWEEP_METRICS)}"))
    problems += halving_problems(halving, _epoch_counts(over, training))
    n_networks = 0 if problems else int(seeds) * (n_combinations(over) if sample is None else int(sample))
    if n_networks > MAX_NETWORKS:
        fact = f"The sweep would train {n_networks:,.0f} networks, more than {MAX_NETWORKS:,}"
        problems.append(Problem(fact, "Try a sample of the combinations"))
    if problems:
        raise SettingError.of(problems)


def _epoch_counts(over: Any, training: Training) -> set[int]:
    """Return the numbers of epochs to try, without invalid ones."""
    values = over.get("epochs", [training.epochs]) if isinstance(over, Mapping) else [training.epochs]
    listed = (values.low, values.high) if isinstance(values, Between) else values
    listed = listed if isinstance(listed, Sequence) else []
    return {int(value) for value in listed if isinstance(value, int | np.integer) and value > 0}
