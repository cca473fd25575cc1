"""Makes pages of the repository's own documents, and keeps their links to each other.

Documents are written to be read where the code is: ``docs/start.md`` merely points to ``README.md``, whose links are
seen from the root. At the site the pointing page has the other's text below its own heading, and links lead to pages.
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
    "src/demarcate/datasets/heart.LICENSE.md": "heart",
}
"""Documents outside docs, and the pages of the site that they are."""
PLACES = {**{document: f"{page}.md" for document, page in PAGES.items()}, "examples": "gallery/index.rst"}
"""What links may lead to, and where that is at the site."""
LINK = re.compile(r"(\]\()(?!\w+:|#|/)([^)#\s]+)")


def at_site(target: str, folder: str) -> str:
    """Where a link found in a document of this folder leads to, seen from ``docs`` at the site.

    Examples
    --------
    >>> at_site("docs/images/boundaries.png", ""), at_site("../CHANGELOG.md", "docs"), at_site("src/demarcate", "")
    ('images/boundaries.png', 'changes.md', '../src/demarcate')
    """
    path = normpath(f"{folder}/{target}" if folder else target)
    return PLACES.get(path) or os.path.relpath(path, "docs").replace(os.sep, "/")


def read(app, page, source):
    """Put a page's text in place, with its links as the site has them."""
    documents = {page: document for document, page in PAGES.items()}
    if page in documents:
        document = documents[page]
        folder = dirname(document)
        app.env.note_dependency(str(ROOT / document))
        heading, text = source[0].partition("\n")[0], (ROOT / document).read_text(encoding="utf-8")
        source[0] = heading + "\n" + text.partition("\n")[2]
    elif Path(app.env.doc2path(page)).suffix == ".md":
        folder = "docs"
    else:
        return
    source[0] = LINK.sub(lambda link: link[1] + at_site(link[2], folder), source[0])


def setup(app):
    """Take part in the build."""
    app.connect("source-read", read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
