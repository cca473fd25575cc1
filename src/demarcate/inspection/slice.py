"""The plane a boundary is drawn in: two columns of a table that vary, all others held at one value each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import listed, shortened
from demarcate.inspection.estimators import Labelled, predictor_of
from demarcate.tabular import Schema, infer_schema

MARGIN = 0.08
"""How far the picture reaches beyond the rows, in parts of their range."""
LARGEST = float(np.finfo(np.float64).max) / 8
"""How far it reaches at most."""
_MAX_SAID = 12


@dataclass(frozen=True, eq=False)
class Plane:
    """A slice through the space of a table's columns.

    Attributes
    ----------
    columns
        The two that vary.
    held
        The others, each with the value it is held at; None for missing.
    across, up
        Where it is looked at, ``(resolution,)`` each.
    table
        The columns, in the order the classifier was given them.
    """

    columns: tuple[str, str]
    held: dict[str, Any]
    across: NDArray[np.float64]
    up: NDArray[np.float64]
    table: pl.DataFrame

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
    ) -> "Plane":
        """The plane of two columns.

        Parameters
        ----------
        frame
            The rows: their ranges bound it, their medians and commonest values are what other columns are held at.
        schema
            What the columns are; None infers it.
        columns
            Which two vary; None for those of a table that has no more.
        at
            Columns to hold at other values.
        rows
            The rows that are to be seen in it; None for all.
        resolution
            Places along either side.

        Raises
        ------
        SettingError
            If there are no such columns, or one that varies does not hold numbers.
        """
        # Without a classifier nothing is left out, as a constant column would be.
        known = infer_schema(frame).columns if schema is None else schema.used
        used = [column.name for column in known if column.name in frame.columns]
        numerical = [column.name for column in known if column.kind == "numerical" and column.name in used]
        x, y = _two(columns, used, numerical)
        fixed = _checked_at(at, used, (x, y))
        if resolution < 2:
            raise SettingError(f"resolution is a number of places along each side, at least 2: got {resolution}")
        held = {name: fixed.get(name, _typical(frame[name], name in numerical)) for name in used if name not in (x, y)}
        seen = frame if rows is None else frame[rows]
        across, up = (_range(seen[name], resolution) for name in (x, y))
        return cls((x, y), held, across, up, frame.head(1))

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        return float(self.across[0]), float(self.across[-1]), float(self.up[0]), float(self.up[-1])

    @property
    def caption(self) -> str:
        """What the other columns are held at, in words; empty if there are none."""
        if not self.held:
            return ""
        said = [f"{shortened(name)}\u00a0=\u00a0{_value(value)}" for name, value in list(self.held.items())[:_MAX_SAID]]
        more = len(self.held) - len(said)
        others = f" and {more} more at their medians or commonest values" if more else ""
        return (
            f"A slice of the trained model, with {', '.join(said)}{others}. "
            "Points are rows as they are: most lie outside the slice."
        )

    def grid(self, like: Any = None) -> Any:
        """Every place of the plane as a row, ``(resolution * resolution, n_columns)``, row by row from the bottom.

        Parameters
        ----------
        like
            A table of the kind to give; None for a polars frame.
        """
        across, up = np.meshgrid(self.across, self.up)
        cells = dict(zip(self.columns, (across.ravel(), up.ravel()), strict=True))
        n_rows = across.size
        names = [name for name in self.table.columns if name in cells or name in self.held]
        columns = [
            pl.Series(name, cells[name]) if name in cells else _repeated(self.table[name], self.held[name], n_rows)
            for name in names
        ]
        frame = pl.DataFrame(columns)
        if like is None or isinstance(like, pl.DataFrame):
            return frame
        if isinstance(like, np.ndarray):
            return frame.to_numpy()
        native = nw.from_native(like, eager_only=True).implementation
        return nw.from_dict({name: frame[name].to_list() for name in names}, backend=native).to_native()


def plane_of(
    estimator: Any,
    frame: pl.DataFrame,
    *,
    columns: Sequence[str] | None,
    at: Mapping[str, Any] | None,
    rows: NDArray[np.int64] | None,
    resolution: int,
) -> Plane:
    """The plane a classifier is looked at in; see `Plane.through`."""
    predictor = predictor_of(estimator)
    schema = predictor.schema if predictor else None
    return Plane.through(frame, schema=schema, columns=columns, at=at, rows=rows, resolution=resolution)


def ask(estimator: Any, plane: Plane, data: Labelled) -> NDArray[np.float64]:
    """A classifier's probabilities at every place of a plane, ``(resolution * resolution, n_classes)``.

    One of another library is asked with a table of the kind that ``data`` is.
    """
    predictor = predictor_of(estimator)
    if predictor:
        return predictor.predict_proba(plane.grid())
    table, _ = data
    return np.asarray(estimator.predict_proba(plane.grid(table)))


def _two(columns: Sequence[str] | None, used: Sequence[str], numerical: Sequence[str]) -> tuple[str, str]:
    if columns is None:
        if len(used) == 2 and len(numerical) == 2:
            return used[0], used[1]
        raise SettingError(
            f"a boundary is drawn over two columns that hold numbers: the table has {len(used)} columns. "
            f"Name two of {_listed(numerical)} as columns (--columns {','.join(numerical[:2])} on the command line)"
        )
    if isinstance(columns, str) or len(columns) != 2 or columns[0] == columns[1]:
        raise SettingError(f"columns names two different columns: got {columns!r}")
    for name in columns:
        if name not in used:
            raise SettingError(f"columns are some that the classifier reads: got {name!r}.{_meant(name, used)}")
        if name not in numerical:
            raise SettingError(
                f"the two columns of a boundary hold numbers: {name!r} holds categories or dates. "
                f"Hold it at a value ('at', on the command line --at) and name two of {_listed(numerical)}"
            )
    return columns[0], columns[1]


def _checked_at(at: Mapping[str, Any] | None, used: Sequence[str], varying: tuple[str, str]) -> dict[str, Any]:
    for name in at or {}:
        if name in varying:
            raise SettingError(f"at holds columns that do not vary: got {name!r}, which is drawn")
        if name not in used:
            raise SettingError(f"at names columns that the classifier reads: got {name!r}.{_meant(name, used)}")
    return dict(at or {})


def _listed(names: Sequence[str]) -> str:
    return listed(names, _MAX_SAID, write=repr)


def _meant(name: object, used: Sequence[str]) -> str:
    close = get_close_matches(str(name), used, 1)
    return f" Did you mean {close[0]!r}?" if close else f" They are {_listed(used)}"


def _typical(cells: pl.Series, is_number: bool) -> Any:
    """The median of numbers, the commonest of anything else; None where all are missing."""
    if is_number:
        return _finite(cells).median()
    present = cells.drop_nulls()
    return present.mode(maintain_order=True)[0] if len(present) else None


def _finite(cells: pl.Series) -> pl.Series:
    """Cells as numbers, without those that are missing or infinite."""
    numbers = cells.cast(pl.Float64, strict=False).drop_nulls()
    return numbers.filter(numbers.is_finite())


def _range(cells: pl.Series, resolution: int) -> NDArray[np.float64]:
    numbers = _finite(cells)
    if not len(numbers):
        raise SettingError(f"a column that is drawn holds numbers: {cells.name!r} has none in these rows")
    # Of the largest numbers there are, neither an end nor the way to the other may become infinite.
    ends = np.clip(np.array([numbers.min(), numbers.max()], dtype=np.float64), -LARGEST, LARGEST)
    low, high = ends.tolist()
    reach = MARGIN * (high - low) or max(abs(low), 1.0) * MARGIN
    return np.linspace(low - reach, high + reach, resolution)


def _repeated(cells: pl.Series, value: Any, n_rows: int) -> pl.Series:
    """One value in every row; text where the value is not of the column's own type."""
    held = pl.Series(cells.name, [value], strict=False)
    return held.new_from_index(0, n_rows)


def _value(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.4g}" if isinstance(value, float) else shortened(value)
