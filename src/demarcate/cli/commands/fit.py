"""``demarcate fit``: from a table to a trained, scored, saved classifier."""

import operator
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.console import notify, print_json
from demarcate.cli.option_groups import OutputFile, Setting, settings_of
from demarcate.cli.options import (
    Checkpoint,
    DecisionOptions,
    NetworkOptions,
    OutputOptions,
    ReadingOptions,
    Seed,
    TableOptions,
    TrainingOptions,
)

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.fit_input import FitInput

_PLOT = "Draw to this .png, .svg or .pdf file: the regions of a table of two columns, else how training went."


@dataclass(frozen=True, kw_only=True)
class FitFiles:
    """The files to write."""

    out: Annotated[
        str | None, typer.Option("--out", "-o", help="Save the model to this file."), OutputFile("model")
    ] = None
    plot: Annotated[str | None, typer.Option(help=_PLOT), OutputFile("picture")] = None
    report: Annotated[
        str | None,
        typer.Option(help="Write everything about the model to this .html file, on one page."),
        OutputFile("page"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class CrossValidationOptions:
    """How many networks are trained, and the limits of the training."""

    folds: Annotated[
        int | None, typer.Option(help="Folds of the cross-validation. [default: by preset, 8]"), Setting("n_folds")
    ] = None
    seeds: Annotated[
        int | None, typer.Option(help="Networks for each fold. [default: by preset, 1]"), Setting("n_seeds")
    ] = None
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds after which training ends with the best networks so far, an epoch at least."),
        Setting(),
    ] = None
    no_calibration: Annotated[
        bool | None,
        typer.Option("--no-calibration", help="Never scale the probabilities by a temperature."),
        Setting("calibrate", operator.not_),
    ] = None
    checkpoint: Checkpoint = None


Memory = Annotated[
    str | None,
    typer.Option(
        metavar="AMOUNT",
        help="Memory for a Parquet or Arrow table and all that is made of it, such as 1GB; a larger table is kept on "
        "disk, beside --out or in TMPDIR.",
    ),
]


def fit(
    data: TableOptions,
    files: FitFiles,
    network: NetworkOptions,
    training: TrainingOptions,
    validation: CrossValidationOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
    memory: Memory = None,
    seed: Seed = 0,
) -> None:
    """Train a classifier and save it.

    Prints the kind of each column, then scores with 95% intervals beside those of the majority class and of logistic
    regression on the same rows.
    """
    from demarcate.cli.classifier_settings import check_settings
    from demarcate.cli.fit_input import open_fit_input
    from demarcate.cli.outputs import check_outputs

    settings = settings_of(network, training, validation, decision)
    check_outputs(files, data.table)
    check_settings(settings, seed)
    with open_fit_input(
        data, reading, settings, out=files.out, report=files.report, memory=memory, seed=seed, quiet=output.quiet
    ) as table:
        words = _reading_words(data, reading)
        result = _fit(table, {**settings, "random_state": seed}, decision.cost, files, words, output)
    if output.as_json:
        print_json(result)


def _fit(
    table: "FitInput",
    settings: dict[str, Any],
    cost: list[str] | None,
    files: FitFiles,
    reading_words: list[str],
    output: OutputOptions,
) -> dict[str, Any]:
    from demarcate.cli.cost_options import named_costs

    if cost:
        settings = {**settings, "cost": named_costs(cost, table.training_set.classes.tolist())}
    if output.shows_tables:
        table.show()
    # torch takes seconds to import: by now the table has been read and shown.
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.progress_bar import training_progress
    from demarcate.cli.resumable_training import resumable_training

    classifier = DemarcateClassifier(**{**settings, **table.lists})
    start = time.perf_counter()
    with resumable_training(settings.get("checkpoint"), quiet=output.quiet):
        with training_progress(quiet=output.quiet) as on_epoch:
            classifier.set_params(on_epoch=on_epoch).fit(table.training_set)
        fit_seconds = time.perf_counter() - start
        classifier.set_params(on_epoch=None)
        baselines, cost_comparison = classifier.baselines(table.training_set), classifier.cost_comparison_
    record = classifier.record(baselines)
    # Before anything is shown: the reader of the tables may close the pipe.
    sha256 = _save(classifier, table, record, files, baselines, reading_words)
    if output.shows_tables:
        from demarcate.cli import console_tables

        console_tables.print_class_weights(classifier)
        console_tables.print_scores(classifier.scores_, baselines)
        if cost_comparison and classifier.costs_:
            console_tables.print_costs(cost_comparison, classifier.classes_.tolist(), classifier.costs_)
        console_tables.print_training(classifier, fit_seconds, table.sample_note())
    if not output.quiet:
        _report_files(files, sha256, shows_tables=output.shows_tables)
    return {
        "model": files.out,
        "sha256": sha256,
        "plot": files.plot,
        "report": files.report,
        "target": table.training_set.target,
        "n_samples": record["n_samples"],
        "n_features": record["n_features"],
        "classes": classifier.classes_.tolist(),
        "class_rows": record["class_rows"],
        "class_weight": record["class_weight"],
        "scores": record["scores"],
        "baselines": record["baselines"],
        "costs": record["costs"],
        "temperature": classifier.predictor_.temperature,
        "columns": [{k: v for k, v in column.items() if k != "categories"} for column in classifier.schema_.to_json()],
        "members": [{k: v for k, v in member.items() if k != "history"} for member in record["members"]],
        "audit": record["audit"],
        "memory": table.memory_json(),
        "fit_seconds": round(fit_seconds, 3),
    }


def _save(
    classifier: "DemarcateClassifier",
    table: "FitInput",
    record: dict[str, Any],
    files: FitFiles,
    baselines: Any,
    reading_words: list[str],
) -> str | None:
    """Write the files; return the SHA-256 of the model file, if there is one."""
    sha256 = None
    if files.out:
        from demarcate.bundle import write_bundle

        sha256 = write_bundle(replace(classifier.predictor_, record=record), files.out)
    if files.plot:
        _draw(classifier, table, files.plot)
    if files.report:
        from demarcate.cli.commands.report import short_name
        from demarcate.report import Report

        rows = table.rows
        assert rows, "a table on disk is refused with --report"
        names = {"target": table.training_set.target, "name": short_name(table.name)}
        Report.of(classifier, *rows, baselines=baselines, options=reading_words, **names).save(files.report)
    return sha256


def _draw(classifier: "DemarcateClassifier", table: "FitInput", plot: str) -> None:
    """Draw the regions of a table in memory that has two numerical columns, else the history."""
    from demarcate.cli.outputs import write_picture
    from demarcate.plotting import BoundaryDisplay, HistoryDisplay

    used, rows = classifier.schema_.used, table.rows
    if rows and len(used) == 2 and all(column.kind == "numerical" for column in used):
        write_picture(plot, lambda: BoundaryDisplay.from_estimator(classifier, rows))
    else:
        write_picture(plot, lambda: HistoryDisplay.from_run(classifier))


def _reading_words(data: TableOptions, reading: ReadingOptions) -> list[str]:
    """Return the options that say how the table is read, as words of a command line."""
    words = ["--drop-missing-target"] if data.drop_missing_target else []
    for option, value in (("--encoding", reading.encoding), ("--delimiter", reading.delimiter)):
        if value is not None:
            words += [option, "tab" if value == "\t" else value]
    return words


def _report_files(files: FitFiles, sha256: str | None, *, shows_tables: bool) -> None:
    if files.plot:
        notify(f"Drawn to {files.plot}")
    if files.report:
        notify(f"Reported to {files.report}")
    if files.out:
        notify(f"Saved to {files.out}, SHA-256 {sha256}")
    elif shows_tables:
        notify("Not saved: name a file with --out to keep this model.")
