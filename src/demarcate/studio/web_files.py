"""The files of the page, as a server gives them: each under an address that changes when any of them does."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath

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
_REFERENCE = re.compile(r'((?:src|href)=")web/')
"""Where the shell names a file of the page."""


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
        return self._files.get(name)

    def shell(self) -> bytes:
        """Return the page itself, in which the addresses of the other files have the version."""
        text = self._files["index.html"].content.decode()
        return _REFERENCE.sub(rf"\1web/{self.version}/", text).encode()
