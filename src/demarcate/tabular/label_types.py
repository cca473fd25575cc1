"""The types that labels may have: distinct labels stay distinct, and come out as the values that went in."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import is_whole, listed, quoted
from demarcate.tabular.columns import by_microseconds, is_missing

DAYS, MOMENTS = "datetime64[D]", "datetime64[us]"
"""The two units in which numpy's dates are kept: others have no value in Python, or none that every file can hold."""
_REMEDY = "Give text, whole numbers, booleans, decimals, dates, or times without a time zone"


def _same(label: Any) -> Any:
    """Return a label as it is."""
    return label


@dataclass(frozen=True)
class LabelType:
    """A type of labels: its name in a model file, the Python type of each label, and how they are kept."""

    name: str
    python: type
    dtype: DTypeLike | None = object
    """The type of an array of them; None for numpy's own choice."""
    to_json: Callable[[Any], Any] = _same
    from_json: Callable[[Any], Any] = _same
    json: type = str
    """The type of a label in JSON."""

    def read(self, value: Any) -> Any:
        """Return the label of a value in JSON; raise ValueError if it is none."""
        try:
            label = self.from_json(value)
        except ArithmeticError as error:  # of decimals
            raise ValueError(f"{value!r} is not a {self.name}") from error
        if self.name not in FORMAT_1_TYPES and (fault := _fault(label)):
            raise ValueError(f"a class {fault[0]}")
        return label


LABEL_TYPES: Mapping[str, LabelType] = {
    each.name: each
    for each in (
        LabelType("str", str, None),
        LabelType("int", int, None, json=int),
        LabelType("bool", bool, np.bool_, json=bool),
        LabelType("float", float, np.float64, json=float),
        LabelType("decimal", Decimal, object, str, Decimal),
        LabelType("date", date, object, date.isoformat, date.fromisoformat),
        LabelType("datetime", datetime, object, datetime.isoformat, datetime.fromisoformat),
        LabelType(DAYS, date, DAYS, date.isoformat, date.fromisoformat),
        LabelType(MOMENTS, datetime, MOMENTS, datetime.isoformat, datetime.fromisoformat),
    )
}
FORMAT_1_TYPES = ("str", "int", "bool", "float")
"""The types that the first formats of model files know."""
_NUMBERS = ("bool", "int", "float", "decimal")
"""Types of numbers from narrow to wide: equal numbers of several types are one label, of the widest."""
_BY_PYTHON = {each.python: each for each in LABEL_TYPES.values() if not each.name.startswith("datetime64")}


def to_labels(labels: Any) -> list[Any]:
    """Return labels from any container as plain Python values.

    Raises InputError for numpy's times that Python has no value for.
    """
    labels = _in_kept_units(labels) if isinstance(labels, np.ndarray) else labels
    cells = labels.to_list() if hasattr(labels, "to_list") else labels.tolist() if hasattr(labels, "tolist") else labels
    return [_plain_label(cell) for cell in cells]


def _plain_label(cell: Any) -> Any:
    if isinstance(cell, np.generic):
        return _in_kept_units(cell).item()
    if getattr(cell, "ndim", None) == 0:  # a tensor or an array of one value
        return cell.item()
    # pandas' timestamps are Python's, unless they count nanoseconds.
    is_timestamp = isinstance(cell, datetime) and hasattr(cell, "to_pydatetime") and not is_missing(cell)
    return cell.to_pydatetime() if is_timestamp and not cell.nanosecond else cell


def _in_kept_units(values: Any) -> Any:
    """Return a numpy array or scalar with dates in days, and times in microseconds."""
    if values.dtype.kind != "M":
        return by_microseconds(values)
    kept = values.astype(DAYS if np.datetime_data(values.dtype)[0] in ("Y", "M", "W", "D") else MOMENTS)
    is_other = (kept != values) & ~np.isnat(values)
    is_far = ~np.isnat(kept) & (
        (kept < np.datetime64("0001-01-01")) | (kept > np.datetime64("9999-12-31T23:59:59.999999"))
    )
    if rows := np.flatnonzero(is_other | is_far)[:1].tolist():
        fact = f"The label in row {rows[0] + 1} is {np.ravel(values)[rows[0]]}"
        why = "it counts less than microseconds" if np.ravel(is_other)[rows[0]] else "it is outside the years 1 to 9999"
        raise InputError([Problem(f"{fact}: {why}", "Round or correct it, or give text")])
    return kept


def is_missing_label(label: Any) -> bool:
    """Tell whether a label is a missing value or blank text."""
    if isinstance(label, str):
        return not label or label.isspace()
    return is_missing(label) or (isinstance(label, Decimal) and label.is_nan())


def type_problems(labels: Iterable[tuple[Any, int]]) -> list[Problem]:
    """Report labels, each with its row, that cannot be kept as they are, and types that cannot stand together."""
    problems: dict[type, Problem] = {}
    examples: dict[str, tuple[Any, int]] = {}
    for label, row in labels:
        kind = type(label)
        if kind in problems:
            continue
        if kind not in _BY_PYTHON:
            problems[kind] = Problem(f"The label in row {row} is of type {kind.__name__}, not a plain value", _REMEDY)
        elif fault := _fault(label):
            problems[kind] = Problem(f"The label in row {row} {fault[0]}", fault[1])
        else:
            examples.setdefault(_BY_PYTHON[kind].name, (label, row))
    families = {"number" if name in _NUMBERS else name for name in examples}
    if len(families) > 1:
        shown = listed([f"{quoted(label)} in row {row} is of type {name}" for name, (label, row) in examples.items()])
        problems[object] = Problem(f"Labels are of several types: {shown}", "Give all of one type, such as text")
    return [*problems.values()]


def _fault(label: Any) -> tuple[str, str] | None:
    """Return what makes a label of a known type unusable, and the remedy; None if nothing does."""
    if isinstance(label, str) and not is_whole(label):
        return "holds half a character", "Write the character in full"
    if isinstance(label, str) and "\0" in label:
        return "holds a NUL character, which not every library keeps", "Remove it"
    if isinstance(label, datetime) and label.tzinfo is not None:
        return f"is {label.isoformat()}, with a time zone", "Convert it to UTC without a time zone, or to text"
    if isinstance(label, Decimal | float) and not math.isfinite(label):
        return f"is {label}", "Correct it or leave out the row"
    return None


def common_type(labels: Sequence[Any], dtype: np.dtype[Any] | None = None) -> LabelType:
    """Return the type of labels without `type_problems`, which came in an array of a dtype, or in none."""
    if dtype is not None and dtype.kind == "M":
        return LABEL_TYPES[DAYS if type(labels[0]) is date else MOMENTS]
    names = {_BY_PYTHON[kind].name for kind in set(map(type, labels))}
    widest = next((name for name in reversed(_NUMBERS) if name in names), "")
    return LABEL_TYPES[widest or names.pop()]


def class_array(labels: Iterable[Any], kind: LabelType) -> NDArray[Any]:
    """Return distinct labels as sorted classes of a type, ``(n_classes,)``; refuse numbers that it would merge."""
    given = [*labels]
    classes = sorted(kind.python(label) if kind.name in _NUMBERS else label for label in given)
    if len(set(classes)) < len(given):
        merged = next(label for label in given if kind.python(label) != label)
        fact = f"Labels are of type {type(merged).__name__} and {kind.name}, and {merged} has no equal among the latter"
        raise InputError([Problem(fact, "Give all of one type, such as text")])
    if kind.dtype is not None:
        return np.array(classes, dtype=kind.dtype)
    array = np.asarray(classes)
    # Of whole numbers of very different size numpy would make floats.
    return np.array(classes, dtype=object) if array.dtype.kind == "f" else array


def type_of_classes(classes: NDArray[Any]) -> LabelType:
    """Return the type of classes that `class_array` made."""
    first: Any = classes.tolist()[0]
    if classes.dtype.kind == "M":
        return LABEL_TYPES[DAYS if type(first) is date else MOMENTS]
    return _BY_PYTHON[type(first)]
