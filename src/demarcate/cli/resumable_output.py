"""Predictions of a long table, saved part by part beside their file until all are there."""

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


class ResumableOutput:
    """A file of predictions that appears when it is whole; an interrupted run of the same identity can be resumed.

    Of a table of several parts, every part is saved to a folder, named like the file and ``.parts``, as soon as it is
    predicted; a manifest counts the rows that are saved for certain, however the process ends.
    """

    def __init__(self, out: str, identity: Mapping[str, Any], *, resume: bool) -> None:
        target = Path(os.path.realpath(out))
        self.folder = target.with_name(f"{target.name}.parts")
        self._out = out
        # In the form in which a manifest gives it back.
        self._identity: dict[str, Any] = json.loads(json.dumps(dict(identity)))
        self._first: pl.DataFrame | None = None
        self._closing = ExitStack()
        self._lock: IO[bytes] | None = None
        self._n_parts = self._n_bytes = 0
        self.n_rows = 0
        if self.folder.is_symlink() or self.folder.exists():
            self._read_manifest()  # refuses a folder of somebody else before anything is written there
            self._lock_folder()
            self._resume_from(self._read_manifest(), resume=resume)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock and not self.n_rows:
            self.clear()  # a part that is not counted is of no use
        self._closing.close()

    def add(self, part: pl.DataFrame) -> None:
        """Take the next rows."""
        if self._first is None and not self.n_rows:
            self._first = part
            return
        with self._output_errors():
            if not self.n_rows:
                self.folder.mkdir(mode=0o700, exist_ok=True)
                self._lock_folder()
                if self._first is not None:
                    self._save(self._first)
                    self._first = None
            self._save(part)

    def finish(self) -> None:
        """Give the file its name, and remove everything else."""
        if not self.n_rows:
            assert self._first is not None, "a table has rows"
            write_table(self._out, self._first)
            return
        with self._output_errors():
            self._check_folder()
            whole = self.folder / _TEXT
            if is_text(self._out):
                os.truncate(whole, self._n_bytes)
            else:
                parts = [self._part(number) for number in range(self._n_parts)]
                whole = self.folder / _WHOLE
                # Row groups one after another: only a few are in memory.
                pl.scan_parquet(parts, glob=False, hive_partitioning=False).sink_parquet(whole)
            replace_atomically(self._out, whole)
        self.clear()

    def clear(self) -> None:
        """Remove everything that is saved."""
        self._closing.close()
        self._lock = None
        shutil.rmtree(self.folder, ignore_errors=True)
        self._n_parts = self._n_bytes = self.n_rows = 0

    def resume_hint(self) -> str:
        """Return a sentence on the parts that are saved and how to resume; empty if there are none."""
        if not self.n_rows:
            return ""
        saved = f"{counted(self.n_rows, 'prediction')} are saved in {self.folder}"
        return f"{saved}: the same command with --resume goes on from there."

    def _lock_folder(self) -> None:
        taken = OutputError(f"Another process writes {self._out}. Wait for it, or name another file.")
        self._lock = self._closing.enter_context(locked(self.folder / _LOCK, taken))

    def _check_folder(self) -> None:
        """Refuse to continue in a folder that took the place of the one this run began."""
        lock, path = self._lock, self.folder / _LOCK
        assert lock is not None, "parts are saved to a folder that is locked"
        if not path.exists() or not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
            self.n_rows, self._lock = 0, None  # the folder there now belongs to another
            raise OutputError(f"{self.folder} was removed while predictions were being saved to it. Start again.")

    def _save(self, part: pl.DataFrame) -> None:
        self._check_folder()
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

    def _read_manifest(self) -> dict[str, Any] | None:
        """Return what an earlier run saved; None if it saved no part."""
        names = {entry.name for entry in self.folder.iterdir()} if self.folder.is_dir() else {"a file"}
        try:
            manifest: Any = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            manifest = None
        has_begun = _MANIFEST not in names and (not names or _LOCK in names)
        if has_begun and names <= {_LOCK, _TEXT, self._part(0).name}:
            return None
        if not _is_manifest(manifest):
            raise OutputError(f"{self.folder}, the folder for parts of {self._out}, holds something else. Rename it.")
        return dict(manifest)

    def _resume_from(self, manifest: dict[str, Any] | None, *, resume: bool) -> None:
        if manifest is None or not resume:
            self.clear()
            return
        changed = sorted(name for name, value in self._identity.items() if manifest["identity"].get(name) != value)
        if changed or set(manifest["identity"]) != set(self._identity):
            names = ", ".join(changed) or "other settings"
            raise UsageError(
                f"{names} differ from those of the predictions in {self.folder}",
                "Run the same command on the same files, or leave out --resume to start anew",
            )
        n_parts, n_bytes = manifest["n_parts"], manifest["n_bytes"]
        text = self.folder / _TEXT
        if is_text(self._out):
            is_complete = text.exists() and text.stat().st_size >= n_bytes
            if is_complete:
                os.truncate(text, n_bytes)
        else:
            is_complete = all(self._part(number).exists() for number in range(n_parts))
        if not is_complete:
            self.clear()
            return
        self._n_parts, self._n_bytes, self.n_rows = n_parts, n_bytes, manifest["n_rows"]

    @contextmanager
    def _output_errors(self) -> Iterator[None]:
        """Raise the system's errors as `OutputError`."""
        try:
            yield
        except (OSError, pl.exceptions.PolarsError) as error:
            raise unwritable(self._out, error) from error


def _is_manifest(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("what") != _WHAT or not isinstance(value.get("identity"), dict):
        return False
    return all(type(value.get(name)) is int and value[name] >= 0 for name in ("n_rows", "n_parts", "n_bytes"))
