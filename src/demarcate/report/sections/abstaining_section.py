"""The confidence below which a row is left to a person, chosen by the costs of mistakes and of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.inspection.threshold_curve import N_STEPS, AbstentionCurve
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import number
from demarcate.report.sections.cost_curve_section import CostCurveSection, cost_chart, differences, share, stretch_of

PERSON_COST = 0.25
"""Cost of leaving a row to a person if the classifier has none, where a mistake costs 1."""


@brief_repr
@dataclass(frozen=True, eq=False)
class AbstainingSection(CostCurveSection):
    """Rows whose likeliest class has at least each of `THRESHOLDS` (answered), and those of this class (right).

    ``start``, ``mistake`` and ``person`` are the first confidence and costs; ``alike`` is whether all mistakes cost the
    classifier the same, as they do here; ``stretch`` is how many times wider intervals are than Wilson's.
    """

    key: ClassVar[str] = "abstaining"
    heading: ClassVar[str] = "When to abstain"

    n_rows: int
    answered: NDArray[np.int64]
    right: NDArray[np.int64]
    start: float
    mistake: float
    person: float
    stretch: Mapping[str, float]
    alike: bool
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Count the rows at each confidence; None for two classes, which have a threshold."""
        if evaluated.n_classes == 2:
            return None
        curve, costs = AbstentionCurve.of(evaluated.codes, evaluated.probabilities), evaluated.predictor.costs
        person = PERSON_COST if costs is None or costs.abstain is None else costs.abstain
        alike = costs is None or bool((costs.matrix == 1 - np.eye(evaluated.n_classes)).all())
        # Abstaining costs less than answering if the likeliest class has a probability below 1 - person.
        start = 0.5 if costs is None or costs.abstain is None or not alike else round(max(0.0, 1 - person), 3)
        return cls(
            n_rows=evaluated.n_rows,
            answered=curve.answered,
            right=curve.right,
            start=start,
            mistake=1.0,
            person=person,
            stretch={"accuracy": stretch_of(evaluated.scores["accuracy"], evaluated.n_rows), "answered": 1.0},
            alike=alike,
            rows=evaluated.kind,
        )

    @property
    def curve(self) -> AbstentionCurve:
        """The counts as a curve."""
        return AbstentionCurve(self.n_rows, self.answered, self.right)

    @property
    def prices(self) -> tuple[float, float]:
        """The costs of a wrong answer and of a row left to a person."""
        return self.mistake, self.person

    def at(self, threshold: float) -> dict[str, Any]:
        """Return counts, the share answered and its accuracy with intervals, and cost at a confidence."""
        index = round(threshold * N_STEPS)
        n_answered, n_right = int(self.answered[index]), int(self.right[index])
        return {
            "threshold": index / N_STEPS,
            "right": n_right,
            "wrong": n_answered - n_right,
            "left": self.n_rows - n_answered,
            "answered": share(n_answered, self.n_rows, self.stretch["answered"]),
            "accuracy": share(n_right, n_answered, self.stretch["accuracy"]),
            "cost": float(self.costs()[index]),
        }

    @property
    def data(self) -> dict[str, Any]:
        """The counts from which the script computes the slider's numbers."""
        return {
            "kind": self.key,
            "rows": self.n_rows,
            "stretch": self.stretch,
            "above": [differences(self.right), differences(self.answered - self.right)],
        }

    def figure(self) -> Markup:
        """Draw the share answered, its accuracy and the cost against the confidence."""
        return cost_chart(
            self.key,
            "minimum confidence",
            {
                "accuracy of answers": (self.curve.accuracy, "series-0"),
                "share answered": (self.answered / self.n_rows, "series-1 dashed"),
            },
            self.costs(),
            self.start,
            self.best,
            f"The cost is least at {number(self.best)}.",
        )
