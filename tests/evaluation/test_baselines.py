import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from demarcate.evaluation import accuracy, baselines, log_loss
from demarcate.evaluation.baselines import logistic_probabilities, majority_probabilities
from demarcate.phases.time_budget import TimeBudget, keeping_to


def two_features(n_rows=200, n_classes=3, seed=0):
    generator = np.random.default_rng(seed)
    codes = generator.integers(n_classes, size=n_rows)
    return generator.normal(size=(n_rows, 2)) + np.stack([codes, -codes], axis=1), codes


class TestMajority:
    def test_its_accuracy_is_the_share_of_the_largest_class(self):
        codes = np.array([0, 2, 2, 2, 1])
        assert accuracy(codes, majority_probabilities(codes, n_rows=5, n_classes=3)) == 0.6

    def test_shares_are_those_of_the_weighted_rows(self):
        weights = np.array([6.0, 1.0, 1.0])
        probabilities = majority_probabilities(np.array([0, 1, 1]), n_rows=1, n_classes=2, sample_weight=weights)
        np.testing.assert_allclose(probabilities, [[0.75, 0.25]])

    def test_its_log_loss_is_the_entropy_of_the_shares(self):
        codes = np.array([0, 1, 1, 1])
        entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
        assert log_loss(codes, majority_probabilities(codes, n_rows=4, n_classes=2)) == pytest.approx(entropy)

    def test_a_class_without_training_rows_has_probability_0(self):
        probabilities = majority_probabilities(np.array([0, 0, 1]), n_rows=2, n_classes=4)
        np.testing.assert_allclose(probabilities, [[2 / 3, 1 / 3, 0, 0]] * 2)


class TestLogistic:
    def test_where_time_is_over_it_stops_after_some_steps_and_that_is_noted(self, monkeypatch):
        monkeypatch.setattr(baselines, "FEWEST_STEPS", 2)
        x, codes = two_features()
        budget = TimeBudget(1)
        with keeping_to(budget):
            short = logistic_probabilities(x, codes, x, 3, seconds=0.0)
            long = logistic_probabilities(x, codes, x, 3, seconds=1000.0)
        full = logistic_probabilities(x, codes, x, 3)
        assert budget.left_out == ["logistic regression stops early, and may be better than shown"]
        np.testing.assert_allclose(long, full, atol=1e-3)
        assert log_loss(codes, full) < log_loss(codes, short) < np.log(3)

    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_is_scikit_learns(self, n_classes):
        matrix, codes = two_features(n_classes=n_classes)
        expected = LogisticRegression(max_iter=1000).fit(matrix[:150], codes[:150]).predict_proba(matrix[150:])
        np.testing.assert_allclose(
            logistic_probabilities(matrix[:150], codes[:150], matrix[150:], n_classes), expected, atol=1e-12
        )

    def test_weights_are_used(self):
        matrix, codes = two_features(n_classes=2)
        plain = logistic_probabilities(matrix, codes, matrix, 2)
        weighted = logistic_probabilities(matrix, codes, matrix, 2, sample_weight=np.where(codes == 1, 10.0, 1.0))
        assert (weighted[:, 1] > plain[:, 1]).all()

    def test_a_class_without_training_rows_has_probability_0(self):
        matrix, codes = two_features(n_classes=2)
        probabilities = logistic_probabilities(matrix, 2 * codes, matrix, n_classes=4)
        assert (probabilities[:, [1, 3]] == 0).all()
        assert accuracy(2 * codes, probabilities) > 0.7

    def test_one_class_is_certain(self):
        matrix = np.ones((3, 2))
        probabilities = logistic_probabilities(matrix, np.array([1, 1, 1]), matrix, n_classes=3)
        np.testing.assert_array_equal(probabilities, [[0, 1, 0]] * 3)

    def test_without_features_it_is_the_weighted_shares(self):
        probabilities = logistic_probabilities(
            np.ones((3, 0)), np.array([0, 1, 1]), np.ones((2, 0)), 2, sample_weight=np.array([2.0, 1.0, 1.0])
        )
        np.testing.assert_array_equal(probabilities, [[0.5, 0.5]] * 2)

    def test_single_precision_rows_sum_to_1_in_double(self):
        matrix, codes = two_features()
        single = matrix.astype(np.float32)
        probabilities = logistic_probabilities(single, codes, single, 3)
        assert probabilities.dtype == np.float64
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-15)

    def test_no_warning_when_it_does_not_converge(self, monkeypatch):
        # Warnings are errors in these tests.
        fit = LogisticRegression.fit

        def fit_briefly(model, matrix, codes, sample_weight=None):
            return fit(model.set_params(max_iter=1), matrix, codes, sample_weight)

        monkeypatch.setattr(LogisticRegression, "fit", fit_briefly)
        matrix, codes = two_features()
        assert logistic_probabilities(matrix, codes, matrix, 3).shape == (200, 3)

    def test_its_rows_are_ordered_as_they_were_given(self):
        matrix, codes = two_features()
        order = np.random.default_rng(1).permutation(200)
        shuffled = logistic_probabilities(matrix, codes, matrix[order], 3)
        np.testing.assert_allclose(shuffled, logistic_probabilities(matrix, codes, matrix, 3)[order])


def test_importing_the_room_imports_neither_scikit_learn_nor_torch():
    code = "import sys, demarcate.evaluation; print({'sklearn', 'torch'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
