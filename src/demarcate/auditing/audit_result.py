"""What an audit gives back: findings, scores without them, and how another table differs."""

from dataclasses import dataclass
from typing import Any

from demarcate.auditing.drift import Drift
from demarcate.auditing.rescore import Rescored
from demarcate.checks import SEVERITIES, Finding
from demarcate.evaluation import scores_in_words
from demarcate.formatting import counted


@dataclass(frozen=True)
class Audit:
    """What is wrong with a table, and what its scores are worth.

    Attributes
    ----------
    findings
        Leaks, then warnings, then notes.
    rescored
        The table's scores as it stands, then without what was found; empty if there was nothing to leave out, or it
        was not asked for.
    drift
        How the other table differs, if there is one.
    n_rows
        Rows of the table.
    target
        The name of the target; empty for a table without one.
    n_judged
        How many rows the rules were asked of, drawn at random; None if of all.
    remarks
        What else there is to say of how the table was judged, a sentence each.
    """

    findings: tuple[Finding, ...]
    rescored: tuple[Rescored, ...]
    drift: Drift | None
    n_rows: int
    target: str
    n_judged: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there is neither a leak nor a warning, and the other table, if any, was not found to differ."""
        differs = self.drift is not None and self.drift.verdict == "differ"
        return not differs and all(finding.severity == "note" for finding in self.findings)

    def __str__(self) -> str:
        lines = [self.summary()]
        lines += [f"- {finding.severity}: {finding}." for finding in self.findings]
        lines += self.remarks
        if self.rescored:
            width = max(len(rescored.name) for rescored in self.rescored)
            lines.append("")
            for rescored in self.rescored:
                lines.append(f"{rescored.name:{width}s}  {scores_in_words(rescored.scores)}")
        if self.drift:
            lines += ["", str(self.drift), *(f"- {column}" for column in self.drift.columns)]
            lines += [f"- {remark}" for remark in self.drift.remarks]
        return "\n".join(lines)

    def summary(self) -> str:
        """How much was found, in one line.

        Examples
        --------
        >>> Audit((), (), None, n_rows=303, target="disease").summary()
        'Nothing found in 303 rows.'
        """
        counts = {severity: sum(f.severity == severity for f in self.findings) for severity in SEVERITIES}
        found = [counted(n, severity) for severity, n in counts.items() if n]
        without = "" if self.target else " No target was named: rules that need one were not asked."
        drawn = "" if self.n_judged is None else f", judged on {self.n_judged:,} of them drawn at random"
        return f"{', '.join(found) or 'Nothing'} found in {self.n_rows:,} rows{drawn}.{without}"

    def to_json(self) -> dict[str, Any]:
        """The audit as a JSON object."""
        return {
            "n_rows": self.n_rows,
            "n_judged": self.n_rows if self.n_judged is None else self.n_judged,
            "target": self.target or None,
            "findings": [finding.to_json() for finding in self.findings],
            "rescored": [rescored.to_json() for rescored in self.rescored],
            "drift": self.drift and self.drift.to_json(),
            "remarks": list(self.remarks),
        }
