"""The audit of a table that is read in parts: checks of a random sample, with counts over all rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from demarcate.auditing.audit import audit_rows, weighted_rows
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.drift import Drift
from demarcate.checks.table_counts import StreamingTableCounts, TableCounts
from demarcate.checks.table_sample import TableSample, labelled_rows
from demarcate.errors import InputError, together
from demarcate.tabular import LabelReader, Schema, infer_schema, typed_labels
from demarcate.tabular.column_options import NO_COLUMN_OPTIONS, ColumnOptions
from demarcate.trainingset.open import warn_of_labels
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles

_READ_ONCE = (
    "The table can be read only once, so repeated rows were not counted, and cells only in the sample. Give a file"
)
_DUPLICATES_NOT_SCORED = "The effect of repeated rows on scores was not measured: a random sample has few of them"


def audit_sample(
    sample: TableSample,
    parts: Iterable[pl.DataFrame] | None,
    *,
    target: str | None,
    against: TableSample | None = None,
    rescore: bool = True,
    options: ColumnOptions = NO_COLUMN_OPTIONS,
    roles: RowRoles = NO_ROLES,
    merge_labels: bool = False,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
) -> Audit:
    """Run `audit` on a sample of a table, with counts over all its rows.

    Counted are the classes, missing cells, constants, columns that number the rows and, exactly or as an estimate with
    its interval, repeated rows. ``parts`` are the table's rows once more; None if it cannot be read again. Raises
    InputError if the table or its labels are refused.
    """
    frame, label_cells = _split(sample.frame, target)
    weights = None
    if roles.weights is not None:
        rows = sample.frame
        rows, _, roles, weights = weighted_rows(rows, None, roles, roles.weights)
        frame, label_cells = _split(rows, target)
    schema, counted = together(
        lambda: _schema(sample, frame, options, roles.names(frame.columns)),
        lambda: None if sample.labels is None else sample.labels.classes(merge=merge_labels),
    )
    classes = None if counted is None else counted.classes
    counts_by_class = np.array([sample.n_rows]) if counted is None else counted.counts
    if counted is not None:
        warn_of_labels(counted.notices)
    missing = options.cells.missing
    labels = None if classes is None else LabelReader(classes, merge=merge_labels, missing=missing)
    codes = None if label_cells is None or labels is None else labels.read(label_cells)
    if parts is None:
        counts, remarks = TableCounts(sample.n_rows, counts_by_class, {}, {}, None), [f"{_READ_ONCE}."]
    else:
        counts, remarks = _count(parts, schema, frame, target, labels, missing)
    result = audit_rows(
        (frame, None if codes is None or classes is None else classes[codes].tolist()),
        schema,
        schema.parse(frame),
        classes,
        codes,
        target=target or "",
        options=options,
        roles=roles,
        dependence=roles.dependence({name: frame[name] for name in roles.names(frame.columns)}, len(frame)),
        sample_weight=weights,
        against=None if against is None else split_labels(against, target),
        rescore=rescore,
        settings=settings,
        seed=seed,
        on_fit=on_fit,
        counts=counts,
    )
    if rescore and any(finding.rule == "duplicates" and finding.severity != "note" for finding in result.findings):
        remarks.append(f"{_DUPLICATES_NOT_SCORED}.")
    remarks += result.remarks
    drift = None if against is None else drift_of_samples(result.drift, sample.n_rows, against.n_rows)
    return replace(result, n_rows=sample.n_rows, n_judged=len(frame), remarks=tuple(remarks), drift=drift)


def split_labels(sample: TableSample, target: str | None) -> tuple[pl.DataFrame, list[Any] | None]:
    """Return the sampled rows without their target, and their labels if it is there."""
    frame, label_cells = _split(sample.frame, target)
    return frame, None if label_cells is None else typed_labels(label_cells)


def drift_of_samples(drift: Drift | None, n_rows: int, n_new_rows: int) -> Drift | None:
    """Return the drift of samples with the sizes of their tables; shared rows are unknown, as samples share few."""
    return drift and replace(drift, n_rows=n_rows, n_new_rows=n_new_rows, n_shared=None)


def _split(frame: pl.DataFrame, target: str | None) -> tuple[pl.DataFrame, pl.Series | None]:
    return (frame.drop(target), frame[target]) if target in frame.columns else (frame, None)


def _schema(sample: TableSample, frame: pl.DataFrame, options: ColumnOptions, roles: Mapping[str, str]) -> Schema:
    inferred = infer_schema(frame, options, roles)
    keep = [name for setting, names in options.by_setting().items() if setting != "drop" for name in names]
    schema = sample.column_stats.correct_schema(inferred, keep)
    schema.check_usable()
    return schema


def _count(
    parts: Iterable[pl.DataFrame],
    schema: Schema,
    sample: pl.DataFrame,
    target: str | None,
    labels: LabelReader | None,
    missing: Sequence[str],
) -> tuple[TableCounts, list[str]]:
    """Return counts over all rows, and remarks about unreadable cells."""
    counts = StreamingTableCounts(schema.reader().parse_leniently(sample), labels.n_classes if labels else 1)
    reader = schema.reader()
    for part in parts:
        # Missing labels have been refused, or are to be left out.
        rows = labelled_rows(part, target, missing) if target and labels else part
        codes = labels.read(rows[target]) if target and labels else np.zeros(len(rows), dtype=np.int64)
        if codes is None:
            # The first pass has seen all labels: the table has changed since.
            raise InputError(labels.problems if labels else [])
        counts.add(reader.parse_leniently(rows), codes)
    remarks = [f"{problem.fact}. Such cells count as missing." for problem in reader.problems]
    return counts.result(), remarks
