"""The findings of the table's audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import Section


@brief_repr
@dataclass(frozen=True, eq=False)
class FindingsSection(Section):
    """Findings of the audit: ``rule``, ``columns``, ``severity`` and ``text``, the most severe first.

    ``audited`` is ``"training"``, or ``"given"`` if the model's record has no audit.
    """

    key: ClassVar[str] = "findings"
    heading: ClassVar[str] = "Audit findings"

    findings: Sequence[Mapping[str, Any]]
    audited: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the findings."""
        has_record = evaluated.kind != "given" or "audit" in evaluated.record
        return cls(tuple(evaluated.findings), "training" if has_record else "given")
