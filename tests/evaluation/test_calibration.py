import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from demarcate.errors import InputError
from demarcate.evaluation import accuracy, log_loss
from demarcate.evaluation.calibration import ENSEMBLE_FACTOR, MAX_TEMPERATURE, MIN_TEMPERATURE, calibrate, scale
from demarcate.evaluation.sampling import Sampling

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=60)


def softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def rows(n_rows=800, n_classes=3, certainty=1.0, seed=0):
    """Codes drawn from probabilities, and these probabilities told with too much certainty (above 1) or too little."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 1.5, (n_rows, n_classes))
    drawn = (generator.random((n_rows, 1)) > softmax(logits).cumsum(1)).sum(1)
    return np.minimum(drawn, n_classes - 1), softmax(logits * certainty)


def folds_of(n_rows, n_folds=8):
    return np.arange(n_rows) % n_folds


class TestScale:
    @REPEATABLE
    @given(st.integers(1, 20), st.integers(2, 5), st.floats(MIN_TEMPERATURE, MAX_TEMPERATURE), st.integers(0, 1000))
    def test_it_is_the_softmax_of_logits_over_the_temperature(self, n_rows, n_classes, temperature, seed):
        logits = np.random.default_rng(seed).normal(0, 3, (n_rows, n_classes))
        scaled = scale(softmax(logits), temperature)
        np.testing.assert_allclose(scaled, softmax(logits / temperature), rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("temperature", [MIN_TEMPERATURE, 0.5, 1.0, 3.0, MAX_TEMPERATURE])
    def test_certain_and_impossible_classes_stay_so_and_nothing_is_nan(self, temperature):
        certain = np.array([[1.0, 0.0], [5e-324, 1.0], [0.5, 0.5]])
        scaled = scale(certain, temperature)
        assert np.isfinite(scaled).all()
        np.testing.assert_allclose(scaled.sum(1), 1)
        assert scaled[0].tolist() == [1, 0]
        assert scaled[2].tolist() == [0.5, 0.5]

    def test_no_temperature_changes_nothing(self):
        assert scale(np.array([[0.3, 0.7]]), None).tolist() == [[0.3, 0.7]]

    @pytest.mark.parametrize("temperature", [MIN_TEMPERATURE, 2.0, MAX_TEMPERATURE])
    def test_the_likeliest_class_stays_the_likeliest(self, temperature):
        codes, probabilities = rows(200, 5)
        assert accuracy(codes, scale(probabilities, temperature)) == accuracy(codes, probabilities)

    def test_no_rows_are_no_rows(self):
        assert scale(np.empty((0, 3)), 2.0).shape == (0, 3)


class TestTemperature:
    @pytest.mark.parametrize("certainty", [2.5, 4.0])
    @pytest.mark.parametrize("n_classes", [2, 3, 6])
    def test_a_hold_outs_temperature_is_the_one_of_least_log_loss(self, certainty, n_classes):
        codes, probabilities = rows(2000, n_classes, certainty)
        found = calibrate(codes, probabilities, Sampling()).temperature
        # Against an optimiser that knows the log loss and no slope.
        least = minimize_scalar(
            lambda log: log_loss(codes, scale(probabilities, np.exp(log))), bounds=(-2, 2.9), method="bounded"
        )
        assert found == pytest.approx(np.exp(least.x), rel=1e-3)
        assert found == pytest.approx(certainty, rel=0.15)

    def test_too_little_certainty_is_mended_on_a_hold_out(self):
        codes, probabilities = rows(2000, certainty=0.4)
        assert calibrate(codes, probabilities, Sampling()).temperature == pytest.approx(0.4, rel=0.15)

    def test_members_of_folds_are_more_certain_than_their_mean_and_it_is_allowed_for(self):
        codes, probabilities = rows(2000, certainty=4.0)
        shared = calibrate(codes, probabilities, Sampling()).temperature
        assert calibrate(codes, probabilities, Sampling(folds=folds_of(2000))).temperature == pytest.approx(
            shared / ENSEMBLE_FACTOR
        )

    @pytest.mark.parametrize("certainty", [0.4, 1.0, 1.3, 1.6])
    def test_what_averaging_may_mend_by_itself_is_left_as_it_is(self, certainty):
        codes, probabilities = rows(4000, certainty=certainty)
        calibration = calibrate(codes, probabilities, Sampling(folds=folds_of(4000)))
        assert calibration.temperature is None
        np.testing.assert_array_equal(calibration.probabilities, probabilities)

    @pytest.mark.parametrize("seed", range(10))
    def test_true_probabilities_are_left_alone(self, seed):
        codes, probabilities = rows(300, seed=seed)
        assert calibrate(codes, probabilities, Sampling()).temperature is None
        assert calibrate(codes, probabilities, Sampling(folds=folds_of(300))).temperature is None

    def test_a_gain_that_may_be_noise_is_not_taken(self):
        codes, probabilities = rows(24, certainty=1.7, seed=1)
        assert log_loss(codes, scale(probabilities, 1.7)) < log_loss(codes, probabilities)
        assert calibrate(codes, probabilities, Sampling()).temperature is None

    def test_a_gain_that_is_certain_but_does_not_matter_is_not_taken(self):
        codes, probabilities = rows(60_000, certainty=1.08)
        assert calibrate(codes, probabilities, Sampling()).temperature is None

    def test_where_nothing_can_be_told_it_is_as_hot_as_can_be(self):
        generator = np.random.default_rng(0)
        told = generator.random(4000) * 0.98 + 0.01
        codes = generator.integers(2, size=4000)
        found = calibrate(codes, np.stack([1 - told, told], 1), Sampling()).temperature
        assert found is not None
        assert 5 < found <= MAX_TEMPERATURE

    def test_where_all_is_right_it_stays_in_range(self):
        codes = np.arange(400) % 2
        calibration = calibrate(codes, np.where(codes[:, None] == [0, 1], 0.9, 0.1), Sampling())
        assert calibration.temperature == MIN_TEMPERATURE
        assert np.isfinite(calibration.probabilities).all()

    def test_rows_and_shapes_that_do_not_fit_are_refused(self):
        with pytest.raises(InputError, match="class code"):
            calibrate(np.array([2]), np.array([[0.5, 0.5]]), Sampling())

    @pytest.mark.parametrize("n_rows", [1, 2, 3])
    def test_few_rows_tell_nothing(self, n_rows):
        codes, probabilities = rows(n_rows, 2, certainty=5.0)
        assert calibrate(codes, probabilities, Sampling(folds=np.arange(n_rows))).temperature is None
        assert calibrate(codes, probabilities, Sampling()).temperature is None


class TestOutOfFold:
    def test_each_folds_rows_have_the_temperature_of_the_others(self):
        codes, probabilities = rows(900, certainty=4.0)
        folds = folds_of(900, 3)
        calibration = calibrate(codes, probabilities, Sampling(folds=folds))
        assert calibration.temperature is not None
        for fold in range(3):
            mine, others = folds == fold, folds != fold
            least = minimize_scalar(
                lambda log, others=others: log_loss(codes[others], scale(probabilities[others], np.exp(log))),
                bounds=(-2, 2.9),
                method="bounded",
                options={"xatol": 1e-8},
            )
            expected = scale(probabilities[mine], np.exp(least.x) / ENSEMBLE_FACTOR)
            np.testing.assert_allclose(calibration.probabilities[mine], expected, atol=1e-5)

    def test_a_rows_label_has_no_part_in_its_own_probabilities(self):
        codes, probabilities = rows(900, certainty=4.0)
        folds = folds_of(900, 3)
        changed = codes.copy()
        changed[folds == 0] = (changed[folds == 0] + (np.arange(300) % 10 == 0)) % 3
        one, other = (
            calibrate(labels, probabilities, Sampling(folds=folds)).probabilities for labels in (codes, changed)
        )
        np.testing.assert_array_equal(one[folds == 0], other[folds == 0])
        assert not np.array_equal(one[folds == 1], other[folds == 1])

    def test_the_same_rows_give_the_same_bits(self):
        codes, probabilities = rows(500, certainty=4.0)
        one, again = (calibrate(codes, probabilities, Sampling()) for _ in range(2))
        assert one.temperature == again.temperature
        np.testing.assert_array_equal(one.probabilities, again.probabilities)


class TestWeightedRows:
    def test_the_temperature_is_that_of_the_weighted_rows(self):
        codes, probabilities = rows(1500, certainty=3.0)
        weights = np.random.default_rng(0).integers(1, 6, size=1500)
        found = calibrate(codes, probabilities, Sampling(weights.astype(float))).temperature
        repeated = np.repeat(np.arange(1500), weights)
        expected = calibrate(codes[repeated], probabilities[repeated], Sampling()).temperature
        assert found == pytest.approx(expected, rel=1e-4)

    def test_weights_of_a_class_are_not_undone(self):
        # Probabilities of the weighted population: of 10 rows of class 1 each counts as one in the rows themselves.
        rng = np.random.default_rng(1)
        x = rng.normal(size=4000)
        codes = (rng.random(4000) < 1 / (1 + np.exp(-x))).astype(int)
        odds = 10 * np.exp(x)
        probabilities = np.stack([1 / (1 + odds), odds / (1 + odds)], axis=1)
        weights = np.where(codes == 1, 10.0, 1.0)
        assert calibrate(codes, probabilities, Sampling(weights)).temperature is None
        assert calibrate(codes, probabilities, Sampling()).temperature is not None

    def test_rows_of_a_group_do_not_count_as_many(self):
        # One group of the four gains a lot by another temperature, the others lose a little.
        codes, probabilities = rows(400, certainty=1.0)
        hard, easy = rows(100, certainty=6.0, seed=1), rows(100, certainty=0.9, seed=2)
        codes = np.concatenate([hard[0], easy[0], codes[:200]])
        probabilities = np.concatenate([hard[1], easy[1], probabilities[:200]])
        groups = Sampling(clusters=np.repeat([0, 1, 2, 3], 100))
        assert calibrate(codes, probabilities, Sampling()).temperature is not None
        assert calibrate(codes, probabilities, groups).temperature is None

    def test_windows_are_scaled_by_the_windows_before_them(self):
        codes, probabilities = rows(1200, certainty=5.0)
        folds = np.arange(1200) // 300
        sampling = Sampling(folds=folds, is_forward=True)
        one = calibrate(codes, probabilities, sampling)
        np.testing.assert_array_equal(one.probabilities[folds == 0], probabilities[folds == 0])
        changed = codes.copy()
        changed[folds == 3] = (changed[folds == 3] + 1) % probabilities.shape[1]
        other = calibrate(changed, probabilities, sampling)
        if other.temperature is not None:
            np.testing.assert_array_equal(other.probabilities[folds < 3], one.probabilities[folds < 3])
