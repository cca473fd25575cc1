"""``demarcate plot``: what a saved model learned, in a picture."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.commands.predict import cells
from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.options import Delimiter, Encoding, ExpectSha256, Model, Quiet, names

if TYPE_CHECKING:
    import polars as pl

    from demarcate.inference import Predictor

KINDS = ("regions", "probability", "confusion", "threshold", "history")


def plot(
    model: Model,
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="Rows with their target; not needed for the history.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", "-k", help=f"One of {', '.join(KINDS)}.")] = "regions",
    out: Annotated[str, typer.Option("--out", "-o", help="The picture: a .png, .svg or .pdf file.")] = "plot.png",
    columns: Annotated[
        list[str] | None, typer.Option(help="The two columns that regions and probability are drawn over (a,b).")
    ] = None,
    at: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Hold another column at this value; repeat it.")
    ] = None,
    false_negative: Annotated[
        float | None,
        typer.Option(help="Threshold: what missing the second class costs. [default: as in the model, or 1]"),
    ] = None,
    false_positive: Annotated[
        float | None, typer.Option(help="Threshold: what a false alarm costs. [default: as in the model, or 1]")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", "-t", help="The target, if it is called otherwise.")] = None,
    expect_sha256: ExpectSha256 = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    quiet: Quiet = False,
) -> None:
    """Draw what a saved model learned.

    regions and probability ask it at every place of a grid over two columns, with the others held at one value each;
    confusion and threshold judge it by the rows given, which it should not have been trained on.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.outputs import check_writable_as_picture, write_picture
    from demarcate.cli.table_input import load, refuse_overwriting, split_target

    if kind not in KINDS:
        raise UsageError(f"--kind is one of {', '.join(KINDS)}: got {kind!r}")
    if table is None and kind != "history":
        raise UsageError(f"--kind {kind} needs rows: name a table after the model")
    check_writable_as_picture(out)
    refuse_overwriting(out, model, *([table] if table else []))
    predictor = read_bundle(model, expect_sha256=expect_sha256)
    frame: pl.DataFrame | None = None
    labels: list[Any] = []
    if table is not None:
        loaded = load(table, encoding, delimiter)
        frame, labels, _ = split_target(loaded, target or predictor.target)
    drawing = _drawing(predictor, kind, frame, labels, names(columns), cells(at or []), false_negative, false_positive)
    write_picture(out, drawing)
    if not quiet:
        say(f"Drawn to {out}")


def _drawing(
    predictor: "Predictor",
    kind: str,
    frame: "pl.DataFrame | None",
    labels: list[Any],
    columns: list[str],
    at: dict[str, Any],
    false_negative: float | None,
    false_positive: float | None,
) -> Callable[[], Any]:
    """What draws the picture."""
    from demarcate import plotting
    from demarcate.cli.table_input import warn_of_training_rows
    from demarcate.tabular import encode_known_labels
    from demarcate.tabular.fingerprint import fingerprint

    if kind == "history":
        return lambda: plotting.HistoryDisplay.from_run(predictor)
    if kind in ("confusion", "threshold"):
        parsed, classes = predictor.parse(frame), predictor.classes
        warn_of_training_rows(predictor, fingerprint(parsed, encode_known_labels(labels, classes)))
        probabilities = predictor.probabilities(parsed)
        if kind == "confusion":
            predicted = predictor.decide(probabilities)
            return lambda: plotting.ConfusionDisplay.from_predictions(labels, predicted, classes=classes)
        miss, alarm = (predictor.costs and predictor.costs.prices) or (1.0, 1.0)
        miss = miss if false_negative is None else false_negative
        alarm = alarm if false_positive is None else false_positive
        return lambda: plotting.ThresholdDisplay.from_predictions(
            labels, probabilities, classes=classes, false_negative=miss, false_positive=alarm
        )
    return lambda: plotting.BoundaryDisplay.from_estimator(
        predictor,
        (frame, labels),
        kind="regions" if kind == "regions" else "probability",
        columns=columns or None,
        at=at,
    )
