"""When to leave a row to a person, by what mistakes and people cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Costs
from demarcate.inspection.threshold_curve import N_STEPS, THRESHOLDS, AbstentionCurve
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import number
from demarcate.report.sections.deciding import SHOWN, curves, falls, share, stretch_of
from demarcate.report.sections.section import Section

PERSON = 0.25
"""What leaving a row to a person costs at first, where a mistake costs 1."""


@dataclass(frozen=True, eq=False)
class Abstaining(Section):
    """What becomes of several classes when rows below a confidence are left to a person.

    Attributes
    ----------
    n_rows
        Judged rows.
    answered, right
        Rows whose likeliest class has at least each of the probabilities 0, 0.001, ... 1, and those of them that are of
        this class.
    start
        The confidence at first: that of the classifier itself, if it abstains and all wrong answers cost it the same.
    mistake, person
        What a wrong answer and leaving a row to a person cost at first.
    stretch
        By how much the interval of the ``accuracy`` of the answers is wider than Wilson's.
    alike
        Whether all wrong answers cost the same by the costs of the classifier, as they do here.
    rows
        Which rows they are.
    """

    key: ClassVar[str] = "abstaining"
    heading: ClassVar[str] = "When to leave it to a person"

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
    def of(cls, judged: Judged) -> "Abstaining":
        """The confidences of judged rows."""
        curve = AbstentionCurve.of(judged.codes, judged.probabilities)
        stretch = {"accuracy": stretch_of(judged.scores["accuracy"], judged.n_rows), "answered": 1.0}
        costs = judged.predictor.costs
        person = PERSON if costs is None or costs.abstain is None else costs.abstain
        alike = costs is None or _are_alike(costs)
        # Abstaining costs less than the likeliest class where this is likely by less than 1 - person.
        start = 0.5 if costs is None or costs.abstain is None or not alike else round(max(0.0, 1 - person), 3)
        return cls(judged.n_rows, curve.answered, curve.right, start, 1.0, person, stretch, alike, judged.rows)

    @property
    def curve(self) -> AbstentionCurve:
        """The counts as a curve."""
        return AbstentionCurve(self.n_rows, self.answered, self.right)

    def costs(self) -> NDArray[np.float64]:
        """The mean cost of a row at each confidence."""
        return self.curve.costs(self.mistake, self.person)

    @property
    def best(self) -> float:
        """The confidence of least cost."""
        return self.curve.cheapest(self.mistake, self.person)

    def at(self, confidence: float) -> dict[str, Any]:
        """Counts, shares with Wilson's intervals, and cost, at one of the confidences."""
        place = round(confidence * N_STEPS)
        answered, right = int(self.answered[place]), int(self.right[place])
        return {
            "threshold": place / N_STEPS,
            "right": right,
            "wrong": answered - right,
            "left": self.n_rows - answered,
            "answered": share(answered, self.n_rows, self.stretch["answered"]),
            "accuracy": share(right, answered, self.stretch["accuracy"]),
            "cost": float(self.costs()[place]),
        }

    @property
    def table(self) -> list[dict[str, Any]]:
        """The same at tenths."""
        return [self.at(confidence) for confidence in SHOWN]

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {**super().to_json(), "best": self.best, "table": self.table}

    @property
    def data(self) -> dict[str, Any]:
        """What the page's slider computes from."""
        return {
            "kind": "abstaining",
            "rows": self.n_rows,
            "stretch": self.stretch,
            "above": [falls(self.right), falls(self.answered - self.right)],
        }

    def figure(self) -> Markup:
        """The share answered, the accuracy of the answers and the cost against the confidence."""
        text = f"The cost is least at {number(self.best)}."
        return curves(
            self.key,
            "confidence from which an answer is given",
            {
                "accuracy of answers": (self.curve.accuracy, "series-0"),
                "share answered": (self.answered / self.n_rows, "series-1 dashed"),
            },
            self.costs(),
            THRESHOLDS,
            (self.start, self.best),
            text,
        )


def _are_alike(costs: Costs) -> bool:
    """Whether every mistake costs 1 and being right nothing."""
    return bool((costs.matrix == 1 - np.eye(len(costs.matrix))).all())
