"""What the classifier's decisions cost."""

from dataclasses import dataclass
from typing import Any, ClassVar

from demarcate.evaluation.costs import CostComparison, compare_costs
from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class CostsSection(Section):
    """Decisions by cost beside the likeliest class and one class for all rows.

    Attributes
    ----------
    compared
        What a row costs, decided in three ways, and what deciding by cost saves.
    n_classes
        How many classes there are.
    """

    key: ClassVar[str] = "costs"
    heading: ClassVar[str] = "What its decisions cost"

    compared: CostComparison
    n_classes: int

    @classmethod
    def of(cls, judged: Judged) -> "CostsSection | None":
        """The costs of judged rows; None where all mistakes cost alike."""
        costs, classes = judged.predictor.costs, judged.predictor.classes
        if costs is None:
            return None
        settings: dict[str, Any] = {"rows": judged.rows, "folds": judged.folds, "classes": classes}
        return cls(compare_costs(judged.codes, judged.probabilities, costs, **settings), judged.n_classes)
