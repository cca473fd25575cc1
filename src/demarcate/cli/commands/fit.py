"""``demarcate fit``: from a table to a trained, scored, saved classifier."""

import operator
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import print_json
from demarcate.cli.option_groups import OutputFile, option, setting, settings_of
from demarcate.cli.options import (
    CHECKPOINT,
    DecisionOptions,
    NetworkOptions,
    OutputOptions,
    PresetEncodingOptions,
    ReadingOptions,
    RowOptions,
    Seed,
    TableOptions,
    TrainingOptions,
    check_settings,
)
from demarcate.phases import phase
from demarcate.phases.time_budget import TimeBudget, current_budget, keeping_to

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.fit_input import TableOnDisk
    from demarcate.cli.progress_bar import PhasesProgress
    from demarcate.cli.table_input import LabelledTable
    from demarcate.report import Report


RECORDED = (
    "class_rows",
    "class_weight",
    "scores",
    "averaging_gain",
    "baselines",
    "comparison",
    "scored_rows",
    "costs",
)
"""What the JSON has of the record of a fit."""

REPORT_SECONDS, PLOT_SECONDS = 5.0, 2.0
"""What a report and a picture mostly take, which training leaves to them where time is limited."""


@dataclass(frozen=True, kw_only=True)
class FitFiles:
    """The files to write."""

    out: str | None = option("Save the model to this file.", "--out", "-o", marker=OutputFile("model"))
    plot: str | None = option(
        "Draw to this .png, .svg or .pdf file: the regions of a table of two numerical columns, otherwise how training "
        "went.",
        marker=OutputFile("picture"),
    )
    report: str | None = option(
        "Write everything about the model to this .html file, on one page.", marker=OutputFile("page")
    )


@dataclass(frozen=True, kw_only=True)
class TrackOptions:
    """Where the fit is put on record."""

    track: str | None = option(
        "mlflow or tensorboard: send parameters, scores with intervals, curves, report and model to it.",
        metavar="TRACKER",
    )
    track_to: str | None = option(
        "MLflow: address of a server, or sqlite:///FILE.db. TensorBoard: folder of runs. [default: "
        "MLFLOW_TRACKING_URI, or runs]",
        metavar="PLACE",
    )

    def check(self) -> None:
        """Refuse a tracker that is none, or is not installed, before the work."""
        from demarcate.cli.error_handling import UsageError

        if self.track is None:
            if self.track_to is not None:
                raise UsageError("--track-to needs a tracker", "Name one with --track mlflow or --track tensorboard")
            return
        from demarcate.tracking.trackers import TRACKERS

        if self.track not in TRACKERS:
            raise UsageError(f"--track is {self.track!r}", f"Give {' or '.join(TRACKERS)}")
        TRACKERS[self.track].check()
        TRACKERS[self.track].check_place(self.track_to)


@dataclass(frozen=True, kw_only=True)
class ExplainOptions:
    """What is explained at the end."""

    explain: bool = option(
        "Print at the end which defaults differ from a plain training loop, and why.", "--explain", default=False
    )


@dataclass(frozen=True, kw_only=True)
class CrossValidationOptions:
    """How many networks are trained, and the limits of the training."""

    n_folds: int | None = setting(
        "Folds of the cross-validation; 1 for one network on one split, which is not trained again on all rows. "
        "[default: by preset, 8]"
    )
    n_seeds: int | None = setting("Networks of each kind for each fold. [default: by preset, 1]")
    test_size: float | None = setting(
        "With --n-folds 1: share or number of the rows to test on, which decide nothing; an eighth of the others "
        "decides when to stop, none with --patience 0. [default: 0.2]"
    )
    time_limit: float | None = setting(
        "Seconds for the whole command: training stops in time with the best networks so far, and what comes after it "
        "does less. One epoch is always finished."
    )
    no_calibration: bool | None = setting(
        "Never scale the probabilities by a temperature.", "--no-calibration", name="calibrate", read=operator.not_
    )
    checkpoint: str | None = setting(CHECKPOINT, metavar="FOLDER")
    every: int | None = option("Print loss and accuracy while training: in the first epoch, every n-th and the last.")
    memory: str | None = option(
        "Memory for a CSV, Parquet or Arrow table and all that is made of it, such as 1GB. A larger table is kept on "
        "disk, beside --out or in TMPDIR.",
        metavar="AMOUNT",
    )


def fit(
    data: TableOptions,
    rows: RowOptions,
    files: FitFiles,
    tracking: TrackOptions,
    network: NetworkOptions,
    encoding: PresetEncodingOptions,
    training: TrainingOptions,
    validation: CrossValidationOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    explanation: ExplainOptions,
    output: OutputOptions,
    seed: Seed = 0,
) -> None:
    """Train a classifier on a table and save it.

    Prints the kind of each column, then scores with 95% intervals beside those of the majority class and of logistic
    regression on the same rows.

    Example: demarcate fit people.csv --target income --out model.safetensors
    """
    from demarcate.argument_checks import require_cadence
    from demarcate.cli.explanation import with_lesson_settings
    from demarcate.cli.fit_input import open_fit_input
    from demarcate.cli.outputs import check_outputs
    from demarcate.cli.progress_bar import PhasesProgress

    if validation.every is not None:
        require_cadence("--every", validation.every)
    budget = None if not validation.time_limit else TimeBudget(max(0.0, validation.time_limit))
    settings = settings_of(network, encoding, training, validation, decision)
    settings = with_lesson_settings(data.table, settings, quiet=output.quiet)
    check_outputs(files, data.table)
    tracking.check()
    progress = PhasesProgress(quiet=output.quiet, every=validation.every)
    with progress.shown(), phase("read", detail="settings"):
        check_settings(settings, seed)
    memory, out, report = validation.memory, files.out, files.report
    if budget:
        budget.reserved = REPORT_SECONDS * (files.report is not None) + PLOT_SECONDS * (files.plot is not None)
    with ExitStack() as closing:
        closing.enter_context(keeping_to(budget))
        with progress.shown():
            opened = open_fit_input(
                data, reading, rows, settings, out=out, report=report, memory=memory, seed=seed, quiet=output.quiet
            )
            table = closing.enter_context(opened)
        words = [*_reading_words(data, reading), *rows.words()]
        shown: dict[str, Any] = {"tracking": tracking, "progress": progress, "explain": explanation.explain}
        result = _fit(table, {**settings, "random_state": seed}, decision, files, words, output, **shown)
    if output.as_json:
        print_json(result)


def _fit(
    table: "LabelledTable | TableOnDisk",
    settings: dict[str, Any],
    decision: DecisionOptions,
    files: FitFiles,
    reading_words: list[str],
    output: OutputOptions,
    *,
    tracking: TrackOptions,
    progress: "PhasesProgress",
    explain: bool,
) -> dict[str, Any]:
    from demarcate.cli.console import notify
    from demarcate.cli.fit_ending import notify_of_next, print_fit
    from demarcate.cli.fit_input import TableOnDisk
    from demarcate.cli.outputs import report_files
    from demarcate.cli.resumable_training import resumable_training
    from demarcate.evaluation import Costs
    from demarcate.inference.decision_choice import named_costs, positive_label

    classes = table.training_set.classes.tolist()
    if decision.cost:
        settings = {**settings, "cost": named_costs(decision.cost, classes)}
    # Before anything is shown or trained: costs that mean nothing without a positive class are refused.
    Costs.of(classes, settings.get("cost"), decision.abstain, positive=decision.positive)
    if output.shows_tables:
        table.show()
    start = time.perf_counter()
    with progress.shown():
        with phase("train", detail="loading PyTorch"):
            # torch takes seconds to import: by now the table has been read and shown.
            from demarcate.classifier import DemarcateClassifier
            from demarcate.classifier.plain_loop import differences_from_plain_loop

            merge_labels = table.training_set.merge_labels
            arguments = {**settings, **table.options.arguments(), "merge_labels": merge_labels}
            classifier = DemarcateClassifier(**arguments, on_epoch=progress.on_epoch)
        with resumable_training(settings.get("checkpoint"), quiet=output.quiet) as is_resumed:
            classifier.fit(table.training_set)
            fit_seconds = time.perf_counter() - start
            classifier.set_params(on_epoch=None)
            baselines = classifier.baselines(table.training_set)
        record = classifier.record(baselines)
        differences = differences_from_plain_loop(classifier, table.training_set) if explain else None
        # Before anything is shown: the reader of the tables may close the pipe.
        sha256 = _save(classifier, table, record, files, baselines, reading_words)
    if output.shows_tables:
        trained = f"{'resumed and ' if is_resumed else ''}trained in {fit_seconds:.1f} s{' more' if is_resumed else ''}"
        print_fit(classifier, table, record, baselines, trained, differences)
    if not output.quiet:
        report_files(files, sha256)
    if tracking.track and not output.quiet:
        notify(f"Sending the fit to {tracking.track}...")
    tracked = _track(tracking, classifier, table, files, baselines, reading_words) if tracking.track else None
    if tracked and not output.quiet:
        notify(f"Tracked by {tracking.track}: {tracked}")
    if output.shows_tables:
        notify_of_next(table.name, table.training_set.target, files.out)
    return {
        "model": files.out,
        "sha256": sha256,
        "plot": files.plot,
        "report": files.report,
        "tracked": tracked,
        "target": table.training_set.target,
        "n_samples": record["n_samples"],
        "n_features": record["n_features"],
        "classes": classes,
        "positive": positive_label(classes, classifier.predictor_.positive),
        **{name: record[name] for name in RECORDED},
        "split": record.get("split"),
        "dependence": record.get("dependence"),
        "weights_column": record.get("weights_column"),
        "temperature": classifier.predictor_.temperature,
        "columns": [{k: v for k, v in column.items() if k != "categories"} for column in classifier.schema_.to_json()],
        "members": [{k: v for k, v in member.items() if k != "history"} for member in record["members"]],
        "audit": record["audit"],
        **({} if differences is None else {"differences": [each.to_json() for each in differences]}),
        "left_out": budget.left_out if (budget := current_budget()) else [],
        "memory": table.memory_json() if isinstance(table, TableOnDisk) else None,
        "fit_seconds": round(fit_seconds, 3),
        "resumed": is_resumed,
    }


def _save(
    classifier: "DemarcateClassifier",
    table: "LabelledTable | TableOnDisk",
    record: dict[str, Any],
    files: FitFiles,
    baselines: Any,
    reading_words: list[str],
) -> str | None:
    """Write the files; return the SHA-256 of the model file, if there is one."""
    from demarcate.cli.table_input import LabelledTable

    sha256 = None
    rows = (table.frame, table.labels) if isinstance(table, LabelledTable) else None
    if files.out:
        from demarcate.bundle import write_bundle

        sha256 = write_bundle(replace(classifier.predictor_, record=record), files.out)
    if files.plot:
        from demarcate.cli.outputs import write_picture
        from demarcate.plotting import BoundaryDisplay, HistoryDisplay

        used = classifier.schema_.used
        if rows and len(used) == 2 and all(column.kind == "numerical" for column in used):
            write_picture(files.plot, lambda: BoundaryDisplay.from_estimator(classifier, rows))
        else:
            write_picture(files.plot, lambda: HistoryDisplay.from_run(classifier))
    if files.report:
        assert isinstance(table, LabelledTable), "a table on disk is refused with --report"
        _report(classifier, table, baselines, reading_words).save(files.report)
    return sha256


def _report(
    classifier: "DemarcateClassifier", table: "LabelledTable", baselines: Any, reading_words: list[str]
) -> "Report":
    from demarcate.cli.commands.report import short_name
    from demarcate.report import Report

    names = {"target": table.training_set.target, "name": short_name(table.name)}
    return Report.of(classifier, table.frame, table.labels, baselines=baselines, options=reading_words, **names)


def _track(
    tracking: TrackOptions,
    classifier: "DemarcateClassifier",
    table: "LabelledTable | TableOnDisk",
    files: FitFiles,
    baselines: Any,
    reading_words: list[str],
) -> str:
    """Send the fit to a tracker, with the report that was written, or one of its own; return where it is."""
    from demarcate.cli.commands.report import short_name
    from demarcate.cli.table_input import LabelledTable
    from demarcate.tracking import track

    assert tracking.track is not None
    report: Any = files.report
    if report is None and isinstance(table, LabelledTable):
        report = _report(classifier, table, baselines, reading_words)
    named = {"at": tracking.track_to, "name": short_name(table.name)}
    return track(classifier, tracking.track, baselines=baselines, report=report, **named)


def _reading_words(data: TableOptions, reading: ReadingOptions) -> list[str]:
    """Return the options that say how the table is read, as words of a command line."""
    words = ["--drop-missing-target"] if data.drop_missing_target else []
    return [*words, *reading.words()]
