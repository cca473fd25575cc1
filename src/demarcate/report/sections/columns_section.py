"""The columns of the table, as they were read."""

from dataclasses import dataclass
from typing import ClassVar, Self

from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import JsonFields, Section
from demarcate.tabular.summaries import summarize_column

MAX_COLUMNS = 500


@dataclass(frozen=True, eq=False)
class ReportColumn(JsonFields):
    """A column: its kind, its missing cells (None if the table lacks it), its values in words, and why it is unused."""

    name: str
    kind: str
    n_missing: int | None
    values: str
    remark: str


@dataclass(frozen=True, eq=False)
class ColumnsSection(Section):
    """The first columns of the schema, the number of all, and the rows of the table."""

    key: ClassVar[str] = "columns"
    heading: ClassVar[str] = "Columns"

    columns: tuple[ReportColumn, ...]
    n_columns: int
    n_rows: int

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Summarise the columns of the table that the rows are from."""
        table, columns = evaluated.table, evaluated.predictor.schema.columns
        summaries = []
        for column in columns[:MAX_COLUMNS]:
            cells = summarize_column(table[column.name], column) if column.name in table.columns else None
            n_missing, values = (None, "") if cells is None else (cells.n_missing, cells.summary)
            remark = f"not used: {column.dropped}" if column.dropped else column.note
            summaries.append(ReportColumn(column.name, column.kind, n_missing, values, remark))
        return cls(tuple(summaries), len(columns), len(table))
