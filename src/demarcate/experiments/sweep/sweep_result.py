"""The result of a sweep, as tables and as text."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.evaluation import METRICS, Mean
from demarcate.evaluation.scores import scores_in_words
from demarcate.experiments.sweep.grid import Configuration, format_setting
from demarcate.experiments.sweep.successive_halving import Savings, SweepMetric
from demarcate.experiments.sweep.winner import Winner
from demarcate.formatting import aligned, counted
from demarcate.nn import family_of
from demarcate.presentation import ResultTable, ResultView, ShownAsHtml

MAX_ROWS_SHOWN = 20
_VALUE_HEADINGS = {
    "validation_log_loss": "validation log loss",
    "validation_accuracy": "validation accuracy",
    "train_accuracy": "train accuracy",
    "best_epoch": "best epoch",
}


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(ShownAsHtml):
    """Configurations compared on the same rows, the winner, and the winner's test scores.

    Attributes
    ----------
    table
        One row for each configuration, the best first: ``configuration`` (its number), its settings (widths as
        ``16,16`` or ``none``; a null ``batch_size`` is full batch), ``seeds``, the means over seeds of
        ``validation_log_loss`` and ``validation_accuracy`` with 95% intervals (``..._low``, ``..._high``; null with one
        seed), the means of ``train_accuracy`` and ``best_epoch``, the number of networks that ``diverged``, and
        ``dropped_after``, the epoch after which halving dropped it, or null.
    networks
        One row for each network, from which the table is computed.
    winner
        The first configuration of the table, its predictor, and its scores on the test rows.
    configurations
        The configurations, by number.
    metric
        The metric whose mean over the seeds' validation rows decides the winner.
    seeds, train_rows, validation_rows
        Each seed, of a split, its initial weights, row order and dropout; and its row numbers.
    test_rows
        Row numbers of the test rows, on which the winner alone is scored.
    savings
        The training that halving saved; None without it.
    """

    table: pl.DataFrame
    networks: pl.DataFrame
    winner: Winner
    configurations: tuple[Configuration, ...]
    metric: SweepMetric
    seeds: tuple[int, ...]
    train_rows: tuple[NDArray[np.int64], ...]
    validation_rows: tuple[NDArray[np.int64], ...]
    test_rows: NDArray[np.int64]
    savings: Savings | None

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.ranking()}\n\n{self.verdict()}\n\n{self.test_scores()}"

    def ranking(self) -> str:
        """Return the table as text, the winner marked, with the rows that its values come from."""
        title = self._title()
        lines = [title, "", *aligned([self._headings(), *self._ranked()])]
        if len(self.table) > MAX_ROWS_SHOWN:
            lines.append(f"and {len(self.table) - MAX_ROWS_SHOWN:,} more")
        return "\n".join(lines)

    def verdict(self) -> str:
        """Return the winner, its lead, what halving saved, and divergence, as text."""
        winner = self.winner
        best, metric = winner.configuration, METRICS[self.metric].label
        lines = [
            f"* Configuration {best.number} has the best mean validation {metric}: {best}.",
            "Its validation scores are optimistic, because it was chosen by them.",
        ]
        if winner.lead:
            lines.append(str(winner.lead))
        elif len(self.table) > 1:
            lines.append("No other configuration trained to the end, so there is no lead to measure.")
        if smallest := self.smallest_near_best:
            fewer = f"{self.n_parameters(smallest):,} parameters instead of {self.n_parameters(best):,}"
            lines.append(f"The smallest network within noise of it is configuration {smallest.number} ({fewer}).")
        if self.savings:
            lines.append(str(self.savings))
        n_diverged = int(self.networks["diverged"].sum())
        if n_diverged:
            lines.append(f"{counted(n_diverged, 'network')} diverged; the best weights of each are kept.")
        return "\n".join(lines)

    @property
    def near_best(self) -> tuple[Configuration, ...]:
        """The winner, and the configurations within noise of it, in the order of the table.

        Within noise: the winner's lead is not clear over the seeds, and the mean lies inside the winner's own interval.
        The second is for configurations that differ so much from seed to seed that no lead over them is clear. With
        one seed, which cannot show what is noise, it is the winner alone.
        """
        column = f"validation_{self.metric}"
        low, high = self.table[f"{column}_low"][0], self.table[f"{column}_high"][0]
        means = dict(self.table.select("configuration", column).iter_rows())
        near = [
            lead.runner_up
            for lead in self.winner.leads
            if lead.mean.low is not None and not lead.is_clear and low <= means[lead.runner_up] <= high
        ]
        return (self.winner.configuration, *(self.configurations[number - 1] for number in near))

    @property
    def smallest_near_best(self) -> Configuration | None:
        """The configuration of `near_best` with the fewest parameters; None if the winner is it, or all are alike."""
        sizes = {each.number: self.n_parameters(each) for each in self.near_best}
        smallest = min(self.near_best, key=lambda each: sizes[each.number])
        is_smaller = sizes[smallest.number] < sizes[self.winner.configuration.number]
        return smallest if is_smaller else None

    def n_parameters(self, configuration: Configuration) -> int:
        """Return the number of weights and biases of a configuration's network on this table."""
        d_in, *_, n_outputs = self.winner.predictor.populations[0].layout.widths[0]
        network = configuration.network
        shapes = family_of(network).shapes(network.widths(d_in, n_outputs))
        return sum(prod(shape) for layer in shapes for shape in layer)

    def test_scores(self) -> str:
        """Return the winner's scores on the test rows as text."""
        scores = scores_in_words(self.winner.scores)
        n_seeds = len(self.seeds)
        subject = "The winner's network" if n_seeds == 1 else f"The mean of the winner's {n_seeds} networks"
        return f"{subject} on {len(self.test_rows):,} test rows, which decided nothing, with 95% intervals:\n{scores}"

    def to_frame(self) -> pl.DataFrame:
        """Return `table`: one row for each configuration, the best first."""
        return self.table

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        ranking = ResultTable(self._headings(), self._ranked(), marked=frozenset({0}))
        scores = self.winner.scores
        rows = [(name, *each.texts) for name, each in scores.labelled()]
        tested = ResultTable(("", "value", "interval"), rows, f"The winner: {scores.title.lower()}")
        n_more = len(self.table) - MAX_ROWS_SHOWN
        more = [f"and {n_more:,} more configurations"] if n_more > 0 else []
        return ResultView(self._title(), self.verdict().split("\n"), [ranking, tested], more)

    def _ranked(self) -> list[list[str]]:
        """Return the best configurations as rows of texts."""
        return [*map(self._cells, self.table.head(MAX_ROWS_SHOWN).to_dicts())]

    def _title(self) -> str:
        """Return what was compared on which rows, in a sentence."""
        n_train, n_validation = len(self.train_rows[0]), len(self.validation_rows[0])
        n_seeds = len(self.seeds)
        many, one = "means over seeds, with 95% intervals", "no intervals, which need more than one seed"
        values = many if n_seeds > 1 else one
        whose = "the same" if self._share_a_split() else "its own"
        return (
            f"{counted(len(self.configurations), 'configuration')} x {counted(n_seeds, 'seed')}, each seed with "
            f"{whose} {n_train:,} training and {n_validation:,} validation rows; {values}"
        )

    def _share_a_split(self) -> bool:
        """Whether all seeds validate on the same rows, as they do forward in time."""
        first, *others = self.validation_rows
        return bool(others) and all(np.array_equal(first, rows) for rows in others)

    def _headings(self) -> list[str]:
        headings = ["", "", *(name.replace("_", " ") for name in self.winner.settings), *_VALUE_HEADINGS.values()]
        return [*headings, *self._remarks()]

    def _cells(self, row: dict[str, Any]) -> list[str]:
        configuration = self.configurations[row["configuration"] - 1]
        mark = "*" if configuration.number == self.winner.configuration.number else ""
        settings = [format_setting(value) for value in configuration.settings.values()]
        n_seeds = row["seeds"]
        means = [
            str(Mean(row[name], row[f"{name}_low"], row[f"{name}_high"], n_seeds)) for name in list(_VALUE_HEADINGS)[:2]
        ]
        train = "-" if row["train_accuracy"] is None else f"{row['train_accuracy']:.3f}"
        remarks = [str(row[name] or "") for name in self._remarks().values()]
        return [mark, str(configuration.number), *settings, *means, train, f"{row['best_epoch']:.0f}", *remarks]

    def _remarks(self) -> dict[str, str]:
        """Return the columns that are shown only where they have values, by heading."""
        names = {"diverged": "diverged", "dropped after": "dropped_after"}
        return {heading: name for heading, name in names.items() if (self.table[name].fill_null(0) > 0).any()}
