"""``demarcate plot``: a saved model in a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.commands.predict import row_cells
from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile
from demarcate.cli.options import ModelOptions, Quiet, ReadingOptions, column_names

if TYPE_CHECKING:
    import polars as pl

    from demarcate.inference import Predictor

KINDS = ("regions", "probability", "confusion", "threshold", "history")


@dataclass(frozen=True, kw_only=True)
class PlotOptions:
    """The picture: its kind, its file, and the settings of some kinds."""

    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="Rows with their target; not needed for the history.")
    ] = None
    kind: Annotated[str, typer.Option("--kind", "-k", help=f"One of {', '.join(KINDS)}.")] = "regions"
    out: Annotated[
        str, typer.Option("--out", "-o", help="The picture: a .png, .svg or .pdf file."), OutputFile("picture")
    ] = "plot.png"
    columns: Annotated[
        list[str] | None, typer.Option(help="The two columns that regions and probability are drawn over (a,b).")
    ] = None
    at: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Hold another column at this value; repeat it.")
    ] = None
    false_negative: Annotated[
        float | None,
        typer.Option(help="Threshold: what missing the second class costs. [default: as in the model, or 1]"),
    ] = None
    false_positive: Annotated[
        float | None, typer.Option(help="Threshold: what a false alarm costs. [default: as in the model, or 1]")
    ] = None
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The target, if the table has another name for it.")
    ] = None


def plot(source: ModelOptions, picture: PlotOptions, reading: ReadingOptions, quiet: Quiet = False) -> None:
    """Draw a saved model.

    regions and probability are predictions on a grid over two columns, with the others held at one value each;
    confusion and threshold need rows that the model was not trained on.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.outputs import check_outputs, write_picture
    from demarcate.cli.table_input import load_table, split_target

    if picture.kind not in KINDS:
        raise UsageError(f"--kind is one of {', '.join(KINDS)}: got {picture.kind!r}")
    if picture.table is None and picture.kind != "history":
        raise UsageError(f"--kind {picture.kind} needs rows: name a table after the model")
    check_outputs(picture, source.model, *filter(None, [picture.table]))
    predictor = read_bundle(source.model, expect_sha256=source.expect_sha256)
    frame: pl.DataFrame | None = None
    labels: list[Any] = []
    if picture.table is not None:
        table = load_table(picture.table, reading)
        frame, labels, _ = split_target(table, picture.target or predictor.target)
    write_picture(picture.out, _drawing(predictor, picture, frame, labels))
    if not quiet:
        notify(f"Drawn to {picture.out}")


def _drawing(
    predictor: "Predictor", picture: PlotOptions, frame: "pl.DataFrame | None", labels: list[Any]
) -> Callable[[], Any]:
    """Return a function that makes the display."""
    from demarcate import plotting
    from demarcate.cli.table_input import warn_if_training_rows
    from demarcate.tabular import encode_known_labels
    from demarcate.tabular.fingerprint import fingerprint

    columns, at = column_names(picture.columns), row_cells(picture.at or [])
    if picture.kind == "history":
        return lambda: plotting.HistoryDisplay.from_run(predictor)
    if picture.kind in ("confusion", "threshold"):
        parsed, classes = predictor.parse(frame), predictor.classes
        warn_if_training_rows(predictor, fingerprint(parsed, encode_known_labels(labels, classes)))
        probabilities = predictor.probabilities(parsed)
        if picture.kind == "confusion":
            predicted = predictor.decide(probabilities)
            return lambda: plotting.ConfusionDisplay.from_predictions(labels, predicted, classes=classes)
        miss, alarm = (predictor.costs and predictor.costs.prices) or (1.0, 1.0)
        miss = miss if picture.false_negative is None else picture.false_negative
        alarm = alarm if picture.false_positive is None else picture.false_positive
        return lambda: plotting.ThresholdDisplay.from_predictions(
            labels, probabilities, classes=classes, false_negative=miss, false_positive=alarm
        )
    return lambda: plotting.BoundaryDisplay.from_estimator(
        predictor,
        (frame, labels),
        kind="regions" if picture.kind == "regions" else "probability",
        columns=columns or None,
        at=at,
    )
