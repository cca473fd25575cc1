"""The audit of a training table: what makes its scores better than the classifier will be.

Two things are looked for: rows that repeat others, and columns that alone give the target away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.schema import ParsedColumns, Schema

_COPIES_SHARE = 0.01
_VALUES_SHARE = 0.2
_RIGHT_SHARE = 0.99
_LARGEST_CLASS = 0.95
_AUC = 0.999
_MIN_ROWS = 30
_QUESTION = "Is it known before the label is? If not, leave it out with drop"


@dataclass(frozen=True)
class Finding:
    """Something about a training table that a user would want to know before believing its scores.

    Attributes
    ----------
    rule
        ``copies``: rows that repeat others; ``giveaway``: a column that alone tells the target.
    column
        The column, empty where it is the whole table.
    text
        What was found and why it matters, in words.
    """

    rule: Literal["copies", "giveaway"]
    column: str
    text: str

    def __str__(self) -> str:
        return self.text


def audit_columns(schema: Schema, parsed: ParsedColumns, codes: NDArray[np.int64], n_classes: int) -> list[Finding]:
    """Look for copied rows and for columns that give the target away.

    Rows are copies if they agree in every used column; they are reported from 1% of the table on, and not where columns
    that had nothing to do with each other would make as many. A column gives the target away if

    - it has few values, at most one for every five rows, and guessing the most frequent class of each value is right
      for 99% of all rows, while the largest class has less than 95% of them. A missing cell counts as a value; a
      numerical column or a date with many values is judged by whether it is missing;
    - or it is a number or a date, and ranks the rows of two classes with a ROC AUC of 0.999 or more (or 0.001 or less);
      or thresholds on it part three or more classes without an error. Each of two classes needs 30 rows in which it
      is not missing, more classes need 30 together.

    Parameters
    ----------
    schema
        Says which columns are used, and as what.
    parsed
        What ``schema.parse`` made of the table.
    codes
        Class indices, ``(n_rows,)``, from 0 to ``n_classes - 1``.
    n_classes
        How many classes there are.

    Returns
    -------
    list of Finding
        The copies first, then columns in the schema's order.

    Examples
    --------
    >>> from demarcate.tabular.inference import infer_schema
    >>> cells = {"age": [30, 50, 70, 41] * 10, "dose": [5, 1, 5, 2] * 10, "drug": ["b", "a", "b", "a"] * 10}
    >>> frame = pl.DataFrame(cells)
    >>> schema = infer_schema(frame)
    >>> for finding in audit_columns(schema, schema.parse(frame), np.array([1, 0, 1, 0] * 10), 2):
    ...     print(finding.rule, finding.column)
    copies
    giveaway age
    giveaway dose
    giveaway drug
    """
    findings = list(_copies({column.name: parsed[column.name] for column in schema.used}, codes))
    if np.bincount(codes, minlength=n_classes).max() < _LARGEST_CLASS * len(codes):
        found = {column.name: _giveaway(parsed[column.name], codes, n_classes) for column in schema.used}
        findings += [
            Finding("giveaway", name, f"column {name!r} alone gives the target away: {what}. {_QUESTION}")
            for name, what in found.items()
            if what
        ]
    return findings


def _copies(columns: ParsedColumns, codes: NDArray[np.int64]) -> Iterator[Finding]:
    # Names of our own: a column of the table may have any.
    cells = [_comparable(cells).alias(f"{place}") for place, cells in enumerate(columns.values())]
    frame = pl.DataFrame([*cells, pl.Series("code", codes)])
    names = frame.columns[:-1]
    # Hashes are cheap and nearly always tell rows apart; only rows that share one are compared cell by cell.
    suspects = frame.filter(frame.select(names).hash_rows().is_duplicated())
    groups = suspects.group_by(names).agg(rows=pl.len(), labels=pl.col("code").n_unique()).filter(pl.col("rows") > 1)
    n_copies = int((groups["rows"] - 1).sum())
    if n_copies < max(1, _COPIES_SHARE * len(codes)) or n_copies <= _copies_by_chance(frame.select(names)):
        return
    disputed = groups.filter(pl.col("labels") > 1)
    n_disputed = int((disputed["rows"] - 1).sum())
    disagree = f", {n_disputed:,} of them where the labels of such rows disagree" if n_disputed else ""
    text = (
        f"{n_copies:,} of {len(codes):,} rows {'repeats another' if n_copies == 1 else 'repeat others'} in every column"
        f"{disagree}: a row can then be trained on and validated on, which flatters the scores. If they are not cases "
        "of their own, remove them"
    )
    yield Finding("copies", "", text)


def _copies_by_chance(frame: pl.DataFrame) -> float:
    """About how many copies there would be, were each column drawn by itself: rows less distinct rows expected."""
    n_rows = len(frame)
    log_same = 0.0
    for column in frame.get_columns():
        shares = column.value_counts(name="rows")["rows"].to_numpy() / n_rows
        log_same += float(np.log(np.sum(shares**2)))
        if log_same < -3 * np.log(n_rows):
            return 0.0
    return n_rows * float(-np.expm1(-n_rows * np.exp(log_same) / 2))


def _giveaway(cells: NDArray[np.float64] | pl.Series, codes: NDArray[np.int64], n_classes: int) -> str:
    """How a column tells the target, in words; empty if it does not."""
    column = _comparable(cells)
    if found := _by_value(column, codes, "the most frequent class of each of its {n} values"):
        return found
    if isinstance(cells, pl.Series):
        return ""
    if found := _by_value(column.is_null(), codes, "by whether it is missing"):
        return found
    is_known = ~np.isnan(cells)
    known, known_codes = cells[is_known], codes[is_known]
    return _by_rank(known, known_codes) if n_classes == 2 else _by_thresholds(known, known_codes)


def _by_value(column: pl.Series, codes: NDArray[np.int64], guess: str) -> str:
    if column.n_unique() > max(2, _VALUES_SHARE * len(codes)) or len(codes) < _MIN_ROWS:
        return ""
    frame = pl.DataFrame([column.alias("cell"), pl.Series("code", codes)])
    best = frame.group_by("cell", "code").len("rows").group_by("cell").agg(pl.col("rows").max())
    share = int(best["rows"].sum()) / len(codes)
    if share < _RIGHT_SHARE:
        return ""
    largest = np.bincount(codes).max() / len(codes)
    return (
        f"guessing {guess.format(n=len(best))} is right for {share:.1%} of rows (the largest class has {largest:.1%})"
    )


def _by_rank(known: NDArray[np.float64], codes: NDArray[np.int64]) -> str:
    """The ROC AUC of a number that ranks two classes (almost) without error."""
    n_second = int(codes.sum())
    n_first = len(codes) - n_second
    if min(n_first, n_second) < _MIN_ROWS:
        return ""
    ranks = pl.Series(known).rank("average").to_numpy()
    auc = (ranks[codes == 1].sum() - n_second * (n_second + 1) / 2) / (n_first * n_second)
    if 1 - _AUC < auc < _AUC:
        return ""
    return f"it ranks the two classes with a ROC AUC of {max(auc, 1 - auc):.4f} on the {len(codes):,} rows that have it"


def _by_thresholds(known: NDArray[np.float64], codes: NDArray[np.int64]) -> str:
    """Whether each class has a range of the numbers to itself."""
    present = np.unique(codes)
    if len(known) < _MIN_ROWS or len(present) < 2:
        return ""
    lows = np.array([known[codes == code].min() for code in present])
    highs = np.array([known[codes == code].max() for code in present])
    order = np.argsort(lows)
    if not np.all(highs[order][:-1] < lows[order][1:]):
        return ""
    return f"thresholds on it part the {len(present)} classes without an error on the {len(known):,} rows that have it"


def _comparable(cells: NDArray[np.float64] | pl.Series) -> pl.Series:
    """Cells whose equality is that of their values: missing is null."""
    return cells if isinstance(cells, pl.Series) else (pl.Series(cells, nan_to_null=True) + 0.0)
