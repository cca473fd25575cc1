"""The files of the page, as a server gives them: each under an address that changes when any of them does."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import PurePosixPath

from demarcate.studio.single_module import joined_module, joined_style

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""The types of the files that are given away, by the ending of the name; no other file is."""
SCRIPT, STYLE = "page.js", "page.css"
"""All modules, and all style sheets, as one file: the fewer a page asks for, the sooner it is painted."""
_REFERENCE = re.compile(r'((?:src|href)=")web/')
"""Where the shell names a file of the page."""
_STYLES = re.compile(r'(?:\s*<link rel="stylesheet" href="web/\w+\.css">)+')


@dataclass(frozen=True)
class WebFile:
    """One file of the page."""

    content: bytes
    content_type: str


class WebFiles:
    """All files of the page, read once.

    ``version`` names their content: a browser may keep a file for good under an address with it.
    """

    def __init__(self) -> None:
        folder = files("demarcate.studio") / "web"
        self._files = {
            each.name: WebFile(each.read_bytes(), CONTENT_TYPES[suffix])
            for each in sorted(folder.iterdir(), key=lambda each: each.name)
            if (suffix := PurePosixPath(each.name).suffix) in CONTENT_TYPES
        }
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(f"{name} {len(file.content)} ".encode() + file.content)
        self.version = digest.hexdigest()[:16]

    def get(self, name: str) -> WebFile | None:
        """Return the file of a name, None if there is none: names are looked up, and never become a path."""
        return self._joined.get(name) or self._files.get(name)

    @cached_property
    def _joined(self) -> dict[str, WebFile]:
        """The files that are made of several."""
        texts = {SCRIPT: joined_module("main.js"), STYLE: joined_style()}
        return {name: WebFile(text.encode(), CONTENT_TYPES[PurePosixPath(name).suffix]) for name, text in texts.items()}

    def shell(self) -> bytes:
        """Return the page itself, which names the joined files under addresses with the version."""
        text = self._files["index.html"].content.decode().replace('"web/main.js"', f'"web/{SCRIPT}"')
        text = _STYLES.sub(f'\n    <link rel="stylesheet" href="web/{STYLE}">', text)
        return _REFERENCE.sub(rf"\1web/{self.version}/", text).encode()
