"""What the sections of a report have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from demarcate.evaluation import Score

FEWEST_ROWS = 30
"""Of fewer judged rows nothing is concluded: their intervals may have no width at all."""


@dataclass(frozen=True, eq=False)
class Part:
    """Plain numbers that can be written as JSON: a section, or a thing of which a section has several."""

    def to_json(self) -> dict[str, Any]:
        """Its numbers, ready for JSON."""
        return {field.name: as_json(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class Section(Part):
    """A part of a report: plain numbers, written as JSON here and as HTML by the template that bears its key.

    Attributes
    ----------
    key
        What it is called in the JSON, in the page's addresses and among the templates.
    heading
        What it is called on the page.
    """

    key: ClassVar[str]
    heading: ClassVar[str]


def as_json(value: Any) -> Any:
    """A value of a section as JSON has it: NaN is null, arrays are lists.

    Examples
    --------
    >>> as_json({"area": np.array([0.5, np.nan]), "rows": np.int64(3)})
    {'area': [0.5, None], 'rows': 3}
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def verdict(own: Score, other: Score, *, higher: bool) -> str:
    """Whether one score is better than another as far as their intervals tell: ``better``, ``worse``, ``cannot tell``.

    Examples
    --------
    >>> good, fair = Score(0.9, 0.85, 0.94, 100, "test"), Score(0.8, 0.75, 0.86, 100, "test")
    >>> verdict(good, fair, higher=True)
    'cannot tell'
    """
    if own.low <= other.high and other.low <= own.high:
        return "cannot tell"
    return "better" if (own.value > other.value) is higher else "worse"
