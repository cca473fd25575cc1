"""The result of an audit: findings, scores without them, and the difference to another table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demarcate.auditing.drift import Drift
from demarcate.auditing.overstatement import Overstatement
from demarcate.auditing.rescore import Rescored
from demarcate.checks import SEVERITIES, Finding
from demarcate.evaluation import METRICS
from demarcate.evaluation.metrics import MAIN_METRICS
from demarcate.evaluation.scores import scores_in_words
from demarcate.formatting import counted
from demarcate.presentation import ResultTable, ResultView, ShownAsHtml

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class Audit(ShownAsHtml):
    """The problems of a table, and its scores without them.

    Attributes
    ----------
    findings
        Leaks, then warnings, then notes.
    rescored
        Scores of the table as it stands, then without each problem; empty if there is nothing to leave out, or
        ``rescore=False``.
    drift
        The difference to the other table, if there is one.
    n_rows, target
        Rows of the table, and the name of its target; empty without one.
    overstated
        What random folds overstate, by the groups and the time that were named or found.
    n_judged
        Rows of the random sample that was checked; None if all were.
    remarks
        Limits of the audit, a sentence each.
    """

    findings: tuple[Finding, ...]
    rescored: tuple[Rescored, ...]
    drift: Drift | None
    n_rows: int
    target: str
    overstated: tuple[Overstatement, ...] = ()
    n_judged: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Return whether there is no leak, no warning, and no difference to the other table, if any.

        What random folds overstate counts too, unless the caller named the groups or the time.
        """
        differs = self.drift is not None and self.drift.verdict == "differ"
        overstates = any(each.is_beyond_chance and not each.is_named for each in self.overstated)
        return not (differs or overstates) and all(finding.severity == "note" for finding in self.findings)

    def __repr__(self) -> str:
        return f"<Audit: {self.summary()}>"

    def __str__(self) -> str:
        lines = [self.summary()]
        lines += [f"- {finding.severity}: {finding}." for finding in self.findings]
        lines += [f"{each}." for each in self.overstated]
        lines += self.remarks
        if self.rescored:
            width = max(len(rescored.name) for rescored in self.rescored)
            lines.append("")
            lines += [f"{rescored.name:{width}s}  {scores_in_words(rescored.scores)}" for rescored in self.rescored]
        if self.drift:
            lines += ["", str(self.drift), *(f"- {column}" for column in self.drift.columns)]
            lines += [f"- {remark}" for remark in self.drift.remarks]
        return "\n".join(lines)

    def summary(self) -> str:
        """Return the number of findings, and what random folds overstate, in one line.

        Examples
        --------
        >>> Audit((), (), None, n_rows=303, target="disease").summary()
        'Nothing found in 303 rows.'
        """
        counts = {severity: sum(f.severity == severity for f in self.findings) for severity in SEVERITIES}
        findings = [counted(n, severity) for severity, n in counts.items() if n]
        no_target = "" if self.target else " No target was named, so checks that need one did not run."
        overstated = "".join(f" {each.summary()}." for each in self.overstated)
        sample = "" if self.n_judged is None else f", checked on a random sample of {self.n_judged:,}"
        return f"{', '.join(findings) or 'Nothing'} found in {self.n_rows:,} rows{sample}.{no_target}{overstated}"

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each finding: ``severity``, ``rule``, ``text`` and the names of ``columns``."""
        import polars as pl

        types: dict[str, Any] = {
            "severity": pl.String,
            "rule": pl.String,
            "text": pl.String,
            "columns": pl.List(pl.String),
        }
        rows = [(each.severity, each.rule, each.text, list(each.columns)) for each in self.findings]
        return pl.DataFrame(rows, schema=types, orient="row")

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        lines = [*(f"{each}." for each in self.overstated), *self.remarks]
        tables = []
        if self.findings:
            leaks = frozenset(place for place, each in enumerate(self.findings) if each.severity == "leak")
            rows = [(each.severity, str(each)) for each in self.findings]
            tables.append(ResultTable(("", "what was found"), rows, marked=leaks))
        if self.rescored:
            names = [name for name in MAIN_METRICS if name in self.rescored[0].scores]
            rescored = [
                (each.name, f"{each.n_rows:,}", *(str(each.scores.get(name, "-")) for name in names))
                for each in self.rescored
            ]
            headings = ("", "rows", *(METRICS[name].label for name in names))
            tables.append(ResultTable(headings, rescored, caption="Scores with and without it, with 95% intervals"))
        notes = []
        if self.drift:
            notes = [str(self.drift), *(f"{column}" for column in self.drift.columns), *self.drift.remarks]
        return ResultView(self.summary(), lines, tables, notes)

    def to_json(self) -> dict[str, Any]:
        """Return the audit as a JSON object."""
        return {
            "n_rows": self.n_rows,
            "n_judged": self.n_rows if self.n_judged is None else self.n_judged,
            "target": self.target or None,
            "findings": [finding.to_json() for finding in self.findings],
            "rescored": [rescored.to_json() for rescored in self.rescored],
            "overstated": [each.to_json() for each in self.overstated],
            "drift": self.drift and self.drift.to_json(),
            "remarks": list(self.remarks),
        }
