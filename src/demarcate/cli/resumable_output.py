"""Predictions of a long table, kept part by part beside the file they are for until all are there."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Self

import polars as pl

from demarcate.cli.error_handling import UsageError
from demarcate.cli.outputs import append_table, is_text, write_table
from demarcate.errors import OutputError
from demarcate.formatting import counted
from demarcate.io.atomic import replace_atomically, unwritable, write_atomically
from demarcate.io.lock import locked

_MANIFEST, _LOCK, _TEXT, _WHOLE = "manifest.json", "lock", "rows", "whole"
_WHAT = "predictions of demarcate"


class Kept:
    """A file of predictions that appears when it is whole.

    What is written in one part needs nothing else. Of a longer table every part is put down in a folder, named like the
    file and ``.parts``, as soon as it is predicted; a manifest says how many rows are there for certain. However a
    process ends, another can go on from whole parts.

    Parameters
    ----------
    out
        The file.
    identity
        What the predictions depend on, JSON-ready: only the same is gone on with.
    resume
        Whether to go on from what is kept of an earlier run; if not, that is cleared away.

    Raises
    ------
    UsageError
        If what is kept is of another model, table or command, or the folder is somebody else's.
    OutputError
        If another process writes the same file, or the system refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Kept(f"{folder}/p.csv", {"model": "5f"}, resume=False) as kept:
    ...         for part in ([0.1, 0.7], [0.4]):
    ...             kept.add(pl.DataFrame({"probability": part}))
    ...         kept.finish()
    ...     Path(f"{folder}/p.csv").read_text().split(), [path.name for path in Path(folder).iterdir()]
    (['probability', '0.1', '0.7', '0.4'], ['p.csv'])
    """

    def __init__(self, out: str, identity: Mapping[str, Any], *, resume: bool) -> None:
        target = Path(os.path.realpath(out))
        self.folder = target.with_name(f"{target.name}.parts")
        self._out = out
        # As it comes back from a manifest, where it is compared.
        self._identity: dict[str, Any] = json.loads(json.dumps(dict(identity)))
        self._first: pl.DataFrame | None = None
        self._closing = ExitStack()
        self._lock: IO[bytes] | None = None
        self._n_parts = self._n_bytes = 0
        self.n_rows = 0
        if self.folder.is_symlink() or self.folder.exists():
            self._manifest()  # refuses a folder of somebody else before anything is written there
            self._hold()
            self._take_up(self._manifest(), resume=resume)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock and not self.n_rows:
            self.clear()  # of a part that was never counted nothing can be made
        self._closing.close()

    def add(self, part: pl.DataFrame) -> None:
        """The next rows."""
        if self._first is None and not self.n_rows:
            self._first = part
            return
        with self._told():
            if not self.n_rows:
                self.folder.mkdir(mode=0o700, exist_ok=True)
                self._hold()
                if self._first is not None:
                    self._put_down(self._first)
                    self._first = None
            self._put_down(part)

    def finish(self) -> None:
        """Give the file its name, and clear everything else away."""
        if not self.n_rows:
            assert self._first is not None, "a table has rows"
            write_table(self._out, self._first)
            return
        with self._told():
            self._check_held()
            whole = self.folder / _TEXT
            if is_text(self._out):
                os.truncate(whole, self._n_bytes)
            else:
                parts = [self._part(number) for number in range(self._n_parts)]
                whole = self.folder / _WHOLE
                # Row groups one after another: no more than a few are in memory.
                pl.scan_parquet(parts, glob=False, hive_partitioning=False).sink_parquet(whole)
            replace_atomically(self._out, whole)
        self.clear()

    def clear(self) -> None:
        """Keep nothing."""
        self._closing.close()
        self._lock = None
        shutil.rmtree(self.folder, ignore_errors=True)
        self._n_parts = self._n_bytes = self.n_rows = 0

    def __str__(self) -> str:
        """What is kept and how to go on, as a sentence; empty if nothing is."""
        if not self.n_rows:
            return ""
        kept = f"{counted(self.n_rows, 'prediction')} are kept in {self.folder}"
        return f"{kept}: the same command with --resume goes on from there."

    def _hold(self) -> None:
        rule = "One process writes a file of predictions"
        taken = OutputError(f"{rule}: another writes {self._out}. Wait for it, or name another file.")
        self._lock = self._closing.enter_context(locked(self.folder / _LOCK, taken))

    def _check_held(self) -> None:
        """Refuse to go on in a folder that is not the one that was begun: somebody removed that."""
        held, path = self._lock, self.folder / _LOCK
        assert held is not None, "parts are put down in a folder that is held"
        if not path.exists() or not os.path.samestat(os.fstat(held.fileno()), path.stat()):
            self.n_rows, self._lock = 0, None  # what is there is another's
            rule, found = "Parts of a file are left alone until it is whole", f"{self.folder} was removed meanwhile"
            raise OutputError(f"{rule}: {found}. Begin again.")

    def _put_down(self, part: pl.DataFrame) -> None:
        self._check_held()
        if is_text(self._out):
            with (self.folder / _TEXT).open("ab") as file:
                append_table(self._out, part, file, first=not self._n_parts)
                file.flush()
                os.fsync(file.fileno())
                n_bytes = file.tell()
        else:
            write_table(str(self._part(self._n_parts)), part)
            n_bytes = 0
        n_parts, n_rows = self._n_parts + 1, self.n_rows + len(part)
        manifest = {"what": _WHAT, "identity": self._identity, "n_rows": n_rows, "n_parts": n_parts, "n_bytes": n_bytes}
        write_atomically(self.folder / _MANIFEST, json.dumps(manifest).encode())
        self._n_parts, self._n_bytes, self.n_rows = n_parts, n_bytes, n_rows

    def _part(self, number: int) -> Path:
        return self.folder / f"{number:06}.parquet"

    def _manifest(self) -> dict[str, Any] | None:
        """What an earlier run said of the folder; None if nothing was put down in it."""
        found = {entry.name for entry in self.folder.iterdir()} if self.folder.is_dir() else {"a file"}
        try:
            manifest: Any = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            manifest = None
        begun = _MANIFEST not in found and (not found or _LOCK in found)
        if begun and found <= {_LOCK, _TEXT, self._part(0).name}:
            return None
        if not _is_manifest(manifest):
            raise UsageError(f"{self.folder} would hold the parts of {self._out}, and holds something else: rename it")
        return dict(manifest)

    def _take_up(self, manifest: dict[str, Any] | None, *, resume: bool) -> None:
        if manifest is None or not resume:
            self.clear()
            return
        changed = sorted(name for name, value in self._identity.items() if manifest["identity"].get(name) != value)
        if changed or set(manifest["identity"]) != set(self._identity):
            what = ", ".join(changed) or "other settings"
            raise UsageError(
                f"--resume goes on with the same command on the same files: {what} differ from what is kept in "
                f"{self.folder}. Leave --resume out to begin anew"
            )
        n_parts, n_bytes = manifest["n_parts"], manifest["n_bytes"]
        text = self.folder / _TEXT
        if is_text(self._out):
            sound = text.exists() and text.stat().st_size >= n_bytes
            if sound:
                os.truncate(text, n_bytes)
        else:
            sound = all(self._part(number).exists() for number in range(n_parts))
        if not sound:
            self.clear()
            return
        self._n_parts, self._n_bytes, self.n_rows = n_parts, n_bytes, manifest["n_rows"]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the system refuses, in words."""
        try:
            yield
        except (OSError, pl.exceptions.PolarsError) as error:
            raise unwritable(self._out, error) from error


def _is_manifest(found: Any) -> bool:
    if not isinstance(found, dict) or found.get("what") != _WHAT or not isinstance(found.get("identity"), dict):
        return False
    return all(type(found.get(name)) is int and found[name] >= 0 for name in ("n_rows", "n_parts", "n_bytes"))
