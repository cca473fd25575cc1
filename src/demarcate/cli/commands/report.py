"""``demarcate report``: everything about a saved model on a table, on one page."""

from dataclasses import dataclass
from typing import Any

from demarcate.cli.console import print_json
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import OutputFile, option
from demarcate.cli.options import (
    DecisionOptions,
    ModelOptions,
    OutputOptions,
    ReadingOptions,
    RowColumns,
    ScoredTableOptions,
)


@dataclass(frozen=True, kw_only=True)
class ReportFiles:
    """The page."""

    out: str | None = option("Write the page to this .html file.", "--out", "-o", marker=OutputFile("page"))


def report(
    source: ModelOptions,
    data: ScoredTableOptions,
    rows: RowColumns,
    files: ReportFiles,
    decision: DecisionOptions,
    reading: ReadingOptions,
    output: OutputOptions,
) -> None:
    """Write everything about a saved model to one page.

    Scores, mistakes, thresholds, importance of the columns and more, for the rows of a table that the model was not
    trained on; 'demarcate fit --report' makes the same page of out-of-fold rows. The page needs no network to be read,
    and holds some cells of the table.
    """
    from demarcate.cli.outputs import check_outputs, report_files
    from demarcate.cli.table_input import load_table, split_target, warn_if_training_rows
    from demarcate.inference.decision_choice import apply_costs
    from demarcate.tabular.fingerprint import fingerprint

    if files.out is None and not output.as_json:
        raise UsageError("There is nowhere to report to", "Name the page with --out FILE.html, or ask for --json")
    check_outputs(files, data.table, source.model)
    predictor = apply_costs(source.load(reading), decision)
    table = load_table(data.table, reading)
    words: dict[str, Any] = {"drop_missing": data.drop_missing_target, "missing": reading.cells().missing}
    frame, labels, _ = split_target(table, data.target or predictor.target, **words)
    # scikit-learn takes seconds to import: by now the model and the table have been read.
    from demarcate.report import Report

    roles, name = rows.roles(frame.columns), short_name(table.name)
    columns = {"groups": roles.groups, "time": roles.time, "sample_weight": roles.weights}
    page = Report.from_predictor(predictor, frame, labels, name=name, **columns)
    warn_if_training_rows(predictor, fingerprint(page.evaluated.parsed, page.evaluated.codes))
    if files.out:
        page.save(files.out)
    if not output.quiet:
        report_files(files)
    if output.as_json:
        print_json(page.to_json())


def short_name(source: str) -> str:
    """Return the name of a table without its folders, which are private, for a page."""
    if source == "-":
        return ""
    # An address may carry a key behind its question mark.
    return source.split("?", maxsplit=1)[0].rstrip("/").replace("\\", "/").rsplit("/", 1)[-1]
