"""A model file, read once and audited whole, before anything is built of it; needs no torch."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from demarcate.bundle.format import LENGTH_BYTES, decode, fingerprint
from demarcate.bundle.model_spec import Contents, contents_of
from demarcate.bundle.rules import refused
from demarcate.bundle.safetensors_header import MAX_FILE_BYTES
from demarcate.bundle.tensor_spec import expected_tensors
from demarcate.errors import BundleError, SettingError

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, eq=False)
class Audited:
    """A model file that passed the audit.

    Attributes
    ----------
    data
        The file.
    document, tensors
        What it holds, as it holds it; the tensors are views of ``data``.
    contents
        What that means.
    """

    data: bytes
    document: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]
    contents: Contents

    @property
    def sha256(self) -> str:
        """The digest of the file, 64 hexadecimal digits."""
        return fingerprint(self.data)

    @property
    def n_header_bytes(self) -> int:
        """The length of its header."""
        return len(self.data) - LENGTH_BYTES - sum(tensor.nbytes for tensor in self.tensors.values())


def read_audited(path: Path, expect_sha256: str | None = None) -> Audited:
    """Read a model file into memory and audit it.

    Parameters
    ----------
    path
        The file.
    expect_sha256
        What its SHA-256 must be, in hexadecimal, compared before anything in the file is looked at; None for any.

    Raises
    ------
    BundleError
        If there is no such file, its SHA-256 is another, or it is not as it was written.
    SettingError
        If what is expected is no SHA-256.
    """
    check_sha256(expect_sha256)
    data = read_bytes(path, MAX_FILE_BYTES)
    try:
        if expect_sha256 is not None and (found := fingerprint(data)) != expect_sha256.lower():
            remedy = "Fetch the file again, or ask whoever gave you the number"
            raise refused(
                "A model file has the SHA-256 that is expected", f"it has {found}, not {expect_sha256}", remedy
            )
        return audited(data)
    except BundleError as error:
        raise BundleError(f"'{path}' is not a model that demarcate can use. {error}") from error


def audited(data: bytes) -> Audited:
    """Audit the bytes of a model file.

    Raises
    ------
    BundleError
        If they are not as demarcate writes them.
    """
    document, tensors = decode(data, expected_tensors)
    return Audited(data, document, tensors, contents_of(document, tensors))


def check_sha256(expected: object) -> None:
    """Refuse what cannot be the SHA-256 of anything.

    Raises
    ------
    SettingError
        Unless it is 64 hexadecimal digits, or None.

    Examples
    --------
    >>> check_sha256("e3b0c44298fc1c14")
    Traceback (most recent call last):
    demarcate.errors.SettingError: a SHA-256 is 64 hexadecimal digits: got 'e3b0c44298fc1c14'
    """
    if expected is not None and not (isinstance(expected, str) and _DIGEST.fullmatch(expected)):
        raise SettingError(f"a SHA-256 is 64 hexadecimal digits: got {expected!r}")


def read_bytes(path: str | os.PathLike[str], max_size: int) -> bytes:
    """Read a whole file of at most `max_size` bytes.

    Parameters
    ----------
    path
        The file.
    max_size
        The most bytes it may have; checked before anything is read.

    Raises
    ------
    BundleError
        If there is no such file, it is a folder or a device, it is too large, or the system refuses.

    Examples
    --------
    >>> read_bytes("no-such-model.safetensors", 100)
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model is read from a file: 'no-such-model.safetensors' could not be read ...
    """
    rule, remedy = "A model is read from a file", "Check the path and its permissions"
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise refused(rule, f"'{path}' is {kind}", "Give the path of a file that demarcate saved")
        if status.st_size > max_size:
            raise refused(
                f"A model file has at most {max_size} bytes",
                f"'{path}' has {status.st_size}",
                "Give the path of a file that demarcate saved",
            )
        with Path(path).open("rb") as file:
            data = file.read(status.st_size + 1)
    except OSError as error:
        raise refused(rule, f"'{path}' could not be read ({_reason(error)})", remedy) from error
    if len(data) != status.st_size:
        raise refused("A model file stands still while it is read", f"'{path}' changed its size", "Read it again")
    return data


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
