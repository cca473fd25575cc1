"""From a table, a network and a training to a diagnosis: one population of probes."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demarcate.datasets import Dataset
from demarcate.engine import OnEpoch, Training, fit
from demarcate.engine.backend import check_precision
from demarcate.errors import DivergenceWarning, Problem, SettingError
from demarcate.experiments.diagnosis.conclusion import concluded
from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis
from demarcate.experiments.diagnosis.measured import measured
from demarcate.experiments.diagnosis.probe_splits import FEWEST_ROWS, line_up
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.formatting import counted
from demarcate.nn import Network
from demarcate.tabular import stratified_split
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.read_data import read_training_set

MAX_ROWS = 4000
"""Rows that probes share by default; of a larger table so many are drawn."""
SEEDS = 10
"""Splits by default: every row judges twice."""


def diagnose(
    data: TrainingSet | Dataset | tuple[Any, Any],
    network: Network | None = None,
    training: Training | None = None,
    *,
    seeds: int = SEEDS,
    max_rows: int = MAX_ROWS,
    seed: int = 0,
    standardise: bool = True,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    class_weight: Mapping[Any, float] | None = None,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
) -> Diagnosis:
    """Say whether a network underfits or overfits a table, and what would help, by how much.

    The network is trained as configured, and with one thing changed at a time: half and a quarter of the rows, a
    quarter and four times the units, no regularisation and more of it, more epochs. A seed splits the rows into four
    fifths to train on and a fifth to judge by, and all its probes are judged on the same rows, so that what they differ
    in is not the luck of the draw. All of them train in one go. Where the training has ``patience``, an eighth of a
    probe's training rows decides when it stops, never the judged rows. What helps decides the verdict; where intervals
    leave it open, it is that nobody can tell.

    Parameters
    ----------
    data
        A data set, or a table and its labels, as for `train`.
    network, training
        What is diagnosed; as `Network()` and `Training()` if not given.
    seeds
        How many splits, at least 2; after every five the rows are dealt anew.
    max_rows
        Rows that take part; of a table with more, so many are drawn, each class in its proportion. The diagnosis is
        then that of the network trained on so many.
    seed
        Decides those rows, the splits and the networks' seeds.
    standardise, categorical, numerical, drop, class_weight
        As for `sweep`.
    device, precision, on_epoch
        As for `demarcate.engine.fit`.

    Raises
    ------
    InputError
        If the table or the labels are refused, or there are fewer than 20 rows, or 5 a class.
    SettingError
        If settings are out of their range.

    Warns
    -----
    DivergenceWarning
        If the loss of a network stopped being a finite number.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets
    >>> training = Training(lr=0.02, epochs=100, batch_size=None)
    >>> found = diagnose(datasets.moons(n_samples=300, noise=0.2), Network((2,), "tanh"), training, seeds=5)
    >>> print(found.headline)
    The network underfits.
    >>> found.more_capacity.answer, found.more_capacity.change
    ('helps', 'hidden 2 to 16')
    """
    network, training = network or Network(), training or Training()
    check_size(seeds, max_rows, seed)
    check_precision(precision)
    training_set = read_training_set(
        data, [network], categorical=categorical, numerical=numerical, drop=drop, class_weight=class_weight
    )
    found = diagnose_training_set(
        training_set,
        network,
        training,
        seeds=seeds,
        max_rows=max_rows,
        seed=seed,
        standardise=standardise,
        device=device,
        precision=precision,
        on_epoch=on_epoch,
    )
    warn_of_divergence(found)
    return found


def diagnose_training_set(
    training_set: TrainingSet,
    network: Network,
    training: Training,
    *,
    seeds: int = SEEDS,
    max_rows: int = MAX_ROWS,
    seed: int = 0,
    standardise: bool = True,
    pieces: bool = False,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
) -> Diagnosis:
    """Diagnose a network on a table that is read already; parameters as for `diagnose` and `TableEncoder.fit`."""
    check_size(seeds, max_rows, seed)
    n_rows = len(training_set.codes)
    training_set = _part(training_set, max_rows, seed)
    encoding = {"standardise": standardise, "pieces": pieces}
    lineup = line_up(training_set, probes_of(network, training), seeds=seeds, seed=seed, **encoding)
    fitted = fit(lineup.members, lineup.samples, device=device, precision=precision, on_epoch=on_epoch)
    n_diverged = sum(done.divergence is not None for done in fitted)
    counts = np.bincount(training_set.codes[np.concatenate(lineup.judged)], minlength=len(training_set.classes))
    majority_error = float(1 - counts.max() / counts.sum())
    return concluded(
        measured(training_set, lineup, fitted),
        lineup,
        majority_error=majority_error,
        n_rows=n_rows,
        n_used=len(training_set.codes),
        diverged=n_diverged,
    )


def check_size(seeds: Any, max_rows: Any, seed: Any) -> None:
    """Refuse a diagnosis's own settings where no table would make them good; `diagnose` does so itself.

    Raises
    ------
    SettingError
        If any is out of range; all of them are told at once.

    Examples
    --------
    >>> check_size(1, 4000, 0)
    Traceback (most recent call last):
    demarcate.errors.SettingError: seeds is a whole number from 2 up: it is 1. Mend it.
    """
    problems = [
        Problem(f"{name} is a whole number from {least} up", f"it is {value!r}", "Mend it")
        for name, value, least in (("seeds", seeds, 2), ("max_rows", max_rows, FEWEST_ROWS), ("seed", seed, 0))
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least
    ]
    if problems:
        raise SettingError.of(problems)


def warn_of_divergence(found: Diagnosis, stacklevel: int = 3) -> None:
    """Warn if networks of a diagnosis diverged."""
    if found.diverged:
        what = f"the loss of {found.diverged:,} of {counted(found.n_networks, 'network')} was no longer finite"
        message = f"{what}: each counts with the best weights it had. Lower lr"
        warnings.warn(DivergenceWarning(message), stacklevel=stacklevel)


def _part(training_set: TrainingSet, max_rows: int, seed: int) -> TrainingSet:
    """The training set with at most so many rows."""
    n_rows, most = len(training_set.codes), max(max_rows, 5 * len(training_set.classes))
    if n_rows <= most:
        return training_set
    return training_set.subset(stratified_split(training_set.codes, n_rows - most, seed)[0])
