"""How many rows have which probability, on a fine grid: what ranking and calibration need of any number of rows.

The grid is even in log odds, so that it is as fine near 0 and 1 as probabilities are there. Rows in one cell count as
having the same probability. Of probabilities that spread over some units of log odds that moves an area by less than
1e-5 and an average precision, which it makes lower, by less than 1e-4.
"""

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.metrics import Measure, calibration_bins, calibration_error_in
from demarcate.evaluation.ranking import rank, weighted_auc, weighted_precision

REACH = 32.0
"""Log odds beyond which probabilities are one; those of 1 less the smallest number are 36."""
MOST_CELLS, FEWEST_CELLS = 2**17, 2**10
CELLS_OF_ALL_CLASSES = 2**22
_UNIT = 2**32
"""Probabilities are summed as whole numbers of this fraction: such sums do not depend on their order."""


def cell_of(probabilities: NDArray[np.float64], n_cells: int) -> NDArray[np.int64]:
    """The cell of each probability, 0 to ``n_cells - 1``.

    Examples
    --------
    >>> cell_of(np.array([0.0, 0.5, 1.0]), 64).tolist()
    [0, 32, 63]
    """
    with np.errstate(divide="ignore"):
        odds = np.log(probabilities) - np.log1p(-probabilities)
    places = (odds.clip(-REACH, REACH) + REACH) * (n_cells / (2 * REACH))
    return np.minimum(places.astype(np.int64), n_cells - 1)


class RankingGrid:
    """Rows of each class and other rows by their probability of it.

    Parameters
    ----------
    n_classes
        How many classes there are; of two, only the second is looked at.

    Examples
    --------
    >>> grid = RankingGrid(2)
    >>> of_one = np.array([0.1, 0.4, 0.6, 0.9])
    >>> grid.add(np.array([0, 1, 0, 1]), np.stack([1 - of_one, of_one], axis=1))
    >>> grid.values()
    {'roc_auc': 0.75, 'average_precision': 0.8333333333333333}
    """

    def __init__(self, n_classes: int) -> None:
        self._columns = [1] if n_classes == 2 else [*range(n_classes)]
        self._n_cells = int(np.clip(CELLS_OF_ALL_CLASSES // len(self._columns), FEWEST_CELLS, MOST_CELLS))
        self._counts = np.zeros((len(self._columns), 2, self._n_cells), dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in rows."""
        for place, column in enumerate(self._columns):
            cells = cell_of(probabilities[:, column], self._n_cells) + self._n_cells * (codes == column)
            self._counts[place] += np.bincount(cells, minlength=2 * self._n_cells).reshape(2, -1)

    def values(self) -> dict[str, float]:
        """The area and the average precision, means over the classes that some rows have and some have not."""
        found: dict[str, list[float]] = {"roc_auc": [], "average_precision": []}
        for counts in self._counts:
            if counts.sum(axis=1).all():
                is_positive, cells = np.nonzero(counts)
                ranking = rank(is_positive == 1, cells.astype(np.float64))
                weights = counts[counts > 0].astype(np.float64)[np.newaxis]
                found["roc_auc"].append(float(weighted_auc(ranking, weights)[0]))
                found["average_precision"].append(float(weighted_precision(ranking, weights)[0]))
        return {name: float(np.mean(values)) for name, values in found.items() if values}


class CalibrationGrid:
    """What came true and what did not, by the probability it had.

    Examples
    --------
    >>> grid = CalibrationGrid()
    >>> grid.add(np.array([0.6, 0.6, 0.6, 0.6]), np.array([False, True, True, True]))
    >>> measure, counts = grid.measure()
    >>> measure(counts[np.newaxis]).round(6)
    array([0.15])
    """

    def __init__(self) -> None:
        self._counts = np.zeros((2, MOST_CELLS), dtype=np.int64)
        self._sums = np.zeros((2, MOST_CELLS), dtype=np.int64)

    def add(self, confidence: NDArray[np.float64], came_true: NDArray[np.bool_]) -> None:
        """Take in rows: a probability each, and whether what it is the probability of came true."""
        cells = cell_of(confidence, MOST_CELLS) + MOST_CELLS * came_true
        np.add.at(self._counts.reshape(-1), cells, 1)
        np.add.at(self._sums.reshape(-1), cells, np.rint(confidence * _UNIT).astype(np.int64))

    def measure(self) -> tuple[Measure, NDArray[np.float64]]:
        """The calibration error as a measure of cells, and how many rows each cell has."""
        came_true, cells = np.nonzero(self._counts)
        counts = self._counts[came_true, cells].astype(np.float64)
        means = self._sums[came_true, cells] / _UNIT / counts
        return calibration_error_in(
            calibration_bins(cells.astype(np.float64), counts=counts), came_true - means
        ), counts
