"""Columns that say the same of (nearly) every row."""

from collections.abc import Iterator

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import View
from demarcate.formatting import listed

SHARE = 0.99


def constants(view: View) -> Iterator[Finding]:
    """Columns with one value, which are not used; and those in use with one value in 99% of the rows or more.

    A table of fewer than 100 rows has no nearly constant column.
    """
    dropped = {
        column.name: column.dropped.removeprefix("constant: ")
        for column in view.schema.dropped
        if column.dropped.startswith("constant")
    }
    if dropped:
        what = listed([f"{name!r} ({why})" for name, why in sorted(dropped.items())])
        text = f"{_columns(len(dropped))} not used, being constant: {what}"
        yield Finding("constant", "note", text, tuple(sorted(dropped)))
    if view.n_rows < 1 / (1 - SHARE):
        return
    frequent = {name: view.most_frequent(name) for name in view.cells}
    nearly = sorted(
        (name for name, (n, n_rows) in frequent.items() if n / n_rows >= SHARE),
        key=lambda name: -frequent[name][0] / frequent[name][1],
    )
    if nearly:
        others = {name: n_rows - n for name in nearly for n, n_rows in [frequent[name]]}
        what = listed([f"{name!r} differs in {n:,}" for name, n in others.items()])
        text = (
            f"{_columns(len(nearly))} nearly constant, the same in {SHARE:.0%} of rows or more: of "
            f"{frequent[nearly[0]][1]:,} rows {what}. What such a column tells rests on these few rows"
        )
        yield Finding("constant", "note", text, tuple(sorted(nearly)), {"rows_that_differ": others})


def _columns(number: int) -> str:
    return "1 column is" if number == 1 else f"{number:,} columns are"
