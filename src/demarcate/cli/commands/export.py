"""``demarcate export``: a saved model in a format that other programs run."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import notify, print_json
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, option, setting
from demarcate.cli.options import DecisionOptions, ModelOptions, OutputOptions, ReadingOptions
from demarcate.export.export_formats import FORMATS

if TYPE_CHECKING:
    from demarcate.export.export_formats import ExportFormat

_FORMATS_IN_WORDS = "; ".join(f"{each.name}: {each.title}" for each in FORMATS.values())


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """The format, the file, and rows to compare on."""

    to: str = option(f"{_FORMATS_IN_WORDS}.", "--to", default="onnx", metavar="FORMAT")
    out: str | None = option(
        "Write to this file; for pytorch to this folder, new or empty. [default: the model's name with the format's "
        "ending, here]",
        "--out",
        "-o",
        marker=OutputFile("export"),
    )
    table: str | None = option(
        "Compare on the rows of this table too, not only on rows made from the schema.", metavar="TABLE"
    )
    runtime: str | None = setting(
        "For web: the folder dist of the npm package onnxruntime-web. [default: that of node_modules in this folder, "
        "in that of --out or in one above]",
        metavar="FOLDER",
    )


def export(
    source: ModelOptions,
    options: ExportOptions,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    """Write a saved model in a format that other programs run.

    The new file holds everything from raw columns to the decision, and is compared with the model before it takes its
    name: labels and probabilities must be the same on rows made from the schema, with extremes, missing cells and
    values never seen, and on the rows of --table.

    Example: demarcate export model.safetensors --to onnx --out model.onnx
    """
    from demarcate.cli.outputs import check_outputs, report_files
    from demarcate.inference.decision_choice import apply_costs

    if options.to not in FORMATS:
        raise UsageError(f"--to is {options.to!r}", f"Choose one of {', '.join(FORMATS)}")
    chosen = FORMATS[options.to]
    chosen.check()
    if options.runtime is not None and options.to != "web":
        raise UsageError("--runtime is only for --to web", "Leave it out")
    files = ExportOptions(out=_path(options, chosen, source.model))
    check_outputs(files, source.model, *filter(None, [options.table]), check=chosen.path_check())
    model = apply_costs(source.load_for_a_row(reading), decision)
    table = None if options.table is None else _rows(options.table, reading)
    from demarcate.export import export_model

    assert files.out is not None
    settings: dict[str, Any] = {} if options.runtime is None else {"runtime": options.runtime}
    check = export_model(model, files.out, options.to, table=table, **settings)
    if not output.quiet:
        report_files(files)
        notify(f"Compared with the model: {check.in_words()}.")
    if output.as_json:
        facts = {"format": options.to, "path": files.out, "sha256": _digest(Path(files.out))}
        print_json({**facts, "rows_compared": check.n_rows, "largest_difference": check.max_difference})


def _path(options: ExportOptions, chosen: "ExportFormat", model: str) -> str:
    """Return the file, or the folder, to write: as it is named, or as the model with the format's ending."""
    if options.out is None:
        return f"{Path(model).stem}{chosen.ending or '_pytorch'}"
    if options.out.strip() and not chosen.names(options.out):
        raise UsageError(f"--out is {options.out!r}", f"For --to {chosen.name} name a {chosen.ending} file")
    return options.out


def _rows(table: str, reading: ReadingOptions) -> Any:
    from demarcate.cli.table_input import load_table

    return load_table(table, reading).frame


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a file; None for a folder."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
