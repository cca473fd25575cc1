"""``demarcate sweep``: many configurations of a network compared on one table, and the best of them scored."""

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.error_handling import say
from demarcate.cli.options import (
    Categorical,
    Checkpoint,
    Delimiter,
    Drop,
    DropMissingTarget,
    Encoding,
    Json,
    Numerical,
    Quiet,
    Seed,
    Table,
    Target,
    put_down_in,
    values_to_try,
)
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.nn import ACTIVATION_NAMES

if TYPE_CHECKING:
    from demarcate.engine import Training
    from demarcate.experiments.sweep import Sweep

_OUT = "Write the table of configurations to this CSV, TSV, Parquet or JSON lines file."


def sweep(
    table: Table,
    target: Target = None,
    hidden: Annotated[
        list[str] | None,
        typer.Option(help="Widths of one network's hidden layers, such as 16,16, or none; repeat it. [default: 32]"),
    ] = None,
    activation: Annotated[
        str | None, typer.Option(help=f"Some of {', '.join(ACTIVATION_NAMES)}. [default: relu]")
    ] = None,
    dropout: Annotated[
        str | None, typer.Option(help="Chances that a hidden unit is silenced, such as 0,0.2. [default: 0.0]")
    ] = None,
    weight_decay: Annotated[str | None, typer.Option(help="Such as 0,1e-4,1e-2. [default: 0.0]")] = None,
    lr: Annotated[
        str | None, typer.Option(help="Learning rates, such as 1e-3,1e-2 or, sampled, 1e-4..1e-1. [default: 0.001]")
    ] = None,
    optimizer: Annotated[str | None, typer.Option(help=f"Some of {', '.join(OPTIMIZERS)}. [default: adam]")] = None,
    batch_size: Annotated[str | None, typer.Option(help="Rows in a step; 0 for all of them. [default: 32]")] = None,
    epochs: Annotated[str | None, typer.Option(help="Passes over the rows. [default: 100]")] = None,
    seeds: Annotated[int, typer.Option(help="Networks of each configuration, each on a split of its own.")] = 3,
    sample: Annotated[
        int | None, typer.Option(help="Try so many of the combinations, drawn at random. [default: all]")
    ] = None,
    halving: Annotated[
        bool, typer.Option("--halving", help="Drop the worse half after an eighth, a quarter and half of the epochs.")
    ] = False,
    patience: Annotated[
        int | None, typer.Option(help="Epochs without improvement before stopping; 0 for never. [default: 0]")
    ] = None,
    metric: Annotated[str, typer.Option(help="What decides: log_loss or accuracy, on validation rows.")] = "log_loss",
    test_size: Annotated[float, typer.Option(help="Share or number of rows to score the winner on.")] = 0.2,
    validation_size: Annotated[
        float, typer.Option(help="Share or number of the other rows by which each seed judges.")
    ] = 0.2,
    seed: Seed = 0,
    categorical: Categorical = None,
    numerical: Numerical = None,
    drop: Drop = None,
    drop_missing_target: DropMissingTarget = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or another torch device.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, float32, or bf16 for the products of wide layers.")] = "float32",
    checkpoint: Checkpoint = None,
    out: Annotated[str | None, typer.Option("--out", "-o", help=_OUT)] = None,
    save: Annotated[str | None, typer.Option(help="Save the winner, a model like those of 'demarcate fit'.")] = None,
    plot: Annotated[
        str | None, typer.Option(help="Draw what was found, along one of the settings, to this .png, .svg or .pdf.")
    ] = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Try combinations of settings and score the best of them.

    The options from --hidden to --epochs take the values to try, as lists or (with --sample, for numbers) as ranges
    such as 1e-4..1e-1. Every combination trains once a seed; validation rows choose, and test rows score the winner.
    """
    over = values_to_try(
        {
            "hidden": hidden,
            "activation": activation,
            "dropout": dropout,
            "weight_decay": weight_decay,
            "lr": lr,
            "optimizer": optimizer,
            "batch_size": batch_size,
            "epochs": epochs,
        }
    )
    settings = {
        "over": over,
        "seeds": seeds,
        "sample": sample,
        "halving": halving,
        "metric": metric,
        "test_size": test_size,
        "validation_size": validation_size,
        "seed": seed,
        "device": device,
        "precision": precision,
        "checkpoint": checkpoint,
    }
    lists = {"categorical": categorical or [], "numerical": numerical or [], "drop": drop or []}
    source = {"table": table, "target": target, "encoding": encoding, "delimiter": delimiter}
    files = {"--out": out, "--save": save, "--plot": plot}
    report = _sweep(source, settings, patience, lists, drop_missing_target, files, quiet or as_json, quiet)
    if as_json:
        import json

        print(json.dumps(report, allow_nan=False))


def _sweep(
    source: dict[str, Any],
    settings: dict[str, Any],
    patience: int | None,
    lists: dict[str, list[str]],
    drop_missing_target: bool,
    files: dict[str, str | None],
    silent: bool,
    quiet: bool,
) -> dict[str, Any]:
    from demarcate.bundle import write_bundle
    from demarcate.cli import console
    from demarcate.cli.outputs import (
        check_outputs,
        check_writable_as_picture,
        check_writable_as_table,
        write_picture,
        write_table,
    )
    from demarcate.cli.table_input import column_lists, load, split_target
    from demarcate.io.atomic import check_writable
    from demarcate.trainingset import open_table

    checks = {"--out": check_writable_as_table, "--save": check_writable, "--plot": check_writable_as_picture}
    check_outputs(source["table"], {option: (path, checks[option]) for option, path in files.items()})
    training = _checked(settings, patience)
    out, save, plot = (files[option] for option in ("--out", "--save", "--plot"))
    loaded = load(source["table"], source["encoding"], source["delimiter"])
    frame, labels, target = split_target(loaded, source["target"], drop_missing=drop_missing_target)
    lists = column_lists(lists, loaded.frame.columns, loaded.categorical)
    training_set = open_table(frame, labels, target, **lists)
    if not silent:
        console.schema(loaded.name, frame, training_set.schema, target)
        console.class_balance(Counter(labels))
    from demarcate.cli.progress_bar import training_progress
    from demarcate.experiments.sweep import sweep as run

    start, checkpoint = time.perf_counter(), settings["checkpoint"]
    with put_down_in(checkpoint, quiet=quiet), training_progress(quiet=quiet) as on_epoch:
        on_plan = None if quiet else lambda size: say(f"{size}.")
        result = run(training_set, training=training, on_plan=on_plan, on_epoch=on_epoch, **settings)
    seconds = time.perf_counter() - start
    if out:
        # Before anything is shown: whoever reads the tables may close the pipe.
        write_table(out, result.table)
    sha256 = None
    if save:
        sha256 = write_bundle(replace(result.winner.predictor, target=target), save)
    if plot:
        from demarcate.plotting import SweepDisplay

        write_picture(plot, lambda: SweepDisplay.from_sweep(result))
    if not silent:
        print(f"\n{result.ranking()}\n\n{result.verdict()}\n")
        console.scores(result.winner.scores, result.winner.baselines)
    for what, path in {"The table": out, "The winner": save}.items():
        if path and not quiet:
            say(f"{what} is saved to {path}" + (f", SHA-256 {sha256}" if path == save else ""))
    if plot and not quiet:
        say(f"Drawn to {plot}")
    written = {"model": save, "sha256": sha256, "table": out, "plot": plot}
    return {"target": target, **written, "sweep_seconds": round(seconds, 3), **_report(result)}


def _checked(settings: dict[str, Any], patience: int | None) -> "Training":
    """How networks are trained, once settings are refused that no table would make good: before one is read."""
    from demarcate.engine import Training
    from demarcate.engine.backend import check_precision, device_for
    from demarcate.experiments.sweep import check_sweep
    from demarcate.nn import Network

    training = Training(patience=patience or None)
    own = ("seeds", "sample", "metric", "halving", "seed")
    check_sweep(settings["over"], Network(), training, **{name: settings[name] for name in own})
    check_precision(settings["precision"])
    device_for(settings["device"])
    return training


def _report(result: "Sweep") -> dict[str, Any]:
    """What is printed with ``--json``, but for what the command itself knows."""
    winner, lead, savings = result.winner, result.winner.lead, result.savings
    record = winner.predictor.record
    return {
        "n_samples": sum(record["class_rows"].values()),
        "n_test": len(result.test_rows),
        "n_train": len(result.train_rows[0]),
        "n_validation": len(result.validation_rows[0]),
        "classes": winner.predictor.classes.tolist(),
        "metric": result.metric,
        "seeds": list(result.seeds),
        "configurations": result.table.to_dicts(),
        "winner": {
            "configuration": winner.configuration.number,
            "settings": record["settings"],
            "scores": record["scores"],
            "baselines": record["baselines"],
            "members": [{k: v for k, v in member.items() if k != "history"} for member in record["members"]],
        },
        "lead": lead
        and {
            "runner_up": lead.runner_up,
            "value": lead.mean.value,
            "low": lead.mean.low,
            "high": lead.mean.high,
            "is_clear": lead.is_clear,
        },
        "halving": savings and vars(savings),
    }
