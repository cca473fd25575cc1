"""The columns of a table that a schema has parsed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

ParsedColumns = Mapping[str, "NDArray[np.float64] | pl.Series"]
"""Columns ready to encode: float64 for numbers and dates (NaN where missing), String series for the rest."""
