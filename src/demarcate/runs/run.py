"""One network, trained once on one split."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.bundle import write_bundle
from demarcate.engine import Divergence, Training
from demarcate.errors import SettingError
from demarcate.evaluation import Score, accuracy, log_loss, score
from demarcate.nn import Network
from demarcate.predictor import Predictor
from demarcate.task import array_of


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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trained network, with its encoder and classes, to one file that `demarcate.load` reads."""
        write_bundle(self.predictor, path)

    def _which(self, trained: bool) -> Predictor:
        return self.predictor if trained else self.untrained


def _told(value: float | None) -> str:
    return "     -" if value is None else f"{value:.4f}"


def _words(column: str) -> str:
    return column.replace("_", " ")
