"""The audit of a table that is read in parts: the rules are asked of rows drawn from it, and counts are of all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.auditing.audit import judge
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.drift import Drift
from demarcate.checks.streaming_checks import Drawn, Whole, WholeCount, labelled
from demarcate.errors import InputError, together
from demarcate.tabular import LabelReader, Schema, infer_schema, typed_labels

_ONCE = (
    "The table can be read only once: repeated rows were not looked for, and cells were counted in the rows drawn. "
    "Give a file"
)
_COPIES = "What copies of rows are worth was not measured: few of them are among rows drawn at random"


def audit_large(
    drawn: Drawn,
    parts: Iterable[pl.DataFrame] | None,
    *,
    target: str | None,
    against: Drawn | None = None,
    rescore: bool = True,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    seed: int = 0,
    on_fit: Callable[[str], None] | None = None,
) -> Audit:
    """Look for what `audit` looks for in a table of which some rows were drawn.

    What columns are, and most of what is found, goes by the rows drawn. Of all rows are the classes, missing cells,
    constants, columns that number the rows and, exactly or by an estimate with its interval, how many rows repeat
    others.

    Parameters
    ----------
    drawn
        The table's first reading.
    parts
        Its rows once more; None if it cannot be read again.
    target
        The column of its labels; None if it has none.
    against
        The first reading of another table to compare with.
    rescore, categorical, numerical, drop, seed, on_fit
        As for `audit`.

    Raises
    ------
    InputError
        If the table or its labels are refused.
    """
    lists = {"categorical": list(categorical), "numerical": list(numerical), "drop": list(drop)}
    frame, words = _split(drawn.frame, target)
    schema, known = together(
        lambda: _schema(drawn, frame, lists), lambda: None if drawn.labels is None else drawn.labels.classes()
    )
    classes, counts = (None, np.array([drawn.n_rows])) if known is None else known
    codes = None if words is None or classes is None else LabelReader(classes).read(words)
    if parts is None:
        whole, remarks = Whole(drawn.n_rows, counts, {}, {}, None), [f"{_ONCE}."]
    else:
        whole, remarks = _read_again(parts, schema, frame, target, classes)
    found = judge(
        (frame, None if codes is None or classes is None else classes[codes].tolist()),
        schema,
        classes,
        codes,
        target=target or "",
        lists=lists,
        against=None if against is None else labelled_sample(against, target),
        rescore=rescore,
        seed=seed,
        on_fit=on_fit,
        whole=whole,
    )
    if rescore and any(finding.rule == "duplicates" and finding.severity != "note" for finding in found.findings):
        remarks.append(f"{_COPIES}.")
    compared = None if against is None else of_samples(found.drift, drawn.n_rows, against.n_rows)
    return replace(found, n_rows=drawn.n_rows, n_judged=len(frame), remarks=tuple(remarks), drift=compared)


def labelled_sample(drawn: Drawn, target: str | None) -> tuple[pl.DataFrame, list[Any] | None]:
    """The rows drawn without their target, and their labels if it is there.

    Examples
    --------
    >>> from demarcate.checks.streaming_checks import draw
    >>> labelled_sample(draw([pl.DataFrame({"age": [63, 41], "sick": ["0", "1"]})]), "sick")[1]
    [0, 1]
    """
    frame, words = _split(drawn.frame, target)
    return frame, None if words is None else typed_labels(words)


def of_samples(drift: Drift | None, n_rows: int, n_new_rows: int) -> Drift | None:
    """How tables of so many rows differ, of which samples were compared.

    Rows that both have are not known: samples share few.
    """
    return drift and replace(drift, n_rows=n_rows, n_new_rows=n_new_rows, n_shared=None)


def _split(frame: pl.DataFrame, target: str | None) -> tuple[pl.DataFrame, pl.Series | None]:
    return (frame.drop(target), frame[target]) if target in frame.columns else (frame, None)


def _schema(drawn: Drawn, frame: pl.DataFrame, lists: Mapping[str, Sequence[str]]) -> Schema:
    inferred = infer_schema(frame, **lists)
    schema = drawn.seen.mended(inferred, kept=[*lists["categorical"], *lists["numerical"]])
    schema.check_usable()
    return schema


def _read_again(
    parts: Iterable[pl.DataFrame],
    schema: Schema,
    sample: pl.DataFrame,
    target: str | None,
    classes: NDArray[Any] | None,
) -> tuple[Whole, list[str]]:
    """What is known of the whole table, and what is to be said of its cells."""
    count = WholeCount(schema.reader().parse_leniently(sample), 1 if classes is None else len(classes))
    reader, labels = schema.reader(), None if classes is None else LabelReader(classes)
    for part in parts:
        # Labels that are missing have been refused, or are to be left out.
        rows = labelled(part, target) if target and labels else part
        codes = labels.read(rows[target]) if target and labels else np.zeros(len(rows), dtype=np.int64)
        if codes is None:
            # All labels were known before: the table is another than it was.
            raise InputError(labels.problems if labels else [])
        count.add(reader.parse_leniently(rows), codes)
    said = [f"{problem.fact}. Such cells count as missing." for problem in reader.problems]
    return count.whole(), said
