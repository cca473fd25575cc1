"""How a caller wants the columns and cells of a table to be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from demarcate.argument_checks import column_names
from demarcate.errors import SettingError
from demarcate.tabular.number_format import check_separators

COLUMN_LISTS = ("categorical", "numerical", "text", "drop")
"""The options that are lists of columns."""


@dataclass(frozen=True)
class CellOptions:
    """How cells are read in every column: separators of numbers, and words for a missing value."""

    decimal: str | None = None  # None to find it out
    thousands: str | None = None
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_separators(self.decimal, self.thousands)


@dataclass(frozen=True)
class ColumnOptions:
    """What a caller says of the columns of a table; anything else is inferred.

    ``dates`` are columns with their formats, an empty one to be found out.
    """

    categorical: tuple[str, ...] = ()
    numerical: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    cells: CellOptions = field(default_factory=CellOptions)

    def __post_init__(self) -> None:
        if not self.dates:
            return
        from demarcate.tabular.date_formats import checked_format

        formats = {name: checked_format(date_format) for name, date_format in self.dates.items()}
        object.__setattr__(self, "dates", formats)

    @classmethod
    def of(
        cls,
        *,
        categorical: Iterable[str] | None = None,
        numerical: Iterable[str] | None = None,
        text: Iterable[str] | None = None,
        drop: Iterable[str] | None = None,
        dates: Iterable[str] | Mapping[str, str] | None = None,
        decimal: str | None = None,
        thousands: str | None = None,
        missing: Iterable[Any] | None = None,
    ) -> Self:
        """Return options as callers of Python functions give them; raise SettingError if they are of a wrong type."""
        if isinstance(missing, str) or not isinstance(missing, Iterable | None):
            raise SettingError(f"missing must be a list of words, got {missing!r}")
        formats = dates if isinstance(dates, Mapping) else dict.fromkeys(column_names("dates", dates), "")
        return cls(
            categorical=column_names("categorical", categorical),
            numerical=column_names("numerical", numerical),
            text=column_names("text", text),
            drop=column_names("drop", drop),
            dates={str(name): str(date_format or "") for name, date_format in formats.items()},
            cells=CellOptions(decimal, thousands, tuple(str(word).strip() for word in missing or ())),
        )

    def by_setting(self) -> dict[str, list[str]]:
        """Return the columns that each setting names."""
        named: dict[str, Iterable[str]] = {**{name: getattr(self, name) for name in COLUMN_LISTS}, "dates": self.dates}
        return {setting: [name.strip() for name in columns] for setting, columns in named.items()}

    def with_own_categorical(self, own: Iterable[str]) -> Self:
        """Add a data set's own categorical columns, except those that the caller names for anything else."""
        named = {column for columns in self.by_setting().values() for column in columns}
        return replace(self, categorical=(*self.categorical, *(name for name in own if name not in named)))

    def without(self, columns: Iterable[str]) -> Self:
        """Return the options without anything about some columns."""
        left_out = set(columns)
        lists: dict[str, Any] = {
            name: tuple(each for each in getattr(self, name) if each not in left_out) for name in COLUMN_LISTS
        }
        return replace(self, dates={k: v for k, v in self.dates.items() if k not in left_out}, **lists)

    def arguments(self) -> dict[str, Any]:
        """Return the options as arguments of `DemarcateClassifier`."""
        arguments: dict[str, Any] = {name: list(getattr(self, name)) for name in ("categorical", "numerical", "drop")}
        others = {"text": list(self.text), "dates": dict(self.dates)}
        others |= {cell.name: getattr(self.cells, cell.name) for cell in fields(self.cells)}
        others["missing"] = list(self.cells.missing)
        return {**arguments, **{name: value for name, value in others.items() if value}}


NO_COLUMN_OPTIONS = ColumnOptions()
NO_CELL_OPTIONS = CellOptions()
