import numpy as np
import polars as pl
import pytest

from demarcate import Training, sweep
from demarcate.errors import SettingError
from demarcate.plotting import SweepDisplay


@pytest.fixture(scope="module")
def swept(moons):
    over = {"hidden": [(2,), (8,), (16, 16)], "weight_decay": [0.0, 0.01]}
    return sweep(moons, over=over, seeds=2, training=Training(lr=0.02, epochs=10))


def test_a_sweep_is_drawn_along_the_setting_with_the_most_values(swept):
    display = SweepDisplay.from_sweep(swept)
    assert display.over == "hidden"
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["2", "8", "16,16"]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [
        "weight decay 0.0",
        "weight decay 0.01",
    ]
    assert display.ax_.get_ylabel() == "log loss"


def test_what_is_drawn_are_the_sweeps_means_and_intervals(swept):
    display = SweepDisplay.from_sweep(swept, over="weight_decay", metric="accuracy")
    table = swept.table.filter(pl.col("hidden") == "8").sort("weight_decay")
    own = display.table.filter(pl.col("line") == "hidden units 8")
    np.testing.assert_array_equal(own["mean"], table["validation_accuracy"])
    np.testing.assert_allclose(own["mean"] - own["below"], table["validation_accuracy_low"])
    np.testing.assert_allclose(own["mean"] + own["above"], table["validation_accuracy_high"])


def test_many_numbers_are_placed_along_an_axis(moons):
    rates = [10.0**power for power in np.linspace(-4, -1, 10)]
    result = sweep(moons, over={"lr": rates}, seeds=1, training=Training(epochs=2))
    ax = SweepDisplay.from_sweep(result).ax_
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "learning rate"


@pytest.mark.parametrize(
    ("given", "message"), [({"over": "lr"}, "over is 'lr'"), ({"metric": "speed"}, "metric is 'speed'")]
)
def test_a_setting_or_metric_that_was_not_swept_is_refused(swept, given, message):
    with pytest.raises(SettingError, match=message):
        SweepDisplay.from_sweep(swept, **given)
