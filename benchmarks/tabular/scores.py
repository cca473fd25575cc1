"""Stored scores, one file each, so that an interrupted run can be resumed."""

import functools
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.tabular.measuring import SECONDS, Entry, measure
from benchmarks.tabular.opponents import KNOWN
from benchmarks.tabular.tables import Split, Table, splits
from benchmarks.tabular.workers import Worker

Piece = tuple[Table, Split]


class Key(NamedTuple):
    """The table, split and algorithm of a score."""

    table: str
    split: int
    algorithm: str

    def __str__(self) -> str:
        return "/".join(map(str, self))


@dataclass(frozen=True)
class Cache:
    """A folder of scores: ``TABLE/ALGORITHM.SPLIT.json``. Processes may share it."""

    folder: Path

    def path(self, key: Key) -> Path:
        """Return the path of a score."""
        return self.folder / key.table / f"{key.algorithm}.{key.split}.json"

    def __contains__(self, key: Key) -> bool:
        return self.path(key).is_file()

    def get(self, key: Key) -> Entry | None:
        """Read a stored score; None if there is none."""
        return json.loads(self.path(key).read_text(encoding="utf-8")) if key in self else None

    def put(self, key: Key, entry: Entry) -> None:
        """Store a score atomically."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(entry, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(path)

    def read(self) -> dict[Key, Entry]:
        """Return all stored scores, sorted."""
        return dict(sorted(self._read()))

    def _read(self) -> Iterator[tuple[Key, Entry]]:
        for path in self.folder.glob("*/*.json"):
            algorithm, split = path.stem.rsplit(".", 1)
            key = Key(path.parent.name, int(split), algorithm)
            yield key, self.get(key) or {}

    def take(self, file: Path) -> int:
        """Scores from a file of ``{"table/split/algorithm": {...}}`` that are not kept yet.

        Their times are left out: they were taken who knows where, and would be compared.

        Returns
        -------
        int
            How many were new.
        """
        new = 0
        for words, entry in json.loads(file.read_text(encoding="utf-8")).items():
            table, split, algorithm = words.split("/")
            key = Key(table, int(split), algorithm)
            if key not in self:
                kept = {name: value for name, value in entry.items() if name not in SECONDS}
                self.put(key, kept | {"imported": True})
                new += 1
        return new


@dataclass(frozen=True)
class Part:
    """A share of the work, for processes with one cache: every ``of``-th split from the ``number``-th on."""

    number: int = 1
    of: int = 1

    def holds(self, place: int) -> bool:
        """Return whether the split at a position, from 0 on, is in the share."""
        return place % self.of == self.number - 1


def pieces(tables: Iterable[Table], most_splits: int | None = None, part: Part | None = None) -> list[Piece]:
    """Return the tables' splits, small tables first, or a part of them.

    Parameters
    ----------
    tables
        What to split.
    most_splits
        Use no more splits of each table.
    part
        Which share of the splits; all unless given.
    """
    by_size = sorted(tables, key=lambda table: len(table.y))
    found = [(table, split) for table in by_size for split in splits(table, most_splits)]
    return [piece for place, piece in enumerate(found) if (part or Part()).holds(place)]


def circumstances() -> Entry:
    """Return what a time depends on beside the fit: the run that it was taken in, and the load of the machine."""
    return {"run": _this_run()} | ({"load": round(os.getloadavg()[0], 2)} if hasattr(os, "getloadavg") else {})


def fill(
    cache: Cache, work: Sequence[Piece], algorithms: Iterable[str], worker: Worker, again: Collection[str] = ()
) -> None:
    """Run and store the missing fits, algorithm by algorithm.

    Parameters
    ----------
    cache
        Where scores are kept.
    work, algorithms
        What to fit on, and names of what to fit.
    worker
        Where fits run. One that takes too long is kept as ``timeout``, and the table's later splits are not tried: it
        has no mean without this one.
    again
        Algorithms whose kept scores are measured anew; those of other settings are in any case.
    """
    for name in algorithms:
        for table, split in work:
            key = Key(table.name, split.seed, name)
            if name in again or not (is_kept(cache, key) or _timed_out(cache, key)):
                entry = _measured(worker, name, table, split)
                cache.put(key, entry | circumstances())
                print(key, _said(entry), file=sys.stderr, flush=True)


@functools.cache
def _this_run() -> str:
    """Return a name for the process."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {os.getpid()}"


def _measured(worker: Worker, name: str, table: Table, split: Split) -> Entry:
    try:
        return worker.call(measure, name, table, split, worker.threads)
    except TimeoutError:
        return {"timeout": worker.limit, "threads": worker.threads}
    except RuntimeError as error:
        return {"error": str(error), "threads": worker.threads}


def is_kept(cache: Cache, key: Key) -> bool:
    """Return whether there is a score of the algorithm with its present settings; one without settings counts."""
    entry = cache.get(key)
    return entry is not None and entry.get("settings") in {None, KNOWN[key.algorithm].fingerprint}


def _timed_out(cache: Cache, key: Key) -> bool:
    """Return whether an earlier split took too long."""
    earlier = (cache.get(key._replace(split=split)) for split in range(key.split))
    return any("timeout" in (entry or {}) for entry in earlier)


def _said(entry: Entry) -> str:
    """Return a short text for an entry."""
    if "error" in entry:
        return f"raised {entry['error']}"
    if "timeout" in entry:
        return f"took more than {entry['timeout']:g} s"
    return f"log loss {entry['logloss']:.4f}, fitted in {entry['fit_s']:.1f} s"
