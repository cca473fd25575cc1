"""Histograms of probabilities: what ranking and calibration need of any number of rows.

Cells are even in log odds, as fine near 0 and 1 as probabilities are there, and rows of one cell count as ties. Where
probabilities spread over some units of log odds that moves an area by less than 1e-5, and lowers an average precision
by less than 1e-4.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.measures import Measure, binned_calibration_error, calibration_bins
from demarcate.evaluation.ranking import Ranking, rank, weighted_auc, weighted_average_precision
from demarcate.evaluation.row_values import confidences

MAX_LOG_ODDS = 32.0
"""Log odds are clipped here; those of 1 less the smallest number are 36."""
MAX_CELLS, MIN_CELLS = 2**17, 2**10
MAX_CELLS_OF_ALL_CLASSES = 2**22
_UNIT = 2**32
"""Probabilities are summed as whole numbers of this fraction: such sums do not depend on their order."""


def cell_of(probabilities: NDArray[np.float64], n_cells: int) -> NDArray[np.int64]:
    """Return the cell of each probability, 0 to ``n_cells - 1``."""
    with np.errstate(divide="ignore"):
        odds = np.log(probabilities) - np.log1p(-probabilities)
    places = (odds.clip(-MAX_LOG_ODDS, MAX_LOG_ODDS) + MAX_LOG_ODDS) * (n_cells / (2 * MAX_LOG_ODDS))
    return np.minimum(places.astype(np.int64), n_cells - 1)


class RankingHistogram:
    """Count rows of each class and other rows by their probability of it; of two classes only the second."""

    def __init__(self, n_classes: int) -> None:
        self._columns = [1] if n_classes == 2 else [*range(n_classes)]
        self._n_cells = int(np.clip(MAX_CELLS_OF_ALL_CLASSES // len(self._columns), MIN_CELLS, MAX_CELLS))
        self._counts = np.zeros((len(self._columns), 2, self._n_cells), dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Count rows."""
        for index, column in enumerate(self._columns):
            cells = cell_of(probabilities[:, column], self._n_cells) + self._n_cells * (codes == column)
            self._counts[index] += np.bincount(cells, minlength=2 * self._n_cells).reshape(2, -1)

    def auc(self) -> float | None:
        """Return the mean area under the ROC curve over the classes; None without one that some rows have."""
        return self._mean(weighted_auc)

    def average_precision(self) -> float | None:
        """Return the mean average precision over the classes; None without one that some rows have."""
        return self._mean(weighted_average_precision)

    def _mean(self, value: Callable[[Ranking, NDArray[np.float64]], NDArray[np.float64]]) -> float | None:
        values = []
        for counts in self._counts:
            if counts.sum(axis=1).all():
                is_positive, cells = np.nonzero(counts)
                ranking = rank(is_positive == 1, cells.astype(np.float64))
                values.append(float(value(ranking, counts[counts > 0].astype(np.float64)[np.newaxis])[0]))
        return float(np.mean(values)) if values else None


class CalibrationHistogram:
    """Count and sum probabilities whose events came true, and others, by cell."""

    def __init__(self, n_classes: int) -> None:  # noqa: ARG002 - histograms are all made from a number of classes
        self._counts = np.zeros((2, MAX_CELLS), dtype=np.int64)
        self._sums = np.zeros((2, MAX_CELLS), dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Count rows."""
        confidence, came_true = confidences(codes, probabilities)
        cells = cell_of(confidence, MAX_CELLS) + MAX_CELLS * came_true
        np.add.at(self._counts.reshape(-1), cells, 1)
        np.add.at(self._sums.reshape(-1), cells, np.rint(confidence * _UNIT).astype(np.int64))

    def groups(self) -> tuple[Measure, NDArray[np.float64]]:
        """Return the calibration error as a measure of cells, and how many rows each cell has, ``(n_cells,)``."""
        came_true, cells = np.nonzero(self._counts)
        counts = self._counts[came_true, cells].astype(np.float64)
        means = self._sums[came_true, cells] / _UNIT / counts
        bins = calibration_bins(cells.astype(np.float64), counts=counts)
        return binned_calibration_error(bins, came_true - means), counts
