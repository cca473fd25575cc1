"""Tables with several rows of one subject, of which a random fold knows some when it scores the others."""

from collections.abc import Iterator

from demarcate.checks.finding import Finding
from demarcate.checks.group_columns import group_columns
from demarcate.checks.group_combination import group_combination
from demarcate.checks.row_runs import row_runs
from demarcate.checks.subject_ids import name_points
from demarcate.checks.table_view import TableView


def subject_rows(table: TableView) -> Iterator[Finding]:
    """Yield columns that name subjects with several rows, else several that do so together, and runs of rows.

    A number that is not called an id may be one of several constant columns, such as an age: these say more together.
    """
    named = list(group_columns(table))
    if any(each.numbers["kind"] != "number" or name_points(each.columns[0]) for each in named):
        yield from named
    else:
        yield from list(group_combination(table)) or named
        yield from row_runs(table)
