"""``demarcate fit``: from a table to a trained, scored, saved classifier."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.error_handling import say
from demarcate.cli.options import (
    Abstain,
    Activation,
    BatchSize,
    Categorical,
    Checkpoint,
    ClassWeight,
    Cost,
    Delimiter,
    Device,
    Drop,
    DropMissingTarget,
    Dropout,
    Encoding,
    Epochs,
    Head,
    Hidden,
    Json,
    Lr,
    Memory,
    Numerical,
    Optimizer,
    Patience,
    Precision,
    Preset,
    Quiet,
    Schedule,
    Seed,
    Table,
    Target,
    TimeLimit,
    WeightDecay,
    given,
    put_down_in,
    refuse_impossible,
    widths,
)

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.fit_input import FitInput

_PLOT = "Draw to this .png, .svg or .pdf file: the regions of a table of two columns, else how training went."


def fit(
    table: Table,
    target: Target = None,
    out: Annotated[str | None, typer.Option("--out", "-o", help="Save the model to this file.")] = None,
    plot: Annotated[str | None, typer.Option(help=_PLOT)] = None,
    report: Annotated[
        str | None, typer.Option(help="Write all there is to say of the model to this .html file, on one page.")
    ] = None,
    categorical: Categorical = None,
    numerical: Numerical = None,
    drop: Drop = None,
    drop_missing_target: DropMissingTarget = False,
    preset: Preset = None,
    hidden: Hidden = None,
    activation: Activation = None,
    dropout: Dropout = None,
    head: Head = None,
    optimizer: Optimizer = None,
    lr: Lr = None,
    weight_decay: WeightDecay = None,
    schedule: Schedule = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    patience: Patience = None,
    folds: Annotated[int | None, typer.Option(help="Folds of the cross-validation. [default: by preset, 8]")] = None,
    seeds: Annotated[int | None, typer.Option(help="Networks for each fold. [default: by preset, 1]")] = None,
    time_limit: TimeLimit = None,
    class_weight: ClassWeight = None,
    cost: Cost = None,
    abstain: Abstain = None,
    no_calibration: Annotated[
        bool, typer.Option("--no-calibration", help="Never scale the probabilities by a temperature.")
    ] = False,
    device: Device = None,
    precision: Precision = None,
    checkpoint: Checkpoint = None,
    memory: Memory = None,
    seed: Seed = 0,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a classifier and save it.

    Prints what each column is taken to be, then scores with 95% intervals beside those of the majority class and of
    logistic regression on the same rows.
    """
    settings: dict[str, Any] = {
        "preset": preset,
        "hidden": widths(hidden),
        "activation": activation,
        "dropout": dropout,
        "head": head,
        "optimizer": optimizer,
        "lr": lr,
        "weight_decay": weight_decay,
        "schedule": schedule,
        "epochs": epochs,
        "n_folds": folds,
        "n_seeds": seeds,
        "time_limit": time_limit,
        "class_weight": class_weight,
        "abstain": abstain,
        "device": device,
        "precision": precision,
        "checkpoint": checkpoint,
    }
    settings = given(settings, batch_size=batch_size, patience=patience)
    if no_calibration:
        settings["calibrate"] = False
    lists = {"categorical": categorical or [], "numerical": numerical or [], "drop": drop or []}
    source = {"table": table, "target": target, "encoding": encoding, "delimiter": delimiter}
    outputs = {"out": out, "plot": plot, "report": report}
    from demarcate.cli.fit_input import open_fit_input

    _check(table, outputs)
    refuse_impossible(settings, seed)
    with open_fit_input(
        source,
        lists,
        settings,
        outputs,
        drop_missing_target=drop_missing_target,
        memory=memory,
        seed=seed,
        quiet=quiet,
    ) as read:
        reading = _reading(source, drop_missing_target)
        told = _fit(read, settings, cost, outputs, reading, seed, quiet or as_json, quiet)
    if as_json:
        import json

        print(json.dumps(told, allow_nan=False))


def _fit(
    table: "FitInput",
    settings: dict[str, Any],
    cost: list[str] | None,
    outputs: dict[str, str | None],
    reading: list[str],
    seed: int,
    silent: bool,
    quiet: bool,
) -> dict[str, Any]:
    from demarcate.cli import console
    from demarcate.cli.cost_options import named_costs

    if cost:
        settings = {**settings, "cost": named_costs(cost, table.training_set.classes.tolist())}
    if not silent:
        table.show()
    # torch takes seconds to import: by now the table has been read and shown.
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.progress_bar import training_progress

    classifier = DemarcateClassifier(**{**settings, **table.lists, "random_state": seed})
    start = time.perf_counter()
    with put_down_in(settings.get("checkpoint"), quiet=quiet):
        with training_progress(quiet=quiet) as on_epoch:
            classifier.set_params(on_epoch=on_epoch).fit(table.training_set)
        fit_seconds = time.perf_counter() - start
        classifier.set_params(on_epoch=None)
        scores, baselines = classifier.scores_, classifier.baselines(table.training_set)
        compared = classifier.cost_comparison_
    record = classifier.record(baselines)
    sha256 = None
    # Before anything is shown: whoever reads the tables may close the pipe.
    if outputs["out"]:
        from demarcate.bundle import write_bundle

        sha256 = write_bundle(replace(classifier.predictor_, record=record), outputs["out"])
    if outputs["plot"]:
        _draw(classifier, table, outputs["plot"])
    if outputs["report"]:
        _report(classifier, table, baselines, reading, outputs["report"])
    if not silent:
        console.class_weights(classifier)
        console.scores(scores, baselines)
        if compared and classifier.costs_:
            console.costs(compared, classifier.classes_.tolist(), classifier.costs_)
        console.training(classifier, fit_seconds, table.sample_note())
    if not quiet:
        _say_where(outputs, sha256, silent=silent)
    return {
        "model": outputs["out"],
        "sha256": sha256,
        "plot": outputs["plot"],
        "report": outputs["report"],
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


def _reading(source: dict[str, Any], drop_missing_target: bool) -> list[str]:
    """The options that say how the table is read, as words of a command line."""
    words = ["--drop-missing-target"] if drop_missing_target else []
    for name in ("encoding", "delimiter"):
        if source[name] is not None:
            words += [f"--{name}", "tab" if source[name] == "\t" else source[name]]
    return words


def _check(table: str, outputs: dict[str, str | None]) -> None:
    """Refuse what could not be written in the end."""
    from demarcate.cli.commands.report import check_writable_as_page
    from demarcate.cli.outputs import check_outputs, check_writable_as_picture
    from demarcate.io.atomic import check_writable

    checks = {"out": check_writable, "plot": check_writable_as_picture, "report": check_writable_as_page}
    check_outputs(table, {f"--{name}": (outputs[name], check) for name, check in checks.items()})


def _say_where(outputs: dict[str, str | None], sha256: str | None, *, silent: bool) -> None:
    """Say which files there are now."""
    for name, what in (("plot", "Drawn"), ("report", "Reported"), ("out", "Saved")):
        if outputs[name]:
            say(f"{what} to {outputs[name]}" + (f", SHA-256 {sha256}" if name == "out" else ""))
    if not outputs["out"] and not silent:
        say("Not saved: name a file with --out to keep this model.")


def _draw(classifier: "DemarcateClassifier", table: "FitInput", plot: str) -> None:
    """The regions where two columns are all there is and their rows are in memory, else the history."""
    from demarcate.cli.outputs import write_picture
    from demarcate.plotting import BoundaryDisplay, HistoryDisplay

    used, rows = classifier.schema_.used, table.rows
    if rows and len(used) == 2 and all(column.kind == "numerical" for column in used):
        write_picture(plot, lambda: BoundaryDisplay.from_estimator(classifier, rows))
    else:
        write_picture(plot, lambda: HistoryDisplay.from_run(classifier))


def _report(
    classifier: "DemarcateClassifier", table: "FitInput", baselines: Any, reading: list[str], report: str
) -> None:
    from demarcate.cli.commands.report import short_name
    from demarcate.report import Report

    rows = table.rows
    assert rows
    named = {"target": table.training_set.target, "name": short_name(table.name)}
    Report.of(classifier, *rows, baselines=baselines, options=reading, **named).save(report)
