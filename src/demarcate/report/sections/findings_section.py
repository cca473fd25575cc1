"""What the audit found in the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class Findings(Section):
    """What a reader would want to know of the table before believing the scores.

    Attributes
    ----------
    findings
        ``rule``, ``columns``, ``severity`` and ``text`` of each, the gravest first as they came.
    audited
        Which rows: ``training`` rows, or the ``given`` ones, where the model's record tells nothing.
    """

    key: ClassVar[str] = "findings"
    heading: ClassVar[str] = "What the audit found"

    findings: Sequence[Mapping[str, Any]]
    audited: str

    @classmethod
    def of(cls, judged: Judged) -> "Findings":
        """The findings behind judged rows."""
        on_record = judged.rows != "given" or "audit" in judged.record
        return cls(tuple(judged.findings), "training" if on_record else "given")
