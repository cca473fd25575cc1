"""The cost of the classifier's decisions."""

from dataclasses import dataclass
from typing import ClassVar, Self

from demarcate.evaluation.cost_comparison import CostComparison
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import Section


@brief_repr
@dataclass(frozen=True, eq=False)
class CostsSection(Section):
    """Decisions by cost, compared with the likeliest class and with one class for all rows."""

    key: ClassVar[str] = "costs"
    heading: ClassVar[str] = "Cost of the decisions"

    compared: CostComparison
    n_classes: int

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compare the costs; None if the classifier has none."""
        compared = evaluated.cost_comparison
        return None if compared is None else cls(compared, evaluated.n_classes)
