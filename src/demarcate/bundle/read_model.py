"""Read a model file and validate all of it before anything is built from it; needs no torch."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from demarcate.bundle.format import LENGTH_BYTES, decode, sha256_of
from demarcate.bundle.model_spec import ModelSpec, parse_spec
from demarcate.bundle.rules import bundle_error
from demarcate.bundle.safetensors_header import MAX_FILE_BYTES
from demarcate.bundle.tensor_spec import expected_tensors
from demarcate.errors import BundleError, SettingError
from demarcate.presentation import brief_repr

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@brief_repr
@dataclass(frozen=True, eq=False)
class ModelFile:
    """A validated model file.

    Attributes
    ----------
    data
        The bytes of the file.
    document
        The JSON document in its header, as it is stored.
    tensors
        The arrays by name: read-only views of ``data``.
    spec
        The model that document and tensors describe, without its networks' weights.
    """

    data: bytes
    document: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]
    spec: ModelSpec

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, 64 hexadecimal digits."""
        return sha256_of(self.data)

    @property
    def n_header_bytes(self) -> int:
        """Length of the header in bytes."""
        return len(self.data) - LENGTH_BYTES - sum(tensor.nbytes for tensor in self.tensors.values())


def read_model_file(path: Path, expect_sha256: str | None = None) -> ModelFile:
    """Read a model file into memory and validate it; its SHA-256 is compared before any of its bytes mean anything."""
    check_sha256(expect_sha256)
    data = read_bytes(path, MAX_FILE_BYTES)
    try:
        if expect_sha256 is not None and (digest := sha256_of(data)) != expect_sha256.lower():
            fact = f"It has the SHA-256 {digest}, but {expect_sha256} is expected"
            raise bundle_error(fact, "Fetch the file again, or ask for the right number where you got this one")
        return parse_model_file(data)
    except BundleError as error:
        raise BundleError(f"'{path}' is not a model that demarcate can use. {error}") from error


def parse_model_file(data: bytes) -> ModelFile:
    """Validate the bytes of a model file."""
    document, tensors = decode(data, expected_tensors)
    return ModelFile(data, document, tensors, parse_spec(document, tensors))


def check_sha256(expected: object) -> None:
    """Raise SettingError unless a value is None or 64 hexadecimal digits."""
    if expected is not None and not (isinstance(expected, str) and _SHA256.fullmatch(expected)):
        raise SettingError(f"A SHA-256 has 64 hexadecimal digits; got {expected!r}")


def read_bytes(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Read a whole regular file; its size is checked before anything is read."""
    remedy = "Give the path of a file that demarcate saved"
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise bundle_error(
                f"'{path}' is {'a folder' if stat.S_ISDIR(status.st_mode) else 'not a regular file'}", remedy
            )
        if status.st_size > max_bytes:
            fact = f"'{path}' has {status.st_size:,} bytes; a model file has at most {max_bytes:,}"
            raise bundle_error(fact, remedy)
        with Path(path).open("rb") as file:
            data = file.read(status.st_size + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise bundle_error(f"'{path}' could not be read ({reason})", "Check the path and its permissions") from error
    if len(data) != status.st_size:
        raise bundle_error(f"'{path}' changed its size while it was read", "Read it again")
    return data
