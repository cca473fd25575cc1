"""How often a classifier is right, for the title of its picture, and on which rows, for the caption."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.formatting import counted, shortened
from demarcate.inspection.estimators import predictor_of


@dataclass(frozen=True)
class AccuracyTitle:
    """A title such as "92% right on rows not seen", and the sentences that say of which rows."""

    title: str
    note: str

    @classmethod
    def of(cls, estimator: Any, rows: Any = None) -> "AccuracyTitle":
        """Return what scores say of a fitted classifier; ``rows`` are those that are drawn, None for all."""
        name = getattr(estimator, "name", None)
        named = f"{shortened(name)!r}" if isinstance(name, str) and name != "network" else ""
        accuracy = _accuracy(estimator)
        if accuracy is None:
            return cls(f"Where {named or 'the classifier'} draws the line", "")
        value, low, high, n_rows, kind = accuracy
        title = f"{value:.0%} right on rows not seen"
        note = f"{kind.capitalize()} accuracy {value:.2f} [{low:.2f}, {high:.2f}] on {counted(n_rows, 'row')}."
        return cls(f"{named}: {title}" if named else title, f"{note} {_points(estimator, rows)}".strip())


def _accuracy(estimator: Any) -> tuple[float, float, float, int, str] | None:
    """Return accuracy, interval, rows and their kind on rows that nothing was fitted to; None where nobody knows."""
    scores = getattr(estimator, "scores", None)
    if scores is None:
        scores = getattr(estimator, "scores_", None)
    if scores is None and (predictor := predictor_of(estimator)) is not None:
        scores = predictor.record.get("scores")
    score = scores.get("accuracy") if isinstance(scores, Mapping) else None
    if score is None:
        return None
    fields = score if isinstance(score, Mapping) else vars(score)
    value, low, high, n_rows, kind = (fields[name] for name in ("value", "low", "high", "n_rows", "rows"))
    return float(value), float(low), float(high), int(n_rows), str(kind)


def _points(estimator: Any, rows: Any) -> str:
    """Return of a run which rows the points are."""
    test_rows = getattr(estimator, "test_rows", None)
    if test_rows is None:
        return ""
    shown = rows is not None and np.array_equal(np.sort(test_rows), np.sort(rows))
    return "Points: these test rows." if shown else "Points: rows, also those trained on."
