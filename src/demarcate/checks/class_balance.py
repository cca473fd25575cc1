"""Classes with few rows, classes with nearly all of them, and classes that look like missing labels."""

from collections.abc import Iterator

import numpy as np

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import View
from demarcate.formatting import listed

FEW_ROWS = 30
LARGE_SHARE = 0.9
LIKE_MISSING = {"na", "n/a", "#n/a", "<na>", "nan", "null", "missing"}
"""What a label may say, in any case, where somebody did not know it; ``none`` is an answer."""


def class_balance(view: View) -> Iterator[Finding]:
    """Classes of fewer than 30 rows, one that has 90% of the rows or more, and any that may stand for no label."""
    if view.codes is None:
        return
    counts = view.table_class_counts
    for code, label in enumerate(view.classes):
        if str(label).strip().lower() in LIKE_MISSING:
            text = (
                f"class {str(label)!r} of {counts[code]:,} rows is taken for an answer: only an empty cell is a "
                "missing label. If these rows' labels are not known, empty the cells and use --drop-missing-target"
            )
            yield Finding("classes", "warning", text, (), {"label": str(label), "rows": int(counts[code])})
    few = [code for code in np.argsort(counts, kind="stable") if counts[code] < FEW_ROWS]
    if few:
        shown = listed([f"{str(view.classes[code])!r} {counts[code]}" for code in few])
        # Of a share near one half; the widest that Wald's interval gets.
        reach = 0.98 / max(int(counts[few[-1]]), 1) ** 0.5
        many = len(few) > 1
        text = (
            f"{len(few)} class{'es have' if many else ' has'} fewer than {FEW_ROWS} rows ({shown}): how large a share "
            f"of them is recognised is known to {'at best ' if many else ''}+-{reach:.0%}, and scores over all rows "
            "hardly show it. Look at them apart, or join classes"
        )
        rows = {str(view.classes[code]): int(counts[code]) for code in few}
        yield Finding("classes", "note", text, (), {"rows": rows})
    largest, share = int(counts.argmax()), float(counts.max() / view.n_table_rows)
    if share >= LARGE_SHARE:
        text = (
            f"class {str(view.classes[largest])!r} has {share:.1%} of the rows: always naming it is right as often, so "
            "that accuracy says little. Go by log loss and ROC AUC, or by the classes apart"
        )
        yield Finding("classes", "note", text, (), {"largest": str(view.classes[largest]), "share": share})
