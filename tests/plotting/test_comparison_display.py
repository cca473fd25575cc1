import pytest

from demarcate.errors import SettingError
from demarcate.plotting import ComparisonDisplay


def test_networks_side_by_side_share_their_limits_and_one_legend(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons)
    assert len(display.ax_) == len(display.displays) == 2
    assert len({ax.get_xlim() for ax in display.ax_}) == len({ax.get_ylim() for ax in display.ax_}) == 1
    assert [ax.get_legend() is None for ax in display.ax_] == [True, False]
    test = moon_runs["curve"].scores["accuracy"]
    assert display.ax_[1].get_xlabel().startswith(f"test accuracy {test.value:.0%}  [{test.low:.0%}, {test.high:.0%}]")
    assert "Points: test rows" in display.caption
    assert len(display.displays["line"].points) == len(moon_runs.test_rows)


def test_it_is_the_readmes_picture_names_above_scores_below_and_how_sure_each_is(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons, resolution=20)
    display.figure_.canvas.draw()
    assert [ax.get_title(loc="left") for ax in display.figure_.axes] == ["line", "curve"]
    assert {own.drawn_kind for own in display.displays.values()} == {"probability"}
    assert all(not len(ax.get_xticks()) for ax in display.ax_)
    assert display.figure_.get_supxlabel().startswith("Across: x1; up: x2.")
    again = display.plot()
    assert again is display
    assert again.ax_[1].get_xlabel() == display.scores["curve"]


def test_classifiers_of_a_wider_table_are_cut_at_the_same_place(heart, heart_classifier):
    models = {"all": heart_classifier, "again": heart_classifier.predictor_}
    display = ComparisonDisplay.from_runs(models, heart, resolution=8)
    first, second = (own.slice for own in display.displays.values())
    assert (first.columns, first.held) == (second.columns, second.held)
    assert not display.are_test_rows


def test_many_networks_go_on_in_a_second_row(moons, moon_runs):
    runs = {f"network {number}": moon_runs["line"] for number in range(5)}
    display = ComparisonDisplay.from_runs(runs, moons, resolution=5)
    assert len(display.figure_.axes) == 5
    assert [ax.get_legend() is None for ax in display.ax_] == [True, True, True, False, True]
    assert display.plot() is display


def test_nothing_to_compare_is_refused(moons):
    with pytest.raises(SettingError, match="no classifier to compare"):
        ComparisonDisplay.from_runs({}, moons)
