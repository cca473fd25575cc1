import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.evaluation.metrics import accuracy, log_loss, roc_auc

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


@pytest.mark.parametrize("metric", [accuracy, log_loss, roc_auc])
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
