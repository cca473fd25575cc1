import numpy as np
import pytest

from demarcate.errors import InputError
from demarcate.plotting import DataDisplay


def test_data_are_points_by_class(blobs):
    display = DataDisplay.from_data(blobs)
    drawn = [len(points.get_offsets()) for points in display.ax_.collections]
    assert drawn == [40, 40, 40, 40]
    assert display.ax_.get_legend().get_title().get_text() == "class"


def test_data_of_a_wider_table_are_drawn_over_the_columns_named(heart):
    display = DataDisplay.from_data(heart, columns=("age", "chol"), rows=range(50))
    assert display.points.shape == (50, 2)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("age", "chol")


def test_rows_and_labels_are_as_many():
    with pytest.raises(InputError, match="3 rows and 2 labels"):
        DataDisplay.from_data((np.zeros((3, 2)), [0, 1]))
