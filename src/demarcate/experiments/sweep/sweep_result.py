"""What a sweep found, as a frame and in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.evaluation import METRICS, Mean, scores_in_words
from demarcate.experiments.sweep.grid import Configuration, spelled
from demarcate.experiments.sweep.tournament import Metric, Savings
from demarcate.experiments.sweep.winner import Winner
from demarcate.formatting import aligned, counted

MAX_ROWS_SHOWN = 20
_NUMBERS = {
    "validation_log_loss": "validation log loss",
    "validation_accuracy": "validation accuracy",
    "train_accuracy": "train accuracy",
    "best_epoch": "best epoch",
}


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Configurations compared on the same rows, the winner, and what the winner is worth.

    Attributes
    ----------
    table
        A row a configuration, the best first: ``configuration`` (its number), its settings (widths spelled ``16,16`` or
        ``none``; a null ``batch_size`` is all rows), ``seeds``, the mean over seeds of ``validation_log_loss`` and
        ``validation_accuracy`` with 95% intervals (``..._low``, ``..._high``; null with one seed), the means of
        ``train_accuracy`` and ``best_epoch``, how many networks ``diverged``, and the epoch it was ``dropped_after``,
        null for those that went all the way.
    networks
        A row a network, which is what the table is made of.
    winner
        The first configuration of the table, its predictor, and its scores on the test rows.
    configurations
        What was tried, by number.
    metric
        Whose mean over the seeds' validation rows decided.
    seeds
        What each seed's split, initial weights, order and dropout were seeded with.
    train_rows, validation_rows
        Each seed's row numbers.
    test_rows
        Row numbers of the test rows, which the winner alone was scored on.
    savings
        What halving saved; None without it.
    """

    table: pl.DataFrame
    networks: pl.DataFrame
    winner: Winner
    configurations: tuple[Configuration, ...]
    metric: Metric
    seeds: tuple[int, ...]
    train_rows: tuple[NDArray[np.int64], ...]
    validation_rows: tuple[NDArray[np.int64], ...]
    test_rows: NDArray[np.int64]
    savings: Savings | None

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.standings()}\n\n{self.verdict()}\n\n{self.test_scores()}"

    def standings(self) -> str:
        """The table in words, the winner marked, and the rows its numbers come from."""
        n_train, n_validation = len(self.train_rows[0]), len(self.validation_rows[0])
        n_seeds = len(self.seeds)
        if n_seeds == 1:
            means = "no intervals, for they need more seeds than one"
        else:
            means = "means over seeds, with 95% intervals"
        title = (
            f"{counted(len(self.configurations), 'configuration')} x {counted(n_seeds, 'seed')}, each seed with its "
            f"own {n_train:,} training and {n_validation:,} validation rows; {means}"
        )
        lines = [title, "", *aligned([self._heads(), *map(self._cells, self._shown())])]
        if len(self.table) > MAX_ROWS_SHOWN:
            lines.append(f"and {len(self.table) - MAX_ROWS_SHOWN:,} more")
        return "\n".join(lines)

    def verdict(self) -> str:
        """Who won, by how much, and what else is to be known."""
        winner = self.winner
        won = f"* Configuration {winner.configuration.number} won by its mean validation {METRICS[self.metric].label}"
        lines = [f"{won}: {winner.configuration}.", "Being chosen by it flatters its validation numbers."]
        if winner.lead:
            lines.append(str(winner.lead))
        elif len(self.table) > 1:
            lines.append("Nobody else went all the way, so there is no lead to measure.")
        if self.savings:
            lines.append(str(self.savings))
        n_diverged = int(self.networks["diverged"].sum())
        if n_diverged:
            lines.append(f"{counted(n_diverged, 'network')} diverged, and counted with the best weights they had.")
        return "\n".join(lines)

    def test_scores(self) -> str:
        """What the winner is worth."""
        scores = scores_in_words(self.winner.scores)
        who = "The winner's network" if len(self.seeds) == 1 else f"The mean of the winner's {len(self.seeds)} networks"
        return f"{who} on {len(self.test_rows):,} test rows, which decided nothing, with 95% intervals:\n{scores}"

    def _shown(self) -> list[dict[str, Any]]:
        return self.table.head(MAX_ROWS_SHOWN).to_dicts()

    def _heads(self) -> list[str]:
        heads = ["", "", *(name.replace("_", " ") for name in self.winner.settings), *_NUMBERS.values()]
        return [*heads, *self._remarks()]

    def _cells(self, row: dict[str, Any]) -> list[str]:
        configuration = self.configurations[row["configuration"] - 1]
        mark = "*" if configuration.number == self.winner.configuration.number else ""
        settings = [spelled(value) for value in configuration.settings.values()]
        n_seeds = row["seeds"]
        means = [str(Mean(row[name], row[f"{name}_low"], row[f"{name}_high"], n_seeds)) for name in list(_NUMBERS)[:2]]
        train = "-" if row["train_accuracy"] is None else f"{row['train_accuracy']:.3f}"
        remarks = [_remark(row[name]) for name in self._remarks().values()]
        return [mark, str(configuration.number), *settings, *means, train, f"{row['best_epoch']:.0f}", *remarks]

    def _remarks(self) -> dict[str, str]:
        """Columns that are shown where there is something in them."""
        names = {"diverged": "diverged", "dropped after": "dropped_after"}
        return {head: name for head, name in names.items() if (self.table[name].fill_null(0) > 0).any()}


def _remark(number: int | None) -> str:
    return str(number) if number else ""
