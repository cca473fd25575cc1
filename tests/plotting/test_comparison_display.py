import pytest

from demarcate.errors import SettingError
from demarcate.formatting import percent
from demarcate.plotting import ComparisonDisplay


def test_networks_side_by_side_share_their_limits_and_one_legend(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons)
    assert len(display.ax_) == len(display.displays) == 2
    assert len({ax.get_xlim() for ax in display.ax_}) == len({ax.get_ylim() for ax in display.ax_}) == 1
    assert [ax.get_legend() is None for ax in display.ax_] == [True, False]
    assert display.caption.startswith(f"Points: the {len(moon_runs.test_rows)} test rows. Across: x1; up: x2.")
    assert len(display.displays["line"].points) == len(moon_runs.test_rows)


def test_it_is_the_readmes_picture_names_above_scores_below_and_how_sure_each_is(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons, resolution=20)
    display.figure_.canvas.draw()
    assert [ax.get_title(loc="left") for ax in display.figure_.axes] == ["line", "curve"]
    assert {own.drawn_kind for own in display.displays.values()} == {"probability"}
    assert all(not len(ax.get_xticks()) for ax in display.ax_)
    assert display.figure_.get_supxlabel().startswith("Points: the 36 test rows. Across:")
    again = display.plot()
    assert again is display
    assert again.ax_[1].get_xlabel() == display.scores["curve"]


def test_below_each_network_stand_training_and_test_rows_so_that_overfitting_is_seen(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons, resolution=5)
    run = moon_runs["curve"]
    accuracy, loss = run.scores["accuracy"], run.scores["log_loss"]
    first, second = display.ax_[1].get_xlabel().split("\n")
    own = f"accuracy: train {percent(run.train_accuracy)} / test {percent(accuracy.value)}"
    assert first == f"{own} [{percent(accuracy.low)}, {percent(accuracy.high)}]"
    own = f"log loss: train {run.train_loss:.2f} / test {loss.value:.2f}"
    assert second == f"{own} [{loss.low:.2f}, {loss.high:.2f}]"


def test_points_are_called_test_rows_only_if_they_are(moons, moon_runs):
    n_used = 120 - len(moon_runs.test_rows)
    of_all = ComparisonDisplay.from_runs(moon_runs, moons, rows=range(120), resolution=5)
    assert of_all.points_note == f"Points: 120 rows, {n_used} of them used in training."
    named = ComparisonDisplay.from_runs(dict(moon_runs), moons, rows=moon_runs.test_rows, resolution=5)
    assert named.points_note == f"Points: the {120 - n_used} test rows."


def test_classifiers_of_a_wider_table_are_cut_at_the_same_place(heart, heart_classifier):
    models = {"all": heart_classifier, "again": heart_classifier.predictor_}
    display = ComparisonDisplay.from_runs(models, heart, resolution=8)
    first, second = (own.slice for own in display.displays.values())
    assert (first.columns, first.held) == (second.columns, second.held)
    assert display.points_note == ""


def test_many_networks_go_on_in_a_second_row(moons, moon_runs):
    runs = {f"network {number}": moon_runs["line"] for number in range(5)}
    display = ComparisonDisplay.from_runs(runs, moons, resolution=5)
    assert len(display.figure_.axes) == 5
    assert [ax.get_legend() is None for ax in display.ax_] == [True, True, True, False, True]
    assert display.plot() is display


def test_nothing_to_compare_is_refused(moons):
    with pytest.raises(SettingError, match="no classifier to compare"):
        ComparisonDisplay.from_runs({}, moons)
