"""``demarcate evaluate``: scores of a saved model on a table it has not seen."""

from typing import TYPE_CHECKING

import typer

from demarcate.cli.console import print_json
from demarcate.cli.options import (
    DecisionOptions,
    ModelOptions,
    OutputOptions,
    ReadingOptions,
    ScoredTableOptions,
    Strict,
)
from demarcate.cli.process import EXIT_REFUSED
from demarcate.errors import InputError

if TYPE_CHECKING:
    from demarcate.evaluation import StreamingScores
    from demarcate.inference import Predictor


def evaluate(
    source: ModelOptions,
    data: ScoredTableOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
    strict: Strict = False,
) -> None:
    """Score a saved model on a table it has not seen.

    Scores have 95% intervals. The table is read in parts, so it may be larger than memory. With costs, the model's own
    or those given here, the cost of the decisions is scored too.
    """
    from demarcate.cli import console_tables
    from demarcate.cli.cost_options import apply_costs, positive_label
    from demarcate.evaluation.scores import scores_json

    predictor = apply_costs(source.load(), decision)
    streaming, is_outside = _score(predictor, data, reading)
    scores, class_scores = streaming.scores("given"), streaming.class_scores("given")
    costs, classes = predictor.costs, predictor.classes.tolist()
    comparison = None if costs is None else streaming.compare_costs(costs, rows="given", classes=classes)
    if output.as_json:
        report = {
            "model": source.model,
            "n_samples": streaming.n_rows,
            "classes": classes,
            "positive": positive_label(classes, predictor.positive),
            "scores": scores_json(scores),
            "class_scores": dict(zip(map(str, classes), map(scores_json, class_scores), strict=True)),
            "costs": None if comparison is None else comparison.to_json(),
        }
        print_json(report)
    elif not output.quiet:
        console_tables.print_class_balance(dict(zip(classes, streaming.class_counts.tolist(), strict=True)))
        console_tables.print_scores(scores)
        console_tables.print_class_scores(classes, class_scores)
        if comparison and costs:
            console_tables.print_costs(comparison, classes, costs)
        console_tables.print_positive(classes, predictor.positive, class_scores)
    if strict and is_outside:
        raise typer.Exit(EXIT_REFUSED)


def _score(predictor: "Predictor", data: ScoredTableOptions, reading: ReadingOptions) -> "tuple[StreamingScores, bool]":
    """Return the scored rows of a table, read part by part, and whether rows are outside what was trained on."""
    from demarcate.cli.table_input import open_stream, report_dropped_rows, resolve_target, warn_if_training_rows
    from demarcate.evaluation import StreamingScores
    from demarcate.tabular import LabelReader
    from demarcate.tabular.cells import parse_categories
    from demarcate.tabular.fingerprint import Fingerprint
    from demarcate.tabular.positive_class import positive_or_second

    table = open_stream(data.table, reading)
    target = resolve_target(table.name, table.columns, data.target or predictor.target)
    features, labels = predictor.reader(), LabelReader(predictor.classes)
    streaming = StreamingScores(len(predictor.classes), positive=positive_or_second(predictor.positive))
    fingerprint, n_dropped = Fingerprint(), 0
    for part in table.parts:
        rows = part.filter(parse_categories(part[target]).is_not_null()) if data.drop_missing_target else part
        n_dropped += len(part) - len(rows)
        parsed, codes = features.parse(rows.drop(target)), labels.read(rows[target])
        # After a problem the other parts are still read: all problems are reported together.
        if parsed is not None and codes is not None and len(codes):
            probabilities = predictor.probabilities(parsed)
            streaming.add(codes, probabilities, predictor.decisions(probabilities))
            fingerprint.add(parsed, codes)
    report_dropped_rows(n_dropped)
    if problems := [*labels.problems, *features.problems]:
        raise InputError(problems)
    features.close()
    warn_if_training_rows(predictor, fingerprint.hexdigest())
    return streaming, features.outside.is_reported
