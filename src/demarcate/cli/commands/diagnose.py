"""``demarcate diagnose``: does a network underfit or overfit a table, and what would help."""

import time
from collections import Counter
from typing import Annotated, Any

import typer

from demarcate.cli.error_handling import say
from demarcate.cli.options import (
    Activation,
    BatchSize,
    Categorical,
    ClassWeight,
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
    WeightDecay,
    given,
    refuse_impossible,
    widths,
)

_PLOT = "Draw learning curve, capacity and regularisation to this .png, .svg or .pdf file."


def diagnose(
    table: Table,
    target: Target = None,
    plot: Annotated[str | None, typer.Option(help=_PLOT)] = None,
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
    class_weight: ClassWeight = None,
    seeds: Annotated[int, typer.Option(help="Splits into rows to train on and rows to judge by.")] = 10,
    max_rows: Annotated[int, typer.Option(help="Rows that take part; of a larger table so many are drawn.")] = 4000,
    device: Device = None,
    precision: Precision = None,
    seed: Seed = 0,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say whether a network underfits or overfits, and what would help.

    Trains the network as 'demarcate fit' would with these options, and beside it with fewer rows, fewer and more units,
    less and more regularisation and more epochs; nothing is saved.
    """
    settings = {
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
        "class_weight": class_weight,
        "device": device,
        "precision": precision,
    }
    settings = given(settings, batch_size=batch_size, patience=patience)
    lists = {"categorical": categorical or [], "numerical": numerical or [], "drop": drop or []}
    source = {"table": table, "target": target, "encoding": encoding, "delimiter": delimiter}
    size = {"seeds": seeds, "max_rows": max_rows}
    report = _diagnose(source, settings, seed, size, lists, drop_missing_target, plot, as_json, quiet)
    if as_json:
        import json

        print(json.dumps(report, allow_nan=False))


def _diagnose(
    source: dict[str, Any],
    settings: dict[str, Any],
    seed: int,
    size: dict[str, int],
    lists: dict[str, list[str]],
    drop_missing_target: bool,
    plot: str | None,
    as_json: bool,
    quiet: bool,
) -> dict[str, Any]:
    from demarcate.cli import console
    from demarcate.cli.outputs import check_outputs, check_writable_as_picture, write_picture
    from demarcate.cli.table_input import column_lists, load, split_target
    from demarcate.experiments.diagnosis import check_diagnosis_settings
    from demarcate.trainingset import open_table

    check_outputs(source["table"], {"--plot": (plot, check_writable_as_picture)})
    refuse_impossible(settings, seed)
    check_diagnosis_settings(**size, seed=seed)
    loaded = load(source["table"], source["encoding"], source["delimiter"])
    frame, labels, target = split_target(loaded, source["target"], drop_missing=drop_missing_target)
    lists = column_lists(lists, loaded.frame.columns, loaded.categorical)
    training_set = open_table(frame, labels, target, **lists)
    silent = quiet or as_json
    if not silent:
        console.schema(loaded.name, frame, training_set.schema, target)
        console.class_balance(Counter(labels))
    # torch takes seconds to import: by now the table has been read and shown.
    from demarcate.classifier import DemarcateClassifier
    from demarcate.cli.progress_bar import training_progress

    start = time.perf_counter()
    with training_progress(quiet=quiet) as on_epoch:
        found = DemarcateClassifier(**{**settings, **lists, "random_state": seed}, on_epoch=on_epoch).diagnose(
            training_set, **size
        )
    seconds = time.perf_counter() - start
    if plot:
        from demarcate.plotting import DiagnosisDisplay

        write_picture(plot, lambda: DiagnosisDisplay.from_diagnosis(found))
    if not silent:
        print(found)
    if plot and not quiet:
        say(f"Drawn to {plot}")
    return {"target": target, "plot": plot, "diagnose_seconds": round(seconds, 3), **found.to_json()}
