"""``demarcate audit``: what is wrong with a table, and what its scores are worth without it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from demarcate.cli.guard import say
from demarcate.cli.leaving import EXIT_REFUSED
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

if TYPE_CHECKING:
    from demarcate.audits import Audit

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
        from demarcate.cli import show

        show.audit(table, found)
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
    from demarcate.cli.tables import column_lists, load, split_target

    loaded = load(table, **source)
    target = target or loaded.target
    named: dict[str, Any] = column_lists(lists, loaded.frame.columns, loaded.categorical)
    data: Any = loaded.frame
    if target is not None:
        frame, labels, target = split_target(loaded, target, drop_missing=drop_missing)
        data = (frame, labels)
    other: Any = None
    if against is not None:
        new = load(against, **source)
        other = new.frame
        if target in new.frame.columns:
            new_frame, new_labels, _ = split_target(new, target)
            other = (new_frame, new_labels)
    # torch takes seconds to import: by now both tables have been read.
    from dataclasses import replace

    from demarcate.audits import audit as run

    found = run(data, against=other, rescore=rescore, seed=seed, on_fit=tell, **named)
    return replace(found, target=target or "")
