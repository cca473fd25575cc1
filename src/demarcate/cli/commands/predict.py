"""``demarcate predict``: probabilities for the rows of a table, or for one row given inline."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.options import Abstain, Cost, Delimiter, Encoding, ExpectSha256, Json, Model, Quiet
from demarcate.formatting import counted

if TYPE_CHECKING:
    from demarcate.cli.prediction_format import Printed


def predict(
    model: Model,
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE | COLUMN=VALUE ...]", help="A table, or with --row the cells of one row."),
    ] = None,
    row: Annotated[bool, typer.Option("--row", help="The arguments are one row: --row age=80 sex=0 ...")] = False,
    out: Annotated[
        str | None, typer.Option("--out", "-o", help="Write predictions to this CSV, TSV, Parquet or JSON lines file.")
    ] = None,
    cost: Cost = None,
    abstain: Abstain = None,
    coverage: Annotated[
        float | None,
        typer.Option(
            "--set",
            metavar="COVERAGE",
            help="Add the labels that hold the true one this often, such as 0.9, joined by |; none where no label is "
            "as likely as true ones usually are.",
        ),
    ] = None,
    set_per_class: Annotated[
        bool, typer.Option("--set-per-class", help="Sets that hold the true label this often for rows of each class.")
    ] = False,
    spread: Annotated[
        bool, typer.Option("--spread", help="Add how far the networks differ in each probability.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the whole parts that an interrupted run kept beside --out.")
    ] = False,
    expect_sha256: ExpectSha256 = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    r"""Predict labels and probabilities for a table or a single row.

    Without --out the predictions go to standard output, as CSV for a table and in words for a single row. A row that is
    not decided (--abstain) has an empty cell. A | within a label of a set is written \|, and a \ is written \\.
    A table may be larger than memory: rows are read and predicted a part at a time.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.cost_options import with_costs
    from demarcate.cli.outputs import check_writable_as_table
    from demarcate.cli.prediction_stream import Asked, identity_of, predict_parts, predict_to_file
    from demarcate.cli.table_input import Opened, opened, refuse_overwriting
    from demarcate.tabular import as_frame

    source = _checked(items, row=row, needs_set=set_per_class and coverage is None)
    if out:
        check_writable_as_table(out)
        refuse_overwriting(out, model, *([] if row else source))
    predictor = with_costs(read_bundle(model, expect_sha256=expect_sha256), cost, abstain)
    if row:
        known = [column.name for column in predictor.schema.columns]
        frame = as_frame({name: [cell] for name, cell in cells(source, known).items()})
        table = Opened("the row", [frame], tuple(frame.columns), 1, again=False)
    else:
        table = opened(source[0], encoding, delimiter)
    if resume and (as_json or not out or not table.stays):
        raise UsageError("--resume goes on with a table on the disk whose predictions go to --out, and nowhere else")
    asked = Asked(predictor, coverage, per_class=set_per_class, spread=spread)
    with ExitStack() as closing:
        printed = [closing.enter_context(sink) for sink in _printed(as_json=as_json, row=row, to_file=bool(out))]
        if out:
            identity = identity_of(model, table)
            identity |= {"cost": cost, "abstain": abstain, "set": coverage, "set per class": set_per_class}
            identity |= {"spread": spread, "encoding": encoding, "delimiter": delimiter}
            n_rows = predict_to_file(out, table, asked, printed, identity, resume=resume, quiet=quiet)
            if not quiet:
                say(f"{counted(n_rows, 'prediction')} saved to {out}")
        else:
            predict_parts(table, asked, printed, quiet=quiet)
        for sink in printed:
            sink.finish()


def _printed(*, as_json: bool, row: bool, to_file: bool) -> "list[Printed]":
    """What goes to standard output: one object, words for a single row, CSV if there is no file, or nothing."""
    from demarcate.cli.prediction_format import PrintedCsv, PrintedJson, PrintedWords

    if as_json:
        return [PrintedJson()]
    if row:
        return [PrintedWords()]
    return [] if to_file else [PrintedCsv()]


def _checked(items: list[str] | None, *, row: bool, needs_set: bool) -> list[str]:
    """The arguments, if the command can mean them."""
    if not items:
        raise UsageError("name a table, or give one row with --row COLUMN=VALUE ...")
    if not row and len(items) > 1:
        raise UsageError(f"one table at a time: got {', '.join(items)}. For a single row, put --row before its cells")
    if needs_set:
        raise UsageError("--set-per-class is a kind of --set: say how often, such as --set 0.9")
    return items


def cells(items: list[str], columns: Sequence[str] = ()) -> dict[str, str]:
    """One row's cells from ``COLUMN=VALUE`` arguments.

    Parameters
    ----------
    items
        The arguments.
    columns
        Names that are known: one of them may hold an equals sign.

    Examples
    --------
    >>> cells(["age=80", "chest pain=typical", "thal="])
    {'age': '80', 'chest pain': 'typical', 'thal': ''}
    >>> cells(["bmi>=30=yes"], columns=["bmi>=30", "bmi"])
    {'bmi>=30': 'yes'}
    """
    found: dict[str, str] = {}
    for item in items:
        known = [name for name in columns if item.startswith(f"{name}=")]
        name = max(known, key=len) if known else item.partition("=")[0]
        value = item[len(name) + 1 :]
        if len(item) == len(name) or not name.strip():
            raise UsageError(f"a cell is written COLUMN=VALUE: got {item!r}")
        if name.strip() in found:
            raise UsageError(f"a row has one cell a column: {name.strip()!r} is given twice")
        found[name.strip()] = value
    return found
