"""Trained networks with their splits and scores: one `Run`, and `Runs` of several networks and seeds."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.argument_checks import require_cadence
from demarcate.bundle import write_bundle
from demarcate.engine import Divergence, Training
from demarcate.errors import SettingError
from demarcate.evaluation import Mean, Scores
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.means import weighted_mean
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.evaluation.sampling import Sampling
from demarcate.experiments.epoch_lines import epoch_line, is_shown, shown_values
from demarcate.experiments.own_networks import OwnNetwork
from demarcate.formatting import aligned, counted, quoted
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.nn.module_network import ModuleNetwork
from demarcate.presentation import ResultTable, ResultView, ShownAsHtml
from demarcate.trainingset.read_data import array_of


@dataclass(frozen=True, eq=False, repr=False)
class Run(ShownAsHtml):
    """One network, trained once on one split.

    Attributes
    ----------
    name, spec, training, seed
        Its name, specification and training, and the seed of its split, initial weights, row order and dropout.
    predictor, untrained
        The network with the table's encoder, trained and with its initial weights.
    history
        One row for each epoch: ``epoch``, ``train_loss``, ``train_accuracy``, and loss and accuracy of the monitored
        rows: ``validation_...`` if they decide when to stop, else ``test_...``; null in epochs without evaluation. The
        training's are taken from its steps, before each update and with dropout. Where ``every`` was given, those after
        the epoch in eval mode stand beside them, as ``eval_train_loss`` and ``eval_train_accuracy``.
    train_accuracy, train_loss
        Of the trained network, without dropout, on its training rows.
    test_codes, test_probabilities, test_sampling
        The class index of each test row ``(n_test,)``, its class probabilities ``(n_test, n_classes)``, and what each
        row counts and which are of one group.
    best_epoch
        The epoch whose weights the network has.
    divergence
        When and at which learning rate its loss stopped being finite, or None.
    train_rows, validation_rows, test_rows
        Row numbers; validation rows are empty without early stopping.
    own
        The caller's module, if one was trained.
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
    test_sampling: Sampling
    best_epoch: int
    divergence: Divergence | None
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    own: OwnNetwork | None = None

    @cached_property
    def scores(self) -> Scores:
        """Accuracy, log loss and ROC AUC on the test rows, each with a 95% interval."""
        return score_sampled(self.test_codes, self.test_probabilities, self.test_sampling, rows="test")

    @cached_property
    def test_accuracy(self) -> float:
        """Accuracy of the trained network on its test rows; `scores` has its interval."""
        return self._test_mean(row_hits(self.test_codes, self.test_probabilities))

    @cached_property
    def test_loss(self) -> float:
        """Log loss of the trained network on its test rows; `scores` has its interval."""
        return self._test_mean(row_losses(self.test_codes, self.test_probabilities))

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels, ``(n_classes,)``, in the order of the probabilities' columns."""
        return self.predictor.classes

    @property
    def network(self) -> nn.Module:
        """The trained network as a plain torch module: a ``torch.nn.Sequential``, or a copy of the caller's module."""
        if self.own is None or isinstance(self.spec, ModuleNetwork):
            return self.predictor.member(0)
        return self.own.trained(self.predictor.states()[0])

    def __repr__(self) -> str:
        accuracy = self.scores["accuracy"]
        return f"<Run {quoted(self.name)}: accuracy {accuracy} on {accuracy.rows_in_words}>"

    def to_frame(self) -> pl.DataFrame:
        """Return `history`: one row for each epoch."""
        return self.history

    def encode(self, X: Any) -> Tensor:
        """Encode a table as the network's input, float32 ``(n_rows, d_in)``."""
        return self._predictor(trained=True).encode(array_of(X))

    def logits(self, X: Any, *, trained: bool = True) -> Tensor:
        """Return raw outputs ``(n_rows, n_outputs)``, after training or before it."""
        return self._predictor(trained).logits(array_of(X))[0]

    def predict_proba(self, X: Any, *, trained: bool = True) -> NDArray[np.float64]:
        """Return class probabilities ``(n_rows, n_classes)``, after training or before it."""
        return self._predictor(trained).predict_proba(array_of(X))

    def predict(self, X: Any, *, trained: bool = True) -> NDArray[Any]:
        """Return predicted labels ``(n_rows,)``, after training or before it."""
        return self._predictor(trained).predict(array_of(X))

    def log(self, every: int = 10) -> str:
        """Return the history as text: one line for the first, every n-th and the last epoch.

        Raises
        ------
        SettingError
            If ``every`` is below 1.
        """
        require_cadence("every", every)
        rows = self.history.to_dicts()
        shown = [row for row in rows if is_shown(row["epoch"], every, is_last=row["epoch"] == len(rows))]
        return "\n".join(epoch_line(shown_values(row, self.spec)) for row in shown)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the trained network, with its encoder and classes, to one file that `demarcate.load` reads.

        Raises
        ------
        BundleError
            If it is a module that is no plain chain of layers: a model file holds no code.
        """
        write_bundle(self.predictor, path)

    def _test_mean(self, values: NDArray[Any]) -> float:
        return weighted_mean(values, self.test_sampling.row_weights(len(values)))

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        scores = self.scores
        lines = [f"{self.spec}", f"Best epoch {self.best_epoch} of {len(self.history)}, seed {self.seed}"]
        rows = [(name, *each.texts) for name, each in scores.labelled()]
        return ResultView(
            f"Run {quoted(self.name)}", lines, [ResultTable(("", "value", "interval"), rows, scores.title)]
        )

    def _predictor(self, trained: bool) -> Predictor:
        # A network of an experiment is looked at anywhere, also far from its rows: that needs no warning.
        return replace(self.predictor, trained_on=None) if trained else self.untrained


_BOUNDS = {"train_accuracy": (0, 1), "test_accuracy": (0, 1), "train_loss": (0, np.inf), "test_loss": (0, np.inf)}
"""The metrics that are compared between runs, and the bounds of their intervals."""


@dataclass(frozen=True, eq=False, repr=False)
class Runs(Mapping[str, Run], ShownAsHtml):
    """Runs by name: ``runs["good"]`` is the run of the first seed.

    Attributes
    ----------
    repeats
        For each name the runs of all seeds; the runs of one seed share a split.
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
        lines, notes = aligned(self._rows()), self._notes()
        return "\n".join([*lines, *([""] if notes else []), *notes])

    def to_frame(self) -> pl.DataFrame:
        """Return `table`: one row for each network and seed."""
        return self.table

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
        """The first seed's validation rows; empty without early stopping."""
        return self._first.validation_rows

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """The first seed's test rows."""
        return self._first.test_rows

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row for each network and seed: accuracy and log loss on training and test rows, and the best epoch."""
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
        """One row for each network: means over seeds with their 95% intervals (``..._low``, ``..._high``).

        An interval describes how far other seeds, and so other splits of the same rows, would move the mean; it is null
        with one seed.
        """
        return pl.DataFrame({"network": name, "seeds": self.n_seeds, **self._means_of(name)} for name in self)

    def difference(self, name: str, other: str, metric: str = "test_accuracy") -> Mean:
        """Return the mean of ``name`` minus ``other`` in a metric, paired by seed, with a 95% interval.

        Runs of one seed share a split, so the paired difference is more precise than two means side by side. The metric
        is ``train_accuracy``, ``test_accuracy``, ``train_loss`` or ``test_loss``.

        Raises
        ------
        SettingError
            If there is no such network or metric.
        """
        unknown = [each for each in (name, other) if each not in self]
        if unknown:
            raise SettingError(f"networks are {', '.join(map(repr, self))}, got {', '.join(map(repr, unknown))}")
        if metric not in _BOUNDS:
            raise SettingError(f"metric must be one of {', '.join(_BOUNDS)}, got {metric!r}")
        values, other_values = (self._values(each, metric) for each in (name, other))
        return Mean.of((values - other_values).tolist())

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        (_, *headings), *rows = self._rows()
        n_test = f"{len(self.test_rows):,} test rows"
        over = f"one split with {n_test}" if self.n_seeds == 1 else f"{self.n_seeds} seeds, each with {n_test}"
        title = f"{counted(len(self), 'network')} on {over}, with 95% intervals"
        return ResultView(title, tables=[ResultTable(("network", *headings), rows)], notes=self._notes())

    def _rows(self) -> list[list[str]]:
        return self._rows_of_one_seed() if self.n_seeds == 1 else self._rows_of_means()

    def _notes(self) -> list[str]:
        """Return which networks were trained by autograd, and why."""
        specs = {name: run.spec for name, run in self.items()}
        by_autograd = {name: spec.reason for name, spec in specs.items() if isinstance(spec, ModuleNetwork)}
        return [f"{name!r} was trained by autograd: {reason}" for name, reason in by_autograd.items()]

    @property
    def _first(self) -> Run:
        return next(iter(self.values()))

    def _values(self, name: str, metric: str) -> NDArray[np.float64]:
        return self.table.filter(pl.col("network") == name)[metric].to_numpy()

    def _mean(self, name: str, metric: str) -> Mean:
        return Mean.of(self._values(name, metric).tolist(), within=_BOUNDS[metric])

    def _means_of(self, name: str) -> dict[str, float | None]:
        means = {metric: self._mean(name, metric) for metric in _BOUNDS}
        return {
            metric + suffix: value
            for metric, mean in means.items()
            for suffix, value in (("", mean.value), ("_low", mean.low), ("_high", mean.high))
        }

    def _rows_of_one_seed(self) -> list[list[str]]:
        rows = [["", "train accuracy", "test accuracy", "test log loss"]]
        for name, run in self.items():
            scores = run.scores["accuracy"], run.scores["log_loss"]
            rows.append([name, f"{run.train_accuracy:.3f}", *map(str, scores)])
        return rows

    def _rows_of_means(self) -> list[list[str]]:
        metrics = {"train_accuracy": "train accuracy", "test_accuracy": "test accuracy", "test_loss": "test log loss"}
        rows = [[name, *(str(self._mean(name, metric)) for metric in metrics)] for name in self]
        return [[f"means over {self.n_seeds} seeds", *metrics.values()], *rows]
