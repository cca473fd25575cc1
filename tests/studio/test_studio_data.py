import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from demarcate import Network, Training, datasets, train
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables

VIEW = ViewState()
FIVE_SIDES = [(0.0, 0.0, 0), (0.1, 0.2, 0), (0.2, 0.1, 0), (1.0, 1.0, 1), (1.1, 1.2, 1), (1.2, 1.1, 1)]


@pytest.fixture
def tables():
    return Tables()


def _problems(run):
    with pytest.raises(StudioError) as raised:
        run()
    return [(each.where, each.field) for each in raised.value.problems]


@pytest.mark.parametrize("source", ["moons", "circles", "blobs", "heart"])
@pytest.mark.parametrize("standardise", [True, False])
def test_rows_split_and_encoding_are_those_of_train(tables, source, standardise):
    data = DataState(source=source, n_samples=90, noise=0.1, standardise=standardise)
    own = StudioData.of(data, SplitState(seed=3), tables)
    made = {
        "moons": lambda: datasets.moons(90, 0.1, 0),
        "circles": lambda: datasets.circles(90, 0.1, 0.5, 0),
        "blobs": lambda: datasets.blobs(90, random_state=0),
        "heart": datasets.heart,
    }[source]()
    split = own.train_rows, own.validation_rows, own.test_rows
    run = train(made, Network(hidden=()), Training(epochs=1), split=split, standardise=standardise)["network"]
    for rows, others in zip(split, (run.train_rows, run.validation_rows, run.test_rows), strict=True):
        np.testing.assert_array_equal(rows, others)
    np.testing.assert_array_equal(own.classes, run.classes_)
    np.testing.assert_array_equal(own.codes[own.test_rows], run.test_codes)
    np.testing.assert_array_equal(own.samples.encoded(0).numpy(), run.encode(made.X).numpy())


def test_the_split_is_two_lines_of_scikit_learn(tables):
    own = StudioData.of(DataState(n_samples=100), SplitState(validation=0.25, test=0.1, seed=7), tables)
    y = datasets.moons(100).y
    rest, test = train_test_split(range(100), test_size=10, random_state=7, stratify=y)
    rows, validation = train_test_split(rest, test_size=25, random_state=7, stratify=y[rest])
    assert (own.train_rows.tolist(), own.validation_rows.tolist(), own.test_rows.tolist()) == (rows, validation, test)
    assert {own.codes[part].mean() for part in (own.test_rows,)} == {0.5}


@pytest.mark.parametrize(
    ("validation", "test", "monitored"), [(0.2, 0.0, "validation"), (0.0, 0.2, "test"), (0.2, 0.2, "validation")]
)
def test_validation_rows_are_monitored_or_else_test_rows(tables, validation, test, monitored):
    own = StudioData.of(DataState(n_samples=50), SplitState(validation, test), tables)
    message = own.message(VIEW, 4)
    assert message.facts["monitored"] == monitored
    assert message.facts["n_rows"] == {"train": 50 - 10 * ((validation > 0) + (test > 0))} | {
        "validation": round(validation * 50),
        "test": round(test * 50),
    }
    expected = own.codes[getattr(own, f"{monitored}_rows")]
    np.testing.assert_array_equal(message.arrays["validation_codes"], expected)


def test_the_message_has_every_point_its_class_and_its_part(tables):
    own = StudioData.of(DataState(n_samples=40), SplitState(), tables)
    message = own.message(VIEW, 9)
    X, y = datasets.moons(40)
    np.testing.assert_allclose(message.arrays["points"], X.to_numpy(), rtol=1e-6)
    np.testing.assert_array_equal(message.arrays["codes"], y)
    assert np.flatnonzero(message.arrays["parts"] == 2).tolist() == sorted(own.test_rows.tolist())
    facts = message.facts
    assert (facts["revision"], facts["title"]) == (9, "moons: 40 rows, 2 columns, 2 classes")
    assert (facts["classes"], facts["balance"]["shares"]) == (["0", "1"], {"0": 0.5, "1": 0.5})
    assert (facts["axes"], facts["held"], facts["caption"]) == (["x1", "x2"], {}, "")
    message.to_bytes()


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
def test_a_view_that_the_table_does_not_have_is_refused_at_its_field(tables, view, field):
    own = StudioData.of(DataState(source="heart"), SplitState(), tables)
    assert _problems(lambda: own.message(view, 0)) == [("view", field)]


def test_points_set_by_hand_come_after_the_others_and_may_be_a_class_of_their_own(tables):
    data = DataState(n_samples=20, added=((0.0, 5.0, 2),) * 4)
    own = StudioData.of(data, SplitState(), tables)
    assert own.message(VIEW, 0).facts["classes"] == ["0", "1", "2"]
    assert own.message(VIEW, 0).arrays["points"][-1].tolist() == [0.0, 5.0]


def test_points_alone_are_a_data_set(tables):
    own = StudioData.of(DataState(source="drawn", added=tuple(FIVE_SIDES)), SplitState(0.3, 0), tables)
    assert own.message(VIEW, 0).facts["title"] == "points set by hand: 6 rows, 2 columns, 2 classes"


@pytest.mark.parametrize("added", [(), FIVE_SIDES[:3], (*FIVE_SIDES[:3], (1, 1, 2), (1, 1, 2)), FIVE_SIDES[:4]])
def test_too_few_points_are_refused_in_words(tables, added):
    data = DataState(source="drawn", added=tuple(added))
    assert _problems(lambda: StudioData.of(data, SplitState(), tables)) == [("data", "added")]


@pytest.mark.parametrize(("split", "field"), [(SplitState(0, 0), "validation"), (SplitState(0.5, 0.5), "validation")])
def test_a_split_that_cannot_be_is_refused(tables, split, field):
    assert _problems(lambda: StudioData.of(DataState(n_samples=30), split, tables)) == [("data", field)]


def test_training_rows_without_a_class_are_refused(tables):
    table = tables.add(pl.DataFrame({"a": range(20), "b": range(20, 0, -1), "y": ["u", "v"] * 9 + ["w", "u"]}), "t")
    data = DataState(source="table", table=table.id, target="y")
    results = {seed: _data_or_error(data, SplitState(0.4, 0.3, seed), tables) for seed in range(10)}
    refused = [str(result) for result in results.values() if isinstance(result, StudioError)]
    drawn = [result for result in results.values() if isinstance(result, StudioData)]
    assert refused
    assert all("No training row is of class 'w' (1 row)" in error for error in refused)
    assert drawn
    assert all("whatever their class" in own.message(VIEW, 0).facts["notices"][-1] for own in drawn)


def _data_or_error(data, split, tables):
    try:
        return StudioData.of(data, split, tables)
    except StudioError as error:
        return error


def test_a_change_of_the_split_does_not_read_the_table_again(tables):
    first = StudioData.of(DataState(), SplitState(), tables)
    again = StudioData.of(DataState(standardise=False), SplitState(seed=1), tables, first)
    other = StudioData.of(DataState(noise=0.1), SplitState(), tables, first)
    assert again.read is first.read
    assert other.read is not first.read


def test_a_csv_file_has_its_target_its_classes_and_its_notices(tables, tmp_path):
    path = tmp_path / "sizes.csv"
    rows = [f"{n},{n % 7},{'abc'[n % 3]},{['low', 'middle', 'high', ''][n % 4]}" for n in range(40)]
    path.write_text("\n".join(["width,height,kind,size", *rows]))
    opened = tables.open(path)
    own = StudioData.of(DataState(source="table", table=opened.id, target="size"), SplitState(), tables)
    facts = own.message(VIEW, 0).facts
    assert facts["title"] == "sizes.csv: 30 rows, 3 columns, 3 classes"
    assert facts["classes"] == ["high", "low", "middle"]
    assert facts["notices"][0] == "10 rows without a label in 'size': left out."
    assert facts["axes"] == ["width", "height"]
    assert facts["held"] == {"kind": own.slice(VIEW).held["kind"]}
    assert not facts["can_add"]


def test_points_are_added_to_a_table_of_two_columns_of_numbers_even_in_text(tables, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("\n".join(["a,b,y", *[f"{n},{n * 2},{'uv'[n % 2]}" for n in range(20)]]))
    data = DataState(source="table", table=tables.open(path).id, target="y", added=((1.5, 2.5, 1),))
    own = StudioData.of(data, SplitState(), tables)
    assert own.message(VIEW, 0).facts["can_add"]
    assert own.message(VIEW, 0).arrays["points"][-1].tolist() == [1.5, 2.5]
    wrong = DataState(source="table", table=data.table, target="y", added=((1.5, 2.5, 7),))
    assert _problems(lambda: StudioData.of(wrong, SplitState(), tables)) == [("data", "added")]


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({"target": None}, ["target"]),
        ({"target": "Y"}, ["target"]),
        ({"target": "a"}, ["target"]),
        ({"target": "y", "categorical": ("A", "y"), "drop": ("zebra",)}, ["categorical", "categorical", "drop"]),
        ({"target": "y", "drop": ("a", "b")}, ["target"]),
        ({"target": "y", "drop": ("a",)}, ["drop"]),
    ],
)
def test_columns_of_a_table_that_cannot_be_are_refused_at_their_fields(tables, settings, fields):
    table = tables.add({"a": [n / 3 for n in range(40)], "b": list(range(40)), "y": ["u", "v"] * 20}, "t")
    data = DataState(source="table", table=table.id, **settings)
    found = _problems(lambda: StudioData.of(data, SplitState(), tables).message(VIEW, 0))
    assert found == [("data", field) for field in fields]


def test_rows_without_a_place_on_the_map_are_not_drawn(tables):
    table = tables.add(
        {"a": [*(n % 9 for n in range(39)), None], "b": [n % 7 for n in range(40)], "y": ["u", "v"] * 20}, "t"
    )
    own = StudioData.of(DataState(source="table", table=table.id, target="y"), SplitState(), tables)
    message = own.message(VIEW, 0)
    assert message.facts["n_shown"] == len(message.arrays["points"]) == 39


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


POINT = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 9))
SHARE = st.floats(0, 0.8)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["moons", "circles", "blobs", "drawn"]),
    st.integers(10, 40),
    st.floats(0, 10),
    st.lists(POINT, max_size=12),
    st.tuples(SHARE, SHARE, st.integers(0, 9)),
)
def test_every_state_is_shown_or_refused_in_words(source, n_samples, noise, added, split):
    data = DataState(source=source, n_samples=n_samples, noise=noise, added=tuple(added))
    own = _data_or_error(data, SplitState(*split), Tables())
    if isinstance(own, StudioError):
        assert all(each.field and each.problem.remedy for each in own.problems)
        return
    message = own.message(VIEW, 0)
    message.to_bytes()
    assert sum(message.facts["n_rows"].values()) == len(own.codes)
    assert np.isfinite(own.grid(VIEW, 4)).all()


def test_a_column_that_gives_the_target_away_is_said_as_the_table_opens(tables):
    opened = tables.add({"a": [n % 7 for n in range(60)], "b": [n % 2 for n in range(60)], "y": ["u", "v"] * 30}, "t")
    own = StudioData.of(DataState(source="table", table=opened.id, target="y"), SplitState(), tables)
    assert any("'b'" in notice and "target" in notice for notice in own.message(VIEW, 0).facts["notices"])
