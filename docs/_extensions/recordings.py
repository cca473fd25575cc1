"""Plays recordings of the studio on a page of the site: the code that makes one runs when the site is built."""

import subprocess
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

FOLDER = "recordings"
"""Where the recorded pages are in the site, beside the pages of the documents."""


def make_recording(code: str, path: Path) -> None:
    """Run code whose last line gives a recording, and save that as a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    *lines, last = code.rstrip().rpartition("\n")
    program = f"{''.join(lines)}recording = {last}\nrecording.save({str(path)!r})\n"
    done = subprocess.run(  # noqa: S603 - code of the project's own documents
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ExtensionError(f"the recording {path.name} could not be made: {done.stderr.strip()}")


def frame(name: str, title: str) -> str:
    """Return a frame that shows a recorded page, and a link that opens it alone."""
    address = f"{FOLDER}/{escape(name)}.html"
    return (
        f'<iframe class="recording" src="{address}" title="{escape(title)}" loading="lazy"></iframe>\n'
        f'<p class="recording-link"><a href="{address}">Open it in a window of its own</a></p>'
    )


class RecordingDirective(SphinxDirective):
    """The name of a recording, and as its content the code that makes it: the code is shown, then the recording."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Make the recording of a built site; other builders show the code alone."""
        code, (name,) = "\n".join(self.content), self.arguments
        shown = nodes.literal_block(code, code, language="python")
        if self.env.app.builder.format != "html":
            return [shown]
        make_recording(code, Path(self.env.app.outdir) / FOLDER / f"{name}.html")
        return [shown, nodes.raw("", frame(name, f"A recording of the studio: {name}"), format="html")]


def setup(app):
    """Register the extension with Sphinx."""
    app.add_directive("recording", RecordingDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
