from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.inspection.learning_curves import LearningCurve, LearningCurves


def test_epochs_without_a_value_are_left_out_and_one_network_has_no_interval():
    curve = LearningCurve.over(np.array([[0.5, np.nan, 0.3], [0.7, np.nan, np.nan]]))
    assert curve.epochs.tolist() == [1, 3]
    np.testing.assert_allclose(curve.mean, [0.6, 0.3])
    assert np.isfinite(curve.low[0])
    assert np.isnan(curve.low[1])


def histories(*losses, best=None):
    """Runs of one loss each, with the best epoch of each."""
    frames = [
        pl.DataFrame({"epoch": range(1, len(each) + 1), "validation_loss": list(map(float, each))}) for each in losses
    ]
    best = best or [int(np.argmin(each)) + 1 for each in losses]
    return LearningCurves.of(
        [SimpleNamespace(history=frame, best_epoch=epoch) for frame, epoch in zip(frames, best, strict=True)]
    )


def test_a_network_that_stopped_counts_with_the_values_it_keeps():
    curve = histories([3.0, 1.0, 2.0], [3.0, 3.0, 3.0, 2.0, 2.0]).curves["validation_loss"]
    np.testing.assert_allclose(curve.mean, [3.0, 2.0, 2.5, 1.5, 1.5])


def test_a_network_evaluated_now_and_then_is_on_a_straight_line_between():
    curve = histories([4.0, np.nan, 2.0], [4.0, 4.0, 4.0], best=[3, 3]).curves["validation_loss"]
    np.testing.assert_allclose(curve.mean, [4.0, 3.5, 3.0])


def test_curves_end_where_all_but_a_tenth_have_stopped():
    learning = histories(*([1.0] * 10 for _ in range(18)), [1.0] * 40, [1.0] * 80)
    assert (learning.last_epoch, learning.n_epochs) == (10, 80)
    assert histories([1.0] * 10, [1.0] * 40).last_epoch == 40


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_bands_and_axes_hold_only_what_an_accuracy_can_be(one, other):
    frames = [{"train_accuracy": values} for values in (one, other)]
    learning = LearningCurves.of(frames)
    curve, (low, high) = learning.curves["train_accuracy"], learning.limits("accuracy")
    assert (curve.low >= 0).all()
    assert (curve.high <= 1).all()
    assert 0 <= low <= curve.mean.min() <= curve.mean.max() <= high <= 1


def test_wide_bands_do_not_press_the_curves_flat():
    learning = histories([1.0, 0.5], [9.0, 0.5])
    low, high = learning.limits("loss")
    assert low == 0
    assert 5 < high < 8
    assert learning.curves["validation_loss"].high[0] > 30


@pytest.mark.parametrize(
    ("learning", "finding"),
    [
        (histories([3, 1, 2.0], best=[2]), "Best at epoch 2 of 3, whose weights it has"),
        (histories([3, 1, 2.0], [3, 2, 1, 2.0], [2, 1, 1, 1.0]), "Best at epoch 2 (median of 3 networks, 2 to 3)"),
        (histories([3, 1, 2.0], [3, 1, 2.0]), "Best at epoch 2 (all 2 networks)"),
        (histories([3, 1, 2.0], best=[3]), "The validation loss was lowest at epoch 2 of 3 (1), and rose to 2"),
        (
            histories([3, 1, 1.01], best=[3]),
            "The validation loss was lowest at epoch 2 of 3 (1), and hardly rose since",
        ),
        (histories([3, 2, 1.0]), "Best at the last epoch, 3: more epochs may help"),
        (
            histories([3, 2, 1], [3, 2, 1], [1, 2, 3]),
            "2 of 3 networks were best at their last epoch: more epochs may help",
        ),
        (LearningCurves.of({"test_loss": [3.0, 2.5]}), "The test loss fell to 2.5 and did not rise again"),
        (LearningCurves.of({"train_loss": [2.0, 1.0]}), "Trained for 2 epochs, with the weights of the last"),
    ],
)
def test_the_finding_says_which_epoch_was_best_and_whether_the_loss_rose_again(learning, finding):
    assert learning.finding() == finding
