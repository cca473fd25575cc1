"""The one file a fitted classifier is saved to: written whole, audited before it is read.

What builds networks is imported when a bundle is built or taken apart: a path that leads nowhere is refused at once.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from demarcate.bundle.files import check_writable, read_bytes, replace_atomically, write_atomically
from demarcate.bundle.format import decode, encode, fingerprint
from demarcate.bundle.header import MAX_FILE_BYTES
from demarcate.bundle.provenance import provenance
from demarcate.errors import BundleError

if TYPE_CHECKING:
    from demarcate.predictor import Predictor

__all__ = ["check_writable", "provenance", "read_bundle", "replace_atomically", "write_atomically", "write_bundle"]


def write_bundle(predictor: "Predictor", path: str | os.PathLike[str]) -> str:
    """Save a predictor, and read it back before the file takes its name.

    Parameters
    ----------
    predictor
        What to save.
    path
        Where to; an existing file is replaced at once or not at all.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    BundleError
        If the file cannot be written; whatever stood there before still does.

    Examples
    --------
    >>> import tempfile
    >>> from demarcate import DemarcateClassifier, datasets
    >>> classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(*datasets.moons(n_samples=40))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(write_bundle(classifier.predictor_, Path(folder) / "moons.safetensors"))
    64
    """
    from demarcate.bundle.document import to_document

    data = encode(*to_document(predictor))
    write_atomically(path, data, verify=_audit)
    return fingerprint(data)


def read_bundle(path: str | os.PathLike[str]) -> "Predictor":
    """Read a predictor from a file that `write_bundle` wrote.

    The file is audited first: its size, format, the types and shapes of all tensors against what the document calls
    for, finite numbers, the SHA-256 of its content, and that it is byte for byte what writing it again would give.
    Nothing in it can run.

    Raises
    ------
    BundleError
        If there is no such file, or it is not as it was written.

    Examples
    --------
    >>> import tempfile
    >>> from demarcate import DemarcateClassifier, datasets
    >>> X, y = datasets.moons(n_samples=40)
    >>> classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     classifier.save(Path(folder) / "moons.safetensors")
    ...     predictor = read_bundle(Path(folder) / "moons.safetensors")
    >>> bool((predictor.predict_proba(X) == classifier.predict_proba(X)).all())
    True
    """
    return _read(Path(path))


def _audit(path: Path) -> None:
    _read(path)


def _read(path: Path) -> "Predictor":
    data = read_bytes(path, MAX_FILE_BYTES)
    from demarcate.bundle.document import expected_tensors, from_document

    try:
        return from_document(*decode(data, expected_tensors))
    except BundleError as error:
        raise BundleError(f"'{path}' is not a model that demarcate can use. {error}") from error
