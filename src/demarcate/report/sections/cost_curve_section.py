"""What the sections of a threshold share: the cost of each threshold, intervals of shares, and the chart."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score, wilson_interval
from demarcate.inspection.threshold_curve import THRESHOLDS, AbstentionCurve, ThresholdCurve
from demarcate.presentation import brief_repr
from demarcate.report.sections.section import Section
from demarcate.report.svg import Chart

TABLE_THRESHOLDS = tuple(number / 10 for number in range(1, 10))


@brief_repr
@dataclass(frozen=True, eq=False)
class CostCurveSection(Section):
    """A section whose reader moves a threshold and sees counts, shares and the mean cost of a row."""

    @property
    @abstractmethod
    def curve(self) -> ThresholdCurve | AbstentionCurve:
        """The counts at each of `THRESHOLDS`."""

    @property
    @abstractmethod
    def prices(self) -> tuple[float, float]:
        """The costs of both kinds of outcome that have one."""

    @abstractmethod
    def at(self, threshold: float) -> dict[str, Any]:
        """Return counts, shares with intervals, and cost at one of `THRESHOLDS`."""

    def costs(self) -> NDArray[np.float64]:
        """Return the mean cost of a row at each threshold."""
        return self.curve.costs(*self.prices)

    @property
    def best(self) -> float:
        """The threshold of least cost."""
        return self.curve.cheapest(*self.prices)

    @property
    def table(self) -> list[dict[str, Any]]:
        """Counts, shares and cost at each tenth."""
        return [self.at(threshold) for threshold in TABLE_THRESHOLDS]

    def to_json(self) -> dict[str, Any]:
        """Return the fields, the best threshold and the table as JSON values."""
        return {**super().to_json(), "best": self.best, "table": self.table}


def differences(counts: NDArray[np.int64]) -> list[int]:
    """Return falling counts as the first one and each one's decrease: short numbers, from which the script adds up."""
    return [int(counts[0]), *(-np.diff(counts)).tolist()]


def share(n_hits: int, n_trials: int, stretch: float) -> dict[str, float] | None:
    """Return a share with Wilson's 95% interval, widened by a factor; None without trials."""
    if not n_trials:
        return None
    value, (low, high) = n_hits / n_trials, wilson_interval(n_hits, n_trials)
    return {
        "value": value,
        "low": max(0.0, value - stretch * (value - low)),
        "high": min(1.0, value + stretch * (high - value)),
    }


def stretch_of(score: Score | None, n_trials: int) -> float:
    """Return how many times wider a score's interval is than Wilson's; 1 without a score."""
    if score is None:
        return 1.0
    low, high = wilson_interval(round(score.value * n_trials), n_trials)
    sides = [(score.value - score.low, score.value - low), (score.high - score.value, high - score.value)]
    # An interval that is cut off at 0 or 1 keeps its width on the other side.
    return max(actual / wilson if wilson > 1e-9 else 1.0 for actual, wilson in sides)


def cost_chart(
    key: str,
    x_label: str,
    shares: Mapping[str, tuple[NDArray[np.float64], str]],
    costs: NDArray[np.float64],
    start: float,
    best: float,
    text: str,
) -> Markup:
    """Draw shares, each with its CSS class, and the cost in a panel of its own, as it has another scale."""
    step = slice(None, None, 5)
    upper = Chart(x=(0, 1), y=(0, 1), height=230)
    upper.axes(x_label, "share")
    for values, css_class in shares.values():
        upper.line(THRESHOLDS[step], values[step], css_class)
    upper.line([start] * 2, [0, 1], "cursor", data_role="cursor")
    title = f"{' and '.join(shares).capitalize()} by threshold"
    lower = Chart(x=(0, 1), y=(0, max(float(costs.max()) * 1.05, 1e-9)), height=190)
    lower.axes(x_label, "mean cost of a row", n_ticks=5)
    lower.line(THRESHOLDS[step], costs[step], "series-2", data_role="cost")
    lower.line([best] * 2, lower.y, "reference", data_role="best")
    lower.line([start] * 2, lower.y, "cursor", data_role="cursor")
    return upper.render(f"{key}-shares", title, text, data_box=_axes_box(upper)) + lower.render(
        f"{key}-cost", "Cost by threshold", text, data_box=_axes_box(lower)
    )


def _axes_box(chart: Chart) -> str:
    """Return the position and size of a chart's axes, for the script."""
    return f"{chart.left} {chart.top} {chart.inner_width} {chart.inner_height}"
