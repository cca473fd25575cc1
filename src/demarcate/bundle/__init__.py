"""The one file a fitted classifier is saved to: written whole, and validated before anything is built from it.

Modules that build networks are imported only when a bundle is built or taken apart: a wrong path is refused at once.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from demarcate.argument_checks import require
from demarcate.bundle.format import encode, sha256_of
from demarcate.bundle.provenance import provenance
from demarcate.io.atomic import write_atomically

if TYPE_CHECKING:
    from demarcate.bundle.read_model import ModelFile
    from demarcate.inference import NumpyPredictor, Predictor

__all__ = [
    "inspect_bundle",
    "provenance",
    "read_bundle",
    "write_bundle",
]

BACKENDS = ("torch", "numpy")
"""What may compute the networks of a model that is read."""


def write_bundle(predictor: "Predictor", path: str | os.PathLike[str]) -> str:
    """Save a predictor to a model file.

    The file is written next to its destination, read back and validated, and only then takes its name: an existing
    file is replaced as a whole or not at all.

    Parameters
    ----------
    predictor : Predictor
        The predictor, such as ``predictor_`` of a fitted classifier.
    path : str or path-like
        Where to save it, usually with the suffix ``.safetensors``.

    Returns
    -------
    str
        SHA-256 of the file, 64 hexadecimal digits; `read_bundle` can compare it.

    Raises
    ------
    OutputError
        If the file cannot be written. An existing file is then unchanged.
    BundleError
        If the model cannot be stored: it is too large, or a weight is not finite.

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
    write_atomically(path, data, verify=_verify)
    return sha256_of(data)


@overload
def read_bundle(
    path: str | os.PathLike[str], *, expect_sha256: str | None = None, backend: Literal["torch"] = "torch"
) -> "Predictor": ...
@overload
def read_bundle(
    path: str | os.PathLike[str], *, expect_sha256: str | None = None, backend: Literal["numpy"]
) -> "NumpyPredictor": ...
def read_bundle(
    path: str | os.PathLike[str], *, expect_sha256: str | None = None, backend: str = "torch"
) -> "Predictor | NumpyPredictor":
    """Read a predictor from a file that `write_bundle` wrote.

    The file is validated first: its size and format, the types and shapes of all tensors against the document, finite
    numbers, the SHA-256 of its content, and that writing the model again would give the same bytes. Nothing in the
    file can run. Reading takes at most twice the file's size, the padding of networks that share a stack, and 64 MiB.

    Parameters
    ----------
    path : str or path-like
        The file.
    expect_sha256 : str, optional
        The SHA-256 that the file must have, as `write_bundle` returned it; compared before any of the file is parsed.
        The digest in the file detects damage; this one detects another file.
    backend : {"torch", "numpy"}
        What computes the networks. ``numpy`` loads in a fraction of the time, because torch is not imported, and is
        made for rows that come one at a time (`NumpyPredictor.predict_row`); ``torch`` is made for tables.

    Returns
    -------
    Predictor or NumpyPredictor
        The saved predictor: with torch it predicts the same bits as before saving, with numpy the same probabilities
        within 1e-6.

    Raises
    ------
    BundleError
        If the file does not exist, has another SHA-256, or is not exactly as demarcate writes it.
    SettingError
        If ``expect_sha256`` is not 64 hexadecimal digits, or the backend is unknown or does not compute these networks.

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
    from demarcate.bundle.read_model import read_model_file

    require(backend in BACKENDS, "backend", f"one of {', '.join(BACKENDS)}", backend)
    file = read_model_file(Path(path), expect_sha256)
    if backend == "numpy":
        from demarcate.bundle.array_model import build_numpy_predictor

        return build_numpy_predictor(file.spec, file.tensors)
    from demarcate.bundle.document import build_predictor

    return build_predictor(file.spec, file.tensors)


def inspect_bundle(path: str | os.PathLike[str], *, expect_sha256: str | None = None) -> "ModelFile":
    """Read and validate a model file as `read_bundle` does, without building its networks.

    Parameters
    ----------
    path : str or path-like
        The file.
    expect_sha256 : str, optional
        The SHA-256 that the file must have, as for `read_bundle`.

    Returns
    -------
    ModelFile
        Its bytes, document, tensors and the specification of its model. Torch is not needed for any of these.

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
    ...     inspect_bundle(Path(folder) / "moons.safetensors").spec.networks[0].hidden
    (4,)
    """
    from demarcate.bundle.read_model import read_model_file

    return read_model_file(Path(path), expect_sha256)


def _verify(path: Path) -> None:
    read_bundle(path)
