"""The scores of the positive class in words."""

from collections.abc import Mapping
from typing import Any

from demarcate.evaluation.scores import Score
from demarcate.formatting import interval_texts, percent_digits, quoted

MANY_ROWS = 1000
"""From so many rows on, tenths of a percent are shown."""


def positive_in_words(label: Any, scores: Mapping[str, Score]) -> str:
    """Return precision and recall of the positive class, as far as they are defined, in a sentence.

    Examples
    --------
    >>> recall, precision = (Score(value, value - 0.07, value + 0.04, 200, "test") for value in (0.92, 0.71))
    >>> print(positive_in_words("ill", {"recall": recall, "precision": precision}))
    Of the 'ill' rows 92% [85, 96] are found; of the rows predicted as 'ill' 71% [64, 75] are 'ill'.
    """
    name = quoted(str(label))
    recall, precision = scores.get("recall"), scores.get("precision")
    found = f"There is no {name} row" if recall is None else f"Of the {name} rows {_percent(recall)} are found"
    right = f"no row is predicted as {name}"
    if precision is not None:
        right = f"of the rows predicted as {name} {_percent(precision)} are {name}"
    return f"{found}; {right}."


def _percent(score: Score) -> str:
    least = 1 if score.n_rows >= MANY_ROWS else 0
    digits = max(percent_digits(share, least) for share in (score.value, score.low, score.high))
    value, interval = interval_texts(100 * score.value, 100 * score.low, 100 * score.high, digits)
    return f"{value}% {interval}".rstrip()
