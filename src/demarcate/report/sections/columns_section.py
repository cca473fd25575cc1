"""The columns, as they were read."""

from dataclasses import dataclass
from typing import ClassVar

from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Part, Section
from demarcate.tabular.summaries import summarize_column

MOST_COLUMNS = 500


@dataclass(frozen=True, eq=False)
class ColumnRead(Part):
    """One column.

    Attributes
    ----------
    name, kind
        What it is.
    n_missing
        Cells without a value; None where the table does not have the column.
    values
        What it holds, in words.
    remark
        Why it is not used, or what else is to be known.
    """

    name: str
    kind: str
    n_missing: int | None
    values: str
    remark: str


@dataclass(frozen=True, eq=False)
class Columns(Section):
    """What each column was taken to be.

    Attributes
    ----------
    columns
        In the order of the table; the first 500.
    n_columns
        How many there are.
    n_rows
        Rows of the table at hand.
    """

    key: ClassVar[str] = "columns"
    heading: ClassVar[str] = "Columns as they were read"

    columns: tuple[ColumnRead, ...]
    n_columns: int
    n_rows: int

    @classmethod
    def of(cls, judged: Judged) -> "Columns":
        """The columns of the table that judged rows are from."""
        table, read = judged.table, []
        for column in judged.predictor.schema.columns[:MOST_COLUMNS]:
            there = column.name in table.columns
            cells = summarize_column(table[column.name], column) if there else None
            missing, values = (None, "") if cells is None else (cells.n_missing, cells.summary)
            remark = f"not used: {column.dropped}" if column.dropped else column.note
            read.append(ColumnRead(column.name, column.kind, missing, values, remark))
        return cls(tuple(read), len(judged.predictor.schema.columns), len(table))
