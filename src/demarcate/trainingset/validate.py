"""A table and its labels, checked to be learned from: what is wrong with either is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem, together
from demarcate.tabular.frame import as_frame
from demarcate.tabular.labels import class_codes
from demarcate.tabular.schema import Schema
from demarcate.tabular.schema_inference import infer_schema


@dataclass(frozen=True, eq=False)
class Learnable:
    """A table that can be learned from.

    Attributes
    ----------
    frame
        Its rows.
    schema
        What its columns are.
    classes
        The labels, ``(n_classes,)``.
    codes
        Each row's class index, ``(n_rows,)``.
    """

    frame: pl.DataFrame
    schema: Schema
    classes: NDArray[Any]
    codes: NDArray[np.int64]


def learnable(
    table: Any,
    labels: Any,
    schema: Schema | None = None,
    /,
    *,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Learnable:
    """Check a table and its labels.

    Parameters
    ----------
    table
        Anything `as_frame` takes, without the target.
    labels
        One label a row, as for `class_codes`.
    schema
        What the columns are, where that is known already.
    categorical, numerical, drop
        As for `infer_schema`.

    Raises
    ------
    InputError
        With all that is wrong with columns and labels.

    Examples
    --------
    >>> learnable({"age": [63, 41, 57]}, ["yes", "no", "yes"]).classes.tolist()
    ['no', 'yes']
    >>> learnable({"age": [63, 63]}, ["yes", "yes"])
    Traceback (most recent call last):
    demarcate.errors.InputError: 2 problems:
    - A classifier needs at least one column that can tell rows apart: 'age' is constant: every cell is '63'. Add
    columns, or name one to keep as numerical.
    - A classifier separates at least two classes: every label is 'yes'. Give rows of another class: one class cannot be
    told from nothing.
    """

    def columns() -> tuple[pl.DataFrame, Schema]:
        frame = as_frame(table)
        if frame.is_empty():
            raise InputError([Problem("A table has rows", "this one has none", "Give rows of every class")])
        known = schema or infer_schema(frame, categorical=categorical, numerical=numerical, drop=drop)
        known.check_usable()
        return frame, known

    (frame, known), (classes, codes) = together(columns, lambda: class_codes(labels))
    return Learnable(frame, known, classes, codes)
