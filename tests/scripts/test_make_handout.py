"""The folder for a class: notebooks, exercises, slides, claims."""

import ast
import json
import runpy
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

from demarcate.lesson import EXERCISES

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "examples").glob("plot_*.py"))


@pytest.fixture(scope="module")
def make_handout():
    return runpy.run_path(str(ROOT / "scripts" / "make_handout.py"))


@pytest.fixture(scope="module")
def folder(make_handout, tmp_path_factory):
    """What is handed out, with an empty file as its wheel."""
    folder = tmp_path_factory.mktemp("handout")
    wheel = folder / "demarcate-0.1.0-py3-none-any.whl"
    wheel.touch()
    make_handout["write_handout"](folder / "out", wheel)
    return folder / "out"


def cells(folder, script, kind):
    document = json.loads((folder / "notebooks" / f"{script.stem}.ipynb").read_text("utf-8"))
    assert (document["nbformat"], len({cell["id"] for cell in document["cells"]})) == (4, len(document["cells"]))
    return [cell["source"] for cell in document["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_has_the_code_of_its_script_after_a_cell_that_installs(folder, script):
    first, *code = cells(folder, script, "code")
    assert "%pip install --quiet {wheels[-1]}" in first
    body = ast.parse(script.read_text("utf-8")).body[1:]
    assert ast.dump(ast.parse("\n".join(code))) == ast.dump(ast.Module(body, []))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_has_the_words_of_its_script_as_markdown(folder, script):
    title, *words = cells(folder, script, "markdown")
    assert title.startswith(f"# {ast.get_docstring(ast.parse(script.read_text('utf-8'))).splitlines()[0]}\n")
    text = "\n".join([title, *words])
    assert "``" not in text
    assert "\n---" not in text
    assert ".. list-table" not in text


def test_a_list_table_becomes_a_table(make_handout):
    rows = (
        ".. list-table::\n   :header-rows: 1\n\n   * - one\n     - two\n   * - three\n     - four\n       more\n\nEnd"
    )
    assert make_handout["as_markdown"](rows) == "| one | two |\n|---|---|\n| three | four more |\n\nEnd"


def test_the_wheel_lies_beside_the_notebooks_and_answers_apart_from_exercises(folder):
    assert (folder / "notebooks" / "demarcate-0.1.0-py3-none-any.whl").is_file()
    for part in ("exercises", "answers"):
        assert {path.stem for path in (folder / part).iterdir()} == set(EXERCISES)
    assert all("= None" in (folder / "exercises" / f"{name}.py").read_text("utf-8") for name in EXERCISES)


def test_the_sheet_sets_each_claim_against_a_result(folder):
    sheet = (folder / "claims.md").read_text("utf-8")
    assert sheet.startswith("# What the lesson claims, and what is true")
    assert {f"| C{number} |" for number in range(1, 5)} <= {line[:6] for line in sheet.splitlines()}


@pytest.mark.parametrize(("inches", "pixels"), [((4.5, 3.6), (1350, 1080)), ((9.6, 3.0), (1920, 600))])
def test_a_picture_fills_a_slide_in_one_direction(make_handout, tmp_path, inches, pixels):
    figure = plt.figure(figsize=inches)
    make_handout["save_slide"](figure, tmp_path / "slide.png")
    plt.close(figure)
    height, width, _ = plt.imread(tmp_path / "slide.png").shape
    assert (width, height) == pytest.approx(pixels, abs=1)
