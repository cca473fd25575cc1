"""Tables on standard output for people to read."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demarcate.cli import model_summary
from demarcate.formatting import listed, visible
from demarcate.tabular import Schema
from demarcate.tabular.summaries import ColumnSummary, summarize_column

if TYPE_CHECKING:
    # A schema is shown before anything is imported that trains.
    from demarcate.auditing import Audit
    from demarcate.bundle.read_model import ModelFile
    from demarcate.classifier.classifier import DemarcateClassifier
    from demarcate.evaluation import CostComparison, Costs, Score

_MODELS = {"majority": "majority class", "logistic_regression": "logistic regression"}
_SEVERITIES = {"leak": "bold red", "warning": "yellow", "note": "dim"}
_MAX_COLUMNS = 40
_MAX_CLASSES = 30


class _Console(Console):
    """Standard output, as wide as it is; when nobody reads it any more, the command decides what to do."""

    def on_broken_pipe(self) -> None:
        """Let the error on."""
        raise  # noqa: PLE0704 - rich calls this while it handles the error


def console() -> Console:
    """Standard output for people."""
    return _Console(highlight=False)


def _literal(value: object) -> str:
    """Text of a user's as itself: no markup, and no control characters, which a terminal would obey."""
    return escape(visible(value))


def _table(*columns: str, right: Sequence[str] = ()) -> Table:
    """An open table; cells are rich markup, so what comes from a user is escaped."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _print(title: str, table: Table | str) -> None:
    """A table under its title, which may be wider than the table."""
    out = console()
    out.print(title, style="bold")
    out.print(table)


def schema(name: str, frame: pl.DataFrame, schema: Schema, target: str) -> None:
    """What each column is taken to be."""
    shown = {column.name: summarize_column(frame[column.name], column) for column in schema.columns[:_MAX_COLUMNS]}
    described_schema(name, len(frame), schema, shown, target)


def described_schema(name: str, n_rows: int, schema: Schema, shown: Mapping[str, ColumnSummary], target: str) -> None:
    """What each column is taken to be, beside what is shown of it."""
    title = f"{_literal(name)}: {n_rows:,} rows, {len(schema.columns)} columns and the target {_literal(repr(target))}"
    table = _table("column", "kind", "missing", "values", "", right=["missing"])
    for column in schema.columns[:_MAX_COLUMNS]:
        cells = shown[column.name]
        remark = f"not used: {column.dropped}" if column.dropped else column.note
        row = (column.name, column.kind, str(cells.n_missing or ""), cells.summary, remark)
        table.add_row(*map(_literal, row))
    if len(schema.columns) > _MAX_COLUMNS:
        table.add_row(f"and {len(schema.columns) - _MAX_COLUMNS} more", "", "", "", "")
    _print(title, table)


def class_balance(counts: Mapping[Any, int]) -> None:
    """How many rows each class has; those of None are without one."""
    n_rows = sum(counts.values())
    counts = {label: count for label, count in counts.items() if count and label is not None}
    table = _table("class", "rows", "share", right=["rows", "share"])
    for label, count in sorted(counts.items(), key=lambda item: -item[1])[:_MAX_CLASSES]:
        table.add_row(_literal(label), f"{count:,}", f"{count / n_rows:.1%}")
    if len(counts) > _MAX_CLASSES:
        table.add_row(f"and {len(counts) - _MAX_CLASSES} more", "", "")
    _print("Class balance", table)


def class_weights(classifier: "DemarcateClassifier") -> None:
    """The weight each class's rows had in the loss, if not all alike."""
    if classifier.class_weight is not None:
        shown = ", ".join(f"{label}: {weight:.3g}" for label, weight in classifier.class_weight_.items())
        console().print(f"Effective class weights  {_literal(shown)}\n")


def scores(scores: "Mapping[str, Score]", baselines: Mapping[str, "Mapping[str, Score]"] | None = None) -> None:
    """Metrics with their intervals, beside what simple rules reach on the same rows."""
    from demarcate.evaluation import METRICS

    first = next(iter(scores.values()))
    known = baselines or {}
    rows = {"demarcate": scores, **{name: known[name] for name in _MODELS if name in known}, **known}
    title = f"Scores on {first.n_rows:,} {_literal(first.rows)} rows, with 95% intervals"
    table = _table("", *(_literal(_MODELS.get(name, name)) for name in rows))
    table.padding = (0, 1, 0, 0)
    for name, metric in METRICS.items():
        if name in scores:
            table.add_row(metric.short_label, *(str(row.get(name, "")) for row in rows.values()))
    _print(title, table)


def costs(compared: "CostComparison", classes: Sequence[Any], costs: "Costs") -> None:
    """What a row costs, decided in three ways, and what deciding by cost saves."""
    first = compared.decided
    if len(classes) == 2:
        # Which class is the positive one decides what every cost means.
        negative, positive = (_literal(repr(label)) for label in classes)
        alarm, miss = costs.matrix[0, 1], costs.matrix[1, 0]
        missed = f"{positive} decided as {negative} (a false negative) costs {miss:g}"
        console().print(f"{missed}, {negative} decided as {positive} (a false positive) {alarm:g}.\n", soft_wrap=True)
    table = _table("", "cost of a row", "more than by cost")
    table.add_row("decided by cost", str(first), "")
    table.add_row("at 0.5" if len(classes) == 2 else "likeliest class", str(compared.likeliest), str(compared.saved))
    table.add_row(_literal(f"always {compared.always}"), str(compared.constant), str(compared.saved_over_constant))
    _print(f"Costs on {first.n_rows:,} {_literal(first.rows)} rows, with 95% intervals", table)
    if compared.abstained:
        console().print(f"{compared.abstained:.1%} of the rows are not decided.\n")
    console().print("The scores above are of the likeliest class, not of decisions by cost.\n")


def class_scores(classes: Sequence[Any], scores: Sequence[Mapping[str, "Score"]]) -> None:
    """Precision, recall and F1 of each class, with their intervals."""
    table = _table("class", "precision", "recall", "F1")
    for label, found in list(zip(classes, scores, strict=True))[:_MAX_CLASSES]:
        table.add_row(_literal(str(label)), *(str(found.get(name, "")) for name in ("precision", "recall", "f1")))
    more = len(classes) - _MAX_CLASSES
    if more > 0:
        table.add_row(f"and {more} more")
    _print("Class by class", table)


def training(classifier: "DemarcateClassifier", seconds: float, looked_at: str = "") -> None:
    """How the networks were trained, and on how many rows they were compared if not on all."""
    epochs = sorted(member.best_epoch for member in classifier.members_)
    network = classifier.members_[0].network
    console().print(
        f"{len(epochs)} networks (hidden {model_summary.hidden(network)}, {network.activation}) "
        f"trained in {seconds:.1f} s;\n"
        f"best epochs {epochs[0]} to {epochs[-1]}, median {epochs[len(epochs) // 2]}."
    )
    if any(member.timed_out for member in classifier.members_):
        console().print("The time limit ended training: these are the best networks so far.")
    if looked_at:
        console().print(looked_at)


def model(path: str, audited: "ModelFile") -> None:
    """A model file: its columns, its scores, its networks, its origin and its sizes."""
    contents = audited.spec
    out = console()
    classes = _literal(listed(contents.classes.tolist()))
    out.print(f"[bold]{_literal(path)}[/bold] predicts {_literal(repr(contents.target))}: {classes}")
    table, encoded = _table("column", "kind", "categories", "encoded", ""), model_summary.encoded(contents)
    for column in contents.schema.columns:
        remark = f"not used: {column.dropped}" if column.dropped else column.note
        row = (column.name, column.kind, listed(column.categories), encoded.get(column.name, ""), remark)
        table.add_row(*map(_literal, row))
    _print("Columns", table)
    if contents.record.get("scores"):
        from demarcate.evaluation import scores_from_json

        baselines = {name: scores_from_json(values) for name, values in contents.record.get("baselines", {}).items()}
        scores(scores_from_json(contents.record["scores"]), baselines)
    for name, words in model_summary.facts(audited):
        out.print(_literal(f"{name:22s} {words}"), soft_wrap=True)


def audit(name: str, found: "Audit") -> None:
    """What an audit found, the scores without it, and how another table differs."""
    table = _table("", "", "what was found")
    for finding in found.findings:
        style = _SEVERITIES[finding.severity]
        table.add_row(f"[{style}]{finding.severity}[/{style}]", finding.rule, _literal(finding))
    _print(f"{_literal(name)}: {_literal(found.summary())}", table if found.findings else "")
    for remark in found.remarks:
        console().print(_literal(remark))
    if found.rescored:
        from demarcate.evaluation import MAIN_METRICS, METRICS

        metrics = [metric for metric in MAIN_METRICS if metric in found.rescored[0].scores]
        table = _table("", "rows", *(METRICS[name].short_label for name in metrics), right=["rows"])
        for rescored in found.rescored:
            scores = [str(rescored.scores.get(metric, "")) for metric in metrics]
            table.add_row(_literal(rescored.name), f"{rescored.n_rows:,}", *scores)
        _print("Scores with and without it, with 95% intervals", table)
    if found.drift:
        table = _table("column", "distance", "first table -> second table", right=["distance"])
        for column in found.drift.columns[:_MAX_COLUMNS]:
            table.add_row(_literal(column.name), f"{column.distance:.2f}", _literal(column.text))
        _print(_literal(found.drift), table if found.drift.columns else "")
        for remark in found.drift.remarks:
            console().print(_literal(remark))
