"""What every script of the lesson keeps to, so that a learner can read it and sees it work."""

import ast
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "examples").glob("plot_*.py"))


def calls(tree):
    """The calls in a part of a script, by the name of the function or method."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(getattr(call.func, "id", None) or getattr(call.func, "attr", None), call) for call in found]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_has_at_most_150_lines(script):
    assert len(script.read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_prints_while_it_trains(script):
    """By ``every`` or ``on_epoch``, or a line for each fit of a loop."""
    tree = ast.parse(script.read_text("utf-8"))
    by_setting = any(keyword.arg in ("every", "on_epoch") for _, call in calls(tree) for keyword in call.keywords)
    loops = [{name for name, _ in calls(node)} for node in ast.walk(tree) if isinstance(node, ast.For)]
    assert by_setting or any("print" in names and names & {"train", "fit"} for names in loops)
