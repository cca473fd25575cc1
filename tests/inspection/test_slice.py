import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.inspection.slice import SliceGrid
from demarcate.tabular import Column, Schema

FRAME = pl.DataFrame(
    {
        "age": [30, 40, 50, 90],
        "chol": [200.0, None, 300.0, 250.0],
        "cp": ["a", "b", "b", None],
        "slope": [1, 2, 2, 3],
        "smokes": [True, False, True, True],
    }
)


def grid_of(**settings):
    return SliceGrid.through(FRAME, **{"columns": ("age", "chol"), "resolution": 5, **settings})


def test_other_columns_are_held_at_their_medians_and_commonest_values():
    assert grid_of().held == {"cp": "b", "slope": 2.0, "smokes": True}


def test_a_value_of_the_callers_takes_their_place_and_the_caption_says_so():
    held = grid_of(at={"cp": "a"})
    assert held.held["cp"] == "a"
    assert "cp\u00a0=\u00a0a" in held.caption
    assert "smokes\u00a0=\u00a0True" in held.caption


def test_the_grid_has_every_place_once_and_one_value_in_every_other_column():
    grid = grid_of().points()
    assert grid.shape == (25, 5)
    assert grid.select("age", "chol").unique().height == 25
    assert grid.select("cp", "slope", "smokes").unique().rows() == [("b", 2.0, True)]
    assert grid.columns == FRAME.columns


def test_the_grid_runs_row_by_row_from_the_bottom():
    own = grid_of()
    grid = own.points()
    np.testing.assert_allclose(grid["age"][:5], own.across)
    np.testing.assert_allclose(grid["chol"].to_numpy().reshape(5, 5)[:, 0], own.up)


def test_the_picture_reaches_beyond_the_rows_that_are_seen():
    left, right, bottom, top = grid_of(rows=np.array([0, 1, 2])).extent
    assert left < 30 < 50 < right < 90
    assert bottom < 200 < 300 < top


@pytest.mark.parametrize("cells", [[1.7e308, -1.7e308], [1.7e308, 1.6e308], [0.0, 1.7e308]])
def test_the_largest_numbers_there_are_make_no_range_infinite(cells):
    frame = pl.DataFrame({"a": cells, "b": [0.0, 1.0]})
    drawn = SliceGrid.through(frame, columns=("a", "b"), resolution=7)
    assert np.isfinite(drawn.across).all()
    assert (np.diff(drawn.across) > 0).all()


def test_a_constant_column_still_has_a_range():
    left, right, *_ = SliceGrid.through(pl.DataFrame({"a": [2.0, 2.0], "b": [1.0, 3.0]}), columns=("a", "b")).extent
    assert left < 2 < right


def test_the_grid_is_of_the_kind_it_is_asked_for():
    own = SliceGrid.through(FRAME.select("age", "chol"), resolution=3)
    array, frame = own.points(np.empty((1, 2))), own.points(pd.DataFrame({"age": [1]}))
    np.testing.assert_allclose(array, own.points().to_numpy())
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["age", "chol"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"columns": None}, "has 5 columns, and a picture is drawn over two that hold numbers. Name two of 'age'"),
        ({"columns": ("age",)}, "Name two different columns"),
        ({"columns": ("age", "age")}, "Name two different columns"),
        ({"columns": "age"}, "Name two different columns"),
        ({"columns": ("age", "chole")}, "'chole', which the classifier does not read. Did you mean 'chol'"),
        ({"columns": ("age", "cp")}, "'cp', which holds categories or dates. Hold it at a value"),
        ({"at": {"age": 3}}, "at names 'age', which is drawn"),
        ({"at": {"slop": 3}}, "'slop', which the classifier does not read. Did you mean 'slope'"),
        ({"resolution": 1}, "resolution is 1. Give at least 2"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(settings, message):
    with pytest.raises(SettingError, match=message):
        grid_of(**settings)


def test_a_column_without_numbers_in_the_rows_is_refused():
    with pytest.raises(SettingError, match="'chol' has no numbers in these rows"):
        grid_of(rows=np.array([1]))


def test_a_long_list_of_held_columns_is_cut_short_in_words():
    wide = pl.DataFrame({f"c{number}": [0.0, float(number), 1.5] for number in range(1, 40)})
    caption = SliceGrid.through(wide, columns=("c1", "c2")).caption
    assert "and 25 more. Points" in caption


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=30), st.integers(2, 9))
def test_every_place_is_finite_and_all_rows_are_inside(values, resolution):
    frame = pl.DataFrame({"a": values, "b": list(range(len(values)))})
    own = SliceGrid.through(frame, columns=("a", "b"), resolution=resolution, schema=build_schema(frame))
    left, right, *_ = own.extent
    assert np.isfinite(own.points().to_numpy()).all()
    assert left <= min(values) <= max(values) <= right
    assert left < right


def build_schema(frame):
    from demarcate.tabular import Column, Schema

    return Schema(tuple(Column(name, "numerical") for name in frame.columns))


SCHEMA = Schema(
    (
        Column("age", "numerical"),
        Column("chol", "numerical"),
        Column("cp", "categorical", categories=("a", "b")),
        Column("slope", "numerical"),
        Column("smokes", "boolean", categories=("false", "true")),
    )
)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({"slope": "abc"}, r"--at slope=abc on the command line\), and 'slope' takes numbers"),
        ({"cp": "purple"}, r"--at cp=purple on the command line\), which is no category of it. Give one of 'a', 'b'\."),
    ],
)
def test_a_value_that_a_models_column_does_not_have_is_refused_and_the_known_ones_named(at, message):
    with pytest.raises(SettingError, match=message):
        grid_of(schema=SCHEMA, at=at)


@pytest.mark.parametrize("at", [{"slope": "2"}, {"slope": 2}, {"cp": "a"}, {"cp": None}, {"cp": ""}, {"smokes": True}])
def test_a_value_that_a_models_column_has_or_a_missing_one_is_held(at):
    held = grid_of(schema=SCHEMA, at=at).held
    assert {name: held[name] for name in at} == at
