"""CheckpointFolder: a folder in which a fit puts down what it has done, so that the same fit can go on from there.

The folder holds a manifest, which says what is being trained on what; a lock, held while a process trains; and for each
population its last two states, ``NAME.NUMBER.npz``: numpy's format, arrays under names and one text of facts, nothing
that runs when it is read. A state is written beside its place and moved there whole.
"""

import contextlib
import hashlib
import json
import os
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.engine.fit_signature import signature_changes
from demarcate.errors import CheckpointError, CheckpointWarning
from demarcate.io.lock import locked

_MANIFEST, _LOCK, _FACTS, _DIGEST = "manifest.json", "lock", "facts", "digest"
_STATES = "population-*.npz"
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged archive ends in, depending on where the damage is."""
FORMAT = 1

State = tuple[dict[str, Tensor], dict[str, Any]]
"""Tensors by name, and facts fit for JSON."""


class PopulationCheckpoint:
    """Puts down and takes up the states of one population.

    Parameters
    ----------
    folder
        Where to.
    name
        What the population is called.
    every
        Seconds from one state to the next.
    """

    def __init__(self, folder: Path, name: str, every: float) -> None:
        self._folder, self._name, self._every = folder, name, every
        self._last = time.monotonic()
        self._number = max(self._numbers(), default=0)

    def is_due(self) -> bool:
        """Whether it is time for the next state."""
        return time.monotonic() - self._last >= self._every

    def save(self, state: State) -> None:
        """Write a state, and remove those before the last.

        Where the system refuses, training goes on without: a warning says so.
        """
        tensors, facts = state
        arrays = {name: tensor.cpu().numpy() for name, tensor in tensors.items()}
        arrays[_FACTS] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
        arrays[_DIGEST] = _digest(arrays)
        place = self._place(self._number + 1)
        beside = place.with_name(f".{place.name}.tmp")
        try:
            with beside.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            what = f"no checkpoint could be written ({error.strerror}): {self._folder}. Training goes on without"
            warnings.warn(CheckpointWarning(what), stacklevel=2)
        else:
            self._number += 1
            for number in self._numbers():
                if number < self._number - 1:
                    self._place(number).unlink(missing_ok=True)
        self._last = time.monotonic()

    def load(self) -> State | None:
        """The newest state that is whole, or None where there is none.

        Warns
        -----
        CheckpointWarning
            If a newer one is damaged.
        """
        found = sorted(self._numbers(), reverse=True)
        for number in found:
            place = self._place(number)
            try:
                return _read(place)
            except _DAMAGE as error:
                warnings.warn(CheckpointWarning(f"checkpoint {place} is damaged ({error}): passed over"), stacklevel=2)
        if found:
            what = f"no whole checkpoint of {self._name} is left in {self._folder}: it begins anew"
            warnings.warn(CheckpointWarning(what), stacklevel=2)
        return None

    def _place(self, number: int) -> Path:
        return self._folder / f"{self._name}.{number:06d}.npz"

    def _numbers(self) -> list[int]:
        found = (path.name.split(".")[-2] for path in self._folder.glob(f"{self._name}.*.npz"))
        return [int(number) for number in found if number.isdigit()]


class CheckpointFolder:
    """A folder held by this process alone; made by `open_checkpoints`."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], every: float) -> None:
        self.folder, self.manifest, self._every = folder, manifest, every

    def population(self, name: str) -> PopulationCheckpoint:
        """The keeper of one population."""
        return PopulationCheckpoint(self.folder, name, self._every)


@contextlib.contextmanager
def open_checkpoints(
    folder: str | os.PathLike[str], settings: Mapping[str, str], facts: Mapping[str, Any], every: float
) -> Iterator[CheckpointFolder]:
    """Hold a folder for one fit.

    Parameters
    ----------
    folder
        Made where there is none.
    settings
        What the fit is, by name; what is in the folder must have been begun with the same.
    facts
        What else to write down at the beginning. Going on, ``manifest`` holds what was written then.
    every
        Seconds from one state of a population to the next.

    Raises
    ------
    CheckpointError
        If the folder belongs to another fit, if another process trains in it, or if it cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open_checkpoints(folder, {"lr": "0.1"}, {"n_threads": 2}, every=60) as checkpoints:
    ...         checkpoints.population("a").save(({"x": torch.ones(2)}, {"epoch": 3}))
    ...     with open_checkpoints(folder, {"lr": "0.1"}, {"n_threads": 4}, every=60) as checkpoints:
    ...         print(checkpoints.manifest["n_threads"], checkpoints.population("a").load())
    2 ({'x': tensor([1., 1.])}, {'epoch': 3})
    """
    if not str(folder).strip():
        raise CheckpointError("checkpoints go to a folder: got an empty name. Name one")
    folder = Path(folder)
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_strangers(folder)
            held.enter_context(_held(folder))
            for left in _left_over(folder):
                left.unlink(missing_ok=True)
            manifest = _manifest(folder, settings, facts)
        except OSError as error:
            raise CheckpointError(
                f"checkpoints go to a folder that can be written: got {folder} ({error.strerror}). Name another"
            ) from error
        yield CheckpointFolder(folder, manifest, every)


def _left_over(folder: Path) -> list[Path]:
    """Files of ours that were never finished."""
    return [*folder.glob(f".{_STATES}.tmp"), *folder.glob(f".{_MANIFEST}.tmp")]


def _refuse_strangers(folder: Path) -> None:
    """Refuse a folder that is used for something else; nothing in it has been touched by then."""
    if (folder / _MANIFEST).exists():
        return
    own = {_LOCK, *(path.name for path in _left_over(folder))}
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in own)
    if strangers and all(folder.joinpath(name).match(_STATES) for name in strangers):
        raise CheckpointError(
            f"checkpoints have a {_MANIFEST} beside them: {folder} has lost it. Remove the folder to begin anew"
        )
    if strangers:
        raise CheckpointError(
            f"checkpoints go to a folder of their own: {folder} holds {', '.join(strangers[:5])}. "
            "Name a new or an empty one"
        )


def _manifest(folder: Path, settings: Mapping[str, str], facts: Mapping[str, Any]) -> Mapping[str, Any]:
    place = folder / _MANIFEST
    if not place.exists():
        begun_now = {"format": FORMAT, "settings": dict(settings), **facts}
        beside = place.with_name(f".{place.name}.tmp")
        try:
            beside.write_text(json.dumps(begun_now, indent=1), encoding="utf-8")
            beside.replace(place)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return begun_now
    try:
        manifest = _read_manifest(place, facts)
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{place} is damaged ({error}). Remove {folder} to begin anew") from error
    begun, version = manifest["settings"], manifest["format"]
    changed = signature_changes(begun, settings)
    if version != FORMAT:
        changed.append(f"format of checkpoints: {version} then, {FORMAT} now")
    if changed:
        raise CheckpointError(
            f"training goes on with the same table and settings: {folder} was begun with others.\n"
            + "\n".join(f"  {change}" for change in changed)
            + "\nGive what was given then, name another folder, or remove this one"
        )
    return manifest


def _read_manifest(place: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was written when the fit was begun, each thing of the kind it was then."""
    manifest: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    kinds = [(manifest["format"], int), (manifest["settings"], dict)]
    kinds += [(manifest[name], type(value)) for name, value in facts.items()]
    kinds += [(told, str) for told in dict(manifest["settings"]).values()]
    for found, kind in kinds:
        if type(found) is not kind:
            raise TypeError(f"{found!r} stands where a {kind.__name__} belongs")
    return manifest


def _read(place: Path) -> State:
    with zipfile.ZipFile(place) as archive:
        damaged = archive.testzip()
    if damaged:
        raise zipfile.BadZipFile(f"{damaged} does not have its checksum")
    with np.load(place, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    # What the archive's own checksums do not cover: names, shapes and types.
    if not np.array_equal(arrays.pop(_DIGEST), _digest(arrays)):
        raise ValueError("what is in it is not what was written")
    facts = json.loads(arrays.pop(_FACTS).tobytes())
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, facts


def _digest(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """SHA-256 of arrays with their names, types and shapes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode() + array.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def _held(folder: Path) -> contextlib.AbstractContextManager[object]:
    """The folder's lock."""
    rule = "one process trains in a folder of checkpoints"
    return locked(folder / _LOCK, CheckpointError(f"{rule}: another holds {folder}. Wait for it, or name another"))
