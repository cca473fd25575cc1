"""The columns of the table, as they were read."""

from dataclasses import dataclass
from typing import ClassVar, Self

from markupsafe import Markup

from demarcate.inspection.column_histogram import ColumnHistogram
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, joined
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import Chart, path_data
from demarcate.tabular.summaries import summarize_column

MAX_COLUMNS = 500
WIDTH, HEIGHT = 112, 28
MIN_PLACES = 6
"""Places for bars at least, so that the bars of two categories are not blocks."""
BAR_GAP = 0.08
"""Between a bar and the edge of its place, as a share of the place."""


@brief_repr
@dataclass(frozen=True, eq=False)
class ReportColumn(JsonFields):
    """A column: its kind, its missing cells (None if the table lacks it), its values in words, and why it is unused.

    ``histogram`` has how often the values occur; None for texts, or without values.
    """

    name: str
    kind: str
    n_missing: int | None
    values: str
    remark: str
    histogram: ColumnHistogram | None

    def figure(self, key: str) -> Markup:
        """Draw the histogram as bars without axes; empty without one."""
        if self.histogram is None:
            return Markup()
        counts, n_bars = self.histogram.counts, len(self.histogram.counts)
        x, y = (0, max(n_bars, MIN_PLACES)), (0, int(counts.max()))
        chart = Chart(x=x, y=y, width=WIDTH, height=HEIGHT, left=0, right=0, top=1, bottom=1)
        outlines = []
        for place, count in enumerate(counts.tolist()):
            # A bar that counts anything can be seen.
            top = min(float(chart.to_pixel_y(count)), HEIGHT - 2.0) if count else HEIGHT - 1.0
            left, right = (float(x) for x in chart.to_pixel_x((place + BAR_GAP, place + 1 - BAR_GAP)))
            outlines.append(path_data((left, left, right, right), (HEIGHT - 1, top, top, HEIGHT - 1)) + "Z")
        chart.add("path", class_="bars", d="".join(outlines))
        return Markup('<span class="spark">{}</span>').format(
            chart.render(key, f"How often {elided(self.name)} has each value", self.counts_in_words)
        )

    @property
    def counts_in_words(self) -> str:
        """The bars in words: categories with their rows, or the rows in each bin."""
        assert self.histogram is not None
        counts = self.histogram.counts.tolist()
        if self.histogram.labels:
            bars = [f"{label} {count:,}" for label, count in zip(self.histogram.labels, counts, strict=True)]
            return f"{joined(bars, len(bars))}."
        return f"Rows in {len(counts)} equal bins, from the least to the greatest value: {', '.join(map(str, counts))}."


@brief_repr
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
            n_missing, values, histogram = None, "", None
            if column.name in table.columns:
                cells = table[column.name]
                summary, histogram = summarize_column(cells, column), ColumnHistogram.of(cells, column)
                n_missing, values = summary.n_missing, summary.summary
            remark = f"not used: {column.dropped}" if column.dropped else column.note
            summaries.append(ReportColumn(column.name, column.kind, n_missing, values, remark, histogram))
        return cls(tuple(summaries), len(columns), len(table))

    @property
    def has_remarks(self) -> bool:
        """Whether any column has a remark."""
        return any(column.remark for column in self.columns)
