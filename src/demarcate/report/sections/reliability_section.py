"""Calibration: predicted probabilities compared with observed shares."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score, wilson_interval
from demarcate.evaluation.measures import calibration_bins
from demarcate.evaluation.row_values import confidences
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import percent_of, with_interval
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import Chart


@brief_repr
@dataclass(frozen=True, eq=False)
class CalibrationBin(JsonFields):
    """Rows of similar probability.

    Attributes
    ----------
    least, most, probability
        The lowest, the highest and the mean predicted probability.
    share, low, high
        The share of the rows for which it came true, with Wilson's 95% interval.
    """

    least: float
    most: float
    probability: float
    share: float
    low: float
    high: float
    n_rows: int

    @classmethod
    def of(cls, probabilities: NDArray[np.float64], came_true: NDArray[np.bool_]) -> Self:
        """Summarise the rows of a bin, ``(n_bin_rows,)`` each."""
        n_true, n_rows = int(came_true.sum()), len(probabilities)
        least, most, mean = float(probabilities.min()), float(probabilities.max()), float(probabilities.mean())
        return cls(least, most, mean, n_true / n_rows, *wilson_interval(n_true, n_rows), n_rows)


@brief_repr
@dataclass(frozen=True, eq=False)
class ReliabilitySection(Section):
    """Bins of about as many rows each, and the calibration error.

    ``what`` names the class whose probability is binned; ``temperature`` is None if probabilities are not scaled.
    """

    key: ClassVar[str] = "reliability"
    heading: ClassVar[str] = "Calibration"

    bins: tuple[CalibrationBin, ...]
    what: str
    rows: str
    error: Score
    temperature: float | None

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Bin the rows by probability."""
        positive = evaluated.positive
        if evaluated.n_classes == 2:
            probabilities, came_true = evaluated.probabilities[:, positive], evaluated.codes == positive
        else:
            probabilities, came_true = confidences(evaluated.codes, evaluated.probabilities)
        bin_of = calibration_bins(probabilities)
        bins = tuple(
            CalibrationBin.of(probabilities[bin_of == each], came_true[bin_of == each]) for each in np.unique(bin_of)
        )
        what = f"class {evaluated.labels[positive]}" if evaluated.n_classes == 2 else "the likeliest class"
        error, temperature = evaluated.scores["calibration_error"], evaluated.predictor.temperature
        return cls(bins, what, evaluated.kind, error, temperature)

    @property
    def n_off(self) -> int:
        """Number of bins whose interval does not contain the mean probability."""
        return sum(not each.low <= each.probability <= each.high for each in self.bins)

    def figure(self) -> Markup:
        """Draw the observed share against the mean probability, a dot and an interval for each bin."""
        chart = Chart(x=(0, 1), y=(0, 1), height=320)
        chart.axes(f"mean probability of {self.what}", "observed share")
        chart.line([0, 1], [0, 1], "reference")
        chart.line([each.probability for each in self.bins], [each.share for each in self.bins], "series-0 thin")
        for each in self.bins:
            chart.error_bar(each.share, each.low, each.high, each.probability, "series-0", vertical=True)
        texts = [
            f"{percent_of(each.probability)}: {with_interval(each.share, each.low, each.high)}" for each in self.bins
        ]
        text = f"Mean probability and observed share, with its interval, in each bin. {'; '.join(texts)}."
        return chart.render("reliability-figure", "Reliability diagram", text)
