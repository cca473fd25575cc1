"""What README and docs show is run: every command, every snippet, every link."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from demarcate.datasets import heart

ROOT = Path(__file__).parents[1]
FIELD = ROOT / "tests" / "data" / "field"
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
SET_UP = {"make", "python", "uv", "pipx", "docker", "source", ".venv/bin/python", r".venv\Scripts\python"}
"""Commands that make an environment; the make targets are tested below, pip's part by whoever runs this."""
NODE_MODULES = ROOT / "tests" / "export" / "web" / "node_modules"
"""Where onnxruntime-web is, of which pages are made; without it no page is made."""
WIDTH = 88
"""Characters of a line of code that fit on a page of the site."""


def blocks(document, *languages):
    """The code blocks of a document in these languages, in order."""
    return [text for found, text in BLOCK.findall(document.read_text(encoding="utf-8")) if found in languages]


def commands(*languages, documents=DOCUMENTS):
    return [
        shlex.split(line.replace("\\", "/"), comments=True)
        for document in documents
        for text in blocks(document, *languages)
        for line in text.replace("\\\n", "").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def demarcate(*arguments, cwd):
    program = shutil.which("demarcate", path=str(Path(sys.executable).parent))
    return subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


RUN_SNIPPETS = """
import io, json, os, sys, tempfile
from contextlib import redirect_stdout

for number, snippet in enumerate(json.load(sys.stdin), start=1):
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile(snippet, f"snippet {number}", "exec"), {"__name__": "__main__"})
    finally:
        print(printed.getvalue())
    assert printed.getvalue().strip(), f"snippet {number} prints nothing"
"""
"""Runs each snippet in a namespace and a folder of its own: what it needs it must import and make itself."""


@pytest.mark.parametrize(
    "document", [each for each in DOCUMENTS if blocks(each, "python")], ids=lambda document: document.name
)
def test_the_snippets_of_a_document_run_and_print(document, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN_SNIPPETS, str(tmp_path)],
        input=json.dumps(blocks(document, "python")),
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_code_fits_on_a_page(document):
    lines = [
        line for text in blocks(document, "python", "pycon", "bash", "powershell", "text") for line in text.splitlines()
    ]
    assert [line for line in lines if len(line) > WIDTH] == []


def demarcate_commands(document):
    """Return the arguments of each command that a document shows, once."""
    words = commands("bash", "powershell", documents=[document])
    return list(dict.fromkeys(tuple(each[1:]) for each in words if Path(each[0]).stem == "demarcate"))


@pytest.fixture(scope="module")
def heart_model(tmp_path_factory):
    """The model that the first page of the documents makes, trained for less long."""
    folder = tmp_path_factory.mktemp("heart")
    done = demarcate("fit", "heart", "--preset", "fast", "--out", "heart.safetensors", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "heart.safetensors"


def run_in_order(shown, folder):
    # Tables of the reader's own.
    heart().frame.write_parquet(folder / "large.parquet")
    shutil.copy(FIELD / "groups" / "mild_visits.csv", folder / "visits.csv")
    shutil.copy(FIELD / "time-order" / "past.csv", folder / "market.csv")
    if NODE_MODULES.is_dir():
        (folder / "node_modules").symlink_to(NODE_MODULES)
    for arguments in shown:
        if "web" in arguments and not NODE_MODULES.is_dir():
            continue
        done = demarcate(*arguments, cwd=folder)
        assert done.returncode == 0, (arguments, done.stderr)
        for option, path in pairwise(arguments):
            assert option not in {"--out", "--report", "--plot"} or (folder / path).stat().st_size, arguments


def test_every_command_of_the_readme_runs_in_the_order_shown(tmp_path):
    shown = demarcate_commands(README)
    assert ("fit", "heart", "--out", "heart.safetensors") in shown
    run_in_order(shown, tmp_path)


@pytest.mark.parametrize(
    "document", [each for each in DOCUMENTS[1:] if demarcate_commands(each)], ids=lambda document: document.name
)
def test_every_other_command_of_a_document_runs_in_the_order_shown(document, heart_model, tmp_path):
    """With the model of the README, whose own commands run above."""
    shutil.copy(heart_model, tmp_path)
    of_readme = demarcate_commands(README)
    run_in_order([each for each in demarcate_commands(document) if each not in of_readme], tmp_path)


@pytest.mark.skipif(shutil.which("node") is None or not NODE_MODULES.is_dir(), reason="needs node and onnxruntime-web")
def test_the_script_of_the_page_about_exports_runs(heart_model, tmp_path):
    (script,) = blocks(ROOT / "docs" / "export.md", "javascript")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    (tmp_path / "predict.mjs").write_text(script, encoding="utf-8")
    assert demarcate("export", heart_model, "--out", "heart.onnx", "--quiet", cwd=tmp_path).returncode == 0
    done = subprocess.run(
        ["node", "--liftoff-only", "predict.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    label, *shares = re.fullmatch(r"([01]) \[ (0\.\d+), (0\.\d+) \]", done.stdout.strip()).groups()
    assert sum(map(float, shares)) == pytest.approx(1)
    assert max(shares) == shares[int(label)]


def test_nothing_is_shown_that_is_neither_run_nor_a_set_up():
    unknown = [words for words in commands("bash", "powershell") if Path(words[0]).stem != "demarcate"]
    assert {words[0] for words in unknown} <= {word.replace("\\", "/") for word in SET_UP}


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_demo_trains_saves_and_predicts_in_a_second_process(tmp_path):
    plan = subprocess.run(["make", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shown = [words[1:] for line in plan.splitlines() if Path((words := shlex.split(line))[0]).name == "demarcate"]
    assert [arguments[0] for arguments in shown] == ["fit", "predict"]
    for arguments in shown:
        done = demarcate(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert re.search(r"P\(target = 1\) = 0\.\d+", done.stdout)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    "target",
    [
        "dev",
        "test",
        "lint",
        "format",
        "docs",
        "notebooks",
        "handout",
        "fuzz",
        "bench-engine",
        "bench-tabular",
        "release-check",
        "clean",
    ],
)
def test_make_knows_its_targets(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_shows_the_scores_the_command_prints(tmp_path):
    """Equal up to what another machine's arithmetic may change."""
    shown = blocks(ROOT / "README.md", "text")[0]
    printed = demarcate("fit", "heart", cwd=tmp_path).stdout
    for name in ("accuracy", "log loss", "ROC AUC"):
        expected, found = (
            [float(number) for number in re.findall(r"[01]\.\d+", line)]
            for text in (shown, printed)
            for line in text.splitlines()
            if line.strip().startswith(name)
        )
        assert found == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for found in DOCUMENTS
        for heading in re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for anchor in re.findall(r"\]\([^)#]*#([^)]*)\)", text):
        assert anchor in headings
