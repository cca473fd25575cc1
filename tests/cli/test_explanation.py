import json

import pytest

from demarcate.classifier.presets import LESSON_TABLES
from demarcate.cli.explanation import with_lesson_settings


@pytest.mark.parametrize("table", LESSON_TABLES)
def test_the_lessons_settings_of_a_table_are_taken_and_reported(table, capsys):
    assert with_lesson_settings(table, {"preset": "lesson"}, quiet=False) == {
        "preset": "lesson",
        **LESSON_TABLES[table],
    }
    assert capsys.readouterr().err.startswith(f"The lesson's settings for {table}: hidden ")


def test_options_go_before_them_and_other_presets_and_tables_have_none():
    chosen = with_lesson_settings("blobs", {"preset": "lesson", "hidden": (4,)}, quiet=True)
    assert (chosen["hidden"], chosen["lr"]) == ((4,), 0.1)
    assert with_lesson_settings("blobs", {"preset": "fast"}, quiet=True) == {"preset": "fast"}
    assert with_lesson_settings("people.csv", {"preset": "lesson"}, quiet=True) == {"preset": "lesson"}


def test_blobs_as_the_lesson_has_them_reach_its_accuracy(demarcate):
    outcome = demarcate("fit", "blobs", "--preset", "lesson", "--json", "--explain")
    fitted = json.loads(outcome.out)
    assert len(fitted["members"]) == 1
    assert fitted["scores"]["accuracy"]["value"] >= 0.96
    assert fitted["temperature"] is None
    assert fitted["differences"] == []


def test_the_defaults_that_differ_from_a_plain_loop_are_explained(demarcate):
    quick = ("--n-samples", 60, "--preset", "fast", "--epochs", 2)
    outcome = demarcate("fit", "moons", *quick, "--json", "--explain")
    differences = {each["setting"]: each for each in json.loads(outcome.out)["differences"]}
    assert "epochs" not in differences
    assert (differences["schedule"]["value"], differences["schedule"]["plain"]) == ("cosine", "constant")
    shown = demarcate("fit", "moons", *quick, "--explain").out
    assert "Defaults that differ from a plain training loop" in shown
    assert "differences" not in json.loads(demarcate("fit", "moons", *quick, "--json").out)
