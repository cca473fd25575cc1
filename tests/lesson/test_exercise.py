import math

import pytest

from demarcate.lesson import EXERCISES, Expected, Hint
from demarcate.lesson.run_solution import run_file


def test_a_difference_is_that_of_two_variables():
    gap = Expected("train - test", "the gap", 0, 1)
    assert gap.variables == ("train", "test")
    assert gap.value_of({"train": 0.9, "test": 0.7}) == pytest.approx(0.2)


def test_the_first_hint_whose_range_has_the_number_is_shown():
    share = Expected("share", "a share", 0.9, 1, (Hint(0, 0.5, "low"), Hint(0, math.inf, "other")))
    assert [share.hint_for(value) for value in (0.2, 0.7, -3)] == ["low", "other", ""]


def test_a_share_in_percent_is_recognised():
    assert "percent" in Expected("share", "a share", 0.9, 1).hint_for(97.5)
    assert "percent" not in Expected("loss", "a loss", 0, 0.5).hint_for(97.5)


def test_ranges_read_as_numbers():
    assert Expected("share", "a share", 0.96, 1).range_text() == "0.96 to 1"
    assert Expected("count", "a count", 4, 4).range_text() == "4"
    assert Expected("mean", "a mean", -1e-6, 1e-6).range_text() == "0"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_starter_runs_names_its_exercise_and_leaves_every_number_open(name, tmp_path):
    exercise = EXERCISES[name]
    path = tmp_path / "learner.py"
    path.write_text(exercise.starter(), encoding="utf-8")
    ran = run_file(str(path))
    assert (ran["error"], ran["exercise"]) == ("", name)
    assert {each.name for each in exercise.variables} <= {
        key for key, kind in ran["others"].items() if kind == "NoneType"
    }


@pytest.mark.parametrize("name", EXERCISES)
def test_a_starter_begins_with_its_task_and_has_no_part_of_the_answer(name):
    exercise = EXERCISES[name]
    starter, answer = exercise.starter(), exercise.answer()
    assert starter.startswith('"""')
    given = starter.partition("# Your code")[0]
    assert answer.startswith(given)
    assert len(answer) > len(given) + 80
