"""Schema inference: what each column of a table is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.tabular import values
from demarcate.tabular.schema import Column, Kind, Schema

_MOSTLY = 0.9
_ID_SHARE = 0.95
_ID_MIN_ROWS = 30
ASKED = "asked to drop it"
_NUMBERS_ROWS = "id-like: it numbers the rows"


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
    asked: dict[str, list[str]] = {"categorical": list(categorical), "numerical": list(numerical), "drop": list(drop)}
    _check_names(frame, asked)
    columns = []
    for cells in frame.get_columns():
        if cells.name in drop:
            columns.append(replace(_inferred(cells), dropped=ASKED))
        elif cells.name in categorical:
            columns.append(_completed(Column(cells.name, "categorical"), cells))
        elif cells.name in numerical:
            columns.append(Column(cells.name, "numerical"))
        else:
            column = _completed(_inferred(cells), cells)
            columns.append(replace(column, dropped=_useless(cells, column)))
    return Schema(tuple(_at_least_one(columns)))


def _at_least_one(columns: Sequence[Column]) -> list[Column]:
    """Where nothing else is left, a column that numbers the rows may be all there is to learn from."""
    if all(column.dropped for column in columns):
        return [replace(column, dropped="") if column.dropped == _NUMBERS_ROWS else column for column in columns]
    return list(columns)


def _check_names(frame: pl.DataFrame, asked: dict[str, list[str]]) -> None:
    problems = []
    known = ", ".join(map(repr, frame.columns[:20]))
    for name in dict.fromkeys(name for names in asked.values() for name in names):
        settings = [setting for setting, names in asked.items() if name in names]
        if name not in frame.columns:
            found = f"{settings[0]} names {name!r}"
            problems.append(Problem("Settings name columns of the table", found, f"The table has {known}"))
        elif len(settings) > 1:
            found = f"{name!r} is in {' and '.join(settings)}"
            problems.append(Problem("A column has one kind", found, "Name it once"))
    if problems:
        raise InputError(problems)


def _inferred(cells: pl.Series) -> Column:
    name, dtype = cells.name, cells.dtype
    if dtype == pl.Boolean:
        return Column(name, "boolean")
    if dtype in (pl.Date, pl.Datetime):
        return Column(name, "date")
    if dtype == pl.Categorical:
        return Column(name, "categorical")
    if dtype == pl.String:
        return _inferred_text(cells)
    largest = 0 if dtype == pl.Float64 else max(abs(int(cells.max() or 0)), abs(int(cells.min() or 0)))  # type: ignore[arg-type]
    if largest > values.LARGEST_EXACT:
        return Column(name, "categorical", note="whole numbers too large to be exact quantities: read as codes")
    return Column(name, "numerical")


def _inferred_text(cells: pl.Series) -> Column:
    name = cells.name
    distinct = values.stripped_distinct(cells)
    words = distinct.filter(~values.is_missing_word(distinct))
    if not len(words):
        return Column(name, "categorical")
    are_numbers = values.are_numbers(words)
    if are_numbers.all():
        return Column(name, "numerical")
    if values.are_boolean_words(words):
        return Column(name, "boolean")
    formats = values.date_formats(words)
    if formats:
        return Column(name, "date", date_format=formats[0], note=_ambiguity(formats))
    return Column(name, "categorical", note=_nearly_numbers(cells, words, are_numbers))


def _ambiguity(formats: Sequence[str]) -> str:
    return "day and month could be either way round: read day first" if {"%d/%m/%Y", "%m/%d/%Y"} <= set(formats) else ""


def _nearly_numbers(cells: pl.Series, words: pl.Series, are_numbers: pl.Series) -> str:
    """A warning for a column that would be numerical but for a few cells."""
    if are_numbers.mean() < _MOSTLY:  # type: ignore[operator]
        return ""
    odd = words.filter(~are_numbers)[0]
    row = int(cells.str.strip_chars().index_of(odd) or 0) + 1
    return f"nearly all numbers, but row {row} holds {odd!r}: read as categories"


def _completed(column: Column, cells: pl.Series) -> Column:
    if column.kind not in ("categorical", "boolean"):
        return column
    read = values.booleans if column.kind == "boolean" else values.categories
    return replace(column, categories=tuple(read(cells).drop_nulls().unique().sort()))


def _useless(cells: pl.Series, column: Column) -> str:
    """Why a column cannot help, or an empty string."""
    if column.kind in ("categorical", "boolean"):
        n_distinct, n_present = len(column.categories), len(cells) - values.categories(cells).null_count()
        first = column.categories[0] if column.categories else ""
    else:
        numbers = _quantities(cells, column.kind, column.date_format)
        present = numbers[~np.isnan(numbers)]
        n_distinct, n_present = len(np.unique(present)), len(present)
        first = f"{present[0]:g}" if n_present else ""
    if not n_present:
        return "constant: every cell is missing"
    if n_distinct == 1 and n_present == len(cells):
        return f"constant: every cell is {first!r}"
    if column.kind == "categorical" and n_present >= _ID_MIN_ROWS and n_distinct > _ID_SHARE * n_present:
        return f"id-like: {n_distinct} different values in {n_present} rows"
    if column.kind == "numerical" and n_present >= _ID_MIN_ROWS and _counts_up(present):
        return _NUMBERS_ROWS
    return ""


def _quantities(cells: pl.Series, kind: Kind, date_format: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return (values.dates(cells, date_format) if kind == "date" else values.numbers(cells)).values


def _counts_up(present: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether numbers are consecutive whole ones, each once, in either order or shuffled."""
    ordered = np.sort(present)
    return bool(np.all(np.diff(ordered) == 1) and ordered[0] == np.floor(ordered[0]))
