"""Tables with several rows of one subject, which the rows of a random fold give away."""

from collections.abc import Iterator

from demarcate.checks.finding import Finding
from demarcate.checks.group_columns import group_columns
from demarcate.checks.row_runs import row_runs
from demarcate.checks.table_view import TableView


def subject_rows(table: TableView) -> Iterator[Finding]:
    """Yield columns that name subjects with several rows, else runs of rows that look like those of one subject."""
    named = list(group_columns(table))
    yield from named or row_runs(table)
