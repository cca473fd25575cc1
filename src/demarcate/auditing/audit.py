"""``audit``: the problems of a table, and their effect on its scores."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length, seed_of
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.drift import compare_tables
from demarcate.auditing.refit import Refit
from demarcate.auditing.rescore import RescoredTable, score_without
from demarcate.checks import check_table
from demarcate.checks.table_counts import TableCounts
from demarcate.datasets import Dataset
from demarcate.tabular import ParsedColumns, Schema, as_frame, infer_schema, to_labels
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.columns import plain_column
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.label_shape import one_label_a_row
from demarcate.tabular.positive_class import positive_code
from demarcate.trainingset import open_table
from demarcate.trainingset.read_data import array_of
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles, read_weights


def audit(
    data: Any,
    *,
    against: Any = None,
    rescore: bool = True,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    text: Sequence[str] = (),
    dates: Sequence[str] | Mapping[str, str] = (),
    drop: Sequence[str] = (),
    decimal: str | None = None,
    thousands: str | None = None,
    missing: Sequence[Any] = (),
    groups: Any = None,
    time: Any = None,
    sample_weight: Any = None,
    merge_labels: bool = False,
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
        Whether to fit a classifier to the table as it stands, and again without repeated rows, without leaking columns,
        by groups that were named or found, and forward in time; nothing is fitted if there are none.
    categorical, numerical, text, dates, drop, decimal, thousands, missing
        Columns of known kind, columns to leave out, and how cells are read, as for `DemarcateClassifier`; a data set
        names its own categorical columns.
    groups, time
        What rows belong together, and when they were, as for `DemarcateClassifier.fit`: scores are those of new groups,
        or of later rows, and what random folds overstate is measured.
    sample_weight
        What each row counts, (n_rows,), or the name of a column; rows of weight 0 are left out.
    merge_labels
        Whether labels that are one word in several spellings are one class, as for `DemarcateClassifier`.
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
    options = ColumnOptions.of(
        categorical=categorical,
        numerical=numerical,
        text=text,
        dates=dates,
        drop=drop,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
    ).with_own_categorical(own)
    weights_column = sample_weight if isinstance(sample_weight, str) else None
    roles = RowRoles(groups, time, (settings or {}).get("gap", 0.0), weights_column)
    frame, labels, roles, weights = weighted_rows(frame, labels, roles, sample_weight)
    classes = codes = dependence = None
    if labels is None:
        schema = infer_schema(frame, options, roles.names(frame.columns))
        schema.check_usable()
        parsed = schema.parse(frame)
    else:
        training_set = open_table(frame, labels, "target", None, None, roles, options, merge_labels=merge_labels)
        schema, parsed, dependence = training_set.schema, training_set.parsed, training_set.dependence
        classes, codes = training_set.classes, training_set.codes
    new = None if against is None else _read(against, target if isinstance(data, Dataset) else "")[:2]
    return audit_rows(
        (frame, labels),
        schema,
        parsed,
        classes,
        codes,
        target=target,
        options=options,
        roles=roles,
        dependence=dependence,
        sample_weight=weights,
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
    options: ColumnOptions,
    roles: RowRoles = NO_ROLES,
    dependence: Dependence | None = None,
    sample_weight: NDArray[np.float64] | None = None,
    against: tuple[pl.DataFrame, Sequence[Any] | None] | None = None,
    rescore: bool = True,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
    counts: TableCounts | None = None,
) -> Audit:
    """Check and rescore rows of known schema and classes, and compare them with another table.

    ``options`` are those that the schema was inferred with; ``counts`` are over the whole
    table if the rows are a sample of it. ``dependence`` is what ``roles`` say of the rows.
    """
    frame, labels = table
    if classes is not None:
        # Also where nothing is rescored: a label that there is not is never passed over.
        positive_code(classes, (settings or {}).get("pos_label"))
    unused = schema.parse_unused(frame)
    findings = check_table(schema, parsed, codes, classes, counts=counts, unused_cells=unused, dependence=dependence)
    result = RescoredTable()
    if rescore and codes is not None and classes is not None:
        settings = {**(settings or {}), "random_state": seed_of(seed)}
        refit = Refit(frame, classes[codes], options, settings, roles, sample_weight)
        # A sample has few of a table's duplicates: their effect does not show in its scores.
        removable = [finding for finding in findings if counts is None or finding.rule != "duplicates"]
        result = score_without(removable, refit, parsed, on_fit, has_whole_groups=counts is None)
    drift = None
    if against is not None:
        if on_fit:
            on_fit("comparing the tables")
        new, new_labels = against
        drift = compare_tables(schema, frame, new, labels, new_labels, seed_of(seed))
    return Audit(
        tuple(findings),
        result.rescored,
        drift,
        len(frame),
        target,
        overstated=result.overstated,
        remarks=result.remarks,
    )


def weighted_rows(
    frame: pl.DataFrame, labels: list[Any] | None, roles: RowRoles, sample_weight: Any
) -> tuple[pl.DataFrame, list[Any] | None, RowRoles, NDArray[np.float64] | None]:
    """Return the rows that weigh something, with their labels, roles and weights; None without weights."""
    if sample_weight is None:
        return frame, labels, roles, None
    if isinstance(sample_weight, str):
        roles.names(frame.columns)
        weights = read_weights(frame[sample_weight])
    else:
        weights = read_weights(plain_column("sample_weight", sample_weight))
        check_consistent_length(len(frame), len(weights))
    used = np.flatnonzero(weights)
    labels = None if labels is None else [labels[row] for row in used.tolist()]
    return frame[used], labels, roles.rows(used, frame.columns, len(frame)), weights[used]


def _read(data: Any, target: str = "") -> tuple[pl.DataFrame, list[Any] | None, str]:
    """Return a table, its labels if it has any, and the target's name."""
    if isinstance(data, Dataset):
        return as_frame(data.X), to_labels(data.y), data.target
    if isinstance(data, tuple) and len(data) == 2:
        frame, labels = as_frame(array_of(data[0])), to_labels(one_label_a_row(array_of(data[1])))
        check_consistent_length(len(frame), len(labels))
        return frame, labels, getattr(data[1], "name", None) or "target"
    frame = as_frame(array_of(data))
    if target in frame.columns:
        return frame.drop(target), to_labels(frame[target]), target
    return frame, None, ""
