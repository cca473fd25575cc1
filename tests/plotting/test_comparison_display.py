import pytest

from demarcate.errors import SettingError
from demarcate.plotting import ComparisonDisplay


def test_networks_side_by_side_share_their_limits_and_one_legend(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons)
    assert len(display.ax_) == len(display.displays) == 2
    assert len({ax.get_xlim() for ax in display.ax_}) == len({ax.get_ylim() for ax in display.ax_}) == 1
    assert [ax.get_legend() is None for ax in display.ax_] == [True, False]
    test = moon_runs["curve"].scores["accuracy"]
    assert f"test accuracy {test.value:.0%} [{test.low:.0%}, {test.high:.0%}]" in display.ax_[1].get_title(loc="left")
    assert len(display.displays["line"].points) == len(moon_runs.test_rows)


def test_probability_maps_side_by_side_share_one_colour_bar(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons, kind="probability", resolution=20)
    display.figure_.canvas.draw()
    assert len(display.figure_.axes) == 3
    assert display.plot() is display


def test_many_networks_go_on_in_a_second_row(moons, moon_runs):
    runs = {f"network {number}": moon_runs["line"] for number in range(5)}
    display = ComparisonDisplay.from_runs(runs, moons, resolution=5)
    assert len(display.figure_.axes) == 5
    assert display.plot() is display


def test_nothing_to_compare_is_refused(moons):
    with pytest.raises(SettingError, match="no classifier to compare"):
        ComparisonDisplay.from_runs({}, moons)
