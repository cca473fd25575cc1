import numpy as np
import pytest

from demarcate import datasets
from demarcate.errors import InputError
from demarcate.plotting import DataDisplay, style


def test_data_are_points_by_class(blobs):
    display = DataDisplay.from_data(blobs)
    drawn = [len(points.get_offsets()) for points in display.ax_.collections]
    assert drawn == [40, 40, 40, 40]
    assert display.ax_.get_legend().get_title().get_text() == "class"


def test_points_are_smaller_where_there_are_many_and_legends_show_them_all_the_same():
    few, many = (DataDisplay.from_data(datasets.moons(n_samples=n_samples)) for n_samples in (50, 5000))
    areas = [display.ax_.collections[0].get_sizes()[0] for display in (few, many)]
    assert areas[0] > 4 * areas[1] > 0
    in_legends = [display.ax_.get_legend().legend_handles[0].get_sizes()[0] for display in (few, many)]
    assert in_legends == pytest.approx([style.LEGEND_MARKER] * 2)


def test_data_of_a_wider_table_are_drawn_over_the_columns_named(heart):
    display = DataDisplay.from_data(heart, columns=("age", "chol"), rows=range(50))
    assert display.points.shape == (50, 2)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("age", "chol")


def test_rows_and_labels_are_as_many():
    with pytest.raises(InputError, match="3 rows and 2 labels"):
        DataDisplay.from_data((np.zeros((3, 2)), [0, 1]))


def test_units_are_equal_only_where_the_table_has_these_two_columns_alone(blobs, heart):
    assert DataDisplay.from_data(blobs).ax_.get_aspect() == 1
    assert DataDisplay.from_data(heart, columns=("age", "thalach")).ax_.get_aspect() == "auto"
