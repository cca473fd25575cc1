"""How many rows of each class were scored, where they are few."""

from collections.abc import Sequence
from typing import Any

from demarcate.formatting import listed

FEW_ROWS = 100
"""Of fewer rows of a class a share such as its recall is known to about 0.1 at best."""


def few_scored_rows(classes: Sequence[Any], counts: Sequence[int]) -> str:
    """Return a sentence on the classes with fewer than 100 scored rows; empty if there is none.

    ``counts`` are the scored rows of each class.
    """
    few = sorted((count, str(label)) for label, count in zip(classes, counts, strict=True) if count < FEW_ROWS)
    if not few:
        return ""
    named = listed([f"{label} {count}" for count, label in few])
    return f"Classes with fewer than {FEW_ROWS} scored rows, whose scores are rough: {named}."
