"""The result of a data check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from demarcate.errors import SettingError

Severity = Literal["leak", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("leak", "warning", "note")
"""With a leak, scores are better than the classifier will be; with a warning they may be; a note is for information."""


@dataclass(frozen=True)
class Finding:
    """A problem of a table that a user should know before trusting its scores."""

    rule: str  # the check that found it, as JSON and model files name it
    severity: Severity
    text: str  # the fact, its consequence, and the remedy
    columns: tuple[str, ...] = ()  # sorted; empty for a problem of rows or of the target
    numbers: Mapping[str, Any] = field(default_factory=dict, compare=False)  # figures of the text, ready for JSON

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise SettingError(f"a finding's severity must be one of {', '.join(SEVERITIES)}, got {self.severity!r}")

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "columns": list(self.columns),
            "text": self.text,
            "numbers": dict(self.numbers),
        }
