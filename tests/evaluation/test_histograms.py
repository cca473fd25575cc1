import numpy as np
import pytest

from demarcate.evaluation import average_precision, calibration_error, roc_auc
from demarcate.evaluation.histograms import MAX_CELLS, CalibrationHistogram, RankingHistogram, cell_of


def rows_of(n_rows, spread, n_classes=2):
    generator = np.random.default_rng(0)
    odds = np.exp(generator.normal(scale=spread, size=(n_rows, n_classes)))
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    codes = (generator.random(n_rows)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1).clip(max=n_classes - 1)
    return codes, probabilities


def test_cells_are_in_the_order_of_probabilities_and_fine_at_both_ends():
    probabilities = np.array([0.0, 1e-9, 1.01e-9, 0.3, 0.3001, 1 - 1e-9, 1.0])
    cells = cell_of(probabilities, MAX_CELLS)
    assert (np.diff(cells) > 0).all()
    assert (cells[0], cells[-1]) == (0, MAX_CELLS - 1)


@pytest.mark.parametrize("spread", [0.3, 1.5, 5.0])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_ranking_is_that_of_the_rows_but_for_neighbours(spread, n_classes):
    codes, probabilities = rows_of(20_000, spread, n_classes)
    histogram = RankingHistogram(n_classes)
    histogram.add(codes[:5000], probabilities[:5000])
    histogram.add(codes[5000:], probabilities[5000:])
    assert histogram.auc() == pytest.approx(roc_auc(codes, probabilities), abs=1e-5)
    assert histogram.average_precision() == pytest.approx(average_precision(codes, probabilities), abs=1e-4)


def test_ties_count_half_as_they_do_among_rows():
    codes, probabilities = np.array([0, 1, 1, 0]), np.array([[0.5, 0.5], [0.5, 0.5], [0.2, 0.8], [0.2, 0.8]])
    histogram = RankingHistogram(2)
    histogram.add(codes, probabilities)
    assert histogram.auc() == roc_auc(codes, probabilities) == 0.5


def test_rows_of_one_class_have_no_ranking():
    histogram = RankingHistogram(2)
    histogram.add(np.array([1, 1]), np.array([[0.5, 0.5], [0.2, 0.8]]))
    assert (histogram.auc(), histogram.average_precision()) == (None, None)


def test_very_many_classes_share_the_cells_there_are():
    assert RankingHistogram(1000)._counts.size <= 2 * 2**22


@pytest.mark.parametrize("spread", [0.3, 1.5, 5.0])
def test_calibration_is_that_of_the_rows_but_for_neighbours(spread):
    codes, probabilities = rows_of(20_000, spread)
    histogram = CalibrationHistogram(2)
    moved = np.stack([1 - probabilities[:, 1] ** 1.1, probabilities[:, 1] ** 1.1], axis=1)
    histogram.add(codes, moved)
    measure, counts = histogram.groups()
    assert measure(counts[np.newaxis])[0] == pytest.approx(calibration_error(codes, moved), abs=1e-4)
