"""A slice through a table's columns: a grid over two of them, all others held at one value each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import listed, shortened
from demarcate.inspection.estimators import as_kind, as_numbers
from demarcate.presentation import brief_repr
from demarcate.tabular import Schema, infer_schema

MARGIN = 0.08
"""How far a slice reaches beyond the rows, as a share of their range."""
FAR = 0.01
"""The share of rows on either side that a slice leaves out where they lie far from the rest."""
MAX_NUMBER = float(np.finfo(np.float64).max) / 8
MAX_LISTED = 12
TYPICAL = "medians and commonest values"


@brief_repr
@dataclass(frozen=True, eq=False)
class SliceGrid:
    """A grid of places over two columns, which all other columns' values are held at."""

    columns: tuple[str, str]
    """The two columns that vary."""
    held: dict[str, Any]
    """The value of each other column, None for missing."""
    across: NDArray[np.float64]
    up: NDArray[np.float64]
    """The grid's values of the first and of the second column, ``(resolution,)`` each."""
    table: pl.DataFrame
    """A row of the table, for the order and types of its columns."""
    held_at: str = TYPICAL
    """In words, which values the other columns are held at."""

    @classmethod
    def through(
        cls,
        frame: pl.DataFrame,
        *,
        schema: Schema | None = None,
        columns: Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        rows: NDArray[np.int64] | None = None,
        resolution: int = 200,
    ) -> "SliceGrid":
        """Lay a grid over the range of two columns in ``rows``, other columns held at medians and commonest values.

        ``at`` holds columns at other values; ``schema`` None infers it, ``columns`` None takes the only two there are.
        """
        # Without a classifier no column is left out, constant ones neither.
        known = infer_schema(frame).columns if schema is None else schema.used
        frame = as_numbers(frame, known)
        used = [column.name for column in known if column.name in frame.columns]
        numerical = [column.name for column in known if column.kind == "numerical" and column.name in used]
        x, y = _two_columns(columns, used, numerical)
        fixed = _check_at(at, used, (x, y))
        if schema is not None:
            _check_cells(fixed, schema)
        if resolution < 2:
            raise SettingError(f"resolution is {resolution}. Give at least 2 places along each side.")
        others = (name for name in used if name not in (x, y))
        held = {name: fixed.get(name, typical_cell(frame[name], name in numerical)) for name in others}
        shown = frame if rows is None else frame[rows]
        across, up = (grid_values(shown[name], resolution, cut=bool(held)) for name in (x, y))
        held_at = TYPICAL if held.keys() - fixed.keys() else "the values given"
        return cls((x, y), held, across, up, frame.head(1), held_at)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        return float(self.across[0]), float(self.across[-1]), float(self.up[0]), float(self.up[-1])

    @property
    def caption(self) -> str:
        """The held values in words; empty without held columns."""
        if not self.held:
            return ""
        first = list(self.held.items())[:MAX_LISTED]
        values = ", ".join(f"{shortened(name)}\u00a0=\u00a0{_value(value)}" for name, value in first)
        more = len(self.held) - len(first)
        others = f" and {more} more" if more else ""
        return (
            f"A slice of the trained model at {self.held_at}: {values}{others}. Points are rows as they are; most lie "
            "outside the slice."
        )

    @property
    def is_square(self) -> bool:
        """Whether a unit is as long across as up: both columns have one scale, and nothing is held."""
        left, right, bottom, top = self.extent
        return not self.held and have_one_scale((right - left, top - bottom))

    def points(self, like: Any = None) -> Any:
        """Return every place as a row, ``(resolution * resolution, n_columns)``, row by row from the bottom.

        ``like`` is a table of the kind to return, None for a polars frame.
        """
        across, up = np.meshgrid(self.across, self.up)
        cells = dict(zip(self.columns, (across.ravel(), up.ravel()), strict=True))
        held = {name: pl.Series([value], strict=False) for name, value in self.held.items()}
        columns = {**cells, **{name: cell.new_from_index(0, across.size) for name, cell in held.items()}}
        names = [name for name in self.table.columns if name in columns]
        frame = pl.DataFrame({name: columns[name] for name in names})
        return as_kind(frame, like)


def have_one_scale(ranges: Sequence[float] | NDArray[np.float64]) -> bool:
    """Return whether neither of two ranges is over three times the other, so that a circle may look like one."""
    low, high = sorted(map(float, ranges))
    return 0 < high <= 3 * low


def _two_columns(columns: Sequence[str] | None, used: Sequence[str], numerical: Sequence[str]) -> tuple[str, str]:
    if columns is None:
        if len(used) == 2 and len(numerical) == 2:
            return used[0], used[1]
        raise SettingError(
            f"The table has {len(used)} columns, and a picture is drawn over two that hold numbers. "
            f"Name two of {_listed(numerical)} as columns (--columns {','.join(numerical[:2])} on the command line)."
        )
    if isinstance(columns, str) or len(columns) != 2 or columns[0] == columns[1]:
        raise SettingError(f"columns is {columns!r}. Name two different columns.")
    for name in columns:
        if name not in used:
            raise SettingError(f"columns names {name!r}, which the classifier does not read. {_hint(name, used)}")
        if name not in numerical:
            raise SettingError(
                f"columns names {name!r}, which holds categories or dates. "
                f"Hold it at a value ('at', on the command line --at) and name two of {_listed(numerical)}."
            )
    return columns[0], columns[1]


def _check_at(at: Mapping[str, Any] | None, used: Sequence[str], varying: tuple[str, str]) -> dict[str, Any]:
    for name in at or {}:
        if name in varying:
            raise SettingError(f"at names {name!r}, which is drawn. Hold columns that do not vary.")
        if name not in used:
            raise SettingError(f"at names {name!r}, which the classifier does not read. {_hint(name, used)}")
    return dict(at or {})


def _check_cells(fixed: Mapping[str, Any], schema: Schema) -> None:
    """Refuse values that a model's columns do not have: each is said once, and not of every place of a grid."""
    for column in schema.used:
        value = fixed.get(column.name)
        if value is None or column.kind in ("date", "text"):
            continue
        cells = pl.Series([value], strict=False)
        place = f"at holds {column.name!r} at {value!r} (--at {column.name}={value} on the command line)"
        if column.kind == "numerical":
            if column.parse_quantities(cells).bad.any():
                raise SettingError(f"{place}, and {column.name!r} takes numbers. Give a number.")
        elif column.categories and column.parse_words(cells).drop_nulls().is_in(column.categories).not_().any():
            raise SettingError(f"{place}, which is no category of it. Give one of {_listed(column.categories)}.")


def _hint(name: object, used: Sequence[str]) -> str:
    close = get_close_matches(str(name), used, 1)
    return f"Did you mean {close[0]!r}?" if close else f"It reads {_listed(used)}."


def _listed(names: Sequence[str]) -> str:
    return listed(names, MAX_LISTED, write=repr)


def typical_cell(cells: pl.Series, is_number: bool) -> Any:
    """Return the median of numbers, the commonest of other cells; None where all are missing."""
    if is_number:
        return _finite(cells).median()
    present = cells.drop_nulls()
    return present.mode(maintain_order=True)[0] if len(present) else None


def _finite(cells: pl.Series) -> pl.Series:
    numbers = cells.cast(pl.Float64, strict=False).drop_nulls()
    return numbers.filter(numbers.is_finite())


def grid_values(cells: pl.Series, resolution: int, *, cut: bool) -> NDArray[np.float64]:
    """Return evenly spaced values over a column's range; ``cut`` leaves out a few cells that more than double it."""
    numbers = _finite(cells)
    if not len(numbers):
        raise SettingError(f"Column {cells.name!r} has no numbers in these rows. Name another column or other rows.")
    # Near the largest floats neither an end nor the distance between the ends may become infinite.
    values = np.clip(numbers.to_numpy().astype(np.float64), -MAX_NUMBER, MAX_NUMBER)
    low, high = float(values.min()), float(values.max())
    if cut:
        low_common, high_common = np.quantile(values, [FAR, 1 - FAR], method="nearest").tolist()
        if 0 < high_common - low_common < (high - low) / 2:
            low, high = low_common, high_common
    margin = MARGIN * (high - low) or max(abs(low), 1.0) * MARGIN
    return np.linspace(low - margin, high + margin, resolution)


def _value(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.4g}" if isinstance(value, float) else shortened(value)
