"""The page of common mistakes: each section is run, after the set-up that all of them use, and prints what it shows."""

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "mistakes.md"
SET_UP, *SECTIONS = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def failures(text, name, names):
    """What the examples of a text print and it does not show; their variables are left in ``names``."""
    test = doctest.DocTestParser().get_doctest(text.replace("```", ""), names, name, str(PAGE), 0)
    assert test.examples
    reported = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=reported.append, clear_globs=False)
    names.update(test.globs)
    return "".join(reported)


@pytest.fixture(scope="module")
def names():
    prepared = {}
    assert failures(SET_UP, "set-up", prepared) == ""
    return prepared


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.splitlines()[0])
def test_a_mistake_meets_what_the_page_says(section, names):
    assert failures(section, section.splitlines()[0], {**names}) == ""


def test_there_are_ten_mistakes_each_with_what_happens_before_and_after():
    assert [section.split(".")[0] for section in SECTIONS] == [str(number) for number in range(1, 11)]
    assert all(section.count("```pycon") >= 2 for section in SECTIONS)
