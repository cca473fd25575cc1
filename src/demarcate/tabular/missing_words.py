"""Words that a caller, or a model, takes for missing values."""

from __future__ import annotations

from collections.abc import Sequence

from demarcate.tabular.cells import strip
from demarcate.tabular.frame_libraries import polars as pl


def without_words(cells: pl.Series, words: Sequence[str]) -> pl.Series:
    """Return cells with null in place of words in any case; a number stands for all cells equal to it."""
    if not words:
        return cells
    numbers = [number for word in words if (number := _number(word)) is not None]
    if cells.dtype.is_numeric():
        return cells.set(cells.cast(pl.Float64).is_in(numbers).fill_null(value=False), None) if numbers else cells
    if cells.dtype not in (pl.String, pl.Categorical):
        return cells
    text = strip(cells)
    is_word = text.str.to_lowercase().is_in([word.lower() for word in words])
    if numbers:
        is_word |= text.cast(pl.Float64, strict=False).is_in(numbers).fill_null(value=False)
    if not is_word.any():
        return cells
    return cells.zip_with(~is_word.fill_null(value=False), pl.Series([None], dtype=cells.dtype))


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
