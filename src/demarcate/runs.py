"""Named networks trained side by side on one table: the face for people who choose every number."""

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.datasets import Dataset
from demarcate.engine import Divergence, FittedMember, History, Member, OnEpoch, Samples, Training, fit
from demarcate.errors import DivergenceWarning, SettingError
from demarcate.evaluation import Score, score
from demarcate.nn import Network, from_sequential, head_for
from demarcate.predictor import Predictor
from demarcate.tabular import TableEncoder, stratified_split
from demarcate.task import Task, array_of, by_name, read_task


@dataclass(frozen=True, eq=False)
class Run:
    """One network, before and after training, and what happened in between.

    Attributes
    ----------
    name
        What it was called.
    spec, training
        What it is, and how it was trained.
    predictor
        The trained network behind the table's encoder.
    untrained
        The same with the weights it began from.
    history
        A row an epoch: ``epoch``, ``train_loss``, ``train_accuracy``, and the same for the rows that were watched:
        ``test_...``, or ``validation_...`` when they decided when to stop; null in epochs after which nobody looked.
    scores
        Accuracy, log loss and ROC AUC on the test rows, each with a 95% interval.
    best_epoch
        The epoch whose weights it carries.
    divergence
        When and at which learning rate its loss stopped being finite, or None.
    """

    name: str
    spec: Network
    training: Training
    predictor: Predictor
    untrained: Predictor
    history: pl.DataFrame
    scores: dict[str, Score]
    best_epoch: int
    divergence: Divergence | None

    @property
    def network(self) -> nn.Sequential:
        """The trained network as a plain ``torch.nn.Sequential``."""
        return self.predictor.member(0)

    def encode(self, X: Any) -> Tensor:
        """What the network sees of a table, float32 ``(n_rows, d_in)``."""
        return self.predictor.encode(array_of(X))

    def logits(self, X: Any, *, trained: bool = True) -> Tensor:
        """Raw outputs ``(n_rows, n_outputs)``, after training or before it."""
        return self._which(trained).logits(array_of(X))[0]

    def predict_proba(self, X: Any, *, trained: bool = True) -> NDArray[np.float64]:
        """Class probabilities ``(n_rows, n_classes)``, after training or before it."""
        return self._which(trained).predict_proba(array_of(X))

    def predict(self, X: Any, *, trained: bool = True) -> NDArray[Any]:
        """Predicted labels ``(n_rows,)``, after training or before it."""
        return self._which(trained).predict(array_of(X))

    def log(self, every: int = 10) -> str:
        """The history in words: the first, every n-th and the last epoch, a line each.

        Raises
        ------
        SettingError
            If ``every`` is below 1.
        """
        if every < 1:
            raise SettingError(f"every is at least 1: got {every!r}")
        rows = self.history.to_dicts()
        shown = [row for row in rows if row["epoch"] % every == 0 or row["epoch"] in (1, len(rows))]
        return "\n".join(
            "  ".join([f"epoch {row['epoch']:4d}", *(f"{_words(name)} {_told(row[name])}" for name in list(row)[1:])])
            for row in shown
        )

    def _which(self, trained: bool) -> Predictor:
        return self.predictor if trained else self.untrained


@dataclass(frozen=True, eq=False)
class Runs(Mapping[str, Run]):
    """Runs by name, on one split of one table.

    Attributes
    ----------
    train_rows, validation_rows, test_rows
        Row numbers; validation rows are empty unless early stopping needs them.
    """

    runs: dict[str, Run]
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]

    def __getitem__(self, name: str) -> Run:
        return self.runs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    def __str__(self) -> str:
        width = max(len(name) for name in self.runs)
        lines = [f"{'':{width}}  train accuracy  test accuracy         test log loss"]
        for name, run in self.runs.items():
            train = f"{run.history['train_accuracy'][-1]:.3f}" if len(run.history) else "-"
            lines.append(f"{name:{width}}  {train:>14}  {run.scores['accuracy']!s:20}  {run.scores['log_loss']}")
        return "\n".join(lines)


def train(
    data: Dataset | tuple[Any, Any],
    networks: Network | Mapping[str, Network],
    training: Training | Mapping[str, Training] | None = None,
    *,
    test_size: float = 0.2,
    validation_size: float = 0.2,
    seed: int = 0,
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
    """
    named = _named(networks)
    trainings = _trainings(training, named)
    begun = by_name(initial, named, "initial networks")
    table = read_task(data, named.values(), categorical=categorical, class_weight=class_weight)
    train_rows, test_rows = stratified_split(table.codes, test_size, seed)
    held = np.empty(0, dtype=np.int64)
    if any(training.patience is not None for training in trainings.values()):
        kept, held = (train_rows[part] for part in stratified_split(table.codes[train_rows], validation_size, seed))
        train_rows = kept
    encoder = TableEncoder.fit(table.schema, table.parsed, train_rows, standardise=standardise)
    samples = table.samples([encoder])
    watched = torch.from_numpy(held if len(held) else test_rows)
    members = {}
    for name, network in named.items():
        n_outputs = head_for(network.head, len(table.classes)).n_outputs(len(table.classes))
        widths = network.widths(encoder.n_encoded, n_outputs)
        state = from_sequential(begun[name], widths) if name in begun else None
        members[name] = Member(network, trainings[name], seed, torch.from_numpy(train_rows), watched, initial=state)
    fitted = fit(
        list(members.values()),
        samples,
        device=device,
        precision=precision,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
    )
    prefix = "validation" if len(held) else "test"
    runs = {
        name: _run(name, members[name], done, table, encoder, samples, test_rows, prefix)
        for name, done in zip(named, fitted, strict=True)
    }
    _warn_of_divergence(runs.values())
    return Runs(runs, train_rows, held, test_rows)


def _named(networks: Any) -> dict[str, Network]:
    if isinstance(networks, Network):
        return {"network": networks}
    if not isinstance(networks, Mapping) or not networks:
        raise SettingError(
            f"networks is a Network, or at least one by name: got {type(networks).__name__}. "
            "A table and its labels go together as the first argument: train((X, y), networks)"
        )
    return dict(networks)


def _warn_of_divergence(runs: Iterable[Run]) -> None:
    for run in runs:
        if run.divergence:
            message = run.divergence.told(f"network {run.name!r}", run.best_epoch)
            warnings.warn(DivergenceWarning(message), stacklevel=3)


def _trainings(
    training: Training | Mapping[str, Training] | None, networks: Mapping[str, Network]
) -> dict[str, Training]:
    if training is None or isinstance(training, Training):
        return dict.fromkeys(networks, training or Training())
    if set(training) != set(networks):
        raise SettingError(f"networks and trainings have the same names: got {sorted(networks)} and {sorted(training)}")
    return {name: training[name] for name in networks}


def _run(
    name: str,
    member: Member,
    fitted: FittedMember,
    table: Task,
    encoder: TableEncoder,
    samples: Samples,
    test_rows: NDArray[np.int64],
    prefix: str,
) -> Run:
    before, after = (
        Predictor.of(
            schema=table.schema,
            encoders=[encoder],
            encoding=[0],
            networks=[fitted.network],
            states=[state],
            head=member.head(samples),
            classes=table.classes,
        )
        for state in (member.begin(samples)[0], fitted.state)
    )
    probabilities = after.probabilities(table.cells(test_rows))
    scores = score(table.codes[test_rows], probabilities, rows="test")
    history = _frame(fitted.history, prefix)
    return Run(
        name, member.network, member.training, after, before, history, scores, fitted.best_epoch, fitted.divergence
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


def _told(value: float | None) -> str:
    return "     -" if value is None else f"{value:.4f}"


def _words(column: str) -> str:
    return column.replace("_", " ")
