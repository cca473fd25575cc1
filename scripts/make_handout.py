"""Make a folder to hand out: the wheel, notebooks, exercises without and with answers, slides, and a sheet of claims.

``python scripts/make_handout.py FOLDER`` builds the wheel; ``--wheel FILE`` takes one that is built. ``--slides`` also
runs every script of the lesson, which takes minutes, and saves its pictures as large as fits.
"""

import argparse
import io
import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from demarcate.lesson import EXERCISES

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "examples").glob("plot_*.py"))
SLIDE = (1920, 1080)
"""Pixels of a slide, which a picture fills in one direction."""


def main() -> None:
    """Write everything into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wheel", type=Path, help="a wheel of demarcate that is built already")
    parser.add_argument("--slides", action="store_true", help="run all scripts and save their pictures")
    arguments = parser.parse_args()
    wheel = arguments.wheel or build_wheel(arguments.folder)
    write_handout(arguments.folder, wheel)
    if arguments.slides:
        for script in SCRIPTS:
            draw_slides(script, arguments.folder / "slides")
    print(f"Written to {arguments.folder}")


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this repository in a folder and return its path."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], check=True, capture_output=True
    )
    return max(folder.glob("demarcate-*.whl"), key=lambda path: path.stat().st_mtime)


def write_handout(folder: Path, wheel: Path) -> None:
    """Write all but the slides: notebooks lie beside a copy of the wheel, from which their first cell installs."""
    first_cell = runpy.run_path(str(ROOT / "docs" / "conf.py"))["sphinx_gallery_conf"]["first_notebook_cell"]
    for name in ("notebooks", "exercises", "answers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(wheel, folder / "notebooks")
    for script in SCRIPTS:
        text = json.dumps(notebook(script.read_text("utf-8"), first_cell), indent=1)
        (folder / "notebooks" / f"{script.stem}.ipynb").write_text(text + "\n", encoding="utf-8")
    for name, exercise in EXERCISES.items():
        (folder / "exercises" / f"{name}.py").write_text(exercise.starter(), encoding="utf-8")
        (folder / "answers" / f"{name}.py").write_text(exercise.answer(), encoding="utf-8")
    (folder / "claims.md").write_text(claims(), encoding="utf-8")


def claims() -> str:
    """Return the section of the documents that sets each claim of the lesson against what was measured."""
    text = (ROOT / "docs" / "mission.md").read_text("utf-8")
    return "# What the lesson claims, and what is true\n" + text.partition("## Claims, measured\n")[2]


def draw_slides(script: Path, folder: Path) -> None:
    """Run a script and save each of its pictures as large as fits on a slide."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    plt.show = lambda: None
    print(f"running {script.name}")
    with redirect_stdout(io.StringIO()):
        runpy.run_path(str(script))
    for number in plt.get_fignums():
        save_slide(plt.figure(number), folder / f"{script.stem}_{number}.png")
    plt.close("all")


def save_slide(figure, path: Path) -> None:
    """Save a figure as large as fits on a slide; its text grows with it."""
    figure.savefig(path, dpi=min(SLIDE[0] / figure.get_figwidth(), SLIDE[1] / figure.get_figheight()))


def notebook(script: str, first_cell: str) -> dict:
    """Return a script of cells, divided by ``# %%``, as a Jupyter notebook."""
    docstring, body = re.fullmatch(r'"""\n(.*?)"""\n(.*)', script, re.DOTALL).groups()
    cells = [code_cell(first_cell), text_cell(docstring)]
    for part in re.split(r"^# %%\n", body, flags=re.MULTILINE):
        lines = part.split("\n")
        n_words = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        # Before the first division there are only imports: a comment there belongs to them.
        n_words = n_words if cells[2:] else 0
        if words := "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[:n_words]).strip():
            cells.append(text_cell(words))
        if code := "\n".join(lines[n_words:]).strip():
            cells.append(code_cell(code))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def code_cell(source: str) -> dict:
    """Return a cell of code that has not been run."""
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def text_cell(text: str) -> dict:
    """Return a cell of words, of which the scripts have them in reStructuredText."""
    return {"cell_type": "markdown", "metadata": {}, "source": as_markdown(text)}


def as_markdown(text: str) -> str:
    """Return the reStructuredText of the scripts as Markdown: headings, literals and list tables."""
    text = re.sub(r"^(\S.*)\n=+$", r"# \1", text, flags=re.MULTILINE)
    text = re.sub(r"^(\S.*)\n-+$", r"## \1", text, flags=re.MULTILINE)
    table = re.compile(r"^\.\. list-table::\n(.*?)(?=^\S)", re.MULTILINE | re.DOTALL)
    text = table.sub(lambda found: markdown_table(found[1]), text)
    return text.replace("``", "`").strip()


def markdown_table(rows: str) -> str:
    """Return the indented rows of a list table, the first of which is its header, as a Markdown table."""
    cells = [
        [re.sub(r"\s+", " ", cell).strip() for cell in re.split(r"^ +(?:\* )?- ", row, flags=re.MULTILINE)[1:]]
        for row in _rows(rows)
    ]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * len(cells[0]), *lines[1:]]) + "\n\n"


def _rows(text: str) -> Iterator[str]:
    """Yield the text of each row of a list table."""
    starts = [found.start() for found in re.finditer(r"^ +\* - ", text, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield text[start:end]


if __name__ == "__main__":
    main()
