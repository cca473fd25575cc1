"""``audit``: everything that can be found in a table, and what it does to the scores."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length, seed_of
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.drift import drift
from demarcate.auditing.rescore import rescore as scored_again
from demarcate.checks import audit_columns
from demarcate.checks.streaming_checks import Whole
from demarcate.datasets import Dataset
from demarcate.tabular import ParsedColumns, Schema, as_frame, infer_schema, to_labels
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
    """Look for what makes a table's scores better than a classifier will be, and show what it is worth.

    Parameters
    ----------
    data
        A data set, or a table and its labels as a pair; a table alone is only asked what needs no labels.
    against
        Another table to compare with, in the same forms: rows that are to be predicted, say.
    rescore
        Whether a classifier is fitted as the table stands, and again without repeated rows and without leaking columns;
        nothing is fitted if there are none.
    categorical, numerical, drop
        Columns whose kind the caller knows better, or that are not to be used; a data set names its own categories.
    settings
        Of the `DemarcateClassifier` that is fitted; its defaults where not given.
    seed
        Of everything random.
    on_fit
        Called before each fit with what is left out.

    Returns
    -------
    Audit

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
    >>> found = audit((X, y), settings={"hidden": (8,), "epochs": 30, "lr": 0.03, "n_folds": 2})
    >>> [(finding.severity, *finding.columns) for finding in found.findings]
    [('leak', 'billed')]
    >>> for rescored in found.rescored:
    ...     print(rescored.name, rescored.scores["accuracy"].value > 0.9)
    as it stands True
    without column 'billed' False
    """
    frame, labels, target = _table(data)
    own = data.categorical if isinstance(data, Dataset) else ()
    categorical = with_own_categorical(own, categorical, numerical, drop)
    lists = {"categorical": list(categorical), "numerical": list(numerical), "drop": list(drop)}
    classes = codes = parsed = None
    if labels is None:
        schema = infer_schema(frame, **lists)
        schema.check_usable()
    else:
        training_set = open_table(frame, labels, **lists)
        schema, classes, codes = training_set.schema, training_set.classes, training_set.codes
        parsed = training_set.parsed
    new = None
    if against is not None:
        new = _table(against, target if isinstance(data, Dataset) else "")[:2]
    return judge(
        (frame, labels),
        schema,
        classes,
        codes,
        target=target,
        lists=lists,
        parsed=parsed,
        against=new,
        rescore=rescore,
        settings=settings,
        seed=seed,
        on_fit=on_fit,
    )


def judge(
    table: tuple[pl.DataFrame, Sequence[Any] | None],
    schema: Schema,
    classes: NDArray[Any] | None,
    codes: NDArray[np.int64] | None,
    *,
    target: str,
    lists: Mapping[str, Sequence[str]],
    parsed: ParsedColumns | None = None,
    against: tuple[pl.DataFrame, Sequence[Any] | None] | None = None,
    rescore: bool = True,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
    whole: Whole | None = None,
) -> Audit:
    """Ask the rules of rows whose columns and classes are known, score them again, and compare another table.

    Parameters
    ----------
    table, against
        The rows and their labels, and those of the other table.
    schema
        What the columns are.
    classes, codes
        The labels, ``(n_classes,)``, and each row's class index; None for a table without a target.
    target
        What the labels are called.
    lists
        ``categorical``, ``numerical`` and ``drop`` for `DemarcateClassifier`.
    parsed
        Cells of these rows, where they are parsed already.
    rescore, settings, seed, on_fit
        As for `audit`.
    whole
        What is known of the whole table, if these rows are a sample of it; None if they are all.
    """
    frame, labels = table
    parsed = schema.parse(frame) if parsed is None else parsed
    findings = audit_columns(schema, parsed, codes, classes, whole=whole)
    rescored = []
    if rescore and codes is not None and classes is not None:
        settings = {**(settings or {}), "random_state": seed_of(seed)}
        # A sample has few of a table's copies: what they are worth does not show in its scores.
        asked = [finding for finding in findings if whole is None or finding.rule != "duplicates"]
        rescored = scored_again(frame, classes[codes], parsed, asked, lists=lists, settings=settings, on_fit=on_fit)
    drifted = None
    if against is not None:
        if on_fit:
            on_fit("telling the tables apart")
        new, new_labels = against
        drifted = drift(schema, frame, new, labels, new_labels, seed_of(seed))
    return Audit(tuple(findings), tuple(rescored), drifted, len(frame), target)


def _table(data: Any, target: str = "") -> tuple[pl.DataFrame, list[Any] | None, str]:
    """A table, its labels if it has any, and what they are called."""
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
