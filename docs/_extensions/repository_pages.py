"""Turns documents outside ``docs`` into pages, and adapts their links.

Documents are written for readers of the repository: ``docs/start.md`` only points to ``README.md``, whose links are
relative to the root. On the site the page has the text of the document below its own heading, and links lead to pages.
"""

import os
import re
from pathlib import Path
from posixpath import dirname, normpath

ROOT = Path(__file__).parents[2]
PAGES = {
    "README.md": "start",
    "CHANGELOG.md": "changes",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "src/demarcate/datasets/heart.LICENSE.md": "heart",
}
"""Documents outside docs, and their pages on the site."""
PLACES = {**{document: f"{page}.md" for document, page in PAGES.items()}, "examples": "gallery/index.rst"}
"""Targets of links, and their places on the site."""
LINK = re.compile(r"(\]\()(?!\w+:|#|/)([^)#\s]+)")


def at_site(target: str, folder: str) -> str:
    """Return the target on the site, relative to ``docs``, of a link in a document of this folder.

    Examples
    --------
    >>> at_site("docs/images/boundaries.png", ""), at_site("../CHANGELOG.md", "docs"), at_site("src/demarcate", "")
    ('images/boundaries.png', 'changes.md', '../src/demarcate')
    """
    path = normpath(f"{folder}/{target}" if folder else target)
    return PLACES.get(path) or os.path.relpath(path, "docs").replace(os.sep, "/")


def read(app, page, source):
    """Insert the text of a document into its page, with the links of the site."""
    documents = {page: document for document, page in PAGES.items()}
    if page in documents:
        document = documents[page]
        folder = dirname(document)
        app.env.note_dependency(str(ROOT / document))
        heading, text = source[0].partition("\n")[0], (ROOT / document).read_text(encoding="utf-8")
        source[0] = heading + "\n" + text.partition("\n")[2]
    elif Path(app.env.doc2path(page)).suffix in (".md", ".ipynb"):
        folder = dirname(f"docs/{page}")
    else:
        return
    up = "../" * page.count("/")
    source[0] = LINK.sub(lambda link: link[1] + up + at_site(link[2], folder), source[0])


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("source-read", read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
