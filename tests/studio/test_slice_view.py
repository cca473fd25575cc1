"""Maps are drawn over two columns, with the others held at values that show a boundary."""

import numpy as np
import pytest

from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData

VIEW = ViewState()


def test_a_map_is_encoded_row_by_row_from_the_bottom(tables):
    own = StudioData.of(DataState(n_samples=40, standardise=False), SplitState(), tables)
    places = own.grid(VIEW, 3)
    left, right, bottom, top = own.message(VIEW, 0).facts["extent"]
    across, up = np.meshgrid(np.linspace(left, right, 3), np.linspace(bottom, top, 3))
    np.testing.assert_allclose(places, np.stack([across.ravel(), up.ravel()], 1), rtol=1e-5)


def test_a_table_of_more_columns_is_cut_where_a_boundary_is_in_view(tables):
    own = StudioData.of(DataState(source="heart"), SplitState(), tables)
    facts = own.message(VIEW, 0).facts
    assert set(facts["axes"]) | set(facts["held"]) == {column["name"] for column in facts["columns"]}
    assert "A slice at" in facts["caption"]
    logits = own.guide.logits(own.slice(VIEW).places(20)).numpy()
    assert 0.02 < (logits > 0).mean() < 0.98


def test_axes_and_held_values_are_those_given_and_others_are_left_from_another_table(tables):
    own = StudioData.of(DataState(source="heart"), SplitState(), tables)
    view = ViewState(columns=("age", "chol"), held={"thal": "fixed", "ca": None, "of another table": 1.0})
    facts = own.message(view, 0).facts
    assert facts["axes"] == ["age", "chol"]
    assert (facts["held"]["thal"], facts["held"]["ca"]) == ("fixed", None)
    assert own.message(ViewState(columns=("x1", "x2")), 0).facts["axes"] == own.message(VIEW, 0).facts["axes"]


@pytest.mark.parametrize(
    ("view", "field"),
    [
        (ViewState(columns=("age", "age")), "columns"),
        (ViewState(columns=("age", "chol"), held={"thal": "purple"}), "held"),
        (ViewState(columns=("age", "chol"), held={"thalach": "many"}), "held"),
    ],
)
def test_a_view_that_the_table_does_not_have_is_refused_at_its_field(tables, view, field, problems_of):
    own = StudioData.of(DataState(source="heart"), SplitState(), tables)
    assert problems_of(lambda: own.message(view, 0)) == [("view", field)]


def test_categories_are_an_axis_where_their_rows_stand_side_by_side(tables):
    own = StudioData.of(DataState(source="heart"), SplitState(), tables)
    view = ViewState(columns=("age", "thal"))
    message = own.message(view, 0)
    assert message.facts["axis_words"] == [[], ["fixed", "normal", "reversible"]]
    assert message.facts["extent"][2:] == [-0.5, 2.5]
    present = own.read.frame["thal"].drop_nulls()
    words = np.array(message.facts["axis_words"][1])[np.rint(message.arrays["points"][:, 1]).astype(int)]
    assert words.tolist() == present.to_list()
    places = own.slice(view).places(30)
    assert places["thal"].to_list()[::300] == ["fixed", "normal", "reversible"]
    assert own.grid(view, 10).shape == (100, own.encoder.n_encoded)
    assert own.message(view, 1).arrays["points"].tolist() == message.arrays["points"].tolist()


def test_a_table_of_categories_alone_has_a_map(tables):
    table = {"a": ["u", "v", "w"] * 20, "b": [True, False] * 30, "c": ["x"] * 30 + ["y"] * 30, "y": [0, 1, 1] * 20}
    opened = tables.add(table, "t")
    own = StudioData.of(DataState(source="table", table=opened.id, target="y"), SplitState(), tables)
    facts = own.message(VIEW, 0).facts
    assert (facts["axes"], facts["held"]) == (["a", "b"], {"c": "x"})
    assert "A slice at medians and commonest values: c" in facts["caption"]
    assert own.grid(VIEW, 4).shape == (16, own.encoder.n_encoded)
