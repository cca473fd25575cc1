import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.evaluation import metrics
from demarcate.evaluation.measures import calibration_bins
from demarcate.evaluation.metrics import (
    METRICS,
    accuracy,
    average_precision,
    balanced_accuracy,
    brier,
    calibration_error,
    log_loss,
    metric_measures,
    roc_auc,
)

REPEATABLE = settings(deadline=None, derandomize=True)


@st.composite
def predictions(draw, n_classes=None):
    """Codes and probabilities in tenths, so that rows and columns are often tied."""
    n_classes = n_classes or draw(st.integers(2, 5))
    n_rows = draw(st.integers(1, 30))
    codes = np.array(draw(st.lists(st.integers(0, n_classes - 1), min_size=n_rows, max_size=n_rows)))
    sizes = st.lists(st.integers(0, 4), min_size=n_classes, max_size=n_classes).filter(any)
    counts = np.array(draw(st.lists(sizes, min_size=n_rows, max_size=n_rows)))
    return codes, counts / counts.sum(axis=1, keepdims=True)


@REPEATABLE
@given(predictions())
def test_accuracy_is_scikit_learns(rows):
    codes, probabilities = rows
    expected = sklearn.metrics.accuracy_score(codes, probabilities.argmax(axis=1))
    assert accuracy(codes, probabilities) == pytest.approx(expected)


@REPEATABLE
@given(predictions())
def test_log_loss_is_scikit_learns_of_the_clipped_probabilities(rows):
    codes, probabilities = rows
    clipped = probabilities.clip(1e-7)
    clipped /= clipped.sum(axis=1, keepdims=True)
    labels = range(probabilities.shape[1])
    assert log_loss(codes, probabilities) == pytest.approx(sklearn.metrics.log_loss(codes, clipped, labels=labels))


@REPEATABLE
@given(predictions(n_classes=2))
def test_the_area_of_two_classes_is_scikit_learns_of_column_1(rows):
    codes, probabilities = rows
    if len(np.unique(codes)) < 2:
        assert roc_auc(codes, probabilities) is None
    else:
        assert roc_auc(codes, probabilities) == pytest.approx(sklearn.metrics.roc_auc_score(codes, probabilities[:, 1]))


@REPEATABLE
@given(predictions())
def test_the_area_of_more_classes_is_the_mean_over_the_classes_present(rows):
    codes, probabilities = rows
    present = np.unique(codes)
    areas = [
        sklearn.metrics.roc_auc_score(codes == code, probabilities[:, code]) for code in present if len(present) > 1
    ]
    area = roc_auc(codes, probabilities)
    assert area is None if not areas else area == pytest.approx(np.mean(areas))


def test_the_area_of_three_classes_is_scikit_learns_one_against_rest():
    generator = np.random.default_rng(0)
    codes, probabilities = generator.integers(3, size=200), generator.dirichlet(np.ones(3), size=200)
    expected = sklearn.metrics.roc_auc_score(codes, probabilities, multi_class="ovr", average="macro")
    assert roc_auc(codes, probabilities) == pytest.approx(expected)


def test_a_single_class_has_no_area():
    assert roc_auc(np.array([0, 0]), np.ones((2, 1))) is None
    assert roc_auc(np.array([2, 2]), np.full((2, 3), 1 / 3)) is None


def test_a_certain_mistake_has_a_finite_loss():
    assert log_loss(np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(-np.log(1e-7), abs=1e-6)


def test_clipped_probabilities_are_divided_by_their_sum():
    certain = np.array([[1.0, 0.0, 0.0, 0.0, 0.0]])
    assert log_loss(np.array([0]), certain) == pytest.approx(4e-7, rel=1e-3)


def test_of_equally_probable_classes_the_first_is_predicted():
    probabilities = np.array([[0.5, 0.5], [0.5, 0.5]])
    assert accuracy(np.array([0, 1]), probabilities) == 0.5


def test_single_precision_is_scored_in_double():
    generator = np.random.default_rng(0)
    codes, probabilities = generator.integers(3, size=99), generator.dirichlet(np.ones(3), size=99).astype(np.float32)
    assert log_loss(codes, probabilities) == log_loss(codes, probabilities.astype(np.float64))
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize("metric", [getattr(metrics, name) for name in METRICS])
class TestRefusals:
    @pytest.mark.parametrize(
        ("codes", "probabilities", "found"),
        [
            ([0, 1], [[0.5, 0.5]], r"codes have shape \(2,\) and the probabilities \(1, 2\)"),
            ([0, 1], [0.5, 0.5], r"the probabilities \(2,\)"),
            ([[0]], [[0.5, 0.5]], r"codes have shape \(1, 1\)"),
            ([0, 2], [[0.5, 0.5], [0.5, 0.5]], "row 1 has code 2, and there are 2 columns"),
            ([0, -1], [[0.5, 0.5], [0.5, 0.5]], "row 1 has code -1"),
            ([0, 1], [[0.5, 0.5], [np.nan, 0.5]], r"row 1 has \[nan, 0.5\]"),
            ([0, 1], [[0.5, 0.5], [np.inf, 0.5]], r"row 1 has \[inf, 0.5\]"),
            ([0, 1], [[1.2, -0.2], [0.5, 0.5]], r"row 0 has \[1.2, -0.2\]"),
            ([0, 1], [[0.5, 0.5], [0.5, 0.4]], r"row 1 has \[0.5, 0.4\]"),
        ],
    )
    def test_name_the_row_and_the_value(self, metric, codes, probabilities, found):
        with pytest.raises(InputError, match=found):
            metric(np.array(codes), np.array(probabilities))

    def test_no_rows(self, metric):
        with pytest.raises(InputError, match="one or more rows"):
            metric(np.zeros(0, dtype=np.int64), np.zeros((0, 2)))

    def test_all_faults_at_once(self, metric):
        with pytest.raises(InputError) as refusal:
            metric(np.array([5, 0]), np.array([[0.5, 0.5], [3.0, 4.0]]))
        assert len(refusal.value.problems) == 2


@REPEATABLE
@given(predictions())
def test_balanced_accuracy_is_scikit_learns(rows):
    codes, probabilities = rows
    present = np.unique(codes)
    recalls = sklearn.metrics.recall_score(codes, probabilities.argmax(axis=1), labels=present, average=None)
    assert balanced_accuracy(codes, probabilities) == pytest.approx(recalls.mean())


@REPEATABLE
@given(predictions())
def test_the_brier_score_is_the_squared_distance_from_the_truth(rows):
    codes, probabilities = rows
    n_classes = probabilities.shape[1]
    distances = ((probabilities - np.eye(n_classes)[codes]) ** 2).sum(axis=1)
    assert brier(codes, probabilities) == pytest.approx(distances.mean() / (2 if n_classes == 2 else 1))


@REPEATABLE
@given(predictions(n_classes=2))
def test_the_brier_score_of_two_classes_is_scikit_learns(rows):
    codes, probabilities = rows
    expected = sklearn.metrics.brier_score_loss(codes, probabilities[:, 1], pos_label=1)
    assert brier(codes, probabilities) == pytest.approx(expected)


@REPEATABLE
@given(predictions())
def test_average_precision_is_scikit_learns_mean_over_the_classes_present(rows):
    codes, probabilities = rows
    present = np.unique(codes)
    columns = [1] if probabilities.shape[1] == 2 else present
    of_classes = [
        sklearn.metrics.average_precision_score(codes == code, probabilities[:, code])
        for code in columns
        if len(present) > 1
    ]
    found = average_precision(codes, probabilities)
    assert found is None if not of_classes else found == pytest.approx(np.mean(of_classes))


@REPEATABLE
@given(predictions(), st.integers(0, 100))
def test_weights_are_rows_repeated(rows, seed):
    codes, probabilities = rows
    times = np.random.default_rng(seed).integers(1, 4, size=len(codes))
    repeated = np.repeat(codes, times), np.repeat(probabilities, times, axis=0)
    for name, measure in metric_measures(codes, probabilities).items():
        if name != "calibration_error":  # whose bins are those of the rows that are there
            value = measure(times[np.newaxis].astype(float))[0]
            assert value == pytest.approx(getattr(metrics, name)(*repeated)), name


class TestCalibrationError:
    def test_is_the_mean_distance_of_ten_bins_from_what_came_true(self):
        generator = np.random.default_rng(0)
        of_one = np.sort(generator.random(1000))
        codes = (generator.random(1000) < of_one**2).astype(np.int64)
        gaps = [abs((codes[part] - of_one[part]).mean()) for part in np.split(np.arange(1000), 10)]
        found = calibration_error(codes, np.stack([1 - of_one, of_one], axis=1))
        assert found == pytest.approx(np.mean(gaps), abs=0.003)

    def test_of_several_classes_it_is_that_of_the_likeliest(self):
        probabilities = np.tile([0.2, 0.7, 0.1], (10, 1))
        codes = np.array([1] * 5 + [0] * 5)
        assert calibration_error(codes, probabilities) == pytest.approx(0.2)

    def test_equal_probabilities_share_a_bin(self):
        assert set(calibration_bins(np.repeat([0.2, 0.8], 500))) == {0, 1}
        assert set(calibration_bins(np.full(30, 0.5))) == {0}
