"""A column of a schema: its name, its kind, and how its cells are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from demarcate.errors import SettingError
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.number_format import PLAIN, NumberFormat
from demarcate.tabular.timestamps import format_timestamp

if TYPE_CHECKING:
    from demarcate.tabular.cells import ParsedCells

Kind = Literal["numerical", "categorical", "boolean", "date", "text"]
KINDS: tuple[Kind, ...] = ("numerical", "categorical", "boolean", "date", "text")


@brief_repr
@dataclass(frozen=True)
class Column:
    """One column as it was in training."""

    name: str
    kind: Kind
    dropped: str = ""  # why it is not used; empty if it is
    note: str = ""  # for the user
    # Every category seen, sorted; none of a column dropped as id-like, whose values may be names of people.
    categories: tuple[str, ...] = ()
    date_format: str = ""  # of dates in text or numbers; empty for ISO 8601
    number_format: NumberFormat = PLAIN  # of numbers in text
    missing: tuple[str, ...] = ()  # words for a missing value beside the usual ones

    def __post_init__(self) -> None:
        texts = (self.name, self.dropped, self.note, self.date_format, *self.categories, *self.missing)
        if self.kind not in KINDS or not all(isinstance(text, str) for text in texts):
            raise SettingError(f"a column has text for its name and a kind of {', '.join(KINDS)}, got {self}")
        if self.date_format:
            from demarcate.tabular.date_formats import well_formed

            well_formed(self.date_format)

    @property
    def is_written_unusually(self) -> bool:
        """Whether its cells need more than a kind to be read."""
        if self.number_format != PLAIN or self.missing:
            return True
        if not self.date_format:
            return False
        from demarcate.tabular.date_formats import DATE_FORMATS

        return self.date_format not in DATE_FORMATS

    @property
    def is_quantity(self) -> bool:
        """Whether its cells are quantities, not words."""
        return self.kind in ("numerical", "date")

    def known(self, cells: pl.Series) -> pl.Series:
        """Return cells with null in place of the column's own words for a missing value."""
        from demarcate.tabular.missing_words import without_words

        return without_words(cells, self.missing)

    def has_only_categories(self, words: pl.Series) -> bool:
        """Return whether all text is of categories seen in training, spelled as they were read there."""
        return words.cast(self._enum, strict=False).null_count() == words.null_count()

    def parse_quantities(self, cells: pl.Series) -> ParsedCells:
        """Read the cells of a numerical column or a date."""
        from demarcate.tabular.dates import parse_dates
        from demarcate.tabular.formatted_numbers import parse_formatted

        cells = self.known(cells)
        if self.kind == "numerical":
            return parse_formatted(cells, self.number_format)
        return parse_dates(cells, self.date_format, self.missing)

    def written(self, quantity: float) -> str:
        """Return a number, or a date from its seconds, as text."""
        return f"{quantity:.15g}" if self.kind == "numerical" else format_timestamp(quantity)

    def parse_words(self, cells: pl.Series) -> pl.Series:
        """Read the cells of a column of categories, booleans or text."""
        from demarcate.tabular.cells import parse_booleans, parse_categories, parse_texts

        cells = self.known(cells)
        if self.kind == "text":
            return parse_texts(cells)
        if cells.dtype == pl.String and self.has_only_categories(cells):
            return cells  # a category is spelled as it is read
        return parse_booleans(cells) if self.kind == "boolean" else parse_categories(cells)

    @cached_property
    def _enum(self) -> pl.Enum:
        # A model file may name a category twice.
        return pl.Enum(list(dict.fromkeys(self.categories)))
