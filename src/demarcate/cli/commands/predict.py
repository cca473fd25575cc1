"""``demarcate predict``: probabilities for the rows of a table, or for one row in the arguments."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile
from demarcate.cli.options import DecisionOptions, ModelOptions, OutputOptions, ReadingOptions
from demarcate.formatting import counted, quoted

if TYPE_CHECKING:
    from demarcate.cli.prediction_format import PredictionPrinter
    from demarcate.cli.prediction_stream import RowPredictor
    from demarcate.cli.table_input import TableInput
    from demarcate.inference import Predictor


@dataclass(frozen=True, kw_only=True)
class PredictOptions:
    """The rows, and what is predicted for each."""

    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE | COLUMN=VALUE ...]", help="A table, or with --row the cells of one row."),
    ] = None
    row: Annotated[bool, typer.Option("--row", help="The arguments are one row: --row age=80 sex=0 ...")] = False
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", help="Write predictions to this CSV, TSV, Parquet or JSON lines file."),
        OutputFile("table"),
    ] = None
    coverage: Annotated[
        float | None,
        typer.Option(
            "--set",
            metavar="COVERAGE",
            help="Add the labels that hold the true one this often, such as 0.9, joined by |; none where no label is "
            "as likely as true ones usually are.",
        ),
    ] = None
    set_per_class: Annotated[
        bool, typer.Option("--set-per-class", help="Sets that hold the true label this often for rows of each class.")
    ] = False
    spread: Annotated[bool, typer.Option("--spread", help="Add how far the networks differ in each probability.")] = (
        False
    )
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume from the whole parts that an interrupted run saved beside --out.")
    ] = False


def predict(
    source: ModelOptions,
    options: PredictOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    r"""Predict labels and probabilities for a table or a single row.

    Without --out the predictions go to standard output, as CSV for a table and in words for a single row. A row that is
    not decided (--abstain) has an empty cell. A | within a label of a set is written \|, and a \ is written \\.
    A table may be larger than memory: rows are read and predicted a part at a time.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.cost_options import apply_costs
    from demarcate.cli.outputs import check_outputs
    from demarcate.cli.prediction_stream import RowPredictor, predict_parts

    items = _checked_items(options)
    check_outputs(options, source.model, *([] if options.row else items))
    predictor = apply_costs(read_bundle(source.model, expect_sha256=source.expect_sha256), decision)
    table = _table(items, predictor, reading, is_row=options.row)
    if options.resume and (output.as_json or not options.out or not table.is_stored):
        raise UsageError("--resume is for a table on the disk whose predictions go to --out alone")
    model = RowPredictor(predictor, options.coverage, per_class=options.set_per_class, spread=options.spread)
    with ExitStack() as closing:
        printers = [closing.enter_context(printer) for printer in _printers(options, output)]
        if options.out:
            n_rows = _save(options.out, source.model, table, model, printers, options, decision, reading, output)
            if not output.quiet:
                notify(f"{counted(n_rows, 'prediction')} saved to {options.out}")
        else:
            predict_parts(table, model, printers, quiet=output.quiet)
        for printer in printers:
            printer.finish()


def _table(items: list[str], predictor: "Predictor", reading: ReadingOptions, *, is_row: bool) -> "TableInput":
    from demarcate.cli.table_input import TableInput, open_stream
    from demarcate.tabular import as_frame

    if not is_row:
        return open_stream(items[0], reading)
    known = [column.name for column in predictor.schema.columns]
    frame = as_frame({name: [cell] for name, cell in row_cells(items, known).items()})
    return TableInput.of_frame("the row", frame)


def _save(
    out: str,
    model_file: str,
    table: "TableInput",
    model: "RowPredictor",
    printers: "list[PredictionPrinter]",
    options: PredictOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> int:
    from demarcate.cli.prediction_stream import input_identity, predict_to_file

    identity = input_identity(model_file, table)
    identity |= {"cost": decision.cost, "abstain": decision.abstain, "set": options.coverage}
    identity |= {"set per class": options.set_per_class, "spread": options.spread}
    identity |= {"encoding": reading.encoding, "delimiter": reading.delimiter}
    return predict_to_file(out, table, model, printers, identity, resume=options.resume, quiet=output.quiet)


def _printers(options: PredictOptions, output: OutputOptions) -> "list[PredictionPrinter]":
    """Return what prints to standard output: one object, words for a single row, or CSV if there is no file."""
    from demarcate.cli.prediction_format import CsvPrinter, JsonPrinter, TextPrinter

    if output.as_json:
        return [JsonPrinter()]
    if options.row:
        return [TextPrinter()]
    return [] if options.out else [CsvPrinter()]


def _checked_items(options: PredictOptions) -> list[str]:
    """Return the table or the cells, if the options agree with each other."""
    items = options.items
    if not items:
        raise UsageError("there is nothing to predict. Name a table, or give one row with --row COLUMN=VALUE ...")
    if not options.row and len(items) > 1:
        raise UsageError(f"one table at a time: got {', '.join(items)}. For a single row, put --row before its cells")
    if options.set_per_class and options.coverage is None:
        raise UsageError("--set-per-class needs a coverage. Add one, such as --set 0.9")
    return items


def row_cells(items: list[str], columns: Sequence[str] = ()) -> dict[str, str]:
    """Return one row's cells from ``COLUMN=VALUE`` arguments; the name of a known column may hold an equals sign."""
    cells: dict[str, str] = {}
    for item in items:
        known = [name for name in columns if item.startswith(f"{name}=")]
        name = max(known, key=len) if known else item.partition("=")[0]
        if len(item) == len(name) or not name.strip():
            raise UsageError(f"a cell is written COLUMN=VALUE: got {quoted(item)}")
        if name.strip() in cells:
            raise UsageError(f"a row has one cell a column: {quoted(name.strip())} is given twice")
        cells[name.strip()] = item[len(name) + 1 :]
    return cells
