"""Checkpoints: a folder in which a fit saves its progress, so that the same fit can resume it.

The folder holds a manifest with the signature of the fit; a lock, held while a process trains; and for each population
its last two states, ``NAME.NUMBER.npz``: numpy's format, arrays by name and one text of facts, no code that runs when
it is read. A state is written to a temporary name and moved to its own when it is complete.
"""

import contextlib
import hashlib
import json
import os
import struct
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.engine.fit_signature import signature_changes
from demarcate.errors import CheckpointError, CheckpointWarning, warn_caller
from demarcate.io.lock import locked

_MANIFEST, _LOCK, _FACTS, _DIGEST = "manifest.json", "lock", "facts", "digest"
_STATES = "population-*.npz"
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, struct.error, zlib.error, BadZipFile)
"""The errors of reading a damaged archive, depending on where the damage is."""
FORMAT = 1

State = tuple[dict[str, Tensor], dict[str, Any]]
"""Tensors by name, and facts fit for JSON."""


class PopulationCheckpoint:
    """Saves and loads the states of one population, ``every`` so many seconds."""

    def __init__(self, folder: Path, name: str, every: float) -> None:
        self._folder, self._name, self._every = folder, name, every
        self._last_time = time.monotonic()
        self._last_number = max(self._numbers(), default=0)

    def is_due(self) -> bool:
        """Return whether it is time for the next state."""
        return time.monotonic() - self._last_time >= self._every

    def save(self, state: State) -> None:
        """Write a state, and remove those before the last; where the system refuses, warn and train on."""
        tensors, facts = state
        arrays = {name: tensor.cpu().numpy() for name, tensor in tensors.items()}
        arrays[_FACTS] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
        arrays[_DIGEST] = _digest(arrays)
        try:
            with _replacing(self._path(self._last_number + 1)) as temporary, temporary.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            message = f"no checkpoint could be written ({error.strerror}): {self._folder}. Training goes on without"
            warn_caller(CheckpointWarning(message))
        else:
            self._last_number += 1
            for number in self._numbers():
                if number < self._last_number - 1:
                    self._path(number).unlink(missing_ok=True)
        self._last_time = time.monotonic()

    def load(self) -> State | None:
        """Return the newest complete state, or None where there is none; warn of damaged ones."""
        numbers = sorted(self._numbers(), reverse=True)
        for number in numbers:
            path = self._path(number)
            try:
                return _read(path)
            except _DAMAGE as error:
                message = f"checkpoint {path} is damaged ({error}). It is ignored"
                warn_caller(CheckpointWarning(message))
        if numbers:
            message = f"no complete checkpoint of {self._name} is left in {self._folder}. It begins anew"
            warn_caller(CheckpointWarning(message))
        return None

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._name}.{number:06d}.npz"

    def _numbers(self) -> list[int]:
        numbers = (path.name.split(".")[-2] for path in self._folder.glob(f"{self._name}.*.npz"))
        return [int(number) for number in numbers if number.isdigit()]


class CheckpointFolder(NamedTuple):
    """A folder locked by this process, its manifest, and the seconds between states."""

    path: Path
    manifest: Mapping[str, Any]
    every: float


@contextlib.contextmanager
def open_checkpoints(
    folder: str | os.PathLike[str], signature: Mapping[str, str], facts: Mapping[str, Any], every: float
) -> Iterator[CheckpointFolder]:
    """Lock a folder, made where there is none, for one fit.

    A folder in use must have the same ``signature``. ``facts`` are written to a new manifest; a resumed fit finds those
    of its beginning there. ``every`` is in seconds.
    """
    if not str(folder).strip():
        raise CheckpointError("the folder of checkpoints has an empty name. Name a folder")
    folder = Path(folder)
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_foreign_files(folder)
            busy = CheckpointError(f"another process trains in {folder}. Wait for it, or name another folder")
            stack.enter_context(locked(folder / _LOCK, busy))
            for path in _temporary_files(folder):
                path.unlink(missing_ok=True)
            manifest = _manifest(folder, signature, facts)
        except OSError as error:
            raise CheckpointError(
                f"{folder} cannot hold checkpoints ({error.strerror}). Name a folder that can be written"
            ) from error
        yield CheckpointFolder(folder, manifest, every)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name, under which a file is written before it takes the path's."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _temporary_files(folder: Path) -> list[Path]:
    """Return files of ours that were never completed."""
    return [*folder.glob(f".{_STATES}.tmp"), *folder.glob(f".{_MANIFEST}.tmp")]


def _refuse_foreign_files(folder: Path) -> None:
    """Refuse a folder that is used for something else, before anything in it is touched."""
    if (folder / _MANIFEST).exists():
        return
    own = {_LOCK, *(path.name for path in _temporary_files(folder))}
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in own)
    if foreign and all(folder.joinpath(name).match(_STATES) for name in foreign):
        raise CheckpointError(f"{folder} holds checkpoints without their {_MANIFEST}. Remove the folder to begin anew")
    if foreign:
        raise CheckpointError(
            f"{folder} holds other files: {', '.join(foreign[:5])}. Name a new or an empty folder for checkpoints"
        )


def _manifest(folder: Path, signature: Mapping[str, str], facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the folder's manifest, written now if there is none; refuse that of another fit."""
    path = folder / _MANIFEST
    if not path.exists():
        manifest = {"format": FORMAT, "settings": dict(signature), **facts}
        with _replacing(path) as temporary:
            temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        return manifest
    try:
        manifest = _read_manifest(path, facts)
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}). Remove {folder} to begin anew") from error
    changes = signature_changes(manifest["settings"], signature)
    if manifest["format"] != FORMAT:
        changes.append(f"format of checkpoints: {manifest['format']} then, {FORMAT} now")
    if changes:
        raise CheckpointError(
            f"{folder} holds the checkpoints of another fit ({'; '.join(changes)}). "
            "Repeat the same table and settings, name another folder, or remove this one"
        )
    return manifest


def _read_manifest(path: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Read a manifest whose values have the types they were written with."""
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    expected = [(manifest["format"], int), (manifest["settings"], dict)]
    expected += [(manifest[name], type(value)) for name, value in facts.items()]
    expected += [(setting, str) for setting in dict(manifest["settings"]).values()]
    for value, kind in expected:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return manifest


def _read(path: Path) -> State:
    with ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged:
        raise BadZipFile(f"{damaged} does not have its checksum")
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    # The archive's own checksums do not cover names, shapes and types.
    if not np.array_equal(arrays.pop(_DIGEST), _digest(arrays)):
        raise ValueError("its content does not have its digest")
    facts = json.loads(arrays.pop(_FACTS).tobytes())
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, facts


def _digest(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """Return the SHA-256 of arrays with their names, types and shapes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode() + array.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)
