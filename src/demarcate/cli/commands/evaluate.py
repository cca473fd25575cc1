"""``demarcate evaluate``: scores of a saved model on a table it has not seen."""

from typing import TYPE_CHECKING

import typer

from demarcate.cli.console import print_json
from demarcate.cli.options import (
    DecisionOptions,
    ModelOptions,
    OutputOptions,
    ReadingOptions,
    RowColumns,
    ScoredTableOptions,
    Strict,
)
from demarcate.cli.process import EXIT_REFUSED
from demarcate.errors import InputError

if TYPE_CHECKING:
    from demarcate.cli.scored_table import ScoredTable
    from demarcate.inference import Predictor


def evaluate(
    source: ModelOptions,
    data: ScoredTableOptions,
    rows: RowColumns,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
    strict: Strict = False,
) -> None:
    """Score a saved model on a table it has not seen.

    Scores have 95% intervals, by group, by block of time and weighted as those of the fit were. The table is read in
    parts, so it may be larger than memory. Decisions are counted by class, with the threshold they follow. With costs,
    the model's own or those given here, the cost of the decisions is scored too.
    """
    from demarcate.cli import console_tables
    from demarcate.cli.progress_bar import work_progress
    from demarcate.inference.decision_choice import apply_costs, positive_label
    from demarcate.inference.decision_rule import decision_rule

    predictor = apply_costs(source.load(reading), decision)
    table, is_outside = _read(predictor, data, rows, reading, quiet=output.quiet)
    with work_progress("computing scores", quiet=output.quiet):
        scores, new, facts = table.scores()
    facts.warn_of_trained_groups("Those of new groups are shown alone")
    classes = predictor.classes.tolist()
    if output.as_json:
        report = {
            "model": source.model,
            "classes": classes,
            "positive": positive_label(classes, predictor.positive),
            "threshold": predictor.threshold,
            "decides_for": decision_rule(predictor),
            **scores.to_json(classes),
            "trained_groups": facts.n_trained_groups,
            "trained_rows": 0 if facts.trained is None else int(facts.trained.sum()),
            "new_groups": None if new is None else new.to_json(classes),
        }
        print_json(report)
    elif not output.quiet:
        console_tables.print_class_balance(dict(zip(classes, scores.class_rows, strict=True)))
        console_tables.print_table_scores(predictor, scores)
        if new is not None:
            console_tables.print_table_scores(predictor, new)
    if strict and (is_outside or facts.trained is not None):
        raise typer.Exit(EXIT_REFUSED)


def _read(
    predictor: "Predictor", data: ScoredTableOptions, row_columns: RowColumns, reading: ReadingOptions, *, quiet: bool
) -> "tuple[ScoredTable, bool]":
    """Return the predicted rows of a table, read part by part, and whether rows are outside what was trained on."""
    from demarcate.checks.table_sample import labelled_rows
    from demarcate.cli.progress_bar import rows_progress
    from demarcate.cli.scored_table import ScoredTable
    from demarcate.cli.table_input import open_stream, report_dropped_rows, resolve_target, warn_if_training_rows
    from demarcate.tabular.fingerprint import Fingerprint
    from demarcate.trainingset.row_facts import roles_in_table

    table = open_stream(data.table, reading)
    target = resolve_target(table.name, table.columns, data.target or predictor.target)
    roles = roles_in_table(predictor.trained_on, row_columns.roles(table.columns), table.columns)
    # Columns with a role that the model does not know are no mistake.
    known = {column.name for column in predictor.schema.columns}
    beside = [target, *(name for name in roles.names(table.columns) if name not in known)]
    missing = reading.cells().missing
    features, labels = predictor.reader(), predictor.label_reader(missing)
    scored, fingerprint, n_dropped = ScoredTable(predictor, roles, table.columns), Fingerprint(), 0
    with rows_progress(table.n_rows, quiet=quiet) as on_rows:
        for part in table.parts:
            rows = labelled_rows(part, target, missing) if data.drop_missing_target else part
            n_dropped += len(part) - len(rows)
            parsed, codes = features.parse(rows.drop(beside)), labels.read(rows[target])
            # After a problem the other parts are still read: all problems are reported together.
            if parsed is not None and codes is not None and len(codes):
                scored.add(rows, codes, predictor.probabilities(parsed))
                fingerprint.add(parsed, codes)
            on_rows(features.n_rows)
    report_dropped_rows(n_dropped)
    if problems := [*labels.problems, *features.problems]:
        raise InputError(problems)
    features.close()
    warn_if_training_rows(predictor, fingerprint.hexdigest())
    return scored, features.outside.is_reported
