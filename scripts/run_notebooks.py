"""Run the tutorials of ``docs/tutorials`` and keep what their cells print and draw.

``python scripts/run_notebooks.py`` after a change to a notebook, or to anything that one shows. It needs no Jupyter: a
cell is plain Python, of which the last expression is shown, as are the pictures that it leaves open.
"""

import ast
import base64
import io
import json
import os
import tempfile
import warnings
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "tutorials"
DPI = 80
"""Dots per inch of a picture in a notebook: legible at the width of a page, and small in the repository."""


def main() -> None:
    """Run every notebook in an empty folder, and write it with its output."""
    warnings.simplefilter("error")
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as empty, chdir(empty):
            run(notebook)
        path.write_text(as_text(notebook), "utf-8")
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def run(notebook: dict[str, Any]) -> None:
    """Run the cells of a notebook in order, in one namespace, and replace their outputs."""
    os.environ["MPLBACKEND"] = "agg"
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = run_cell("".join(cell["source"]), names)


def run_cell(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run one cell and return its outputs: what it prints, the value of a last expression, and pictures."""
    body = ast.parse(source).body
    last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
        value = eval(compile(last, "<cell>", "eval"), names) if last else None
    shown = printed.getvalue() + ("" if value is None else f"{value!r}\n")
    return [*([text_output(shown)] if shown else []), *map(picture_output, open_pictures())]


def text_output(text: str) -> dict[str, Any]:
    """Return text as the output of a cell."""
    return {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}


def picture_output(png: bytes) -> dict[str, Any]:
    """Return a picture as the output of a cell."""
    data = {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": ["<Figure>"]}
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def open_pictures() -> list[bytes]:
    """Return the open figures of matplotlib as PNG, and close them."""
    import matplotlib.pyplot as plt

    pictures = []
    for number in plt.get_fignums():
        buffer = io.BytesIO()
        plt.figure(number).savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        pictures.append(buffer.getvalue())
    plt.close("all")
    return pictures


def as_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as Jupyter writes it, so that opening and saving it changes nothing."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    main()
