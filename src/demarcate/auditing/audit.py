"""``audit``: the problems of a table, and their effect on its scores."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length, seed_of
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.drift import compare_tables
from demarcate.auditing.rescore import score_without
from demarcate.checks import check_table
from demarcate.checks.table_counts import TableCounts
from demarcate.datasets import Dataset
from demarcate.tabular import ParsedColumns, Schema, as_frame, infer_schema, to_labels
from demarcate.tabular.positive_class import positive_code
from demarcate.tabular.schema_inference import with_own_categorical
from demarcate.trainingset import open_table
from demarcate.trainingset.read_data import array_of


def audit(
    data: Any,
    *,
    against: Any = None,
    rescore: bool = True,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
) -> Audit:
    """Find what makes a table's scores better than a classifier will be, and measure its effect.

    Parameters
    ----------
    data
        A data set, or a table and its labels as a pair; on a table alone, only checks that need no labels run.
    against
        Another table to compare with, in the same forms, for example rows to predict.
    rescore
        Whether to fit a classifier to the table as it stands, and again without repeated rows and without leaking
        columns; nothing is fitted if there are none.
    categorical, numerical, drop
        Columns of known kind, and columns to leave out; a data set names its own categorical columns.
    settings
        Of the `DemarcateClassifier` that is fitted; None for its defaults.
    seed
        Of everything random.
    on_fit
        Called before each fit with a description of it.

    Raises
    ------
    InputError
        If a table or labels are refused, or their lengths differ.
    SettingError
        If a setting is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> generator = np.random.default_rng(0)
    >>> y = generator.integers(2, size=200)
    >>> X = {"x": generator.normal(size=200), "billed": np.where(y == 1, "yes", "no")}
    >>> result = audit((X, y), settings={"hidden": (8,), "epochs": 30, "lr": 0.03, "n_folds": 2})
    >>> [(finding.severity, *finding.columns) for finding in result.findings]
    [('leak', 'billed')]
    >>> for rescored in result.rescored:
    ...     print(rescored.name, rescored.scores["accuracy"].value > 0.9)
    as it stands True
    without column 'billed' False
    """
    frame, labels, target = _read(data)
    own = data.categorical if isinstance(data, Dataset) else ()
    categorical = with_own_categorical(own, categorical, numerical, drop)
    column_settings = {"categorical": list(categorical), "numerical": list(numerical), "drop": list(drop)}
    classes = codes = None
    if labels is None:
        schema = infer_schema(frame, **column_settings)
        schema.check_usable()
        parsed = schema.parse(frame)
    else:
        training_set = open_table(frame, labels, **column_settings)
        schema, parsed = training_set.schema, training_set.parsed
        classes, codes = training_set.classes, training_set.codes
    new = None if against is None else _read(against, target if isinstance(data, Dataset) else "")[:2]
    return audit_rows(
        (frame, labels),
        schema,
        parsed,
        classes,
        codes,
        target=target,
        column_settings=column_settings,
        against=new,
        rescore=rescore,
        settings=settings,
        seed=seed,
        on_fit=on_fit,
    )


def audit_rows(
    table: tuple[pl.DataFrame, Sequence[Any] | None],
    schema: Schema,
    parsed: ParsedColumns,
    classes: NDArray[Any] | None,
    codes: NDArray[np.int64] | None,
    *,
    target: str,
    column_settings: Mapping[str, Sequence[str]],
    against: tuple[pl.DataFrame, Sequence[Any] | None] | None = None,
    rescore: bool = True,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
    counts: TableCounts | None = None,
) -> Audit:
    """Check and rescore rows of known schema and classes, and compare them with another table.

    ``column_settings`` are categorical, numerical and drop for `DemarcateClassifier`; ``counts`` are over the whole
    table if the rows are a sample of it.
    """
    frame, labels = table
    if classes is not None:
        # Also where nothing is rescored: a label that there is not is never passed over.
        positive_code(classes, (settings or {}).get("pos_label"))
    unused_cells = schema.parse_unused(frame)
    findings = check_table(schema, parsed, codes, classes, counts=counts, unused_cells=unused_cells)
    rescored = []
    if rescore and codes is not None and classes is not None:
        settings = {**(settings or {}), "random_state": seed_of(seed)}
        # A sample has few of a table's duplicates: their effect does not show in its scores.
        removable = [finding for finding in findings if counts is None or finding.rule != "duplicates"]
        rescored = score_without(removable, frame, classes[codes], parsed, column_settings, settings, on_fit)
    drift = None
    if against is not None:
        if on_fit:
            on_fit("comparing the tables")
        new, new_labels = against
        drift = compare_tables(schema, frame, new, labels, new_labels, seed_of(seed))
    return Audit(tuple(findings), tuple(rescored), drift, len(frame), target)


def _read(data: Any, target: str = "") -> tuple[pl.DataFrame, list[Any] | None, str]:
    """Return a table, its labels if it has any, and the target's name."""
    if isinstance(data, Dataset):
        return as_frame(data.X), to_labels(data.y), data.target
    if isinstance(data, tuple) and len(data) == 2:
        frame, labels = as_frame(array_of(data[0])), to_labels(array_of(data[1]))
        check_consistent_length(len(frame), len(labels))
        return frame, labels, getattr(data[1], "name", None) or "target"
    frame = as_frame(array_of(data))
    if target in frame.columns:
        return frame.drop(target), to_labels(frame[target]), target
    return frame, None, ""
