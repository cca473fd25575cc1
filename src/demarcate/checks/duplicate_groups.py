"""Groups of equal rows."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.schema import ParsedColumns


def first_equal_rows(columns: ParsedColumns) -> NDArray[np.int64]:
    """Return for each row the first that equals it in every column, itself if there is none, ``(n_rows,)``."""
    frame = comparable_frame(columns)
    groups = np.arange(len(frame))
    # Hashes are cheap and nearly always distinguish rows; only rows that share one are compared cell by cell.
    suspects = frame.with_row_index("row").filter(frame.hash_rows().is_duplicated())
    if len(suspects):
        equal = (
            suspects.group_by(frame.columns)
            .agg(pl.col("row"), first=pl.col("row").min())
            .explode("row", empty_as_null=False)
        )
        groups[equal["row"].to_numpy()] = equal["first"].to_numpy()
    return groups


def has_duplicate_in_training(groups: NDArray[np.int64], folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which scored rows have a duplicate in the training rows of the networks that scored them.

    ``groups`` ``(n_rows,)`` are from `first_equal_rows`; ``folds`` are where rows were held out, -1 if never.
    """
    rows = pl.DataFrame({"group": groups, "fold": folds})
    return rows.select(((pl.col("fold").n_unique() > 1).over("group")) & (pl.col("fold") >= 0)).to_series().to_numpy()


def comparable_frame(columns: ParsedColumns) -> pl.DataFrame:
    """Return comparable cells of columns sorted by name, called 0, 1, 2: a column of the table may have any name."""
    return pl.DataFrame(
        [comparable_cells(columns[name]).alias(f"{index}") for index, name in enumerate(sorted(columns))]
    )


def comparable_cells(cells: NDArray[np.float64] | pl.Series) -> pl.Series:
    """Return cells that are equal if their values are: missing is null, and -0 is 0."""
    return cells if isinstance(cells, pl.Series) else (pl.Series(cells, nan_to_null=True) + 0.0)
