"""Files that a page sends: streamed to the disk, within limits, then read as tables and models of its session."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from starlette.requests import ClientDisconnect, Request

from demarcate.formatting import sized
from demarcate.studio.sessions import in_thread

if TYPE_CHECKING:
    from demarcate.studio.placed_problem import StudioError
    from demarcate.studio.tables import Tables

MAX_FILE_BYTES = 200_000_000
MAX_SESSION_BYTES, MAX_ALL_BYTES = 1_000_000_000, 2_000_000_000
"""The largest file, all files of one page together, and those of all pages."""
AT_ONCE = 2
"""Files that are taken in at the same time; others wait."""
CHUNK_SECONDS = 30.0
"""How long a page may take to send some more of a file."""
MAX_NAME = 200


@dataclass
class Uploads:
    """The files that pages have sent: how much of them each session has opened."""

    max_file_bytes: int = MAX_FILE_BYTES
    max_session_bytes: int = MAX_SESSION_BYTES
    max_all_bytes: int = MAX_ALL_BYTES
    _n_bytes: "WeakKeyDictionary[Tables, int]" = field(default_factory=WeakKeyDictionary)
    """By the tables of a session: with it they are forgotten."""
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def open(self, request: Request, tables: "Tables") -> dict[str, Any]:
        """Open the file that a request sends, and return its facts.

        Raises
        ------
        StudioError
            If it is too large, does not arrive, or cannot be read.
        """
        name = file_name(request.query_params.get("name", ""))
        self._check(_announced_bytes(request), name, tables)
        async with self._turns:
            with tempfile.TemporaryDirectory(prefix="demarcate-studio-") as folder:
                path = Path(folder) / f"upload{Path(name).suffix[:20]}"
                n_bytes = await self._receive(request, path, name, tables)
                opened = await in_thread(lambda: tables.open(path, name))
                facts = await in_thread(opened.facts)
        self._n_bytes[tables] = self._n_bytes.get(tables, 0) + n_bytes
        return facts

    async def _receive(self, request: Request, path: Path, name: str, tables: "Tables") -> int:
        """Write what is sent to a file, and return how many bytes it is."""
        n_bytes = 0
        stream = request.stream()
        with path.open("wb") as file:
            while True:
                try:
                    async with asyncio.timeout(CHUNK_SECONDS):
                        chunk = await anext(stream, None)
                except (TimeoutError, ClientDisconnect):
                    fact = f"{name} did not arrive whole: it ended after {sized(n_bytes)}"
                    raise _refused(fact, "Drop it again") from None
                if chunk is None:
                    return n_bytes
                n_bytes += len(chunk)
                self._check(n_bytes, name, tables)
                file.write(chunk)

    def _check(self, n_bytes: int, name: str, tables: "Tables") -> None:
        if n_bytes > self.max_file_bytes:
            fact = f"{name} is larger than {sized(self.max_file_bytes)}, the most that a page can send"
            raise _refused(fact, "Open it by its path: demarcate studio FILE")
        if self._n_bytes.get(tables, 0) + n_bytes > self.max_session_bytes:
            fact = f"With {name} the files of this page are more than {sized(self.max_session_bytes)} together"
            raise _refused(fact, "Open another page")
        if sum(self._n_bytes.values()) + n_bytes > self.max_all_bytes:
            fact = f"With {name} the files of all pages are more than {sized(self.max_all_bytes)} together"
            raise _refused(fact, "Close another page that has files, and wait for five minutes")


def file_name(name: str) -> str:
    r"""Return the name of a file without folders, for messages; what it is called decides how it is read.

    Examples
    --------
    >>> file_name("../../etc/passwd"), file_name("C:\\data\\iris.csv"), file_name("")
    ('passwd', 'iris.csv', 'table.csv')
    """
    name = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = "".join(character if character.isprintable() else "_" for character in name).strip(". ")
    return shown[-MAX_NAME:] or "table.csv"


def _announced_bytes(request: Request) -> int:
    """Return how many bytes a request says that it has; 0 where it does not say."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _refused(fact: str, remedy: str) -> "StudioError":
    from demarcate.studio.placed_problem import PlacedProblem, StudioError

    return StudioError([PlacedProblem.of("data", fact, remedy, field="table")])
