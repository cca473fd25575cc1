import polars as pl
import pytest

from demarcate import DemarcateClassifier, datasets
from demarcate.studio import tables as module
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.tables import Tables, suggested_target


@pytest.fixture
def tables():
    return Tables()


def test_an_opened_table_says_what_its_columns_are(tables, tmp_path):
    path = tmp_path / "pets.csv"
    path.write_text("weight,colour,pet\n4,black,cat\n30,brown,dog\n3,,cat\n20,white,dog\n")
    facts = tables.open(path).facts()
    assert (facts["name"], facts["kind"], facts["n_rows"], facts["target"]) == ("pets.csv", "table", 4, "pet")
    assert facts["columns"][1] == {"name": "colour", "kind": "categorical", "n_distinct": 3, "missing": 1}
    assert tables.facts() == [facts]


def test_a_dropped_file_goes_by_its_own_name_in_facts_and_problems(tables, tmp_path):
    path = tmp_path / "upload-1"
    path.write_text("a,b\n1\n")
    with pytest.raises(StudioError, match=r"'my table.csv' has 1 row not as wide as the header") as raised:
        tables.open(path, "my table.csv")
    assert {(each.where, each.field) for each in raised.value.problems} == {("data", "table")}
    path.write_text("a,b\n1,x\n2,y\n")
    assert tables.open(path, "my table.csv").facts()["name"] == "my table.csv"


def test_a_model_file_asks_for_its_table(tables, tmp_path):
    path = tmp_path / "moons.safetensors"
    DemarcateClassifier(hidden=(2,), epochs=1, n_folds=2).fit(*datasets.moons(40)).save(path)
    opened = tables.open(path)
    facts = opened.facts()
    assert (facts["kind"], [column["name"] for column in facts["columns"]]) == ("model", ["x1", "x2"])
    assert "Open a table with its columns ('x1', 'x2')" in facts["notices"][0]
    assert tables.models() == [opened]
    with pytest.raises(StudioError, match="is a model, not a table"):
        tables.table(opened.id)


def test_a_file_that_is_no_model_is_refused(tables, tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"no model")
    with pytest.raises(StudioError):
        tables.open(path)


@pytest.mark.parametrize(("table_id", "words"), [(None, "No table is open"), ("gone", "no longer open")])
def test_a_table_that_is_not_there_is_said_in_words(tables, table_id, words):
    with pytest.raises(StudioError, match=words):
        tables.table(table_id)


def test_a_table_too_large_to_look_at_is_refused(tables, monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    with pytest.raises(StudioError, match=r"big has 4 rows of 1 column, and the studio takes at most 3 rows"):
        tables.add({"a": [1, 2, 3, 4]}, "big")


def test_a_session_has_so_many_tables_at_most(tables, monkeypatch):
    monkeypatch.setattr(module, "MAX_OPENED", 1)
    tables.add({"a": [1, 2]}, "first")
    with pytest.raises(StudioError, match="the most that a session has"):
        tables.add({"a": [1, 2]}, "second")


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ({"a": [1, 2, 3, 4], "TARGET": [5, 6, 7, 8]}, "TARGET"),
        ({"y": [1, 2, 3, 4], "label": [1, 2, 3, 4]}, "label"),
        ({"a": [1, 2, 3, 4], "kind": [1, 1, 2, 2]}, "kind"),
        ({"kind": [1, 1, 2, 2], "a": [1, 2, 3, 4]}, "kind"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}, None),
    ],
)
def test_the_column_to_predict_is_suggested_by_name_or_by_few_values(columns, target):
    assert suggested_target(pl.DataFrame(columns)) == target
