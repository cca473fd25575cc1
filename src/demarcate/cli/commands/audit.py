"""``demarcate audit``: what is wrong with a table, and what its scores are worth without it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from demarcate.cli.console import notify, print_json
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import option, setting
from demarcate.cli.options import POSITIVE, OutputOptions, ReadingOptions, RowOptions, Seed, TableOptions
from demarcate.cli.process import EXIT_REFUSED

if TYPE_CHECKING:
    from demarcate.auditing import Audit


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    """What is audited beside the table itself, and the exit code."""

    against: str | None = option(
        "Another table, such as the rows to predict: does it differ, and in which columns?", metavar="TABLE"
    )
    positive: str | None = setting(POSITIVE, "--positive", name="pos_label", metavar="LABEL")
    rescore: bool = option("Score the table again without what was found.", "--rescore/--no-rescore", default=True)
    strict: bool = option("Exit with 1 if there is a leak, a warning or a difference.", "--strict", default=False)


def audit(
    data: TableOptions,
    rows: RowOptions,
    options: AuditOptions,
    reading: ReadingOptions,
    output: OutputOptions,
    seed: Seed = 0,
) -> None:
    """Look for what makes the scores of a table too good.

    Repeated rows, columns that give the target away, several rows of one subject, identifiers, constants and more; if
    there is something to leave out, the scores with and without it, and what random folds overstate beside new groups
    or later rows. Without a target only the rules that need none apply. Exits with 0 whatever is found, but for
    --strict.
    """
    on_fit = None if output.quiet else lambda what: notify(f"Training: {what} ...")
    from demarcate.cli.progress_bar import PhasesProgress

    with PhasesProgress(quiet=output.quiet).shown():
        result = _audit(data, rows, options, reading, seed, on_fit)
    if output.as_json:
        print_json({"table": data.table, "against": options.against, **result.to_json()})
    elif not output.quiet:
        from demarcate.cli.console_tables import print_audit

        print_audit(data.table, result)
    if options.strict and not result.is_clean:
        raise typer.Exit(EXIT_REFUSED)


def _audit(
    data: TableOptions, rows: RowOptions, options: AuditOptions, reading: ReadingOptions, seed: int, on_fit: Any
) -> "Audit":
    from demarcate.checks.table_sample import sample_table
    from demarcate.cli.table_input import (
        USUAL_TARGET,
        TableInput,
        open_stream,
        report_dropped_rows,
        resolve_target,
        split_target,
    )

    table = open_stream(data.table, reading)
    target = data.target or table.target
    if target is not None or USUAL_TARGET in table.columns:
        target = resolve_target(table.name, table.columns, target)
    elif options.positive is not None:
        raise UsageError("--positive names a class, and there is no target", "Name its column with --target")
    missing = reading.cells().missing
    sample = sample_table(table.parts, target, drop_missing=data.drop_missing_target, missing=missing, seed=seed)
    report_dropped_rows(sample.n_left_out)
    new = None
    if options.against is not None:
        other_table = open_stream(options.against, reading.without_shape())
        if target in other_table.columns:
            resolve_target(other_table.name, other_table.columns, target)
        new = sample_table(other_table.parts, seed=seed)
    # torch takes seconds to import: by now both tables have been read.
    from demarcate.auditing import audit as run
    from demarcate.auditing.streaming_audit import audit_sample, drift_of_samples, split_labels

    arguments: dict[str, Any] = {"rescore": options.rescore, "seed": seed, "on_fit": on_fit}
    roles = rows.roles(table.columns)
    roles.refuse_target(target)
    arguments["settings"] = {} if options.positive is None else {"pos_label": options.positive}
    if rows.gap is not None:
        arguments["settings"]["gap"] = rows.gap
    arguments["merge_labels"] = data.merge_labels
    columns = data.column_options(table.columns, reading, table.categorical)
    if not sample.is_complete:
        parts = table.parts if table.is_rereadable else None
        return audit_sample(sample, parts, target=target, against=new, roles=roles, options=columns, **arguments)
    arguments |= columns.arguments()
    audited: Any = sample.frame
    if target is not None:
        audited = split_target(TableInput.of_frame(table.name, sample.frame), target, missing=missing)[:2]
    arguments |= {"groups": roles.groups, "time": roles.time, "sample_weight": roles.weights}
    other: Any = None
    if new is not None:
        frame, labels = split_labels(new, target)
        other = frame if labels is None else (frame, labels)
    result = replace(run(audited, against=other, **arguments), target=target or "")
    if new is None or new.is_complete:
        return result
    return replace(result, drift=drift_of_samples(result.drift, sample.n_rows, new.n_rows))
