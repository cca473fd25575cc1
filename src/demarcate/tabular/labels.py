"""Labels: the classes of a target column, and rows as class indices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.presentation import brief_repr
from demarcate.tabular.cells import parse_categories
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.label_checks import (
    LabelRows,
    class_problems,
    label_notices,
    label_problems,
    missing_problems,
)
from demarcate.tabular.label_spelling import merged_labels
from demarcate.tabular.label_types import class_array, common_type, is_missing_label, to_labels, type_problems

_WHOLE_FLOAT = re.compile(r"^-?[0-9]+\.0$")


@brief_repr
@dataclass(frozen=True, eq=False)
class EncodedLabels:
    """Sorted classes ``(n_classes,)``, each row's class index ``(n_rows,)``, and what a person should know of them."""

    classes: NDArray[Any]
    codes: NDArray[np.int64]
    notices: tuple[str, ...]


def encode_labels(labels: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the classes and codes of `read_labels`."""
    read = read_labels(labels)
    return read.classes, read.codes


def read_labels(labels: Any, *, merge: bool = False, missing: Iterable[str] = ()) -> EncodedLabels:
    """Return the classes of labels, and each row's class.

    Labels are strings, integers, whole floats, booleans, decimals, dates or times, and stay what they are: labels are
    one class where they are equal. ``merge`` makes one class of the spellings of a word; words in ``missing`` are no
    labels. All problems are reported together: missing labels, types that cannot be kept, fewer than two classes, no
    class with a second row.
    """
    cells = to_labels(labels)
    no_labels = {word.casefold() for word in missing}
    are_present = [not is_missing_label(label) for label in cells]
    if no_labels:
        pairs = zip(cells, are_present, strict=True)
        are_present = [present and canonical_label(label).casefold() not in no_labels for label, present in pairs]
    problems = missing_problems([row for row, present in enumerate(are_present, 1) if not present])
    present = [*compress(cells, are_present)]
    rows = [*compress(range(1, len(cells) + 1), are_present)]
    if unhashable := [pair for pair in zip(present, rows, strict=True) if type(pair[0]).__hash__ is None]:
        raise InputError([*problems, *type_problems(unhashable)])
    found = _rows_of_labels(present, rows)
    dtype = labels.dtype if isinstance(labels, np.ndarray) else None
    classes, codes, notices = classes_of_rows(found, problems, merge=merge, dtype=dtype)
    return EncodedLabels(classes, np.fromiter((codes[label] for label in present), np.int64, len(present)), notices)


def _rows_of_labels(labels: Iterable[Any], rows: Iterable[int]) -> dict[Any, LabelRows]:
    """Return first row and number of rows of each distinct label, in order of appearance."""
    firsts: dict[Any, int] = {}
    counts: dict[Any, int] = {}
    for label, row in zip(labels, rows, strict=True):
        firsts.setdefault(label, row)
        counts[label] = counts.get(label, 0) + 1
    return {label: LabelRows(row, counts[label]) for label, row in firsts.items()}


def classes_of_rows(
    labels: Mapping[Any, LabelRows],
    problems: Iterable[Problem] = (),
    *,
    merge: bool = False,
    dtype: np.dtype[Any] | None = None,
) -> tuple[NDArray[Any], dict[Any, int], tuple[str, ...]]:
    """Return the sorted classes of distinct labels, the class index of each label, and warnings.

    ``problems`` are those found before, and are raised with what is wrong with the labels. ``dtype`` is that of the
    array that the labels came in.
    """
    names = {label: label for label in labels}
    if merge and all(isinstance(label, str) for label in labels):
        names = merged_labels({label: rows.n for label, rows in labels.items()})
    merged: dict[Any, LabelRows] = {}
    for label, rows in labels.items():
        before = merged.get(names[label], LabelRows(rows.first, 0))
        merged[names[label]] = LabelRows(before.first, before.n + rows.n)
    faults = label_problems(merged) or class_problems({label: rows.n for label, rows in merged.items()})
    if problems := [*problems, *faults]:
        raise InputError(problems)
    classes = class_array(merged, common_type([*merged], dtype))
    codes = {label: code for code, label in enumerate(classes.tolist())}
    return classes, {label: codes[name] for label, name in names.items()}, tuple(label_notices(merged))


def label_words(column: pl.Series, missing: Iterable[str] = ()) -> pl.Series:
    """Return labels as text in one spelling of each; null where they are missing, or one of the ``missing`` words."""
    words = parse_categories(column)
    no_labels = [word.casefold() for word in missing]
    if not no_labels:
        return words
    is_label = ~words.str.to_lowercase().is_in(no_labels)
    return words.set(~is_label.fill_null(value=False), None)


def typed_labels(column: pl.Series, missing: Iterable[str] = ()) -> list[Any]:
    """Return labels as integers if every one is, as booleans if stored so, else as text; None where missing.

    Rows of one label share one object: a table has many rows and few classes.
    """
    if column.dtype == pl.Boolean:
        return column.to_list()
    text = label_words(column, missing)
    distinct = text.unique().drop_nulls()
    are_integers = distinct.str.contains(r"^-?[0-9]{1,15}$").all() and not distinct.str.contains(r"^-?0[0-9]").any()
    labels = np.array([*(distinct.cast(pl.Int64) if are_integers else distinct), None], dtype=object)
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct))
    typed: list[Any] = labels[codes.to_numpy()].tolist()
    return typed


def canonical_label(label: Any) -> str:
    """Return a label as text that does not depend on its type: 1, 1.0 and " 1" are ``1``, True is ``true``."""
    text = str(label).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    return text.removesuffix(".0") if _WHOLE_FLOAT.match(text) else text
