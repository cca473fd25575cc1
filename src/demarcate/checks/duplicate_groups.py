"""Which rows of a table are the same."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.schema import ParsedColumns


def first_alike(columns: ParsedColumns) -> NDArray[np.int64]:
    """For each row the first that is the same in every column, itself if there is none before.

    Parameters
    ----------
    columns
        What ``schema.parse`` made of the table.

    Returns
    -------
    ndarray of int64
        Row numbers, ``(n_rows,)``.

    Examples
    --------
    >>> first_alike({"age": np.array([3.0, 4.0, 3.0, np.nan]), "sex": pl.Series(["f", "m", "f", "f"])}).tolist()
    [0, 1, 0, 3]
    """
    frame = frame_of(columns)
    groups = np.arange(len(frame))
    # Hashes are cheap and nearly always tell rows apart; only rows that share one are compared cell by cell.
    suspects = frame.with_row_index("row").filter(frame.hash_rows().is_duplicated())
    if len(suspects):
        alike = (
            suspects.group_by(frame.columns)
            .agg(pl.col("row"), first=pl.col("row").min())
            .explode("row", empty_as_null=False)
        )
        groups[alike["row"].to_numpy()] = alike["first"].to_numpy()
    return groups


def has_twin_in_training(groups: NDArray[np.int64], folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which scored rows have a copy that the networks which scored them had trained on.

    Parameters
    ----------
    groups
        What `first_alike` gives, ``(n_rows,)``.
    folds
        The group each row was held out in, ``(n_rows,)``, -1 where never: such rows were always trained on.

    Examples
    --------
    >>> has_twin_in_training(np.array([0, 0, 2, 2, 4]), np.array([0, 1, 0, 0, 1])).tolist()
    [True, True, False, False, False]
    """
    rows = pl.DataFrame({"group": groups, "fold": folds})
    return rows.select(((pl.col("fold").n_unique() > 1).over("group")) & (pl.col("fold") >= 0)).to_series().to_numpy()


def frame_of(columns: ParsedColumns) -> pl.DataFrame:
    """The cells of parsed columns, sorted by name and called 0, 1, 2: a column of the table may have any name."""
    return pl.DataFrame([comparable(columns[name]).alias(f"{place}") for place, name in enumerate(sorted(columns))])


def comparable(cells: NDArray[np.float64] | pl.Series) -> pl.Series:
    """Cells whose equality is that of their values: missing is null, and -0 is 0."""
    return cells if isinstance(cells, pl.Series) else (pl.Series(cells, nan_to_null=True) + 0.0)
