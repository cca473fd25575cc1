"""Tables on standard output for people to read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demarcate.classifier import DemarcateClassifier
from demarcate.evaluation import Score
from demarcate.nn import Network
from demarcate.predictor import Predictor
from demarcate.tabular import Column, Schema
from demarcate.tabular.values import categories, numbers

_METRICS = {"accuracy": "accuracy", "log_loss": "log loss", "roc_auc": "ROC AUC"}
_MODELS = {"majority": "majority class", "logistic_regression": "logistic regression"}
_MAX_COLUMNS = 40
_MAX_CLASSES = 30


def console() -> Console:
    """Standard output, as wide as it is."""
    return Console(highlight=False)


def _table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """An open table under a bold title; cells are rich markup, so what comes from a user is escaped."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def schema(name: str, frame: pl.DataFrame, schema: Schema, target: str) -> None:
    """What each column is taken to be."""
    title = f"{escape(name)}: {len(frame):,} rows, {frame.width} columns and the target {escape(repr(target))}"
    table = _table(title, "column", "kind", "missing", "values", "", right=["missing"])
    for column in schema.columns[:_MAX_COLUMNS]:
        cells = frame[column.name]
        n_missing = _n_missing(cells, column)
        remark = f"not used: {column.dropped}" if column.dropped else column.note
        row = (column.name, column.kind, str(n_missing or ""), _summary(cells, column), remark)
        table.add_row(*map(escape, row))
    if len(schema.columns) > _MAX_COLUMNS:
        table.add_row(f"and {len(schema.columns) - _MAX_COLUMNS} more", "", "", "", "")
    console().print(table)


def _n_missing(cells: pl.Series, column: Column) -> int:
    if column.kind == "numerical":
        return int(np.isnan(numbers(cells).values).sum())
    return categories(cells).null_count()


def _summary(cells: pl.Series, column: Column) -> str:
    if column.kind == "numerical":
        present = numbers(cells).values
        present = present[~np.isnan(present)]
        return f"{present.min():g} to {present.max():g}, median {np.median(present):g}" if len(present) else ""
    text = categories(cells).drop_nulls()
    if column.kind == "date":
        return f"such as {text[0]}" if len(text) else ""
    shown = ", ".join(column.categories[:4])
    return f"{len(column.categories)}: {shown}" + (", ..." if len(column.categories) > 4 else "")


def class_balance(labels: Sequence[Any]) -> None:
    """How many rows each class has."""
    counts = Counter(label for label in labels if label is not None)
    table = _table("Class balance", "class", "rows", "share", right=["rows", "share"])
    for label, count in sorted(counts.items(), key=lambda item: -item[1])[:_MAX_CLASSES]:
        table.add_row(escape(str(label)), f"{count:,}", f"{count / len(labels):.1%}")
    if len(counts) > _MAX_CLASSES:
        table.add_row(f"and {len(counts) - _MAX_CLASSES} more", "", "")
    console().print(table)


def class_weights(classifier: DemarcateClassifier) -> None:
    """The weight each class's rows had in the loss, if not all alike."""
    if classifier.class_weight is not None:
        shown = ", ".join(f"{label}: {weight:.3g}" for label, weight in classifier.class_weight_.items())
        console().print(f"Effective class weights  {shown}\n", markup=False)


def scores(scores: Mapping[str, Score], baselines: Mapping[str, Mapping[str, Score]] | None = None) -> None:
    """Metrics with their intervals, beside what simple rules reach on the same rows."""
    first = next(iter(scores.values()))
    rows = {"demarcate": scores, **(baselines or {})}
    title = f"Scores on {first.n_rows:,} {first.rows} rows, with 95% intervals"
    table = _table(title, "", *(_MODELS.get(name, name) for name in rows))
    for metric, words in _METRICS.items():
        if metric in scores:
            table.add_row(words, *(str(row[metric]) if metric in row else "" for row in rows.values()))
    console().print(table)


def training(classifier: DemarcateClassifier, seconds: float) -> None:
    """How the networks were trained."""
    epochs = sorted(member.best_epoch for member in classifier.members_)
    network = classifier.members_[0].network
    console().print(
        f"{len(epochs)} networks (hidden {_hidden(network)}, {network.activation}) trained in {seconds:.1f} s;\n"
        f"best epochs {epochs[0]} to {epochs[-1]}, median {epochs[len(epochs) // 2]}."
    )


def model(path: str, predictor: Predictor) -> None:
    """A saved model: its columns, its networks, its scores and its origin."""
    record = predictor.record
    out = console()
    out.print(f"[bold]{escape(path)}[/bold] predicts {predictor.target!r}: {_listed(predictor.classes.tolist())}")
    table = _table("Columns", "column", "kind", "categories", "")
    for column in predictor.schema.columns:
        remark = f"not used: {column.dropped}" if column.dropped else column.note
        table.add_row(escape(column.name), column.kind, escape(_listed(column.categories)), escape(remark))
    out.print(table)
    if "scores" in record:
        baselines = {name: _scores(values) for name, values in record.get("baselines", {}).items()}
        scores(_scores(record["scores"]), baselines)
    network = predictor.networks[0]
    sizes = sorted({sum(weight.numel() + bias.numel() for weight, bias in state) for state in predictor.states()})
    span = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    facts = {
        "networks": f"{predictor.n_members}, of {span} parameters",
        "layers": f"hidden {_hidden(network)}, {network.activation}, dropout {network.dropout:g}",
        "head": predictor.head.name,
        "threshold": "the likelier class" if predictor.threshold is None else f"{predictor.threshold:g}",
        "trained on": f"{record['n_samples']:,} rows" if "n_samples" in record else "",
        **{
            f"made with {name}" if name not in ("seed", "data_sha256") else name: str(value)
            for name, value in record.get("provenance", {}).items()
        },
    }
    for name, value in facts.items():
        if value:
            out.print(f"{name:22s} {value}", markup=False)


def _scores(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    return {name: Score(**entry) for name, entry in values.items()}


def _hidden(network: Network) -> str:
    return ",".join(map(str, network.hidden)) or "none"


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values[:8])) + (f" and {len(values) - 8} more" if len(values) > 8 else "")
