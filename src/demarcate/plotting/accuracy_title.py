"""How often a classifier is right, for the title of its picture, and on which rows, for the caption."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, percent, shortened
from demarcate.inspection.estimators import LabelledData, known_labels, predictor_of, row_numbers, table_and_codes
from demarcate.tabular.fingerprint import fingerprint


@dataclass(frozen=True)
class AccuracyTitle:
    """A title such as "92% right on rows not seen", and sentences on the rows that are drawn and those it counts."""

    title: str
    note: str

    @classmethod
    def of(cls, estimator: Any, data: LabelledData, rows: Any = None) -> "AccuracyTitle":
        """Return what scores say of a fitted classifier; ``rows`` of the data are those that are drawn, None for all.

        The note begins with the points: mostly they are not the rows that the title counts.
        """
        name = getattr(estimator, "name", None)
        named = f"{shortened(name)!r}" if isinstance(name, str) and name != "network" else ""
        accuracy = _accuracy(estimator)
        if accuracy is None:
            return cls(f"Where {named or 'the classifier'} draws the line", "")
        value, low, high, n_rows, kind = accuracy
        title = f"{percent(value)} right on rows not seen"
        points = _points(estimator, data, rows, scored=(n_rows, kind))
        each = ", each by networks not trained on it" if kind.endswith("out-of-fold") else ""
        interval = f"[{low:.2f}, {high:.2f}]"
        note = f"{kind.capitalize()} accuracy {value:.2f} {interval} on {counted(n_rows, 'row')}{each}."
        return cls(f"{named}: {title}" if named else title, f"{points} {note}")


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


def points_in_words(test_rows: NDArray[np.int64], drawn: NDArray[np.int64]) -> str:
    """Return which rows points are, from the numbers of the test rows and of the drawn ones."""
    n_used = int((~np.isin(drawn, test_rows)).sum())
    if n_used == len(drawn):
        return f"Points: {counted(len(drawn), 'row')}, all used in training."
    if n_used:
        return f"Points: {counted(len(drawn), 'row')}, {n_used:,} of them used in training."
    which = "the" if len(drawn) == len(test_rows) else f"{len(drawn):,} of the"
    return f"Points: {which} {counted(len(test_rows), 'test row')}."


def _points(estimator: Any, data: LabelledData, rows: Any, scored: tuple[int, str]) -> str:
    """Return which rows the points are, as far as the classifier knows the rows that it was trained on."""
    X, y = data
    predictor = predictor_of(estimator)
    classes = None if predictor is None else predictor.classes
    frame, codes, _ = table_and_codes((X, known_labels(estimator, y)), classes)
    drawn, (n_scored, kind) = row_numbers(rows, len(frame)), scored
    test_rows = getattr(estimator, "test_rows", None)
    if test_rows is not None:
        return points_in_words(test_rows, drawn)
    points = f"Points: {counted(len(drawn), 'row')}"
    if predictor is None or not _is_training_table(estimator, fingerprint(predictor.schema.parse(frame), codes)):
        return f"{points}; nothing records whether they were used in training."
    if not kind.endswith("test"):
        return f"{points}, all used in training."
    if hasattr(estimator, "oof_rows_"):
        return points_in_words(estimator.oof_rows_, drawn)
    if len(drawn) == len(frame):
        return f"{points}, {len(frame) - n_scored:,} of them used in training."
    return f"{points} of the table it was trained on."


def _is_training_table(estimator: Any, sha256: str) -> bool:
    """Tell whether a table of this fingerprint is the one that a classifier was fitted to."""
    predictor = predictor_of(estimator)
    recorded = predictor.record.get("provenance", {}).get("data_sha256") if predictor else None
    return sha256 in (getattr(estimator, "data_sha256_", None), recorded)
