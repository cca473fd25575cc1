"""What the audit says of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from demarcate.errors import SettingError

Severity = Literal["leak", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("leak", "warning", "note")
"""A leak makes scores better than the classifier will be; a warning may; a note is worth knowing."""

Rule = Literal[
    "duplicates", "giveaway", "dominant", "encoding", "identifier", "constant", "renamed", "classes", "missingness"
]


@dataclass(frozen=True)
class Finding:
    """Something about a table that a user would want to know before believing its scores.

    Attributes
    ----------
    rule
        ``duplicates``: rows that repeat others; ``giveaway``: a column that alone tells the target; ``dominant``: one
        that tells far more of it than all others together; ``encoding``: one that holds the target's own means;
        ``identifier``: one that numbers or names the rows; ``constant``: one that (nearly) always says the same;
        ``renamed``: columns that say the same in other words; ``classes``: classes that are rare; ``missingness``:
        cells that are missing more in one class than in another.
    severity
        ``leak``: scores are better than the classifier will be; ``warning``: they may be; ``note``: worth knowing.
    text
        What was found, why it matters and what to do, in words.
    columns
        The columns, sorted; empty where it is the rows or the target.
    numbers
        The figures in the text by name, ready for JSON.

    Examples
    --------
    >>> finding = Finding("constant", "note", "column 'unit' is constant", ("unit",), {"share": 1.0})
    >>> print(finding)
    column 'unit' is constant
    >>> finding.to_json()["columns"]
    ['unit']
    """

    rule: Rule
    severity: Severity
    text: str
    columns: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise SettingError(f"a finding's severity is one of {', '.join(SEVERITIES)}: got {self.severity!r}")

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "columns": list(self.columns),
            "text": self.text,
            "numbers": dict(self.numbers),
        }
