"""Whether probabilities mean what they say."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from markupsafe import Markup

from demarcate.evaluation import Score, wilson_interval
from demarcate.evaluation.measures import calibration_bins
from demarcate.evaluation.row_values import confidences
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import interval, percent
from demarcate.report.sections.section import Part, Section
from demarcate.report.svg import Drawing


@dataclass(frozen=True, eq=False)
class Bin(Part):
    """Rows of about the same probability.

    Attributes
    ----------
    least, most
        The range of the probabilities.
    probability
        Their mean.
    share, low, high
        The share of the rows for which it came true, with Wilson's 95% interval.
    n_rows
        How many rows.
    """

    least: float
    most: float
    probability: float
    share: float
    low: float
    high: float
    n_rows: int


@dataclass(frozen=True, eq=False)
class Reliability(Section):
    """Probabilities beside what came true.

    Attributes
    ----------
    bins
        About as many rows in each.
    what
        What it is the probability of, in words.
    rows
        Which rows they are.
    error
        The calibration error, which is the mean distance of the bins from the diagonal.
    temperature
        What the mean probabilities are scaled by; None if by nothing.
    """

    key: ClassVar[str] = "reliability"
    heading: ClassVar[str] = "Do probabilities mean what they say?"

    bins: tuple[Bin, ...]
    what: str
    rows: str
    error: Score
    temperature: float | None

    @classmethod
    def of(cls, judged: Judged) -> "Reliability":
        """The reliability of judged rows."""
        confidence, came_true = confidences(judged.codes, judged.probabilities)
        where = calibration_bins(confidence)
        bins = [_bin(confidence[where == place], came_true[where == place]) for place in np.unique(where)]
        of = f"class {judged.labels[1]}" if judged.n_classes == 2 else "the likeliest class"
        return cls(tuple(bins), of, judged.rows, judged.scores["calibration_error"], judged.predictor.temperature)

    @property
    def n_off(self) -> int:
        """Bins whose interval leaves out the mean probability."""
        return sum(not each.low <= each.probability <= each.high for each in self.bins)

    def figure(self) -> Markup:
        """The share that came true against the probability, a dot and an interval for each bin."""
        drawing = Drawing(x=(0, 1), y=(0, 1), height=320)
        drawing.axes(f"mean probability of {self.what}", "share that came true")
        drawing.line([0, 1], [0, 1], "reference")
        drawing.line([each.probability for each in self.bins], [each.share for each in self.bins], "series-0 thin")
        for each in self.bins:
            drawing.whisker(each.share, each.low, each.high, each.probability, "series-0", upright=True)
        said = [f"{percent(each.probability)}: {percent(each.share)} {_of(each)}" for each in self.bins]
        text = f"For each bin the mean probability, and what share came true with its interval. {'; '.join(said)}."
        return drawing.render("reliability-figure", "Reliability diagram", text)


def _bin(
    confidence: np.ndarray[tuple[int], np.dtype[np.float64]], came_true: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Bin:
    n_true, n_rows = int(came_true.sum()), len(confidence)
    low, high = wilson_interval(n_true, n_rows)
    least, most, mean = float(confidence.min()), float(confidence.max()), float(confidence.mean())
    return Bin(least, most, mean, n_true / n_rows, low, high, n_rows)


def _of(each: Bin) -> str:
    return interval(each.low, each.high)
