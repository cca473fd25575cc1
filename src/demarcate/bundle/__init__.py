"""The one file a fitted classifier is saved to: written whole, audited before it is read.

What builds networks is imported when a bundle is built or taken apart: a path that leads nowhere is refused at once.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from demarcate.bundle.format import encode, fingerprint
from demarcate.bundle.provenance import provenance
from demarcate.io.atomic import write_atomically

if TYPE_CHECKING:
    from demarcate.bundle.read_model import Audited
    from demarcate.inference import Predictor

__all__ = [
    "inspect_bundle",
    "provenance",
    "read_bundle",
    "write_bundle",
]


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
    OutputError
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


def read_bundle(path: str | os.PathLike[str], *, expect_sha256: str | None = None) -> "Predictor":
    """Read a predictor from a file that `write_bundle` wrote.

    The file is audited first: its size, format, the types and shapes of all tensors against what the document calls
    for, finite numbers, the SHA-256 of its content, and that it is byte for byte what writing it again would give.
    Nothing in it can run. Reading takes at most twice the file's size, the padding of networks that share a stack, and
    64 MiB.

    Parameters
    ----------
    path
        The file.
    expect_sha256
        What the SHA-256 of the file must be, as `write_bundle` gave it, compared before anything in the file is looked
        at. The digest within the file finds damage; this one tells whether it is the file that was meant.

    Raises
    ------
    BundleError
        If there is no such file, its SHA-256 is another, or it is not as it was written.
    SettingError
        If ``expect_sha256`` is no SHA-256.

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
    from demarcate.bundle.read_model import read_audited

    audited = read_audited(Path(path), expect_sha256)
    from demarcate.bundle.document import build

    return build(audited.contents, audited.tensors)


def inspect_bundle(path: str | os.PathLike[str], *, expect_sha256: str | None = None) -> "Audited":
    """Read and audit a model file as `read_bundle` does, and build nothing of it.

    Parameters
    ----------
    path, expect_sha256
        As for `read_bundle`.

    Returns
    -------
    Audited
        Its document, its tensors and what they mean.

    Raises
    ------
    BundleError, SettingError
        As for `read_bundle`.

    Examples
    --------
    >>> import tempfile
    >>> from demarcate import DemarcateClassifier, datasets
    >>> classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(*datasets.moons(n_samples=40))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     classifier.save(Path(folder) / "moons.safetensors")
    ...     inspect_bundle(Path(folder) / "moons.safetensors").contents.networks[0].hidden
    (4,)
    """
    from demarcate.bundle.read_model import read_audited

    return read_audited(Path(path), expect_sha256)


def _audit(path: Path) -> None:
    read_bundle(path)
