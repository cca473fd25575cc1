"""A few cells that are not like the others of their column, and are read as missing with a warning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demarcate.formatting import counted, quoted
from demarcate.tabular.cells import slices, strip
from demarcate.tabular.frame_libraries import polars as pl

MIN_CELLS = 20
"""Cells of a column, at least, of which a few can be odd."""
MAX_SHARE, MAX_WORDS = 0.05, 3
"""Odd cells are at most such a share of a column's cells, and at most so many different ones."""
MAX_WORD_SHARE, MAX_PLAIN_WORDS = 0.5, 5
"""The same of words without a digit among quantities, such as n.d. or #DIV/0!: they stand for missing values."""


@dataclass(frozen=True)
class OddCells:
    """The distinct odd cells of a column, how many there are, and the row of the first, from 1."""

    words: tuple[str, ...]
    n_cells: int
    row: int
    n_present: int  # cells of the column that are not missing

    @classmethod
    def of(cls, cells: pl.Series, odd: Sequence[str], words: pl.Series) -> OddCells:
        """Find the odd ones of all distinct words among cells."""
        n_cells = n_present = row = start = 0
        seen: dict[str, None] = {}
        for part in slices(cells):
            text = strip(part)
            is_odd = text.is_in(list(odd)).fill_null(value=False)
            if is_odd.any():
                row = row or start + int(is_odd.arg_max() or 0) + 1
                n_cells += int(is_odd.sum())
                seen |= dict.fromkeys(text.filter(is_odd).unique(maintain_order=True))
            n_present += int(text.is_in(words.to_list()).fill_null(value=False).sum())
            start += len(part)
        return cls(tuple(seen), n_cells, row, n_present)

    @property
    def are_few(self) -> bool:
        """Whether the other cells say what the column is."""
        is_rare = self.n_cells <= MAX_SHARE * self.n_present and len(self.words) <= MAX_WORDS
        return self.n_present >= MIN_CELLS and is_rare

    @property
    def stand_for_missing(self) -> bool:
        """Whether they are a few words without a digit, which stand for missing values among quantities."""
        are_words = all(not any(map(str.isdigit, word.removesuffix("/0!"))) for word in self.words)
        is_half = self.n_cells <= MAX_WORD_SHARE * self.n_present
        return are_words and is_half and len(self.words) <= MAX_PLAIN_WORDS and self.n_present >= MIN_CELLS

    def note(self, kind: str, name: str) -> str:
        """Return the fact and its remedy; ``kind`` are the other cells in words."""
        word = quoted(self.words[0])
        n_others = self.n_cells - 1
        more = f" and {counted(n_others, 'more cell')}" if n_others else ""
        listed = ",".join(self.words)
        fact = f"row {self.row:,} holds {word}{more} among {kind}: read as missing"
        confirmed = f"--missing {quoted(listed)} (missing in Python)"
        return f"{fact}. {confirmed} confirms it, --categorical {quoted(name)} (categorical in Python) reads categories"
