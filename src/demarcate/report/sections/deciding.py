"""What a threshold and a least confidence have in common: counts above each of 1,001 of them, and pictures."""

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score, wilson_interval
from demarcate.report.svg import Drawing

SHOWN = tuple(place / 10 for place in range(1, 10))


def falls(counts: NDArray[np.int64]) -> list[int]:
    """Counts that only fall, as the first and how much each is less than the one before: short numbers."""
    return [int(counts[0]), *(-np.diff(counts)).tolist()]


def share(n_hits: int, n_trials: int, stretch: float) -> dict[str, float] | None:
    """A share with Wilson's interval, stretched about it; None of nothing."""
    if not n_trials:
        return None
    value, (low, high) = n_hits / n_trials, wilson_interval(n_hits, n_trials)
    return {
        "value": value,
        "low": max(0.0, value - stretch * (value - low)),
        "high": min(1.0, value + stretch * (high - value)),
    }


def stretch_of(score: Score | None, n_trials: int) -> float:
    """How much wider a share's interval is than Wilson's; 1 of nothing."""
    if score is None:
        return 1.0
    low, high = wilson_interval(round(score.value * n_trials), n_trials)
    sides = [(score.value - score.low, score.value - low), (score.high - score.value, high - score.value)]
    # Where an interval was cut at 0 or 1, the other side tells.
    return max(own / wilson if wilson > 1e-9 else 1.0 for own, wilson in sides)


def curves(
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
