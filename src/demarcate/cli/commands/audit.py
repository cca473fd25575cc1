"""``demarcate audit``: what is wrong with a table, and what its scores are worth without it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.error_handling import say
from demarcate.cli.options import (
    Categorical,
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
)
from demarcate.cli.process import EXIT_REFUSED

if TYPE_CHECKING:
    from demarcate.auditing import Audit
    from demarcate.checks.table_sample import TableSample
    from demarcate.cli.table_input import Opened

_AGAINST = "Another table, such as the rows to predict: does it differ, and in which columns?"


def audit(
    table: Table,
    target: Target = None,
    against: Annotated[str | None, typer.Option(metavar="TABLE", help=_AGAINST)] = None,
    rescore: Annotated[
        bool, typer.Option("--rescore/--no-rescore", help="Score the table again without what was found.")
    ] = True,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if there is a leak, a warning or a difference.")
    ] = False,
    categorical: Categorical = None,
    numerical: Numerical = None,
    drop: Drop = None,
    drop_missing_target: DropMissingTarget = False,
    seed: Seed = 0,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Look for what makes a table's scores better than a classifier will be.

    Repeated rows, columns that give the target away, identifiers, constants and more; if there is something to leave
    out, the scores with and without it. Without a target only the rules that need none are asked. Exits with 0 whatever
    is found, but for --strict.
    """
    lists = {"categorical": categorical or [], "numerical": numerical or [], "drop": drop or []}
    source = {"encoding": encoding, "delimiter": delimiter}
    tell = None if quiet else lambda what: say(f"Training: {what} ...")
    found = _audit(table, target, against, source, lists, drop_missing_target, rescore, seed, tell)
    if as_json:
        import json

        print(json.dumps({"table": table, "against": against, **found.to_json()}, allow_nan=False))
    elif not quiet:
        from demarcate.cli import console

        console.audit(table, found)
    if strict and not found.is_clean:
        raise typer.Exit(EXIT_REFUSED)


def _audit(
    table: str,
    target: str | None,
    against: str | None,
    source: dict[str, Any],
    lists: dict[str, Any],
    drop_missing: bool,
    rescore: bool,
    seed: int,
    tell: Any,
) -> "Audit":
    from dataclasses import replace

    from demarcate.checks.table_sample import sample_table
    from demarcate.cli.table_input import Loaded, column_lists, named_target, opened, say_left_out, split_target

    opened_table = opened(table, **source)
    target = target or opened_table.target
    if target is not None:
        target = named_target(table, opened_table.columns, target)
    drawn = sample_table(opened_table.parts, target, drop_missing=drop_missing, seed=seed)
    say_left_out(drawn.n_left_out)
    new = None if against is None else _other(opened(against, **source), target, seed)
    named: dict[str, Any] = column_lists(lists, opened_table.columns, opened_table.categorical)
    # torch takes seconds to import: by now both tables have been read.
    from demarcate.auditing import audit as run
    from demarcate.auditing.streaming_audit import audit_sample, drift_of_samples, split_labels

    asked: dict[str, Any] = {"rescore": rescore, "seed": seed, "on_fit": tell, **named}
    if not drawn.is_complete:
        parts = opened_table.parts if opened_table.again else None
        return audit_sample(drawn, parts, target=target, against=new, **asked)
    data: Any = drawn.frame if target is None else split_target(Loaded(table, drawn.frame), target)[:2]
    other: Any = None
    if new is not None:
        frame, labels = split_labels(new, target)
        other = frame if labels is None else (frame, labels)
    found = replace(run(data, against=other, **asked), target=target or "")
    if new is None or new.is_complete:
        return found
    return replace(found, drift=drift_of_samples(found.drift, drawn.n_rows, new.n_rows))


def _other(table: "Opened", target: str | None, seed: int) -> "TableSample":
    """The table to compare with, whose target need not be there."""
    from demarcate.checks.table_sample import sample_table
    from demarcate.cli.table_input import named_target

    if target in table.columns:
        named_target(table.name, table.columns, target)
    return sample_table(table.parts, seed=seed)
