"""`diagnose`: train a network and its probes together, and conclude what would help."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.argument_checks import integer_problems, is_integer
from demarcate.datasets import Dataset
from demarcate.encoding.base import CategoryEncoding, check_category_encoding
from demarcate.engine import OnEpoch, Training
from demarcate.engine.backend import check_precision
from demarcate.errors import DivergenceWarning, Problem, SettingError, warn_caller
from demarcate.experiments.diagnosis.conclude import conclude
from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis
from demarcate.experiments.diagnosis.fit_probes import fit_probes
from demarcate.experiments.diagnosis.probe_design import MIN_ROWS, design_probes
from demarcate.experiments.diagnosis.probe_scores import score_probes
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.experiments.own_networks import AnyNetwork, base_network, own_or_given
from demarcate.formatting import counted
from demarcate.nn import Network
from demarcate.presentation.shown_progress import shown_progress
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.dependent_splits import split_rows
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.held_out_rows import HeldOutRows
from demarcate.trainingset.own_split import RowSplit
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles

MAX_ROWS = 4000
"""Rows that take part by default; larger tables are sampled."""
SEEDS, MAX_SEEDS = 10, 10_000
"""Splits by default: every row is held out twice."""


def diagnose(
    data: TrainingSet | Dataset | tuple[Any, Any],
    network: AnyNetwork | None = None,
    training: Training | None = None,
    *,
    seeds: int = SEEDS,
    max_rows: int = MAX_ROWS,
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
    device: str = "auto",
    precision: str = "float32",
    verbose: bool = False,
    on_epoch: OnEpoch | None = None,
) -> Diagnosis:
    """Tell whether a network underfits or overfits a table, and what would help, by how much.

    The network is trained as configured, and with one thing changed at a time: half and a quarter of the rows, a
    quarter and four times the units, no regularisation and more of it, more epochs. Probes of fewer rows take as many
    steps. More epochs are not tried where the network knows its training rows by heart. Each seed splits the rows into
    four fifths to train on and a fifth to score on; all its probes are scored on the same rows, so their differences
    are paired. If the training has ``patience``, an eighth of a probe's training rows decides when it stops, never the
    scored rows.

    The symptom decides the verdict: a large gap between the losses on training rows and on held-out rows is
    overfitting, a loss that networks which fit more clearly beat is underfitting. The remedy is which changes help.
    Where the symptom is unclear, the verdict is ``cannot tell``.

    Parameters
    ----------
    data
        A data set, a table and its labels, or a training set, as for `train`.
    network, training
        The network to diagnose, and its training; `Network()` and `Training()` by default. A ``torch.nn.Module``, or a
        function that builds one, is taken for its layers, and draws other weights for each split.
    seeds
        The number of splits, at least 2; after every five the rows are split anew.
    max_rows
        The most rows that take part; larger tables are sampled, stratified by class. The diagnosis is then that of the
        network trained on that many rows.
    split, X_test, y_test
        As for `train`: the rows to train on, and to score in place of folds, with one split or one for each seed. On
        one split intervals allow for other networks and other test rows, not for other training rows.
    seed
        Decides the sample, the splits and the networks' seeds.
    standardise, category_encoding, categorical, numerical, text, dates, drop, decimal, thousands, missing
        As for `sweep`.
    class_weight, merge_labels, device, precision, verbose, on_epoch
        As for `sweep`, with its errors and warnings.
    groups, time, gap, sample_weight
        As for `train`. No group is trained on and scored by one seed; with times the scored rows of the seeds are
        consecutive windows, and training rows come before them. Intervals are by group, or by block of rows in time.

    Raises
    ------
    InputError
        Also if there are fewer than 20 rows, or fewer than 5 a class.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets
    >>> training = Training(lr=0.02, epochs=100, batch_size=None)
    >>> diagnosis = diagnose(datasets.moons(n_samples=300, noise=0.2), Network((2,), "tanh"), training, seeds=5)
    >>> print(diagnosis.headline)
    The network underfits.
    >>> diagnosis.more_capacity.answer, diagnosis.more_capacity.change
    ('helps', 'hidden 2 to 16')
    """
    own, spec = own_or_given(network)
    training = training or Training()
    check_diagnosis_settings(seeds, max_rows, seed)
    check_precision(precision)
    check_category_encoding(category_encoding)
    held_out = HeldOutRows(None, split, X_test, y_test)
    training_set = read_training_set(
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
    all_rows = np.arange(len(training_set.codes))
    with shown_progress(verbose):
        return diagnose_training_set(
            training_set,
            base_network(own, spec, training_set, all_rows, standardise=standardise),
            training,
            seeds=seeds,
            max_rows=max_rows,
            splits=held_out.splits(training_set, data, range(int(seeds))) if held_out.are_own else None,
            seed=seed,
            standardise=standardise,
            category_encoding=category_encoding,
            device=device,
            precision=precision,
            on_epoch=on_epoch,
        )


def diagnose_training_set(
    training_set: TrainingSet,
    network: Network,
    training: Training,
    *,
    seeds: int = SEEDS,
    max_rows: int = MAX_ROWS,
    splits: Sequence[RowSplit] | None = None,
    seed: int = 0,
    standardise: bool = True,
    category_encoding: CategoryEncoding = "one_hot",
    pieces: bool = False,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
) -> Diagnosis:
    """Diagnose as `diagnose` does, whose caller's caller is warned of divergence; ``pieces`` as for `TableEncoder`.

    ``splits`` are a caller's own, one for each seed.
    """
    check_diagnosis_settings(seeds, max_rows, seed)
    n_rows = len(training_set.codes)
    rows = _sampled_rows(training_set, max_rows, seed)
    if rows is not None:
        training_set = training_set.subset(rows)
        splits = None if splits is None else [split.among(rows) for split in splits]
    encoding: dict[str, Any] = {"standardise": standardise, "category_encoding": category_encoding, "pieces": pieces}
    design = design_probes(
        training_set, probes_of(network, training), seeds=seeds, seed=seed, splits=splits, **encoding
    )
    design, fitted = fit_probes(training_set, design, device=device, precision=precision, on_epoch=on_epoch)
    diagnosis = conclude(
        score_probes(training_set, design, fitted),
        design,
        training_set,
        n_rows=n_rows,
        diverged=sum(member.divergence is not None for member in fitted),
    )
    if diagnosis.diverged:
        fact = f"The loss of {diagnosis.diverged:,} of {counted(diagnosis.n_networks, 'network')} stopped being finite"
        warn_caller(DivergenceWarning(f"{fact}. Their best weights are kept. Lower lr."))
    return diagnosis


def check_diagnosis_settings(seeds: Any, max_rows: Any, seed: Any) -> None:
    """Raise a SettingError with all problems of a diagnosis's settings; needs no table."""
    problems = integer_problems(("seeds", seeds, 2), ("max_rows", max_rows, MIN_ROWS), ("seed", seed, 0))
    if is_integer(seeds) and seeds > MAX_SEEDS:
        problems.append(
            Problem(f"seeds is {seeds}, and every probe trains as many networks", f"Give at most {MAX_SEEDS:,}")
        )
    if problems:
        raise SettingError.of(problems)


def _sampled_rows(training_set: TrainingSet, max_rows: int, seed: int) -> NDArray[np.int64] | None:
    """Return about ``max_rows`` row numbers, or 5 for each class if that is more; None for a table of fewer rows.

    Groups are sampled whole; with times rows are, over all of the time.
    """
    codes, dependence = training_set.codes, training_set.dependence
    n_rows, most = len(codes), max(max_rows, 5 * len(training_set.classes))
    if n_rows <= most:
        return None
    if dependence is not None and dependence.times is not None:
        dependence = None
    return split_rows(codes, n_rows - most, seed, dependence)[0]
