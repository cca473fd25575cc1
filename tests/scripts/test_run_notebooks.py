"""The tutorials: they run, show what they say they show, and are small."""

import json
import re
import runpy
from contextlib import chdir
from copy import deepcopy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
MOST_BYTES = 250_000


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "scripts" / "run_notebooks.py"))


def read(path):
    return json.loads(path.read_text("utf-8"))


def shown(notebook):
    """What each cell shows: text without its digits, which another machine may change, and how many pictures."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    texts = [["".join(output["text"]) for output in cell["outputs"] if "text" in output] for cell in code]
    return [
        ([" ".join(re.sub(r"[-+]?\d[\d.]*", "0", text).split()) for text in each], len(cell["outputs"]) - len(each))
        for each, cell in zip(texts, code, strict=True)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_shows_what_its_cells_show_when_they_run(script, path, tmp_path):
    notebook = read(path)
    run = deepcopy(notebook)
    with chdir(tmp_path):
        script["run"](run)
    assert shown(run) == shown(notebook), "run python scripts/run_notebooks.py and look at the difference"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_is_as_jupyter_writes_it_and_small(script, path):
    notebook = read(path)
    assert path.read_text("utf-8") == script["as_text"](notebook)
    assert path.stat().st_size < MOST_BYTES
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        pictures = [output for output in cell.get("outputs", []) if "data" in output]
        assert not pictures or cell["metadata"]["alt"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_a_tutorial_lead_somewhere(path):
    words = "\n".join("".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown")
    targets = re.findall(r"\]\(([^)#]+)", words)
    assert targets
    assert all((path.parent / target).exists() for target in targets), targets


def test_a_cell_shows_what_it_prints_its_last_value_and_its_pictures(script):
    source = "import matplotlib.pyplot as plt\nprint('one')\nplt.figure()\nx = 2\nx + 1"
    text, picture = script["run_cell"](source, {})
    assert text["text"] == ["one\n", "3\n"]
    assert picture["data"]["image/png"].startswith("iVBOR")
    assert script["run_cell"]("x = 1", {}) == []
