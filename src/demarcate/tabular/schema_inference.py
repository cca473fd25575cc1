"""Schema inference: what each column of a table is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import quoted
from demarcate.tabular import cells as values
from demarcate.tabular import dates
from demarcate.tabular.schema import Column, Kind, Schema

_MOSTLY = 0.9
_ID_SHARE = 0.95
_ID_MIN_ROWS = 30
ASKED = "asked to drop it"
NUMBERS_ROWS = "id-like: it numbers the rows"
_KIND_OF_TYPE: dict[type[pl.DataType], Kind] = {
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "date",
    pl.Categorical: "categorical",
}
_ALL_MISSING = "constant: every cell is missing"
_TOO_LARGE = "whole numbers too large to be exact quantities: read as codes"
_DAY_FIRST = "day and month could be either way round: read day first"


def infer_schema(
    frame: pl.DataFrame,
    *,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Schema:
    """Say of each column what it is and whether it is of use.

    Text is numerical if every cell that is not missing is a number, a date if all are dates in one format, boolean if
    they are two words for yes and no; else categorical. Numbers are numerical, also when few differ: only a user knows
    that 1 to 4 are names. A column with a single value, or with a new one in (nearly) every row, is dropped.

    Parameters
    ----------
    frame
        The table without its target, as `as_frame` gives it.
    categorical, numerical, drop
        Columns the caller knows better; they are never dropped as constant or id-like.

    Raises
    ------
    InputError
        If a named column does not exist, or is named twice; all such at once.

    Examples
    --------
    >>> cells = {"age": ["63", "n/a"], "smokes": ["yes", "no"], "zip": ["00501", "10001"], "unit": ["a", "a"]}
    >>> frame = pl.DataFrame(cells)
    >>> for column in infer_schema(frame).columns:
    ...     print(column.name, column.kind, column.dropped)
    age numerical
    smokes boolean
    zip categorical
    unit categorical constant: every cell is 'a'
    """
    columns = ColumnInference(frame.columns, categorical=categorical, numerical=numerical, drop=drop)
    return schema_of([columns.column(cells) for cells in frame.get_columns()])


def with_own_categorical(
    own: Iterable[str], categorical: Sequence[str], numerical: Sequence[str], drop: Sequence[str]
) -> tuple[str, ...]:
    """Add a data set's own categorical columns to the caller's, except those the caller names for anything else."""
    named = {*categorical, *numerical, *drop}
    return (*categorical, *(name for name in own if name not in named))


class ColumnInference:
    """Says of one column after the other what it is, so that they need not be in memory together.

    Parameters
    ----------
    names
        The columns of the table without its target.
    categorical, numerical, drop
        As for `infer_schema`.

    Raises
    ------
    InputError
        As `infer_schema` does.

    Examples
    --------
    >>> columns = ColumnInference(["age", "zip"], categorical=["zip"])
    >>> columns.column(pl.Series("zip", [10001, 10002])).kind
    'categorical'
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        categorical: Sequence[str] = (),
        numerical: Sequence[str] = (),
        drop: Sequence[str] = (),
    ) -> None:
        given = {"categorical": categorical, "numerical": numerical, "drop": drop}
        self._asked = {setting: [name.strip() for name in asked] for setting, asked in given.items()}
        _check_names(names, self._asked)

    def column(self, cells: pl.Series) -> Column:
        """What a column is, from all its cells as `as_frame` gives them."""
        if cells.name in self._asked["drop"]:
            return replace(_inferred(cells), dropped=ASKED)
        if cells.name in self._asked["categorical"]:
            return Column(
                cells.name,
                "categorical",
                categories=tuple(
                    _distinct(pl.concat([values.categories(part).unique() for part in values.slices(cells)]))
                ),
            )
        if cells.name in self._asked["numerical"]:
            return Column(cells.name, "numerical")
        return _completed(_inferred(cells), cells)


def schema_of(columns: Sequence[Column]) -> Schema:
    """The schema of columns that were told one by one."""
    return Schema(tuple(_at_least_one(columns)))


def _at_least_one(columns: Sequence[Column]) -> list[Column]:
    """Where nothing else is left, a column that numbers the rows may be all there is to learn from."""
    if all(column.dropped for column in columns):
        return [replace(column, dropped="") if column.dropped == NUMBERS_ROWS else column for column in columns]
    return list(columns)


def _check_names(columns: Sequence[str], asked: dict[str, list[str]]) -> None:
    problems = []
    known = ", ".join(map(repr, columns[:20]))
    for name in dict.fromkeys(name for names in asked.values() for name in names):
        settings = [setting for setting, names in asked.items() if name in names]
        if name not in columns:
            found = f"{settings[0]} names {name!r}"
            problems.append(Problem("Settings name columns of the table", found, f"The table has {known}"))
        elif len(settings) > 1:
            found = f"{name!r} is in {' and '.join(settings)}"
            problems.append(Problem("A column has one kind", found, "Name it once"))
    if problems:
        raise InputError(problems)


def _inferred(cells: pl.Series) -> Column:
    """What a column is, going by its cells."""
    name, dtype = cells.name, cells.dtype
    if cells.null_count() == len(cells):
        return Column(name, "categorical")
    if dtype == pl.String:
        return _inferred_text(cells)
    if kind := _KIND_OF_TYPE.get(dtype.base_type()):
        return Column(name, kind)
    if dtype.is_integer() and max(int(cells.max()), -int(cells.min())) >= values.LARGEST_EXACT:  # type: ignore[arg-type]
        return Column(name, "categorical", note=_TOO_LARGE)
    return Column(name, "numerical")


def _inferred_text(cells: pl.Series) -> Column:
    name = cells.name
    distinct = values.stripped_distinct(cells)
    words = distinct.filter(~values.is_missing_word(distinct))
    if not len(words):
        return Column(name, "categorical")
    found = values.quantities(words)
    if found.numbers.all():
        too_large = found.too_large.any()
        return Column(name, "categorical", note=_TOO_LARGE) if too_large else Column(name, "numerical")
    if values.are_boolean_words(words):
        return Column(name, "boolean")
    formats = dates.fitting_formats(words)
    if formats:
        return Column(name, "date", date_format=formats[0], note=_DAY_FIRST if dates.either_way(formats) else "")
    return Column(name, "categorical", note=_nearly_numbers(cells, words, found.numbers))


def _nearly_numbers(cells: pl.Series, words: pl.Series, are_numbers: pl.Series) -> str:
    """A warning for a column that would be numerical but for a few cells."""
    if are_numbers.mean() < _MOSTLY:  # type: ignore[operator]
        return ""
    odd = words.filter(~are_numbers)[0]
    row = int(values.stripped(cells).index_of(odd) or 0) + 1
    return f"nearly all numbers, but row {row} holds {quoted(odd)}: read as categories"


def _completed(column: Column, cells: pl.Series) -> Column:
    """The column with its categories, and why it is of no use if so."""
    if column.kind in ("numerical", "date"):
        read = values.numbers(cells) if column.kind == "numerical" else dates.dates(cells, column.date_format)
        return replace(column, dropped=_useless_quantities(column, read.values[~np.isnan(read.values)], len(cells)))
    spelled = values.booleans if column.kind == "boolean" else values.categories
    words = [(part.unique(), len(part) - part.null_count()) for part in map(spelled, values.slices(cells))]
    distinct, n_words = _distinct(pl.concat([part for part, _ in words])), sum(n for _, n in words)
    if _say_nothing(distinct, cells.dtype):
        return replace(column, dropped=_ALL_MISSING)
    if len(distinct) == 1 and n_words == len(cells):
        return replace(column, categories=tuple(distinct), dropped=f"constant: every cell is {quoted(distinct[0])}")
    if column.kind == "categorical" and n_words >= _ID_MIN_ROWS and len(distinct) > _ID_SHARE * n_words:
        return replace(column, dropped=f"id-like: {len(distinct)} different values in {n_words} rows")
    return replace(column, categories=tuple(distinct))


def _distinct(words: pl.Series) -> pl.Series:
    return words.unique().drop_nulls().sort()


def _useless_quantities(column: Column, present: NDArray[np.float64], n_rows: int) -> str:
    """Why numbers or dates cannot help, or an empty string."""
    if not len(present):
        return _ALL_MISSING
    if len(present) == n_rows and present.min() == present.max():
        value = f"{present[0]:.15g}" if column.kind == "numerical" else dates.moment_text(present[0])
        return f"constant: every cell is {quoted(value)}"
    if column.kind == "numerical" and len(present) >= _ID_MIN_ROWS and _counts_up(present):
        return NUMBERS_ROWS
    return ""


def _say_nothing(distinct: pl.Series, dtype: pl.DataType) -> bool:
    """Whether there are no words, or only those of a text column that stand for a missing value."""
    return not len(distinct) or (dtype == pl.String and bool(values.is_missing_word(distinct).all()))


def _counts_up(present: NDArray[np.float64]) -> bool:
    """Whether numbers are consecutive whole ones, each once, in any order."""
    low, high = present.min(), present.max()
    with np.errstate(over="ignore"):
        reach = high - low
    if reach != len(present) - 1 or low != np.floor(low):
        return False
    return bool(np.all(np.diff(np.sort(present)) == 1))
