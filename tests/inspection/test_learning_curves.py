import numpy as np

from demarcate.inspection.learning_curves import LearningCurve


def test_epochs_without_a_value_are_left_out_and_one_network_has_no_interval():
    curve = LearningCurve.over(np.array([[0.5, np.nan, 0.3], [0.7, np.nan, np.nan]]))
    assert curve.epochs.tolist() == [1, 3]
    np.testing.assert_allclose(curve.mean, [0.6, 0.3])
    assert np.isfinite(curve.low[0])
    assert np.isnan(curve.low[1])
