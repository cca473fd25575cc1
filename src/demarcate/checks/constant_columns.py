"""Columns with the same value in all, or nearly all, rows."""

from collections.abc import Iterator

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import TableView
from demarcate.formatting import listed

SHARE = 0.99


def constant_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that are dropped as constant, and used ones with one value in 99% of at least 100 rows."""
    dropped = {
        column.name: column.dropped.removeprefix("constant: ")
        for column in table.schema.dropped
        if column.dropped.startswith("constant")
    }
    if dropped:
        reasons = listed([f"{name!r} ({why})" for name, why in sorted(dropped.items())])
        text = f"{_columns(len(dropped))} not used, being constant: {reasons}"
        yield Finding("constant", "note", text, tuple(sorted(dropped)))
    if table.n_rows < 1 / (1 - SHARE):
        return
    frequent = {name: table.most_frequent(name) for name in table.columns}
    nearly = sorted(
        (name for name, (n, n_rows) in frequent.items() if n / n_rows >= SHARE),
        key=lambda name: -frequent[name][0] / frequent[name][1],
    )
    if nearly:
        others = {name: n_rows - n for name in nearly for n, n_rows in [frequent[name]]}
        differences = listed([f"{name!r} differs in {n:,}" for name, n in others.items()])
        text = (
            f"{_columns(len(nearly))} nearly constant, the same in {SHARE:.0%} of rows or more: of "
            f"{frequent[nearly[0]][1]:,} rows {differences}. Anything learned from it rests on these few rows"
        )
        yield Finding("constant", "note", text, tuple(sorted(nearly)), {"rows_that_differ": others})


def _columns(number: int) -> str:
    return "1 column is" if number == 1 else f"{number:,} columns are"
