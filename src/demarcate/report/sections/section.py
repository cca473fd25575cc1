"""The base class of a report's sections."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np

from demarcate.report.evaluated_rows import EvaluatedRows

MIN_ROWS = 30
"""On fewer rows nothing is concluded: their intervals may have no width at all."""


@dataclass(frozen=True, eq=False)
class JsonFields:
    """A dataclass that is written as JSON field by field: a section, or one of several items in a section."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {field.name: as_json(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class Section(JsonFields, ABC):
    """A section of a report: numbers that are written as JSON, and as HTML by ``templates/sections/<key>.html``.

    ``key`` is its name in the JSON and its anchor on the page; ``heading`` is its title on the page.
    """

    key: ClassVar[str]
    heading: ClassVar[str]

    @classmethod
    @abstractmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compute the section from evaluated rows; None if it has nothing to show."""


def as_json(value: Any) -> Any:
    """Return a field's value as JSON: arrays become lists, NaN and infinity null."""
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
