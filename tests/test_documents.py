"""What README and docs show is run: every command, every snippet, every link."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demarcate.datasets import heart

ROOT = Path(__file__).parents[1]
FIELD = ROOT / "tests" / "data" / "field"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SET_UP = {"make", "python", "uv", ".venv/bin/python", r".venv\Scripts\python"}
"""Commands that make an environment; the make targets are tested below, pip's part by whoever runs this."""


def blocks(language):
    return [
        pytest.param(document, text, id=f"{document.name}-{number}")
        for document in DOCUMENTS
        for number, (found, text) in enumerate(BLOCK.findall(document.read_text(encoding="utf-8")))
        if found == language
    ]


def commands(*languages):
    return [
        shlex.split(line.replace("\\", "/"), comments=True)
        for language in languages
        for parameter in blocks(language)
        for line in parameter.values[1].splitlines()
        if line.strip()
    ]


def demarcate(*arguments, cwd):
    program = shutil.which("demarcate", path=str(Path(sys.executable).parent))
    return subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("document", "snippet"), blocks("python"))
def test_a_snippet_runs_in_a_fresh_process(document, snippet, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_demarcate_command_runs_in_the_order_shown(tmp_path):
    shown = [words[1:] for words in commands("bash", "powershell") if Path(words[0]).stem == "demarcate"]
    assert len(shown) >= 6
    # Tables of the reader's own.
    heart().frame.write_parquet(tmp_path / "large.parquet")
    shutil.copy(FIELD / "groups" / "mild_visits.csv", tmp_path / "visits.csv")
    shutil.copy(FIELD / "time-order" / "past.csv", tmp_path / "market.csv")
    for arguments in shown:
        done = demarcate(*arguments, cwd=tmp_path)
        assert done.returncode == 0, (arguments, done.stderr)
    assert (tmp_path / "heart.safetensors").is_file()
    assert len((tmp_path / "predictions.csv").read_text(encoding="utf-8").splitlines()) == 304


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
    "target", ["test", "lint", "format", "docs", "handout", "fuzz", "bench-engine", "bench-tabular", "clean"]
)
def test_make_knows_its_targets(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_shows_the_scores_the_command_prints(tmp_path):
    """Equal up to what another machine's arithmetic may change."""
    shown = next(
        text for language, text in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if language == "text"
    )
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
