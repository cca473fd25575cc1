"""``demarcate predict``: probabilities for the rows of a table, or for one row in the arguments."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, argument, option
from demarcate.cli.options import (
    PREDICTION_DIGITS,
    DecisionOptions,
    ModelOptions,
    OutputOptions,
    ReadingOptions,
    Strict,
)
from demarcate.cli.process import EXIT_REFUSED
from demarcate.formatting import ALL_DIGITS, counted, listed, quoted

if TYPE_CHECKING:
    from demarcate.cli.prediction_format import PredictionPrinter
    from demarcate.cli.table_input import TableInput
    from demarcate.inference import FittedModel, Predictor


@dataclass(frozen=True, kw_only=True)
class PredictOptions:
    """The rows, and what is predicted for each."""

    items: list[str] | None = argument(
        "A table, or with --row the cells of one row.", "TABLE|COLUMN=VALUE", default=None
    )
    row: bool = option("The arguments are the cells of one row: --row age=80 sex=0 ...", "--row", default=False)
    out: str | None = option(
        "Write the predictions to this CSV, TSV, Parquet or JSON lines file.", "--out", "-o", marker=OutputFile("table")
    )
    coverage: float | None = option(
        "Add a set of labels for each row that holds the true one this often, such as 0.9. Labels are joined by |; a "
        "set is empty where no label is likely enough.",
        "--set",
        metavar="COVERAGE",
    )
    set_per_class: bool = option(
        "With --set: hold the true label this often for the rows of each class.", "--set-per-class", default=False
    )
    spread: bool = option(
        "Add the standard deviation of each probability between the networks.", "--spread", default=False
    )
    keep: list[str] | None = option(
        "Columns of the table to write before the predictions, as the table has them: id,name, or all.",
        metavar="COLUMNS",
    )
    digits: int = option(
        "Significant digits of probabilities in text, 17 for all; Parquet has all of them.", default=PREDICTION_DIGITS
    )
    strict: Strict = False
    resume: bool = option(
        "Resume an interrupted run from the parts that it saved beside --out.", "--resume", default=False
    )


def predict(
    source: ModelOptions,
    options: PredictOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    r"""Predict labels and probabilities for a table or a single row.

    Without --out the predictions go to standard output, as CSV for a table and in words for a single row. --keep writes
    columns of the table before them. A row that is not decided (--abstain) has an empty cell. A | within a label of a
    set is written \|, and a \ is written \\.
    A table may be larger than memory: rows are read and predicted a part at a time.

    Example: demarcate predict model.safetensors people.csv
    """
    from demarcate.inference.decision_choice import apply_costs

    items = _checked_items(options)
    if options.row and not (options.out or options.keep or options.resume):
        _predict_row(items, apply_costs(source.load_for_a_row(reading), decision), options, output)
        return
    from demarcate.cli.kept_columns import KeptColumns
    from demarcate.cli.outputs import check_outputs
    from demarcate.cli.prediction_stream import PartPredictor, input_identity, predict_parts, predict_to_file
    from demarcate.inference.predictions import output_names

    check_outputs(options, source.model, *([] if options.row else items))
    predictor = apply_costs(source.load(reading), decision)
    table = _table(items, predictor, reading, is_row=options.row)
    if options.resume and (output.as_json or not options.out or not table.is_stored):
        fact = "--resume is only for a table on the disk whose predictions go to --out"
        raise UsageError(fact, "Leave out --resume, or name such a table and --out, without --json")
    has = {"has_sets": options.coverage is not None, "has_spread": options.spread, "as_json": output.as_json}
    kept = KeptColumns.of(options.keep, table.columns, output_names(predictor.classes, **has))
    model = PartPredictor(
        predictor, options.coverage, options.set_per_class, options.spread, kept=kept, digits=options.digits
    )
    with ExitStack() as closing:
        printers = [closing.enter_context(printer) for printer in _printers(options, output)]
        sinks = [printer.add for printer in printers]
        if options.out:
            identity = input_identity(source.model, table)
            identity |= {"positive": decision.positive}
            identity |= {"cost": decision.cost, "abstain": decision.abstain, "set": options.coverage}
            identity |= {"set per class": options.set_per_class, "spread": options.spread}
            identity |= {"keep": list(kept.names), "digits": options.digits, "reading": asdict(reading)}
            reader = predict_to_file(
                options.out, table, model, sinks, identity, resume=options.resume, quiet=output.quiet
            )
            if not output.quiet:
                notify(f"{counted(reader.n_rows, 'prediction')} saved to {options.out}")
        else:
            reader = predict_parts(table, model, sinks, quiet=output.quiet)
        for printer in printers:
            printer.finish()
    if options.strict and reader.outside.is_reported:
        raise typer.Exit(EXIT_REFUSED)


def _predict_row(items: list[str], model: "FittedModel", options: PredictOptions, output: OutputOptions) -> None:
    """Predict the row in the arguments, and print the prediction."""
    from demarcate.inference.predictions import predictions_of

    cells = row_cells(items, [column.name for column in model.schema.columns])
    row = model.parse_row({name: cell for name, cell in cells.items() if name != model.target})
    predictions = predictions_of(
        model,
        row.columns,
        options.coverage,
        per_class=options.set_per_class,
        spread=options.spread,
        digits=options.digits,
    )
    for printer in _printers(options, output):
        with printer:
            printer.add(predictions)
            printer.finish()
    if options.strict and row.is_outside:
        raise typer.Exit(EXIT_REFUSED)


def _table(items: list[str], predictor: "Predictor", reading: ReadingOptions, *, is_row: bool) -> "TableInput":
    from demarcate.cli.table_input import TableInput, open_stream
    from demarcate.tabular import as_frame

    if not is_row:
        return open_stream(items[0], reading)
    known = [column.name for column in predictor.schema.columns]
    frame = as_frame({name: [cell] for name, cell in row_cells(items, known).items()})
    return TableInput.of_frame("the row", frame)


def _printers(options: PredictOptions, output: OutputOptions) -> "list[PredictionPrinter]":
    """Return what prints to standard output: one object, words for a single row, or CSV if there is no file."""
    from demarcate.cli.prediction_format import PredictionPrinter, write_csv, write_json, write_words

    if output.as_json:
        return [PredictionPrinter(write_json, end="]}\n")]
    if options.row:
        return [PredictionPrinter(write_words)]
    return [] if options.out else [PredictionPrinter(write_csv)]


def _checked_items(options: PredictOptions) -> list[str]:
    """Return the table or the cells, if the options agree with each other."""
    items = options.items
    if not items:
        raise UsageError("There is nothing to predict", "Name a table, or give one row with --row COLUMN=VALUE ...")
    if not options.row and len(items) > 1:
        fact = f"There are {len(items)} tables: {listed(items, write=quoted)}"
        raise UsageError(fact, "Name one, or put --row before the cells of a single row")
    if options.set_per_class and options.coverage is None:
        raise UsageError("--set-per-class has no coverage", "Add one, such as --set 0.9")
    if not 1 <= options.digits <= ALL_DIGITS:
        raise UsageError(f"--digits is {options.digits}", f"Give a number from 1 to {ALL_DIGITS}")
    return items


def row_cells(items: list[str], columns: Sequence[str] = ()) -> dict[str, str]:
    """Return one row's cells from ``COLUMN=VALUE`` arguments; the name of a known column may hold an equals sign."""
    cells: dict[str, str] = {}
    for item in items:
        known = [name for name in columns if item.startswith(f"{name}=")]
        name = max(known, key=len) if known else item.partition("=")[0]
        if len(item) == len(name) or not name.strip():
            raise UsageError(f"{quoted(item)} is not a cell", "Write cells as COLUMN=VALUE")
        if name.strip() in cells:
            raise UsageError(f"Column {quoted(name.strip())} is given twice", "Give it one value")
        cells[name.strip()] = item[len(name) + 1 :]
    return cells
