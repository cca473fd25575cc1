import matplotlib.colors as mcolors
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


def test_configurations_are_listed_the_best_first_with_what_is_within_noise_of_it_filled(swept):
    display = SweepDisplay.from_sweep(swept)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels[0] == display.best == "hidden units {}, weight decay {}".format(*display_values(swept))
    assert display.table["mean"].is_sorted()
    np.testing.assert_array_equal(display.table["mean"], swept.table["validation_log_loss"])
    points = [container.lines[0] for container in display.ax_.containers]
    is_filled = [mcolors.to_hex(point.get_markerfacecolor()) != "#ffffff" for point in points]
    near = {each.number for each in swept.near_best}
    assert is_filled == [number in near for number in swept.table["configuration"]]
    assert display.title.startswith("Hidden units")


def display_values(swept):
    settings = swept.winner.settings
    return ",".join(map(str, settings["hidden"])), f"{settings['weight_decay']:.3g}"


def test_another_metric_than_the_sweeps_has_its_own_order(swept):
    display = SweepDisplay.from_sweep(swept, metric="accuracy")
    assert display.table["mean"].is_sorted(descending=True)


def test_a_single_setting_names_the_axis_and_its_values_the_configurations(moons):
    result = sweep(moons, over={"hidden": [(2,), (4,)]}, seeds=1, training=Training(epochs=2))
    display = SweepDisplay.from_sweep(result)
    assert display.ax_.get_ylabel() == "hidden units"
    assert {label.get_text() for label in display.ax_.get_yticklabels()} == {"2", "4"}
    assert display.title.endswith("with one seed, which cannot show what is noise")


@pytest.mark.parametrize(
    ("lrs", "ending"), [([0.0001, 0.02], ", by more than noise"), ([0.02, 0.0201], "its lead may be noise")]
)
def test_the_title_calls_a_lead_clear_where_the_sweep_does(moons, monkeypatch, lrs, ending):
    result = sweep(moons, over={"lr": lrs}, seeds=8, training=Training(epochs=40))
    # As where no other mean is in the winner's own interval, and their differences vary.
    monkeypatch.setattr(type(result), "near_best", (result.winner.configuration,))
    monkeypatch.setattr(type(result), "smallest_near_best", None)
    assert ("more than noise" in ending) == result.winner.lead.is_clear
    assert SweepDisplay.from_sweep(result).title.endswith(ending)


def test_against_a_setting_there_is_a_line_for_each_of_the_others(swept):
    display = SweepDisplay.from_sweep(swept, over="hidden")
    assert display.over == "hidden"
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["2", "8", "16,16"]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [
        "weight decay 0",
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
    ax = SweepDisplay.from_sweep(result, over="lr").ax_
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "learning rate"


@pytest.mark.parametrize(
    ("given", "message"), [({"over": "lr"}, "over is 'lr'"), ({"metric": "speed"}, "metric is 'speed'")]
)
def test_a_setting_or_metric_that_was_not_swept_is_refused(swept, given, message):
    with pytest.raises(SettingError, match=message):
        SweepDisplay.from_sweep(swept, **given)
