"""``demarcate diagnose``: does a network underfit or overfit a table, and what would help."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from demarcate.cli.console import print_json, print_lines
from demarcate.cli.option_groups import OutputFile, option, setting, settings_of
from demarcate.cli.options import (
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


@dataclass(frozen=True, kw_only=True)
class DiagnoseFiles:
    """The picture to draw."""

    plot: str | None = option(
        "Draw the learning curve and the effects of capacity and regularisation to this .png, .svg or .pdf file.",
        marker=OutputFile("picture"),
    )


@dataclass(frozen=True, kw_only=True)
class DiagnoseSize:
    """How much is trained."""

    seeds: int = setting("Splits into rows to train on and rows to score.", default=10)
    max_rows: int = setting("Rows to use; a larger table is sampled.", default=4000)


def diagnose(
    data: TableOptions,
    rows: RowOptions,
    files: DiagnoseFiles,
    network: NetworkOptions,
    encoding: PresetEncodingOptions,
    training: TrainingOptions,
    size: DiagnoseSize,
    reading: ReadingOptions,
    output: OutputOptions,
    seed: Seed = 0,
) -> None:
    """Find out whether a network underfits or overfits.

    Trains the network as 'demarcate fit' would with these options, and beside it with fewer rows, fewer and more units,
    less and more regularisation and more epochs. The losses on training rows and on other rows are the symptom; what
    lowers the loss on other rows is the remedy. Nothing is saved.
    """
    from demarcate.cli.explanation import with_lesson_settings
    from demarcate.cli.outputs import check_outputs, report_files, write_picture
    from demarcate.cli.progress_bar import PhasesProgress
    from demarcate.cli.table_input import load_labelled
    from demarcate.experiments.diagnosis.diagnose import check_diagnosis_settings

    settings = with_lesson_settings(data.table, settings_of(network, encoding, training), quiet=output.quiet)
    check_outputs(files, data.table)
    check_settings(settings, seed)
    check_diagnosis_settings(**asdict(size), seed=seed)
    progress = PhasesProgress(quiet=output.quiet)
    with progress.shown():
        table = load_labelled(data, reading, rows)
    if output.shows_tables:
        table.show()
    # torch takes seconds to import: by now the table has been read and shown.
    from demarcate.classifier import DemarcateClassifier

    start = time.perf_counter()
    with progress.shown():
        arguments: dict[str, Any] = {**settings, **table.options.arguments(), "random_state": seed}
        classifier = DemarcateClassifier(**arguments)
        diagnosis = classifier.diagnose(table.training_set, **asdict(size))
    seconds = time.perf_counter() - start
    if files.plot:
        from demarcate.plotting import DiagnosisDisplay

        write_picture(files.plot, lambda: DiagnosisDisplay.from_diagnosis(diagnosis))
    if output.shows_tables:
        print_lines(*str(diagnosis).split("\n"))
    if not output.quiet:
        report_files(files)
    if output.as_json:
        result = {"target": table.training_set.target, "plot": files.plot, "diagnose_seconds": round(seconds, 3)}
        print_json({**result, **diagnosis.to_json()})
