"""`train`: named networks side by side on the same split, with every setting chosen by the caller."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import Tensor, nn

from demarcate.argument_checks import whole_number
from demarcate.datasets import Dataset
from demarcate.encoding import TableEncoder
from demarcate.encoding.base import CategoryEncoding, check_category_encoding
from demarcate.engine import FittedMember, History, Member, OnEpoch, Training, fit
from demarcate.errors import DivergenceWarning, SettingError, warn_caller
from demarcate.evaluation.means import weighted_mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.experiments.epoch_lines import epoch_reporter
from demarcate.experiments.own_networks import AnyNetwork, OwnNetwork, initial_state, own_networks
from demarcate.experiments.run import Run, Runs
from demarcate.experiments.seed_splits import SeedSplit, mean_predictor
from demarcate.nn import MemberState, Network
from demarcate.nn.heads import head_for
from demarcate.presentation.shown_progress import shown_progress
from demarcate.tabular.column_options import ColumnOptions
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.held_out_rows import HeldOutRows
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles


def train(
    data: TrainingSet | Dataset | tuple[Any, Any],
    networks: AnyNetwork | Mapping[str, AnyNetwork],
    training: Training | Mapping[str, Training] | None = None,
    *,
    test_size: float | None = None,
    validation_size: float = 0.2,
    split: Any = None,
    X_test: Any = None,
    y_test: Any = None,
    seed: int = 0,
    seeds: int = 1,
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
    initial: Mapping[str, nn.Module | Mapping[str, Tensor]] | None = None,
    device: str = "auto",
    precision: str = "float32",
    every: int | None = None,
    verbose: bool = False,
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Runs:
    """Train named networks on the same split of a table, in one call of the engine, and score each on the test rows.

    The encoder is fitted on the training rows alone. If a training has ``patience``, validation rows are taken from the
    training rows and decide when to stop, so the test rows never do. Otherwise the test rows are evaluated in every
    epoch, and decide nothing.

    Parameters
    ----------
    data
        A data set, a table and its labels, or a training set. Labels in a torch tensor must have the type and shape of
        the network's loss: int64 ``(n_rows,)`` for cross-entropy, floats ``(n_rows, 1)`` for one logit.
    networks
        A network, or several by name: a `Network`, a ``torch.nn.Module`` with one logit or one a class, or a function
        that builds one, such as its class. A module that is a plain chain of linear layers, one activation and dropout
        trains as the `Network` it is; any other trains by autograd, in the same loop.
    training
        The training of all networks, or one for each name.
    test_size, validation_size
        Below 1, the share of rows held out for testing, 0.2 if None, and of the other rows for validation; from 1 up,
        their number.
    split
        The rows to train on and to test on, in place of a share: ``(train_rows, test_rows)``, or ``(train_rows,
        validation_rows, test_rows)``. Each is row numbers from 0, a boolean mask ``(n_rows,)`` or a pandas index, in a
        list, an array, a tensor or a column; rows in none are left out. A splitter of scikit-learn, or a list of such
        splits, has one split, or one for each seed. ``train_test_split(range(n_rows), ...)`` makes row numbers.
    X_test, y_test
        Rows to test on, in place of a share of ``data``, and their labels. Kinds of columns, categories, classes and
        everything fitted come from ``data`` alone; row numbers count on after its rows, and so do arrays of weights,
        groups and times.
    seed
        Decides the split, initial weights, row order and dropout. Initial weights are those of an ``nn.Sequential``
        built after ``torch.manual_seed(seed)``. A module that is built already starts with its own weights; for further
        seeds its layers draw new ones.
    seeds
        How many times each network is trained, at least 1: with seeds ``seed``, ``seed + 1``, ..., each with its own
        split, as if each were a call of its own; on one split of the caller's they differ in all else.
    standardise
        Whether numbers are scaled to mean 0 and standard deviation 1 of the training rows.
    category_encoding
        ``one_hot``: an input of 0 or 1 for each category; ``integer``: one input, 1, 2, 3 and so on in the order in
        which the training rows show the categories, and 0 for those they do not show.
    categorical, numerical, text, dates, drop, decimal, thousands, missing
        Columns whose kind is set, or that are not used, and how cells are read, as for `DemarcateClassifier`; a data
        set names its own categories.
    class_weight
        The weight of each label's rows in the loss, at least 0; 1 for labels that are not named.
    merge_labels
        Whether labels that are one word in several spellings are one class, as for `DemarcateClassifier`.
    groups
        The group of each row, such as its subject: the name of a column or several, or an array ``(n_rows,)``. The rows
        of a group are all trained on, all validated on or all tested on, and intervals are by group. The columns are no
        features.
    time
        The time of each row, the name of a column or an array of dates or numbers: the latest rows are tested on, and
        the latest of the others decide when to stop. Intervals are by block of consecutive rows.
    gap
        How long after its time a row's label is known, in days for dates, else in the unit of ``time``: rows so close
        before others are left out of their training.
    sample_weight
        What each row counts in the loss and in scores: the name of a column, or an array ``(n_rows,)``.
    initial
        Modules, or state dicts, whose weights the training starts from, by name, instead of weights drawn from the
        seed. Of an ``nn.Sequential`` only the linear layers are used.
    every
        Print epoch, loss and accuracy while training, for the first epoch, every n-th and the last, as `Run.log` has
        them afterwards; at least 1. Of several seeds the first has lines; where seeds do not fit into one stack, the
        first of each stack. In these epochs the training rows are evaluated once more, in eval mode, for the
        history. None prints nothing, and takes no time.
    verbose
        Whether to show the training on the way, with a bar and the time left: on standard error in a terminal, below
        the cell in a notebook.
    on_epoch
        Called after each epoch with a `demarcate.engine.Progress`, which names the evaluated rows for what they are:
        validation rows or test rows. Networks are numbered by seed, then in their order.
    device, precision, checkpoint
        As for `demarcate.engine.fit`.

    Raises
    ------
    InputError
        If the table or the labels are refused.
    SettingError
        If a setting is out of its range, or names an unknown network or label.
    TargetError
        If labels in a tensor do not have the type or shape of the loss.
    CheckpointError
        If the checkpoint folder belongs to another fit or another process.

    Warns
    -----
    DivergenceWarning
        If the loss of a network stopped being finite.
    NetworkWarning
        If a module seems to return probabilities in place of logits.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets
    >>> runs = train(
    ...     datasets.moons(n_samples=300, noise=0.30),
    ...     networks={"linear": Network(hidden=()), "good": Network(hidden=(16, 16), activation="tanh")},
    ...     training=Training(lr=0.01, epochs=40),
    ...     test_size=0.3,
    ... )
    >>> runs["good"].network
    Sequential(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): Tanh()
      (2): Linear(in_features=16, out_features=16, bias=True)
      (3): Tanh()
      (4): Linear(in_features=16, out_features=1, bias=True)
    )
    >>> runs["good"].scores["accuracy"].value > runs["linear"].scores["accuracy"].value
    True

    A module of your own trains like any network.

    >>> own = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    >>> runs = train(datasets.moons(n_samples=300, noise=0.30), {"own": own}, Training(lr=0.01, epochs=40))
    >>> print(str(runs).splitlines()[-1])
    'own' was trained by autograd: BatchNorm1d is no linear layer, activation or dropout of a Network

    Several seeds give means with 95% intervals.

    >>> blobs = datasets.blobs(n_samples=100)
    >>> runs = train(blobs, {"linear": Network(hidden=())}, Training(lr=0.1, epochs=20), seeds=4)
    >>> runs.means.columns[:4]
    ['network', 'seeds', 'train_accuracy', 'train_accuracy_low']
    >>> len(runs.repeats["linear"])
    4

    The rows of scikit-learn's ``train_test_split`` with ``random_state=42``.

    >>> from sklearn.model_selection import train_test_split
    >>> rows = train_test_split(range(100), test_size=0.2, random_state=42)
    >>> train(blobs, Network(hidden=()), Training(epochs=1), split=rows).test_rows[:5]
    array([83, 53, 70, 45, 44])
    """
    given = _named_networks(networks)
    own = own_networks(given)
    named: dict[str, Network] = {name: own[name].preliminary if name in own else given[name] for name in given}
    trainings = _named_trainings(training, named)
    sources = initial or {}
    if unknown := [repr(name) for name in sources if name not in named]:
        raise SettingError(f"initial networks must be for {', '.join(map(repr, named))}, got {', '.join(unknown)}")
    roles = RowRoles(groups, time, gap)
    options = ColumnOptions.of(
        categorical=categorical,
        numerical=numerical,
        text=text,
        dates=dates,
        drop=drop,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
    )
    held_out = HeldOutRows(test_size, split, X_test, y_test)
    labels: dict[str, Any] = {"class_weight": class_weight, "merge_labels": merge_labels}
    check_category_encoding(category_encoding)
    table = read_training_set(data, named.values(), roles, sample_weight, options, **labels, test=held_out.table)
    if whole_number("seeds", seeds) < 1:
        raise SettingError(f"seeds must be a whole number of trainings, at least 1, got {seeds!r}")
    stops_early = any(training.patience is not None for training in trainings.values())
    own_size = (validation_size or None) if stops_early else None
    numbers = range(seed, seed + seeds)
    splits = [
        SeedSplit.of(table, each, rows, own_size, standardise=standardise, category_encoding=category_encoding)
        for each, rows in zip(numbers, held_out.splits(table, data, numbers), strict=True)
    ]
    samples = table.samples([split.encoder for split in splits])
    encoders, rows = [split.encoder for split in splits], splits[0].train_rows
    named |= {name: each.specified(table, encoders, rows) for name, each in own.items()}
    states = {
        name: initial_state(name, named[name], source, _widths(named[name], splits[0].encoder, table))
        for name, source in sources.items()
    }
    members = [
        split.member(
            network, trainings[name], encoding, states.get(name) or _begun(own.get(name), network, split, seed)
        )
        for encoding, split in enumerate(splits)
        for name, network in named.items()
    ]
    on_test_rows = not any(len(split.validation_rows) for split in splits)
    titles = [name if seeds == 1 else f"{name}, seed {split.seed}" for split in splits for name in named]
    report = epoch_reporter(on_epoch, every, members, titles, n_networks=len(named), on_test_rows=on_test_rows)
    with shown_progress(verbose):
        fitted = fit(
            members,
            samples,
            device=device,
            precision=precision,
            on_epoch=report,
            checkpoint=checkpoint,
            evaluate_train_every=every,
        )
    trained = [
        _run(name, table, split, member, member.begin(samples)[0], result, own.get(name))
        for (split, name), member, result in zip(product(splits, named), members, fitted, strict=True)
    ]
    runs = Runs({name: tuple(trained[first :: len(named)]) for first, name in enumerate(named)})
    _warn_of_divergence(runs)
    return runs


def _begun(own: OwnNetwork | None, network: Network, split: SeedSplit, seed: int) -> MemberState | None:
    """Return the weights that a network brings for a split, if any; ``seed`` is that of the first split."""
    return None if own is None else own.initial(network, split.seed, is_first=split.seed == seed)


def _widths(network: Network, encoder: TableEncoder, table: TrainingSet) -> tuple[int, ...]:
    n_classes = len(table.classes)
    return network.widths(encoder.n_encoded, head_for(network.head, n_classes).n_outputs(n_classes))


def _named_networks(networks: Any) -> dict[str, Any]:
    if isinstance(networks, Network | nn.Module) or callable(networks):
        return {"network": networks}
    if not isinstance(networks, Mapping) or not networks:
        raise SettingError(
            "networks must be a Network or a torch.nn.Module, or a mapping of names to such, "
            f"got {type(networks).__name__}. "
            "Pass a table and its labels together as the first argument: train((X, y), networks)"
        )
    return dict(networks)


def _named_trainings(
    training: Training | Mapping[str, Training] | None, networks: Mapping[str, Network]
) -> dict[str, Training]:
    if training is None or isinstance(training, Training):
        return dict.fromkeys(networks, training or Training())
    if set(training) != set(networks):
        raise SettingError(f"networks and trainings have the same names, got {sorted(networks)} and {sorted(training)}")
    return {name: training[name] for name in networks}


def _warn_of_divergence(runs: Runs) -> None:
    for name, repeats in runs.repeats.items():
        for run in repeats:
            if run.divergence:
                subject = f"network {name!r}" + (f" with seed {run.seed}" if len(repeats) > 1 else "")
                warn_caller(DivergenceWarning(run.divergence.warning(subject, run.best_epoch)))


def _run(
    name: str,
    table: TrainingSet,
    split: SeedSplit,
    member: Member,
    initial: MemberState,
    fitted: FittedMember,
    own: OwnNetwork | None,
) -> Run:
    untrained, trained = (
        mean_predictor(table, [split], [fitted.network], [state]) for state in (initial, fitted.state)
    )
    fit_rows = np.sort(np.concatenate([split.train_rows, split.validation_rows]))
    trained = replace(trained, trained_on=table.subset(fit_rows).trained_on())
    train_codes = table.codes[split.train_rows]
    train_probabilities = trained.probabilities(table.cells(split.train_rows))
    train_weights = table.sampling(split.train_rows).row_weights(len(train_codes))
    return Run(
        name=name,
        spec=member.network,
        training=member.training,
        seed=split.seed,
        predictor=trained,
        untrained=untrained,
        history=_history_frame(fitted.history, "validation" if len(split.validation_rows) else "test"),
        train_accuracy=weighted_mean(row_hits(train_codes, train_probabilities), train_weights),
        train_loss=weighted_mean(row_losses(train_codes, train_probabilities), train_weights),
        test_codes=table.codes[split.test_rows],
        test_probabilities=trained.probabilities(table.cells(split.test_rows)),
        test_sampling=table.sampling(split.test_rows),
        best_epoch=fitted.best_epoch,
        divergence=fitted.divergence,
        train_rows=split.train_rows,
        validation_rows=split.validation_rows,
        test_rows=split.test_rows,
        own=own,
    )


def _history_frame(history: History, monitored: str) -> pl.DataFrame:
    """Return one row for each epoch; ``monitored`` prefixes the columns of the monitored rows."""
    epochs = torch.arange(1, history.n_epochs + 1)
    frame = _metric_frame(epochs, "train", history.train_loss, history.train_accuracy)
    evaluations = [(history.validation_epochs, monitored, history.validation_loss, history.validation_accuracy)]
    if len(history.eval_train_epochs):
        own = history.eval_train_epochs, "eval_train", history.eval_train_loss, history.eval_train_accuracy
        evaluations.insert(0, own)
    for evaluation in evaluations:
        frame = frame.join(_metric_frame(*evaluation), on="epoch", how="left", maintain_order="left")
    return frame


def _metric_frame(epochs: Tensor, rows: str, loss: Tensor, accuracy: Tensor) -> pl.DataFrame:
    """Return loss and accuracy of some rows after some epochs."""
    return pl.DataFrame({"epoch": epochs.numpy(), f"{rows}_loss": loss.numpy(), f"{rows}_accuracy": accuracy.numpy()})
