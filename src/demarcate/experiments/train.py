"""Named networks trained side by side on one table: the face for people who choose every number."""

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import nn

from demarcate.argument_checks import whole_number
from demarcate.datasets import Dataset
from demarcate.encoding import TableEncoder
from demarcate.engine import FittedMember, History, Member, OnEpoch, Training, fit
from demarcate.errors import DivergenceWarning, SettingError
from demarcate.evaluation import accuracy, log_loss
from demarcate.experiments.run import Run, Runs
from demarcate.inference import Predictor
from demarcate.nn import MemberState, Network, family_of, head_for
from demarcate.tabular import stratified_split
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.read_data import by_name, read_training_set


@dataclass(frozen=True, eq=False)
class _Draw:
    """What one seed decides: which rows are for what, and so how they are encoded."""

    seed: int
    encoder: TableEncoder
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]

    @property
    def watched_rows(self) -> NDArray[np.int64]:
        return self.validation_rows if len(self.validation_rows) else self.test_rows


def train(
    data: TrainingSet | Dataset | tuple[Any, Any],
    networks: Network | Mapping[str, Network],
    training: Training | Mapping[str, Training] | None = None,
    *,
    test_size: float = 0.2,
    validation_size: float = 0.2,
    seed: int = 0,
    seeds: int = 1,
    standardise: bool = True,
    categorical: Sequence[str] = (),
    class_weight: Mapping[Any, float] | None = None,
    initial: Mapping[str, nn.Sequential] | None = None,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Runs:
    """Split a table, train named networks on the same rows in one go, and score each on the test rows.

    The encoder is fitted on the training rows alone. When a training has ``patience``, validation rows are taken from
    the training rows and decide when to stop, so that the test rows never do; otherwise the test rows are watched in
    every epoch, and decide nothing.

    Parameters
    ----------
    data
        A data set, or a table and its labels. Labels given as a torch tensor must be of the type and shape that the
        network's loss takes: int64 ``(n_rows,)`` for cross-entropy, floats ``(n_rows, 1)`` for one logit.
    networks
        A network, or several by name.
    training
        How to train: the same for all, or one a name.
    test_size
        Below 1, the share of rows held out for testing; from 1 up, their number.
    validation_size
        The same for validation rows, of the training rows.
    seed
        Decides the split, initial weights, order and dropout. Initial weights are those of an ``nn.Sequential`` built
        after ``torch.manual_seed(seed)``.
    seeds
        How often each network is trained: with as many seeds, from ``seed`` on, as if each were a call of its own. One
        run tells little: what another split and other initial weights would have made of it is told by more.
    standardise
        Whether numbers are brought to mean 0 and standard deviation 1, as seen in the training rows.
    categorical
        Columns that are categories although they are numbers; a data set names its own.
    class_weight
        What rows of each label count in the loss, at least 0; 1 for labels not named.
    initial
        Networks to begin from, by name, instead of weights drawn from the seed. Their weights are taken; what lies
        between the layers is the named network's.
    device, precision, on_epoch, checkpoint
        As for `demarcate.engine.fit`.

    Raises
    ------
    InputError
        If the table or the labels are refused.
    SettingError
        If a setting is out of its range, or a name or label in one is unknown.
    TargetError
        If labels given as a tensor are not what the loss takes.

    Warns
    -----
    DivergenceWarning
        If the loss of a network stopped being a finite number.

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

    With several seeds there are means with 95% intervals.

    >>> blobs = datasets.blobs(n_samples=100)
    >>> runs = train(blobs, {"linear": Network(hidden=())}, Training(lr=0.1, epochs=20), seeds=4)
    >>> runs.means.columns[:4]
    ['network', 'seeds', 'train_accuracy', 'train_accuracy_low']
    >>> len(runs.repeats["linear"])
    4
    """
    named = _named(networks)
    trainings = _trainings(training, named)
    begun = by_name(initial, named, "initial networks")
    table = read_training_set(data, named.values(), categorical=categorical, class_weight=class_weight)
    if whole_number("seeds", seeds) < 1:
        raise SettingError(f"seeds is a whole number of trainings, at least 1: got {seeds!r}")
    held = validation_size if any(training.patience is not None for training in trainings.values()) else 0
    draws = [_draw(table, test_size, held, each, standardise=standardise) for each in range(seed, seed + seeds)]
    samples = table.samples([draw.encoder for draw in draws])
    states = {
        name: family_of(named[name]).from_module(named[name], module, _widths(named[name], draws[0].encoder, table))
        for name, module in begun.items()
    }
    members = [
        Member(
            network,
            trainings[name],
            draw.seed,
            torch.from_numpy(draw.train_rows),
            torch.from_numpy(draw.watched_rows),
            encoding=place,
            initial=states.get(name),
        )
        for place, draw in enumerate(draws)
        for name, network in named.items()
    ]
    fitted = fit(members, samples, device=device, precision=precision, on_epoch=on_epoch, checkpoint=checkpoint)
    beginnings = [member.begin(samples)[0] for member in members]
    done = iter(zip(members, beginnings, fitted, strict=True))
    repeats: dict[str, list[Run]] = {name: [] for name in named}
    for draw in draws:
        for name in named:
            repeats[name].append(_run(name, table, draw, *next(done)))
    runs = Runs({name: tuple(own) for name, own in repeats.items()})
    _warn_of_divergence(runs)
    return runs


def _draw(table: TrainingSet, test_size: float, validation_size: float, seed: int, *, standardise: bool) -> _Draw:
    train_rows, test_rows = stratified_split(table.codes, test_size, seed)
    held = np.empty(0, dtype=np.int64)
    if validation_size:
        parts = stratified_split(table.codes[train_rows], validation_size, seed)
        train_rows, held = (train_rows[part] for part in parts)
    encoder = TableEncoder.fit(table.schema, table.parsed, train_rows, standardise=standardise)
    return _Draw(seed, encoder, train_rows, held, test_rows)


def _widths(network: Network, encoder: TableEncoder, table: TrainingSet) -> tuple[int, ...]:
    n_classes = len(table.classes)
    return network.widths(encoder.n_encoded, head_for(network.head, n_classes).n_outputs(n_classes))


def _named(networks: Any) -> dict[str, Network]:
    if isinstance(networks, Network):
        return {"network": networks}
    if not isinstance(networks, Mapping) or not networks:
        raise SettingError(
            f"networks is a Network, or at least one by name: got {type(networks).__name__}. "
            "A table and its labels go together as the first argument: train((X, y), networks)"
        )
    return dict(networks)


def _warn_of_divergence(runs: Runs) -> None:
    for name, repeats in runs.repeats.items():
        for run in repeats:
            if run.divergence:
                who = f"network {name!r}" + (f" with seed {run.seed}" if len(repeats) > 1 else "")
                warnings.warn(DivergenceWarning(run.divergence.warning(who, run.best_epoch)), stacklevel=3)


def _trainings(
    training: Training | Mapping[str, Training] | None, networks: Mapping[str, Network]
) -> dict[str, Training]:
    if training is None or isinstance(training, Training):
        return dict.fromkeys(networks, training or Training())
    if set(training) != set(networks):
        raise SettingError(f"networks and trainings have the same names: got {sorted(networks)} and {sorted(training)}")
    return {name: training[name] for name in networks}


def _run(
    name: str, table: TrainingSet, draw: _Draw, member: Member, beginning: MemberState, fitted: FittedMember
) -> Run:
    before, after = (
        Predictor.of(
            schema=table.schema,
            encoders=[draw.encoder],
            encoding=[0],
            networks=[fitted.network],
            states=[state],
            head=head_for(fitted.network.head, len(table.classes)),
            classes=table.classes,
            target=table.target,
        )
        for state in (beginning, fitted.state)
    )
    trained_on = table.codes[draw.train_rows], after.probabilities(table.cells(draw.train_rows))
    return Run(
        name=name,
        spec=member.network,
        training=member.training,
        seed=draw.seed,
        predictor=after,
        untrained=before,
        history=_frame(fitted.history, "validation" if len(draw.validation_rows) else "test"),
        train_accuracy=accuracy(*trained_on),
        train_loss=log_loss(*trained_on),
        test_codes=table.codes[draw.test_rows],
        test_probabilities=after.probabilities(table.cells(draw.test_rows)),
        best_epoch=fitted.best_epoch,
        divergence=fitted.divergence,
        train_rows=draw.train_rows,
        validation_rows=draw.validation_rows,
        test_rows=draw.test_rows,
    )


def _frame(history: History, prefix: str) -> pl.DataFrame:
    epochs = pl.Series("epoch", range(1, history.n_epochs + 1), dtype=pl.Int64)
    trained = pl.DataFrame(
        {"epoch": epochs, "train_loss": history.train_loss.numpy(), "train_accuracy": history.train_accuracy.numpy()}
    )
    watched = {f"{prefix}_loss": history.validation_loss, f"{prefix}_accuracy": history.validation_accuracy}
    looks = pl.DataFrame(
        {"epoch": history.validation_epochs.numpy(), **{name: values.numpy() for name, values in watched.items()}}
    )
    return trained.join(looks, on="epoch", how="left", maintain_order="left")
