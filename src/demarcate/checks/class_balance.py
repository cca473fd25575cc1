"""Classes with few rows, classes with nearly all of them, and classes named like missing labels."""

from collections.abc import Iterator

import numpy as np

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import TableView
from demarcate.formatting import listed, percent

MIN_CLASS_ROWS = 30
LARGE_SHARE = 0.9
MISSING_NAMES = {"na", "n/a", "#n/a", "<na>", "nan", "null", "missing"}
"""Labels, in any case, that may stand for an unknown one; ``none`` is an answer."""


def class_balance(table: TableView) -> Iterator[Finding]:
    """Yield classes of fewer than 30 rows, one with 90% of the rows or more, and any that may be a missing label."""
    if table.codes is None:
        return
    counts = table.table_class_counts
    for code, label in enumerate(table.classes):
        if str(label).strip().lower() in MISSING_NAMES:
            text = (
                f"class {str(label)!r} of {counts[code]:,} rows counts as a label: only an empty cell is missing. "
                "If these labels are unknown, empty the cells and use --drop-missing-target "
                "(in Python y and X without them)"
            )
            yield Finding("classes", "warning", text, (), {"label": str(label), "rows": int(counts[code])})
    few = [code for code in np.argsort(counts, kind="stable") if counts[code] < MIN_CLASS_ROWS]
    if few:
        shown = listed([f"{str(table.classes[code])!r} {counts[code]}" for code in few])
        # Wald's interval at a share of one half, where it is widest.
        reach = 0.98 / max(int(counts[few[-1]]), 1) ** 0.5
        many = len(few) > 1
        text = (
            f"{len(few)} class{'es have' if many else ' has'} fewer than {MIN_CLASS_ROWS} rows ({shown}): recall is "
            f"known to {'at best ' if many else ''}+-{percent(reach)}, and scores over all rows hardly show it. "
            "Look at scores by class, or merge classes"
        )
        rows = {str(table.classes[code]): int(counts[code]) for code in few}
        yield Finding("classes", "note", text, (), {"rows": rows})
    largest, share = int(counts.argmax()), float(counts.max() / table.n_table_rows)
    if share >= LARGE_SHARE:
        text = (
            f"class {str(table.classes[largest])!r} has {percent(share, 1)} of the rows, so always predicting it "
            "has the same accuracy. Go by log loss and ROC AUC, or by the scores of each class"
        )
        yield Finding("classes", "note", text, (), {"largest": str(table.classes[largest]), "share": share})
