import polars as pl
import pytest

from demarcate.tabular import Column
from demarcate.tabular.summaries import ColumnSummary, summarize_column


@pytest.mark.parametrize(
    ("cells", "column", "missing", "words"),
    [
        (["1", "", "3"], Column("a", "numerical"), 1, "1 to 3, median 2"),
        ([None, None], Column("a", "numerical"), 2, ""),
        (["x", None], Column("a", "categorical", categories=("x", "y", "z", "v", "w")), 1, "5: x, y, z, v, ..."),
        (["2024-01-31", ""], Column("a", "date"), 1, "such as 2024-01-31"),
        ([True, None], Column("a", "boolean", categories=("false", "true")), 1, "2: false, true"),
    ],
)
def test_a_column_in_a_few_words(cells, column, missing, words):
    series = pl.Series("a", cells, dtype=pl.Boolean if column.kind == "boolean" else pl.String)
    assert summarize_column(series, column) == ColumnSummary(missing, words)
