"""What the studio's lesson quotes as measured is what the documents say."""

import re
from pathlib import Path

import pytest

from demarcate.lesson.plan import PLAN
from demarcate.studio.single_module import web_file

DOCS = Path(__file__).parents[2] / "docs"
MEASURED = "\n".join(
    (DOCS / name).read_text(encoding="utf-8") for name in ("mission.md", "default.md", "costs.md", "learn.md")
)
JOINED = re.compile(r'" \+\s*"')
FIGURE = re.compile(r"-?\d+\.\d+ \[-?\d+\.\d+, -?\d+\.\d+\]")


def lesson_text():
    return JOINED.sub("", web_file("lesson_strings.js"))


def test_every_figure_with_an_interval_stands_in_the_documents():
    figures = FIGURE.findall(lesson_text())
    assert len(figures) >= 10
    assert [figure for figure in figures if figure not in MEASURED] == []


@pytest.mark.parametrize(("claim", "figures"), [("C2", "0.689 0.902 0.820 0.918"), ("C4", "0.882 0.986 0.851 0.814")])
def test_claims_have_the_figures_of_the_mission(claim, figures):
    rows = "\n".join(line for line in MEASURED.splitlines() if line.startswith(f"| {claim} |"))
    for figure in figures.split():
        assert figure in rows
        assert figure in lesson_text()


def test_the_parts_of_the_lesson_are_those_of_the_plan():
    minutes = re.search(r"LESSON_PARTS = Object\.freeze\(\[([\d, ]+)\]\)", web_file("lesson_steps.js"))[1]
    assert [int(each) for each in minutes.split(",")] == [part.minutes for part in PLAN]
