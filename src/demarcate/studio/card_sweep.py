"""A card with other values of one of its settings: `sweep` around it, with a table that fills while it trains."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from demarcate.engine import Progress
from demarcate.evaluation import Mean
from demarcate.experiments.sweep import Sweep, sweep
from demarcate.experiments.sweep.grid import Configuration, configurations, format_setting
from demarcate.formatting import counted
from demarcate.studio.card_diagnosis import mean_facts
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.state import LIMITS, CardState
from demarcate.studio.trained_card import TrainedCard, network_of, training_of
from demarcate.studio.value_rules import shown

SETTINGS = ("hidden", "weight_decay", "dropout", "lr", "activation", "epochs", "optimizer", "batch_size")
"""What may be swept."""
FEWEST_VALUES, MOST_VALUES = 2, 12

OnTable = Callable[["LiveTable"], None]
"""Takes the table after each epoch."""


@dataclass(frozen=True)
class SweepQuestion:
    """A setting, the values to try, and the seeds of each."""

    setting: str
    values: tuple[Any, ...]
    seeds: int

    @classmethod
    def of(cls, question: Any) -> "SweepQuestion":
        """Read a question of the page; StudioError with all that is wrong with it."""
        setting, values, seeds = (question.get(name) for name in ("setting", "values", "seeds"))
        problems: list[PlacedProblem] = []
        if setting not in SETTINGS:
            problems.append(_problem("setting", f"The setting to sweep is {shown(setting)}", f"Choose {_listed()}"))
        if not isinstance(values, list) or not FEWEST_VALUES <= len(values) <= MOST_VALUES:
            count = f"{len(values)}" if isinstance(values, list) else shown(values)
            remedy = f"Give {FEWEST_VALUES} to {MOST_VALUES}"
            problems.append(_problem("values", f"The number of values to try is {count}", remedy))
        if not isinstance(seeds, int) or isinstance(seeds, bool) or not 1 <= seeds <= LIMITS["seeds"]:
            remedy = f"Give a whole number from 1 to {LIMITS['seeds']}"
            problems.append(_problem("seeds", f"The number of seeds is {shown(seeds)}", remedy))
        if not problems:
            values = _checked_values(str(setting), values, problems)
        if problems:
            raise StudioError(problems)
        return cls(str(setting), tuple(values), int(seeds))


def sweep_of(trained: TrainedCard, question: SweepQuestion, on_table: OnTable | None = None) -> dict[str, Any]:
    """Return the facts of the answer to `sweep`, without the test rows having a say.

    Each seed takes its validation rows from all rows but those that the page tests on; where it tests on none, but
    those that it validates on.
    """
    data, card = trained.data, trained.card
    network, training = network_of(card), training_of(card)
    over = {question.setting: list(question.values)}
    has_both = bool(len(data.test_rows) and len(data.validation_rows))
    rest = np.sort(np.concatenate([data.train_rows, data.validation_rows])) if has_both else data.train_rows
    held_out = data.test_rows if len(data.test_rows) else data.validation_rows
    share = len(data.validation_rows) / len(rest) if has_both else 0.2
    table = LiveTable(trained, configurations(over, network, training), question.seeds, on_table)
    result = sweep(
        data.table,
        over,
        seeds=question.seeds,
        network=network,
        training=training,
        split=(rest, held_out),
        validation_size=share,
        seed=card.seed,
        standardise=data.data.standardise,
        on_epoch=table.after_epoch,
    )
    return _answer(result, table, question)


@dataclass
class LiveTable:
    """The table of a sweep while it trains: a row for each value, of the networks at their present epochs."""

    trained: TrainedCard
    configurations: Sequence[Configuration]
    n_seeds: int
    on_table: OnTable | None = None
    latest: dict[int, dict[str, float | None]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    def after_epoch(self, progress: Progress) -> None:
        """Take in what networks are after an epoch."""
        for member in progress.members:
            self.latest[member] = progress.of(member)
        self.ended.update(progress.ended)
        if self.on_table is not None:
            self.on_table(self)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each value."""
        return [self._row(number) for number in range(len(self.configurations))]

    def settings_row(self, number: int) -> dict[str, Any]:
        """Return what a row says before anything is trained."""
        configuration = self.configurations[number]
        (value,) = configuration.settings.values()
        return {
            "value": list(value) if isinstance(value, tuple) else value,
            "label": format_setting(value),
            "n_parameters": _n_parameters(self.trained, configuration),
        }

    def _row(self, number: int) -> dict[str, Any]:
        # Members are numbered by configuration, then by seed.
        members = range(number * self.n_seeds, (number + 1) * self.n_seeds)
        known = [self.latest[member] for member in members if member in self.latest]
        loss = _mean_of([each.get("validation_loss") for each in known], np.inf)
        accuracy = _mean_of([each.get("validation_accuracy") for each in known], 1.0)
        of_train = _mean_of([each.get("train_accuracy") for each in known], 1.0)
        return {
            **self.settings_row(number),
            "seeds": sum(member in self.ended for member in members),
            "log_loss": None if loss is None else mean_facts(loss),
            "accuracy": None if accuracy is None else mean_facts(accuracy),
            "train_accuracy": None if of_train is None else of_train.value,
            "best_epoch": None,
            "diverged": 0,
        }


def _answer(result: Sweep, table: LiveTable, question: SweepQuestion) -> dict[str, Any]:
    """Return the whole table in the order of the values, the winner and what is to be said of it."""
    rows: list[dict[str, Any]] = [{} for _ in table.configurations]
    for entry in result.table.to_dicts():
        number = entry["configuration"] - 1
        means = {
            name: {end: entry[f"validation_{name}{suffix}"] for end, suffix in _ENDS.items()}
            for name in ("log_loss", "accuracy")
        }
        own = {name: entry[name] for name in ("seeds", "train_accuracy", "best_epoch", "diverged")}
        rows[number] = {**table.settings_row(number), **own, **means}
    smallest = result.smallest_near_best
    n_rows, n_validation = len(result.train_rows[0]), len(result.validation_rows[0])
    return {
        "setting": question.setting,
        "rows": rows,
        "best": result.winner.configuration.number - 1,
        "smallest_near_best": None if smallest is None else smallest.number - 1,
        "sentences": _sentences(result, table),
        "basis": (
            f"Each value with {counted(question.seeds, 'seed')}, each trained on {n_rows:,} rows and validated on "
            f"{n_validation:,} others; test rows took no part. Intervals of 95% are over seeds."
        ),
    }


_ENDS = {"value": "", "low": "_low", "high": "_high"}


def _sentences(result: Sweep, table: LiveTable) -> list[str]:
    """Return the winner, its lead and what diverged, by the values in place of their numbers."""
    labels = {each.number: str(each).replace("_", " ") for each in table.configurations}
    winner = result.winner
    sentences = [f"The best mean validation log loss has {labels[winner.configuration.number]}."]
    lead = winner.lead
    if lead is not None:
        judgement = "no more than noise"
        if lead.is_clear:
            judgement = "more than noise"
        elif lead.mean.low is None:
            judgement = "and one seed cannot show whether that is noise"
        sentences.append(f"Its lead over {labels[lead.runner_up]} is {lead.mean}, {judgement}.")
    if smallest := result.smallest_near_best:
        sentences.append(
            f"The smallest network within noise of it has {labels[smallest.number]}: "
            f"{result.n_parameters(smallest):,} parameters instead of {result.n_parameters(winner.configuration):,}."
        )
    if n_diverged := int(result.networks["diverged"].sum()):
        sentences.append(f"{counted(n_diverged, 'network')} diverged; the best weights of each count.")
    return sentences


def _mean_of(values: Sequence[float | None], most: float) -> Mean | None:
    """Return the mean of what is known, from 0 to ``most``; None where nothing is."""
    known = [value for value in values if value is not None]
    return Mean.of(known, within=(0.0, most)) if known else None


def _n_parameters(trained: TrainedCard, configuration: Configuration) -> int:
    """Return the weights and biases of a configuration's network on these rows."""
    population = trained.predictor.populations[0].layout.widths[0]
    widths = configuration.network.widths(population[0], population[-1])
    return sum((d_in + 1) * d_out for d_in, d_out in pairwise(widths))


def _checked_values(setting: str, values: list[Any], problems: list[PlacedProblem]) -> list[Any]:
    """Return values as a card has them; add a problem for each that it does not take."""
    checked: list[Any] = []
    for value in values:
        own: list[PlacedProblem] = []
        card = CardState.read({"id": "swept", setting: value}, "ask", own)
        problems += [PlacedProblem("ask", each.problem, "values") for each in own]
        checked.append(getattr(card, setting))
    if len(set(checked)) < len(checked) and not problems:
        problems.append(_problem("values", "A value is given twice", "Give each once"))
    return checked


def _problem(field_name: str, fact: str, remedy: str) -> PlacedProblem:
    return PlacedProblem.of("ask", fact, remedy, field=field_name)


def _listed() -> str:
    return ", ".join(SETTINGS)
