import numpy as np
import polars as pl
import pytest

from demarcate.datasets import Dataset
from demarcate.errors import SettingError


@pytest.fixture
def pets():
    frame = pl.DataFrame(
        {"weight": [4.0, 30.5, None, 3.5], "pet": ["cat", "dog", "dog", "cat"], "legs": ["4", "4", "3", "4"]}
    )
    return Dataset("pets", frame, "pet", categorical=("legs",))


def test_unpacks_into_features_and_labels(pets):
    X, y = pets
    assert X.columns == ["weight", "legs"]
    assert y.tolist() == ["cat", "dog", "dog", "cat"]


def test_labels_are_a_copy(pets):
    frame = pl.DataFrame({"x": [1, 2], "label": [0, 1]})
    data = Dataset("numbers", frame, "label")
    data.y[:] = 7
    assert data.y.tolist() == [0, 1]
    assert data.y.dtype == np.int64


def test_shape_counts_features_without_the_target(pets):
    assert pets.shape == (4, 2)
    assert pets.feature_names == ("weight", "legs")


def test_class_balance_is_sorted_by_label():
    data = Dataset("votes", pl.DataFrame({"x": range(5), "rows": ["b", "a", None, "b", "b"]}), "rows")
    assert list(data.class_balance.items()) == [(None, 1), ("a", 1), ("b", 3)]


@pytest.mark.parametrize("target", ["owner", ""])
def test_target_outside_the_frame_is_refused(pets, target):
    with pytest.raises(SettingError, match=r"target must be a column of the frame \(weight, pet, legs\), got "):
        Dataset("pets", pets.frame, target)


@pytest.mark.parametrize("column", ["pet", "owner"])
def test_categorical_column_that_is_no_feature_is_refused(pets, column):
    with pytest.raises(SettingError, match=f"features of the frame, got '{column}'"):
        Dataset("pets", pets.frame, "pet", categorical=(column,))


def test_printing_shows_shape_head_and_balance(pets):
    assert str(pets).splitlines() == [
        "pets: 4 rows, 2 features, target 'pet'",
        "",
        "  weight  legs  pet",
        "       4     4  cat",
        "    30.5     4  dog",
        "       -     3  dog",
        "     3.5     4  cat",
        "",
        "class balance of 'pet':",
        "  cat  2 rows  (50.0%)",
        "  dog  2 rows  (50.0%)",
    ]


def test_printing_stays_readable_for_wide_tables_and_long_cells():
    frame = pl.DataFrame({f"x{i}": [i] for i in range(200)} | {"label": ["a\nvery long label that goes on and on"]})
    text = str(Dataset("wide", frame, "label"))
    assert "a very long label..." in text
    assert "..." in text.splitlines()[2]
    assert max(map(len, text.splitlines())) < 120


def test_printing_needs_no_unicode_console(pets):
    str(pets).encode("ascii")


def test_printing_a_table_without_rows():
    data = Dataset("none", pl.DataFrame({"x": [], "label": []}), "label")
    assert str(data).startswith("none: 0 rows, 1 feature, target 'label'")


def test_repr_is_one_line(pets):
    assert repr(pets) == "<Dataset pets: 4 rows, 2 features, target 'pet'>"
