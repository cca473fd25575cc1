"""Rows come from generators, tables and hands, with the verdicts of `fit` at the fields of a form."""

import pytest

from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData

VIEW = ViewState()
TWO_CLASSES = [(0.0, 0.0, 0), (0.1, 0.2, 0), (0.2, 0.1, 0), (1.0, 1.0, 1), (1.1, 1.2, 1), (1.2, 1.1, 1)]


def test_points_set_by_hand_come_after_the_others_and_may_be_a_class_of_their_own(tables):
    data = DataState(n_samples=20, added=((0.0, 5.0, 2),) * 4)
    own = StudioData.of(data, SplitState(), tables)
    assert own.message(VIEW, 0).facts["classes"] == ["0", "1", "2"]
    assert own.message(VIEW, 0).arrays["points"][-1].tolist() == [0.0, 5.0]


def test_points_alone_are_a_data_set(tables):
    own = StudioData.of(DataState(source="drawn", added=tuple(TWO_CLASSES)), SplitState(0.3, 0), tables)
    assert own.message(VIEW, 0).facts["title"] == "points set by hand: 6 rows, 2 columns, 2 classes"


@pytest.mark.parametrize("added", [(), TWO_CLASSES[:3], (*TWO_CLASSES[:3], (1, 1, 2), (1, 1, 2)), TWO_CLASSES[:4]])
def test_too_few_points_are_refused_in_words(tables, added, problems_of):
    data = DataState(source="drawn", added=tuple(added))
    assert problems_of(lambda: StudioData.of(data, SplitState(), tables)) == [("data", "added")]


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


def test_points_are_added_to_a_table_of_two_columns_of_numbers_even_in_text(tables, tmp_path, problems_of):
    path = tmp_path / "two.csv"
    path.write_text("\n".join(["a,b,y", *[f"{n},{n * 2},{'uv'[n % 2]}" for n in range(20)]]))
    data = DataState(source="table", table=tables.open(path).id, target="y", added=((1.5, 2.5, 1),))
    own = StudioData.of(data, SplitState(), tables)
    assert own.message(VIEW, 0).facts["can_add"]
    assert own.message(VIEW, 0).arrays["points"][-1].tolist() == [1.5, 2.5]
    wrong = DataState(source="table", table=data.table, target="y", added=((1.5, 2.5, 7),))
    assert problems_of(lambda: StudioData.of(wrong, SplitState(), tables)) == [("data", "added")]


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
def test_columns_of_a_table_that_cannot_be_are_refused_at_their_fields(tables, settings, fields, problems_of):
    table = tables.add({"a": [n / 3 for n in range(40)], "b": list(range(40)), "y": ["u", "v"] * 20}, "t")
    data = DataState(source="table", table=table.id, **settings)
    found = problems_of(lambda: StudioData.of(data, SplitState(), tables).message(VIEW, 0))
    assert found == [("data", field) for field in fields]


def test_a_column_that_gives_the_target_away_is_said_as_the_table_opens(tables):
    opened = tables.add({"a": [n % 7 for n in range(60)], "b": [n % 2 for n in range(60)], "y": ["u", "v"] * 30}, "t")
    own = StudioData.of(DataState(source="table", table=opened.id, target="y"), SplitState(), tables)
    assert any("'b'" in notice and "target" in notice for notice in own.message(VIEW, 0).facts["notices"])
