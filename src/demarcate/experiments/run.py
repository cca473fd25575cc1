"""One network, trained once on one split."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.bundle import write_bundle
from demarcate.engine import Divergence, Training
from demarcate.errors import SettingError
from demarcate.evaluation import Mean, Score, accuracy, log_loss, score
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.trainingset.read_data import array_of


@dataclass(frozen=True, eq=False)
class Run:
    """One network, before and after training, and what happened in between.

    Attributes
    ----------
    name
        What it was called.
    spec, training, seed
        What it is, how it was trained, and what decided its split, initial weights, order and dropout.
    predictor
        The trained network behind the table's encoder.
    untrained
        The same with the weights it began from.
    history
        A row an epoch: ``epoch``, ``train_loss``, ``train_accuracy``, and the same for the rows that were watched:
        ``test_...``, or ``validation_...`` when they decided when to stop; null in epochs after which nobody looked.
    train_accuracy, train_loss
        Of the trained network, without dropout, on the rows it was trained on.
    test_codes, test_probabilities
        Each test row's class index ``(n_test,)``, and what the network makes of it ``(n_test, n_classes)``.
    best_epoch
        The epoch whose weights it carries.
    divergence
        When and at which learning rate its loss stopped being finite, or None.
    train_rows, validation_rows, test_rows
        Row numbers; validation rows are empty unless early stopping needs them.
    """

    name: str
    spec: Network
    training: Training
    seed: int
    predictor: Predictor
    untrained: Predictor
    history: pl.DataFrame
    train_accuracy: float
    train_loss: float
    test_codes: NDArray[np.int64]
    test_probabilities: NDArray[np.float64]
    best_epoch: int
    divergence: Divergence | None
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]

    @cached_property
    def scores(self) -> dict[str, Score]:
        """Accuracy, log loss and ROC AUC on the test rows, each with a 95% interval."""
        return score(self.test_codes, self.test_probabilities, rows="test")

    @cached_property
    def test_accuracy(self) -> float:
        """Of the trained network on its test rows; `scores` has its interval."""
        return accuracy(self.test_codes, self.test_probabilities)

    @cached_property
    def test_loss(self) -> float:
        """Log loss of the trained network on its test rows; `scores` has its interval."""
        return log_loss(self.test_codes, self.test_probabilities)

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels, ``(n_classes,)``, in the order of the probabilities' columns."""
        return self.predictor.classes

    @property
    def network(self) -> nn.Module:
        """The trained network as a plain torch module, a ``torch.nn.Sequential``."""
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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trained network, with its encoder and classes, to one file that `demarcate.load` reads."""
        write_bundle(self.predictor, path)

    def _which(self, trained: bool) -> Predictor:
        return self.predictor if trained else self.untrained


def _told(value: float | None) -> str:
    return "     -" if value is None else f"{value:.4f}"


def _words(column: str) -> str:
    return column.replace("_", " ")


NUMBERS = {"train_accuracy": (0, 1), "test_accuracy": (0, 1), "train_loss": (0, np.inf), "test_loss": (0, np.inf)}
"""What is told of every run, and between which limits it lies."""


@dataclass(frozen=True, eq=False, repr=False)
class Runs(Mapping[str, Run]):
    """Runs by name: ``runs["good"]`` is that of the first seed.

    Attributes
    ----------
    repeats
        For each name the runs of all seeds, as many for each; the runs of one seed share a split.
    """

    repeats: dict[str, tuple[Run, ...]]

    def __getitem__(self, name: str) -> Run:
        return self.repeats[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.repeats)

    def __len__(self) -> int:
        return len(self.repeats)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        rows = self._single() if self.n_seeds == 1 else self._repeated()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )

    @property
    def n_seeds(self) -> int:
        """Runs of each network."""
        return len(next(iter(self.repeats.values())))

    @property
    def train_rows(self) -> NDArray[np.int64]:
        """The first seed's training rows."""
        return self._first.train_rows

    @property
    def validation_rows(self) -> NDArray[np.int64]:
        """The first seed's validation rows; empty unless early stopping needs them."""
        return self._first.validation_rows

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """The first seed's test rows."""
        return self._first.test_rows

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row a network and seed: accuracy and log loss on training and test rows, and the epoch they are of."""
        return pl.DataFrame(
            {
                "network": run.name,
                "seed": run.seed,
                "train_accuracy": run.train_accuracy,
                "test_accuracy": run.test_accuracy,
                "train_loss": run.train_loss,
                "test_loss": run.test_loss,
                "best_epoch": run.best_epoch,
            }
            for repeats in self.repeats.values()
            for run in repeats
        )

    @cached_property
    def means(self) -> pl.DataFrame:
        """A row a network: means over seeds, each with the 95% interval (``..._low``, ``..._high``) of the mean.

        The interval says how far other seeds, splits of these same rows included, would move the mean; nulls with one.
        """
        return pl.DataFrame({"network": name, "seeds": self.n_seeds, **self._means_of(name)} for name in self)

    def difference(self, name: str, other: str, number: str = "test_accuracy") -> Mean:
        """How much more of a number one network has than another, seed by seed, with a 95% interval.

        Runs of one seed share a split, so their difference is told more sharply than two means side by side.

        Parameters
        ----------
        name, other
            Networks.
        number
            ``train_accuracy``, ``test_accuracy``, ``train_loss`` or ``test_loss``.

        Raises
        ------
        SettingError
            If there is no such network or number.
        """
        unknown = [each for each in (name, other) if each not in self]
        if unknown:
            raise SettingError(f"networks are {', '.join(map(repr, self))}: got {', '.join(map(repr, unknown))}")
        if number not in NUMBERS:
            raise SettingError(f"a number is one of {', '.join(NUMBERS)}: got {number!r}")
        mine, theirs = (self._values(each, number) for each in (name, other))
        return Mean.of((mine - theirs).tolist())

    @property
    def _first(self) -> Run:
        return next(iter(self.values()))

    def _values(self, name: str, number: str) -> NDArray[np.float64]:
        return self.table.filter(pl.col("network") == name)[number].to_numpy()

    def _mean(self, name: str, number: str) -> Mean:
        return Mean.of(self._values(name, number).tolist(), within=NUMBERS[number])

    def _means_of(self, name: str) -> dict[str, float | None]:
        means = {number: self._mean(name, number) for number in NUMBERS}
        return {
            number + suffix: value
            for number, mean in means.items()
            for suffix, value in (("", mean.value), ("_low", mean.low), ("_high", mean.high))
        }

    def _single(self) -> list[list[str]]:
        """What each network reached, with the interval that the number of test rows leaves."""
        rows = [["", "train accuracy", "test accuracy", "test log loss"]]
        for name, run in self.items():
            scores = run.scores["accuracy"], run.scores["log_loss"]
            rows.append([name, f"{run.train_accuracy:.3f}", *map(str, scores)])
        return rows

    def _repeated(self) -> list[list[str]]:
        """Means over seeds."""
        numbers = ("train_accuracy", "test_accuracy", "test_loss")
        heads = ["train accuracy", "test accuracy", "test log loss"]
        cells = {(name, number): str(self._mean(name, number)) for name, number in product(self, numbers)}
        rows = [[f"means over {self.n_seeds} seeds", *heads]]
        return rows + [[name, *(cells[name, number] for number in numbers)] for name in self]
