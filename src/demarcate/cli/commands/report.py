"""``demarcate report``: everything about a saved model on a table, on one page."""

from dataclasses import dataclass
from typing import Annotated

import typer

from demarcate.cli.console import notify, print_json
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile
from demarcate.cli.options import (
    DecisionOptions,
    ModelOptions,
    OutputOptions,
    ReadingOptions,
    ScoredTableOptions,
)


@dataclass(frozen=True, kw_only=True)
class ReportFiles:
    """The page."""

    out: Annotated[
        str | None, typer.Option("--out", "-o", help="Write the page to this .html file."), OutputFile("page")
    ] = None


def report(
    source: ModelOptions,
    data: ScoredTableOptions,
    files: ReportFiles,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    """Report on a saved model: scores, mistakes, thresholds, importance, on one page that needs no network.

    The rows are those of the table, which the model should not have been trained on; fit --report makes the same page
    of out-of-fold rows. The page holds some cells of the table.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.cost_options import apply_costs
    from demarcate.cli.outputs import check_outputs
    from demarcate.cli.table_input import load_table, split_target, warn_if_training_rows
    from demarcate.tabular.fingerprint import fingerprint

    if files.out is None and not output.as_json:
        raise UsageError("there is nowhere to report to. Name the page with --out FILE.html, or ask for --json")
    check_outputs(files, data.table, source.model)
    predictor = apply_costs(read_bundle(source.model, expect_sha256=source.expect_sha256), decision)
    table = load_table(data.table, reading)
    frame, labels, _ = split_target(table, data.target or predictor.target, drop_missing=data.drop_missing_target)
    # scikit-learn takes seconds to import: by now the model and the table have been read.
    from demarcate.report import Report

    page = Report.from_predictor(predictor, frame, labels, name=short_name(table.name))
    warn_if_training_rows(predictor, fingerprint(page.evaluated.parsed, page.evaluated.codes))
    if files.out:
        page.save(files.out)
        if not output.quiet:
            notify(f"Reported to {files.out}")
    if output.as_json:
        print_json(page.to_json())


def short_name(source: str) -> str:
    """Return the name of a table without its folders, which are private, for a page."""
    if source == "-":
        return ""
    # An address may carry a key behind its question mark.
    return source.split("?", maxsplit=1)[0].rstrip("/").replace("\\", "/").rsplit("/", 1)[-1]
