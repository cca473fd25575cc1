"""The models that are served: each has a name and a version, and is checked and prepared before it is served."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demarcate.bundle.array_model import build_numpy_predictor, computes_all
from demarcate.bundle.format import sha256_of
from demarcate.bundle.read_model import parse_model_file, read_bytes
from demarcate.bundle.safetensors_header import MAX_FILE_BYTES
from demarcate.errors import BundleError, InputError, Problem
from demarcate.formatting import quoted
from demarcate.serving.served_model import ServedModel

_PART = re.compile(r"[\w.~=-]{1,100}", re.ASCII)
"""What a name or a version may be: it is a part of an address."""
VERSION_DIGITS = 12
"""Digits of a file's SHA-256 that are its version, where none was given."""


@dataclass(frozen=True)
class ModelSource:
    """A model file, and how it is called in requests.

    Parameters
    ----------
    path
        The file.
    name
        Its name in addresses, such as ``heart`` in ``/models/heart/predict``.
    version
        Its version; empty is the first digits of the file's SHA-256, which a new file changes.
    """

    path: str
    name: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> "ModelSource":
        """Return the source that an argument names: ``FILE``, ``NAME=FILE`` or ``NAME@VERSION=FILE``.

        Examples
        --------
        >>> ModelSource.parse("models/heart.safetensors")
        ModelSource(path='models/heart.safetensors', name='heart', version='')
        >>> ModelSource.parse("risk@2026-11=heart.safetensors")
        ModelSource(path='heart.safetensors', name='risk', version='2026-11')

        Raises
        ------
        InputError
            If a name or a version cannot be a part of an address.
        """
        called, equals, path = text.partition("=")
        if not equals or os.path.lexists(text):
            called, path = Path(text).name.removesuffix(".safetensors"), text
        name, at, version = called.partition("@")
        wrong = [part for part in (name, version) if part and not _PART.fullmatch(part)]
        if not name or wrong or (at and not version):
            fact = f"{quoted(called)} cannot be a part of an address" if wrong else f"{quoted(text)} has no name"
            remedy = "Write NAME=MODEL or NAME@VERSION=MODEL, of letters, digits and -._~="
            raise InputError([Problem(fact, remedy)])
        return cls(path, name, version)

    def load(self, expected: frozenset[str] = frozenset()) -> ServedModel:
        """Return the model, ready to compute its first row.

        Parameters
        ----------
        expected
            The SHA-256 digests of which the file must have one; empty for any.

        Raises
        ------
        BundleError
            If the file is missing, damaged, none of those that are expected, or has networks that only torch computes.
        """
        data = read_bytes(self.path, MAX_FILE_BYTES)
        digest = sha256_of(data)
        if expected and digest not in expected:
            fact = f"'{self.path}' has the SHA-256 {digest}, which is none of those expected"
            raise BundleError(f"{fact}. Fetch the file again, or add the digest on the command line (--expect-sha256).")
        try:
            file = parse_model_file(data)
        except BundleError as error:
            raise BundleError(f"'{self.path}' is not a model that demarcate can use. {error}") from error
        if not computes_all(file.spec):
            fact = f"'{self.path}' has networks of a family that only torch computes"
            raise BundleError(f"{fact}. Serve a model that 'demarcate fit' made.")
        model = build_numpy_predictor(file.spec, file.tensors)
        served = ServedModel(self.name, self.version or digest[:VERSION_DIGITS], model, digest, self.path)
        # Made before the process is copied, so that all copies share them.
        _ = served.coder
        served.computer.warm_up()
        return served


class ModelStore:
    """The models of a service, by name and version: `ServedModels`.

    Parameters
    ----------
    models
        The models, at least one; of several with one name the last is the newest.

    Raises
    ------
    InputError
        If two models have the same name and version.
    """

    def __init__(self, models: Sequence[ServedModel]) -> None:
        self._first = models[0].name
        self._by_name: dict[str, dict[str, ServedModel]] = {}
        for model in models:
            versions = self._by_name.setdefault(model.name, {})
            if model.version in versions:
                fact = f"Two models are called {model.name!r} and have the version {model.version!r}"
                raise InputError([Problem(fact, "Tell them apart: NAME@VERSION=MODEL")])
            self._by_name[model.name] = {model.version: model, **versions}

    def find(self, name: str | None = None, version: str | None = None) -> ServedModel | None:
        """Return a model; the first one without a name, and the newest version without a version."""
        versions = self._by_name.get(self._first if name is None else name)
        if versions is None:
            return None
        return next(iter(versions.values())) if version is None else versions.get(version)

    def all(self) -> Sequence[ServedModel]:
        """Return the newest version of every model, the first one first."""
        return [next(iter(versions.values())) for versions in self._by_name.values()]

    def versions(self, name: str) -> Sequence[str]:
        """Return the versions of a model, the newest first; none if there is no such model."""
        return list(self._by_name.get(name, ()))
