"""The plan is that of the lesson, and the same wherever it is shown."""

import re
from pathlib import Path

import pytest

from demarcate.lesson import EXERCISES, PLAN

ROOT = Path(__file__).parents[2]


def test_three_hours_in_the_parts_of_the_lesson():
    assert [part.minutes for part in PLAN] == [15, 25, 25, 15, 55, 45]
    assert sum(part.minutes for part in PLAN) == 180


def test_every_exercise_has_a_part_and_fits_into_it():
    assert [name for part in PLAN for name in part.exercises] == [*EXERCISES]
    assert all(sum(EXERCISES[name].minutes for name in part.exercises) < part.minutes for part in PLAN)


def test_every_script_of_a_part_is_there():
    numbers = {int(path.name[5:7]) for path in (ROOT / "examples").glob("plot_*.py")}
    assert {number for part in PLAN for number in part.scripts} <= numbers


@pytest.mark.parametrize("document", ["README.md", "docs/teach.md"])
def test_documents_have_the_same_plan(document):
    rows = re.findall(r"^\| (\d+) min \| ([^|]+) \| ([^|]+) \|", (ROOT / document).read_text("utf-8"), re.MULTILINE)
    assert [(int(minutes), topic.strip()) for minutes, topic, _ in rows] == [
        (part.minutes, part.topic) for part in PLAN
    ]
    for (_, _, scripts), part in zip(rows, PLAN, strict=True):
        assert [int(number) for number in re.findall(r"\b\d\d\b", scripts)] == [*part.scripts]


def test_the_first_page_of_the_gallery_has_the_same_plan():
    text = (ROOT / "examples" / "GALLERY_HEADER.rst").read_text("utf-8")
    rows = re.findall(r"\* - (\d+) min\n +- ([^\n]+)\n", text)
    assert [(int(minutes), topic) for minutes, topic in rows] == [(part.minutes, part.topic) for part in PLAN]
