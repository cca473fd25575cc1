"""``demarcate sweep``: many configurations of a network compared on one table, and the best of them scored."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import notify, print_json, print_lines
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, option, setting, settings_of
from demarcate.cli.options import (
    CHECKPOINT,
    POSITIVE,
    EncodingOptions,
    GridOptions,
    OutputOptions,
    ReadingOptions,
    RowOptions,
    TableOptions,
)

if TYPE_CHECKING:
    from demarcate.engine import Training
    from demarcate.experiments.sweep import Sweep


@dataclass(frozen=True, kw_only=True)
class SweepOptions:
    """How configurations are trained and compared."""

    seeds: int = setting("Networks of each configuration, each on its own split of the rows.", default=3)
    sample: int | None = setting("Try only this many of the combinations, drawn at random. [default: all]")
    halving: bool = setting(
        "Drop the worse half after an eighth, a quarter and half of the epochs.", "--halving", default=False
    )
    metric: str = setting("log_loss or accuracy, on validation rows: decides which is best.", default="log_loss")
    test_size: float = setting("Share or number of the rows that the winner is scored on.", default=0.2)
    validation_size: float = setting("Share or number of the other rows that each seed validates on.", default=0.2)
    patience: int | None = option("Epochs without improvement before training stops; 0 for never. [default: 0]")
    positive: str | None = setting(POSITIVE, "--positive", name="pos_label", metavar="LABEL")
    seed: int = setting("Seed of everything random.", default=0)
    device: str = setting("auto, cpu, cuda or another torch device.", default="auto")
    precision: str = setting("auto, float32, or bf16 for the products of wide layers.", default="float32")
    checkpoint: str | None = setting(CHECKPOINT, metavar="FOLDER")


@dataclass(frozen=True, kw_only=True)
class SweepFiles:
    """The files to write."""

    out: str | None = option(
        "Write the table of configurations to this CSV, TSV, Parquet or JSON lines file.",
        "--out",
        "-o",
        marker=OutputFile("table"),
    )
    save: str | None = option("Save the winner, a model like those of 'demarcate fit'.", marker=OutputFile("model"))
    plot: str | None = option(
        "Draw the results along one of the settings to this .png, .svg or .pdf file.", marker=OutputFile("picture")
    )


def sweep(
    data: TableOptions,
    rows: RowOptions,
    grid: GridOptions,
    encoding: EncodingOptions,
    options: SweepOptions,
    files: SweepFiles,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    """Try combinations of settings and score the best of them.

    The options from --hidden to --epochs take the values to try: lists such as 1e-3,1e-2 or, with --sample, ranges such
    as 1e-4..1e-1. Each combination is trained once for each seed. Validation rows choose the winner, and test rows
    score it.

    Example: demarcate sweep people.csv --target income --hidden 16 --hidden 64 --lr 1e-3,1e-2
    """
    from demarcate.cli.outputs import check_outputs, report_files
    from demarcate.cli.progress_bar import PhasesProgress
    from demarcate.cli.table_input import load_labelled

    check_outputs(files, data.table)
    values = settings_of(grid)
    if not values:
        raise UsageError("There is nothing to try", "Name values, such as --hidden 16 --hidden 64 or --lr 1e-3,1e-2")
    settings = {"over": values, **settings_of(options, encoding)}
    training = _checked_training(settings, options.patience)
    progress = PhasesProgress(quiet=output.quiet)
    with progress.shown():
        table = load_labelled(data, reading, rows)
    if output.shows_tables:
        table.show()
    from demarcate.cli.resumable_training import resumable_training
    from demarcate.experiments.sweep import sweep as run

    start = time.perf_counter()
    with resumable_training(options.checkpoint, quiet=output.quiet), progress.shown():
        on_plan = None if output.quiet else lambda size: notify(f"{size}.")
        arguments = {"training": training, "on_plan": on_plan, **settings}
        result = run(table.training_set, **arguments)
    seconds = time.perf_counter() - start
    # Before anything is shown: the reader of the tables may close the pipe.
    sha256 = _save(result, table.training_set.target, files)
    if output.shows_tables:
        from demarcate.cli.console_tables import print_positive, print_scores, print_verdict

        winner = result.winner
        print_lines("", *result.ranking().split("\n"), "", *result.verdict().split("\n"), "")
        print_scores(winner.scores, winner.baselines)
        print_positive(table.training_set.classes.tolist(), winner.predictor.positive)
        print_verdict(winner.comparison["logistic_regression"], [winner.network])
    if not output.quiet:
        report_files(files, sha256)
    if output.as_json:
        written = {"model": files.save, "sha256": sha256, "table": files.out, "plot": files.plot}
        print_json(
            {"target": table.training_set.target, **written, "sweep_seconds": round(seconds, 3), **_result_json(result)}
        )


def _checked_training(settings: dict[str, Any], patience: int | None) -> "Training":
    """Return how networks are trained, after settings are refused that are wrong for every table."""
    from demarcate.engine import Training
    from demarcate.engine.backend import check_precision, device_for
    from demarcate.experiments.sweep import check_sweep
    from demarcate.nn import Network

    training = Training(patience=patience or None)
    names = ("seeds", "sample", "metric", "halving", "seed")
    check_sweep(settings["over"], Network(), training, **{name: settings.get(name) for name in names})
    check_precision(settings["precision"])
    device_for(settings["device"])
    return training


def _save(result: "Sweep", target: str, files: SweepFiles) -> str | None:
    """Write the files; return the SHA-256 of the winner's file, if there is one."""
    from demarcate.cli.outputs import write_picture, write_table

    sha256 = None
    if files.out:
        write_table(files.out, result.table)
    if files.save:
        from demarcate.bundle import write_bundle

        sha256 = write_bundle(replace(result.winner.predictor, target=target), files.save)
    if files.plot:
        from demarcate.plotting import SweepDisplay

        write_picture(files.plot, lambda: SweepDisplay.from_sweep(result))
    return sha256


def _result_json(result: "Sweep") -> dict[str, Any]:
    from demarcate.inference.decision_choice import positive_label

    winner, lead, savings = result.winner, result.winner.lead, result.savings
    record = winner.predictor.record
    return {
        "n_samples": sum(record["class_rows"].values()),
        "n_test": len(result.test_rows),
        "n_train": len(result.train_rows[0]),
        "n_validation": len(result.validation_rows[0]),
        "classes": winner.predictor.classes.tolist(),
        "positive": positive_label(winner.predictor.classes.tolist(), winner.predictor.positive),
        "metric": result.metric,
        "seeds": list(result.seeds),
        "configurations": result.table.to_dicts(),
        "winner": {
            "configuration": winner.configuration.number,
            **{name: record[name] for name in ("settings", "scores", "baselines", "comparison")},
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
