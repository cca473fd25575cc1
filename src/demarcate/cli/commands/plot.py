"""``demarcate plot``: a saved model in a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demarcate.cli.commands.predict import row_cells
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, argument, option, setting
from demarcate.cli.options import POSITIVE, TRUE_LABELS, ModelOptions, Quiet, ReadingOptions, column_names

KINDS = ("regions", "probability", "confusion", "threshold", "history")


@dataclass(frozen=True, kw_only=True)
class PlotOptions:
    """The picture: its kind, its file, and the settings of some kinds."""

    table: str | None = argument("Rows with their target; not needed for the history.", "TABLE", default=None)
    kind: str = option(f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.", "--kind", "-k", default="regions")
    out: str = option(
        "Draw to this .png, .svg or .pdf file.", "--out", "-o", default="plot.png", marker=OutputFile("picture")
    )
    columns: list[str] | None = option(
        "For regions and probability: the two columns to draw over, as a,b. [default: the two most important numbers]",
        metavar="COLUMNS",
    )
    at: list[str] | None = option(
        "For regions and probability: hold another column at this value; repeat it. [default: in view of the boundary]",
        metavar="COLUMN=VALUE",
    )
    positive: str | None = setting(POSITIVE, "--positive", name="pos_label", metavar="LABEL")
    false_negative: float | None = option(
        "For threshold: cost of missing the positive class. [default: as in the model, or 1]"
    )
    false_positive: float | None = option("For threshold: cost of a false alarm. [default: as in the model, or 1]")
    target: str | None = option(TRUE_LABELS, "--target", "-t")


def plot(source: ModelOptions, picture: PlotOptions, reading: ReadingOptions, quiet: Quiet = False) -> None:
    """Draw a saved model: its regions, probability, confusion, threshold or history.

    regions and probability are predictions on a grid over two columns, with the others held at one value each, in view
    of the boundary; confusion and threshold need rows that the model was not trained on.
    """
    from demarcate.cli.outputs import check_outputs, report_files, write_picture

    if picture.kind not in KINDS:
        raise UsageError(f"--kind is {picture.kind!r}", f"Choose one of {', '.join(KINDS)}")
    if picture.table is None and picture.kind != "history":
        raise UsageError(f"--kind {picture.kind} needs rows", "Name a table after the model")
    check_outputs(picture, source.model, *filter(None, [picture.table]))
    write_picture(picture.out, _history(source) if picture.kind == "history" else _drawing(source, picture, reading))
    if not quiet:
        report_files(picture)


def _history(source: ModelOptions) -> Callable[[], Any]:
    """Return a function that draws the history in a model file, for which no network is built."""
    from demarcate.bundle import inspect_bundle
    from demarcate.plotting.history_display import HistoryDisplay

    spec = inspect_bundle(source.model, expect_sha256=source.expect_sha256).spec
    return lambda: HistoryDisplay.from_run(spec)


def _drawing(source: ModelOptions, picture: PlotOptions, reading: ReadingOptions) -> Callable[[], Any]:
    """Return a function that makes the display of a model and of rows."""
    from demarcate import plotting
    from demarcate.cli.table_input import load_table, split_target, warn_if_training_rows
    from demarcate.inference.decision_choice import apply_positive
    from demarcate.inspection.estimators import known_labels, positive_of, rule_of
    from demarcate.tabular import encode_known_labels
    from demarcate.tabular.fingerprint import fingerprint
    from demarcate.tabular.positive_class import positive_or_second

    assert picture.table is not None
    predictor = apply_positive(source.load(reading), picture.positive)
    table = load_table(picture.table, reading)
    frame, labels, _ = split_target(table, picture.target or predictor.target, missing=reading.cells().missing)
    labels = known_labels(predictor, labels)
    columns, at = column_names(picture.columns), row_cells(picture.at or [])
    if picture.kind in ("confusion", "threshold"):
        parsed, classes = predictor.parse(frame), predictor.classes
        warn_if_training_rows(predictor, fingerprint(parsed, encode_known_labels(labels, classes)))
        probabilities = predictor.probabilities(parsed)
        if picture.kind == "confusion":
            predicted = predictor.decide(probabilities)
            words = {"positive": positive_of(predictor), "decided_for": rule_of(predictor)}
            return lambda: plotting.ConfusionDisplay.from_predictions(labels, predicted, classes=classes, **words)
        # The costs of a model without a positive class are about its second one.
        positive = classes.tolist()[positive_or_second(predictor.positive)]
        miss, alarm = (predictor.costs and predictor.costs.prices) or (1.0, 1.0)
        miss = miss if picture.false_negative is None else picture.false_negative
        alarm = alarm if picture.false_positive is None else picture.false_positive
        return lambda: plotting.ThresholdDisplay.from_predictions(
            labels, probabilities, classes=classes, false_negative=miss, false_positive=alarm, positive=positive
        )
    return lambda: plotting.BoundaryDisplay.from_estimator(
        predictor,
        (frame, labels),
        kind="regions" if picture.kind == "regions" else "probability",
        columns=columns or None,
        at=at,
    )
