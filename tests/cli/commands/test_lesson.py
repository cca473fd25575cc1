import json

import pytest

from demarcate.lesson import EXERCISES, PLAN

ANSWER = EXERCISES["costs"].answer()
"""Needs no torch, which takes seconds to import."""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_plan_and_the_exercises_are_shown(demarcate):
    outcome = demarcate("lesson")
    assert outcome.code == 0
    assert all(name in outcome.out for name in EXERCISES)
    assert all(f"{part.minutes} min" in outcome.out for part in PLAN)
    document = json.loads(demarcate("lesson", "--json").out)
    assert sum(part["minutes"] for part in document["plan"]) == 180
    assert [exercise["name"] for exercise in document["exercises"]] == [*EXERCISES]


def test_an_exercise_is_begun_once_and_with_its_answer_beside_it(demarcate, tmp_path):
    assert demarcate("lesson", "start", "costs", "logits").code == 0
    assert demarcate("lesson", "start", "costs", "--answer").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["costs.py", "costs_answer.py", "logits.py"]
    again = demarcate("lesson", "start", "costs")
    assert (again.code, again.err) == (2, "Usage: costs.py is there already. Rename it, or begin in another folder.\n")


def test_a_class_is_checked_in_one_call(demarcate, tmp_path):
    (tmp_path / "ann.py").write_text(ANSWER)
    (tmp_path / "ben.py").write_text(ANSWER.replace("1 / (1 + 2)", "0.5"))
    (tmp_path / "cem.py").write_text("exercise = 'costs'\nthreshold = 1 / 0")
    outcome = demarcate("lesson", "check", "ann.py", "ben.py", "cem.py")
    assert outcome.code == 1
    assert "ann.py, exercise costs: 3 of 3 right" in outcome.out
    assert "ben.py, exercise costs: 1 of 3 right" in outcome.out
    assert "threshold: At one half both mistakes cost the same." in outcome.out
    assert "cem.py: not finished" in outcome.out
    assert outcome.out.endswith("1 of 3 files are right.\n")
    assert "Line 2, 'threshold = 1 / 0': ZeroDivisionError" in outcome.out


def test_a_right_solution_exits_with_0_and_json_has_the_marks(demarcate, tmp_path):
    (tmp_path / "ann.py").write_text(ANSWER)
    outcome = demarcate("lesson", "check", "ann.py", "--json")
    (file,) = json.loads(outcome.out)["files"]
    assert outcome.code == 0
    assert (file["file"], file["exercise"], file["is_right"]) == ("ann.py", "costs", True)
    assert [number["is_right"] for number in file["numbers"]] == [True] * 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mark",), "The action is 'mark'. Choose one of plan, start, check."),
        (("start",), "Name an exercise"),
        (("check",), "Name a file"),
        (("start", "blob"), "There is no exercise 'blob'. Choose one of logits, blobs"),
        (("check", "x.py", "--limit", "0"), "--limit is 0"),
    ],
)
def test_wrong_usage_says_what_to_choose_from(demarcate, arguments, words):
    outcome = demarcate("lesson", *arguments)
    assert outcome.code == 2
    assert words in outcome.err


def test_a_file_that_is_not_there_is_an_error(demarcate):
    outcome = demarcate("lesson", "check", "nothing.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert "There is no file 'nothing.py'" in outcome.err
