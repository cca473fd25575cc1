"""Where to draw the line: a threshold between two classes, or a confidence below which rows are left to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Costs, Score, class_scores, wilson_interval
from demarcate.report.judged import Judged
from demarcate.report.sections.section import Section
from demarcate.report.svg import Drawing
from demarcate.report.wording import number, percent

N_STEPS = 1000
"""Thresholds are 0, 0.001 and so on to 1."""
SHOWN = tuple(place / 10 for place in range(1, 10))
PERSON = 0.25
"""What leaving a row to a person costs at first, where a mistake costs 1."""


def cheapest(cost: NDArray[np.float64], expected: float) -> float:
    """The threshold of least cost; of equals the one nearest to where true probabilities would put it.

    Parameters
    ----------
    cost
        Of each threshold, ``(n_steps + 1,)``.
    expected
        The threshold that would be best if every probability were true.

    Examples
    --------
    >>> cheapest(np.array([3.0, 1.0, 1.0, 1.0, 2.0]), expected=0.6)
    0.5
    """
    thresholds = np.arange(len(cost)) / (len(cost) - 1)
    least = np.flatnonzero(cost <= cost.min() * (1 + 1e-12))
    return float(thresholds[least[np.abs(thresholds[least] - expected).argmin()]])


@dataclass(frozen=True, eq=False)
class Threshold(Section):
    """What becomes of two classes when the threshold moves.

    Attributes
    ----------
    negative, positive
        The first class and the second, which is predicted from the threshold on.
    n_negative, n_positive
        Judged rows of each.
    true_positives, false_positives
        Rows of either class at or above each of the thresholds 0, 0.001, ... 1.
    start
        The threshold of the classifier itself.
    false_negative, false_positive
        What missing a positive and a false alarm cost at first.
    stretch
        By how much the intervals of ``accuracy``, ``precision`` and ``recall`` are wider than Wilson's: as much as
        those of the report's own scores, which carry the variation between folds.
    abstains
        Whether the classifier leaves rows undecided, which no threshold does.
    rows
        Which rows they are.
    """

    key: ClassVar[str] = "threshold"
    heading: ClassVar[str] = "Where to draw the line"

    negative: str
    positive: str
    n_negative: int
    n_positive: int
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    start: float
    false_negative: float
    false_positive: float
    stretch: Mapping[str, float]
    abstains: bool
    rows: str

    @classmethod
    def of(cls, judged: Judged) -> "Threshold":
        """The thresholds of judged rows."""
        of_positive, is_positive = judged.probabilities[:, 1], judged.codes == 1
        start = judged.predictor.threshold
        start = 0.5 if start is None else start
        of_class = _at_threshold(judged, start)
        negative, positive = judged.labels
        return cls(
            negative,
            positive,
            int((~is_positive).sum()),
            int(is_positive.sum()),
            _at_least(of_positive[is_positive]),
            _at_least(of_positive[~is_positive]),
            start,
            *_prices(judged.predictor.costs),
            {
                "accuracy": _stretch(judged.scores["accuracy"], judged.n_rows),
                "precision": _stretch(of_class.get("precision"), int((of_positive >= start).sum())),
                "recall": _stretch(of_class.get("recall"), int(is_positive.sum())),
            },
            judged.predictor.costs is not None and judged.predictor.costs.abstain is not None,
            judged.rows,
        )

    @property
    def n_rows(self) -> int:
        """Judged rows."""
        return self.n_negative + self.n_positive

    def costs(self) -> NDArray[np.float64]:
        """The mean cost of a row at each threshold."""
        missed = self.n_positive - self.true_positives
        total = missed * self.false_negative + self.false_positives * self.false_positive
        return np.asarray(total / self.n_rows)

    @property
    def best(self) -> float:
        """The threshold of least cost."""
        both = self.false_negative + self.false_positive
        return cheapest(self.costs(), self.false_positive / both)

    def at(self, threshold: float) -> dict[str, Any]:
        """Counts, precision and recall with Wilson's intervals, and cost, at one of the thresholds."""
        place = round(threshold * N_STEPS)
        hits, alarms = int(self.true_positives[place]), int(self.false_positives[place])
        return {
            "threshold": place / N_STEPS,
            "true_positives": hits,
            "false_positives": alarms,
            "false_negatives": self.n_positive - hits,
            "true_negatives": self.n_negative - alarms,
            "accuracy": _share(hits + self.n_negative - alarms, self.n_rows, self.stretch["accuracy"]),
            "precision": _share(hits, hits + alarms, self.stretch["precision"]),
            "recall": _share(hits, self.n_positive, self.stretch["recall"]),
            "cost": float(self.costs()[place]),
        }

    @property
    def table(self) -> list[dict[str, Any]]:
        """The same at tenths."""
        return [self.at(threshold) for threshold in SHOWN]

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {**super().to_json(), "best": self.best, "table": self.table}

    @property
    def data(self) -> dict[str, Any]:
        """What the page's slider computes from."""
        return {
            "kind": "threshold",
            "positives": self.n_positive,
            "negatives": self.n_negative,
            "stretch": self.stretch,
            "above": [_falls(self.true_positives), _falls(self.false_positives)],
        }

    def figure(self) -> Markup:
        """Precision, recall and cost against the threshold."""
        thresholds = np.arange(N_STEPS + 1) / N_STEPS
        called = self.true_positives + self.false_positives
        precision = np.where(called > 0, self.true_positives / np.maximum(called, 1), np.nan)
        recall = self.true_positives / max(self.n_positive, 1)
        at_start = percent(float(recall[round(self.start * N_STEPS)]))
        text = f"At {number(self.start, 2)}, recall is {at_start}. The cost is least at {number(self.best)}."
        return _figure(
            self.key,
            f"probability from which {self.positive} is predicted",
            {"precision": (precision, "series-0"), "recall": (recall, "series-1 dashed")},
            self.costs(),
            thresholds,
            (self.start, self.best),
            text,
        )


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
        The confidence at first.
    mistake, person
        What a wrong answer and leaving a row to a person cost at first.
    stretch
        By how much the interval of the ``accuracy`` of the answers is wider than Wilson's.
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
    rows: str

    @classmethod
    def of(cls, judged: Judged) -> "Abstaining":
        """The confidences of judged rows."""
        confidence = judged.probabilities.max(1)
        hits = judged.probabilities.argmax(1) == judged.codes
        answered, right = _at_least(confidence), _at_least(confidence[hits])
        stretch = {"accuracy": _stretch(judged.scores["accuracy"], judged.n_rows), "answered": 1.0}
        costs = judged.predictor.costs
        person = PERSON if costs is None or costs.abstain is None else costs.abstain
        return cls(judged.n_rows, answered, right, 0.5, 1.0, person, stretch, judged.rows)

    def costs(self) -> NDArray[np.float64]:
        """The mean cost of a row at each confidence."""
        total = (self.answered - self.right) * self.mistake + (self.n_rows - self.answered) * self.person
        return np.asarray(total / self.n_rows)

    @property
    def best(self) -> float:
        """The confidence of least cost; with true probabilities it would be Chow's, 1 - person / mistake.

        Chow, 1970, https://doi.org/10.1109/TIT.1970.1054406.
        """
        return cheapest(self.costs(), max(0.0, 1 - self.person / self.mistake))

    def at(self, confidence: float) -> dict[str, Any]:
        """Counts, shares with Wilson's intervals, and cost, at one of the confidences."""
        place = round(confidence * N_STEPS)
        answered, right = int(self.answered[place]), int(self.right[place])
        return {
            "threshold": place / N_STEPS,
            "right": right,
            "wrong": answered - right,
            "left": self.n_rows - answered,
            "answered": _share(answered, self.n_rows, self.stretch["answered"]),
            "accuracy": _share(right, answered, self.stretch["accuracy"]),
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
            "above": [_falls(self.right), _falls(self.answered - self.right)],
        }

    def figure(self) -> Markup:
        """The share answered, the accuracy of the answers and the cost against the confidence."""
        confidences = np.arange(N_STEPS + 1) / N_STEPS
        accuracy = np.where(self.answered > 0, self.right / np.maximum(self.answered, 1), np.nan)
        text = f"The cost is least at {number(self.best)}."
        return _figure(
            self.key,
            "confidence from which an answer is given",
            {
                "accuracy of answers": (accuracy, "series-0"),
                "share answered": (self.answered / self.n_rows, "series-1 dashed"),
            },
            self.costs(),
            confidences,
            (self.start, self.best),
            text,
        )


def _at_threshold(judged: Judged, threshold: float) -> dict[str, Score]:
    """The scores of the second class where every row is decided at a threshold."""
    decided = (judged.probabilities[:, 1] >= threshold).astype(np.int64)
    if np.array_equal(decided, judged.decided):
        return judged.class_scores[1]
    judging = judged.codes, judged.probabilities
    return class_scores(*judging, rows=judged.rows, decided=decided, folds=judged.folds)[1]


def _prices(costs: Costs | None) -> tuple[float, float]:
    """What a false negative and a false positive cost more than being right."""
    if costs is None:
        return 1.0, 1.0
    (right_0, false_positive), (false_negative, right_1) = costs.matrix.tolist()
    return false_negative - right_1, false_positive - right_0


def _at_least(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many are at least 0, 0.001, ... 1, ``(1001,)``."""
    thresholds = np.arange(N_STEPS + 1) / N_STEPS
    return np.asarray(len(probabilities) - np.searchsorted(np.sort(probabilities), thresholds, side="left"))


def _falls(counts: NDArray[np.int64]) -> list[int]:
    """Counts that only fall, as the first and how much each is less than the one before: short numbers."""
    return [int(counts[0]), *(-np.diff(counts)).tolist()]


def _share(n_hits: int, n_trials: int, stretch: float) -> dict[str, float] | None:
    """A share with Wilson's interval, stretched about it; None of nothing."""
    if not n_trials:
        return None
    value, (low, high) = n_hits / n_trials, wilson_interval(n_hits, n_trials)
    return {
        "value": value,
        "low": max(0.0, value - stretch * (value - low)),
        "high": min(1.0, value + stretch * (high - value)),
    }


def _stretch(score: Score | None, n_trials: int) -> float:
    """How much wider a share's interval is than Wilson's; 1 of nothing."""
    if score is None:
        return 1.0
    low, high = wilson_interval(round(score.value * n_trials), n_trials)
    sides = [(score.value - score.low, score.value - low), (score.high - score.value, high - score.value)]
    # Where an interval was cut at 0 or 1, the other side tells.
    return max(own / wilson if wilson > 1e-9 else 1.0 for own, wilson in sides)


def _figure(
    key: str,
    x_label: str,
    shares: dict[str, tuple[NDArray[np.float64], str]],
    costs: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    at: tuple[float, float],
    text: str,
) -> Markup:
    """Shares and, in a panel below, the cost: two scales in one picture would be read against each other."""
    every = slice(None, None, 5)
    above = Drawing(x=(0, 1), y=(0, 1), height=230)
    above.axes(x_label, "share")
    for values, look in shares.values():
        above.line(thresholds[every], values[every], look)
    above.line([at[0]] * 2, [0, 1], "cursor", data_role="cursor")
    names = " and ".join(shares)
    title = f"{names.capitalize()} by threshold"
    top = above.render(f"{key}-shares", title, text, data_box=_box(above))
    below = Drawing(x=(0, 1), y=(0, max(float(costs.max()) * 1.05, 1e-9)), height=190)
    below.axes(x_label, "mean cost of a row", n_ticks=5)
    below.line(thresholds[every], costs[every], "series-2", data_role="cost")
    below.line([at[1]] * 2, below.y, "reference", data_role="best")
    below.line([at[0]] * 2, below.y, "cursor", data_role="cursor")
    return top + below.render(f"{key}-cost", "Cost by threshold", text, data_box=_box(below))


def _box(drawing: Drawing) -> str:
    """Where the axes of a drawing lie, for the script."""
    return f"{drawing.left} {drawing.top} {drawing.inner_width} {drawing.inner_height}"
