"""Turns the tutorials, which are Jupyter notebooks, into pages with what their cells printed and drew."""

import json
from pathlib import PurePosixPath

from myst_parser.parsers.sphinx_ import MystParser


def as_markdown(notebook: dict, name: str) -> str:
    r"""Return a notebook as Markdown, with a link to the file below its title.

    Examples
    --------
    >>> words = {"cell_type": "markdown", "source": ["# One\n", "two"]}
    >>> print(as_markdown({"cells": [words]}, "one.ipynb"))
    # One
    <BLANKLINE>
    {download}`Download the notebook <one.ipynb>`
    <BLANKLINE>
    two
    """
    cells = "\n\n".join(map(cell_as_markdown, notebook["cells"]))
    title, _, rest = cells.partition("\n")
    return f"{title}\n\n{{download}}`Download the notebook <{name}>`\n\n{rest.lstrip()}"


def cell_as_markdown(cell: dict) -> str:
    """Return the words, or the code and its output, of one cell."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    alt = cell["metadata"].get("alt", "")
    return "\n\n".join([f"```python\n{source}\n```", *(output(each, alt) for each in cell["outputs"])])


def output(shown: dict, alt: str) -> str:
    """Return an output as Markdown: printed text, or a picture with its description."""
    if "text" in shown:
        return f"```text\n{''.join(shown['text']).rstrip()}\n```"
    return f"![{alt}](data:image/png;base64,{shown['data']['image/png']})"


class NotebookParser(MystParser):
    """Reads a notebook as the Markdown that it amounts to."""

    supported = ("notebook",)

    def parse(self, inputstring, document):
        """Parse the Markdown of a notebook."""
        name = PurePosixPath(document.settings.env.docname).name
        super().parse(as_markdown(json.loads(inputstring), f"{name}.ipynb"), document)


def setup(app):
    """Register the extension with Sphinx."""
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
