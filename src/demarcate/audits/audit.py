"""``audit``: everything that can be found in a table, and what it does to the scores."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from demarcate.arguments import seed_of
from demarcate.audits.drift import drift
from demarcate.audits.rescore import rescore as scored_again
from demarcate.audits.result import Audit
from demarcate.datasets import Dataset
from demarcate.errors import SettingError
from demarcate.tabular import as_frame, audit_columns, infer_schema, labels_of, learnable
from demarcate.task import array_of


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
        If a table or labels are refused.
    SettingError
        If rows and labels are not as many, or a setting is out of its range.

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
    named = [*categorical, *(name for name in own if name not in (*categorical, *numerical, *drop))]
    lists = {"categorical": named, "numerical": list(numerical), "drop": list(drop)}
    classes = codes = None
    if labels is None:
        schema = infer_schema(frame, **lists)
        schema.check_usable()
    else:
        table = learnable(frame, labels, **lists)
        schema, classes, codes = table.schema, table.classes, table.codes
    parsed = schema.parse(frame)
    findings = audit_columns(schema, parsed, codes, classes)
    rescored = []
    if rescore and codes is not None and classes is not None:
        settings = {**(settings or {}), "random_state": seed_of(seed)}
        rescored = scored_again(frame, classes[codes], parsed, findings, lists=lists, settings=settings, on_fit=on_fit)
    drifted = None
    if against is not None:
        new, new_labels, _ = _table(against, target if isinstance(data, Dataset) else "")
        if on_fit:
            on_fit("telling the tables apart")
        drifted = drift(schema, frame, new, labels, new_labels, seed_of(seed))
    return Audit(tuple(findings), tuple(rescored), drifted, len(frame), target)


def _table(data: Any, target: str = "") -> tuple[pl.DataFrame, list[Any] | None, str]:
    """A table, its labels if it has any, and what they are called."""
    if isinstance(data, Dataset):
        return as_frame(data.X), labels_of(data.y), data.target
    if isinstance(data, tuple) and len(data) == 2:
        frame, labels = as_frame(array_of(data[0])), labels_of(array_of(data[1]))
        if len(frame) != len(labels):
            raise SettingError(f"every row has one label: got {len(frame)} rows and {len(labels)} labels")
        return frame, labels, getattr(data[1], "name", None) or "target"
    frame = as_frame(array_of(data))
    if target in frame.columns:
        return frame.drop(target), labels_of(frame[target]), target
    return frame, None, ""
