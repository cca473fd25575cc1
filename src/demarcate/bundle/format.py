"""The bytes of a model file: a safetensors file with exactly one spelling for every content.

========================  ===========================================================================================
bytes                     content
========================  ===========================================================================================
8                         length of the header, unsigned, little-endian
header                    JSON in ASCII, padded with spaces to a multiple of 8
rest                      the tensors one after the other, C order, little-endian, no gaps
========================  ===========================================================================================

The header's first key is ``__metadata__`` with two strings: ``demarcate``, the document as canonical JSON, and
``sha256``, the digest of the content: the document's text, then for each tensor ``["name","dtype",[shape]]`` as
canonical JSON followed by its bytes. Then come the tensors, each as ``{"dtype","shape","data_offsets"}``: 8-byte
numbers first and 4-byte numbers after them, by name (code point) within each, so that all are aligned.

The layout is safetensors' own (https://huggingface.co/docs/safetensors), and its library opens these files. They are
written and read here so that the bytes depend on no library's version.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from demarcate.bundle.canonical_json import STORABLE, from_text, to_text
from demarcate.bundle.rules import refused, shown
from demarcate.bundle.safetensors_header import (
    DTYPES,
    FOREIGN,
    LENGTH_RULE,
    NAME_RULE,
    SHAPE_RULE,
    Entry,
    check_count,
    check_sizes,
    dtype_code,
    header_bytes,
    is_name,
    is_shape,
    is_spelt_as_written,
    laid_out,
    parse_header,
)

LENGTH_BYTES = 8
SMALLER = "Train fewer or smaller networks"
_STRETCH = 1 << 20

Document: TypeAlias = dict[str, Any]
Tensors: TypeAlias = dict[str, npt.NDArray[Any]]
ExpectedTensors: TypeAlias = Mapping[str, tuple[npt.DTypeLike, tuple[int, ...]]]


def encode(document: Document, tensors: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the bytes of the model file with this document and these tensors.

    Parameters
    ----------
    document
        A dict of what JSON can store and give back equal: string keys, lists (not tuples), finite numbers.
    tensors
        Arrays of float32, float64 or int64, all finite, at most 8 dimensions, by name. They are stored in C order and
        little-endian, however they lie in memory.

    Raises
    ------
    BundleError
        If the document or a tensor cannot be stored.

    Examples
    --------
    >>> data = encode({"version": 1}, {"weight": np.zeros((2, 3), dtype=np.float32)})
    >>> document, tensors = decode(data)
    >>> document, tensors["weight"].shape
    ({'version': 1}, (2, 3))
    """
    text = _document_text(document)
    check_count(len(tensors), SMALLER)
    stored = {name: _stored(name, tensor) for name, tensor in tensors.items()}
    entries = laid_out(Entry(name, dtype_code(tensor.dtype), tensor.shape) for name, tensor in stored.items())
    buffers = [stored[entry.name].reshape(-1).view(np.uint8).data for entry in entries]
    header = header_bytes(text, _digest(text, zip(entries, buffers, strict=True)), entries)
    n_bytes = LENGTH_BYTES + len(header) + sum(entry.n_bytes for entry in entries)
    check_sizes(n_bytes, len(header), SMALLER)
    return b"".join([struct.pack("<Q", len(header)), header, *buffers])


def decode(
    data: bytes | memoryview, check_document: Callable[[Document], ExpectedTensors] | None = None
) -> tuple[Document, Tensors]:
    """Audit the bytes of a model file, then return its document and its tensors.

    Nothing is built before everything is checked: sizes, JSON, dtypes, shapes, offsets, that the bytes are the ones
    `encode` writes, and the digest.

    Parameters
    ----------
    data
        The whole file.
    check_document
        Derives from the document which tensors (name, dtype, shape) the file must hold, or raises `BundleError` if the
        document is not understood. It is given a document that is as it was written, before any tensor is built.

    Returns
    -------
    document : dict
        The document.
    tensors : dict of str to ndarray
        Read-only arrays over `data`, which they keep alive; nothing is copied.

    Raises
    ------
    BundleError
        If anything at all is not as `encode` writes it.

    Examples
    --------
    >>> data = encode({}, {"bias": np.ones(2, dtype=np.float32)})
    >>> decode(data[:-1])
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model file is as long as its header says: tensor 'bias' ends at byte 8 ...
    """
    view = memoryview(data).toreadonly()
    header = _header_of(view)
    body = view[LENGTH_BYTES + len(header) :]
    text, digest, entries = parse_header(header, len(body))
    document = from_text(text, "the document")
    if not isinstance(document, dict):
        raise refused("A model file's document is a JSON object", f"it is a {type(document).__name__}")
    if to_text(document) != text or not is_spelt_as_written(header, text, digest, entries):
        raise refused("A model file is byte for byte as demarcate writes it", "its header is spelt differently")
    found = _digest(text, ((entry, body[entry.begin : entry.end]) for entry in entries))
    if found != digest:
        raise refused(
            "A model file's content has the SHA-256 that its header states", f"it has {found}, not {shown(digest)}"
        )
    if check_document is not None:
        _check_expected(entries, check_document(document))
    tensors: Tensors = {
        entry.name: np.ndarray(entry.shape, DTYPES[entry.dtype], body, entry.begin) for entry in entries
    }
    for name, tensor in tensors.items():
        _check_finite(name, tensor)
    return document, tensors


def fingerprint(data: bytes | memoryview) -> str:
    """Return the SHA-256 of a whole file, as 64 hexadecimal digits.

    Examples
    --------
    >>> fingerprint(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def _document_text(document: Document) -> str:
    if not isinstance(document, dict):
        raise refused(STORABLE, f"it is a {type(document).__name__}, not a dict", "Give a dict")
    text = to_text(document)
    # Tuples and keys that are not strings are written, but come back as something else.
    if from_text(text, "the document", SMALLER) != document:
        raise refused(
            STORABLE,
            "it reads back as something else (a tuple, or a key that is not a string)",
            "Use lists, and strings as keys",
        )
    return text


def _stored(name: str, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
    dtype = DTYPES.get(dtype_code(tensor.dtype))
    if dtype is None:
        found = f"tensor {shown(name)} holds {tensor.dtype}"
        raise refused("A tensor holds float32, float64 or int64 numbers", found, "Convert it before saving")
    if not is_shape(list(tensor.shape)):
        raise refused(SHAPE_RULE, f"tensor {shown(name)} has shape {tensor.shape}", "Reshape it before saving")
    if not is_name(name):
        raise refused(NAME_RULE, f"tensor {shown(name)} is there", "Rename it before saving")
    _check_finite(name, tensor)
    return np.asarray(tensor, dtype=dtype, order="C")


def _digest(text: str, contents: Iterable[tuple[Entry, memoryview]]) -> str:
    digest = hashlib.sha256(text.encode("ascii"))
    for entry, content in contents:
        digest.update(to_text([entry.name, entry.dtype, list(entry.shape)]).encode("ascii"))
        digest.update(content)
    return digest.hexdigest()


def _header_of(view: memoryview) -> memoryview:
    if len(view) < LENGTH_BYTES:
        raise refused("A model file begins with 8 bytes that say how long its header is", f"it has {len(view)} bytes")
    (n_header_bytes,) = struct.unpack("<Q", view[:LENGTH_BYTES])
    check_sizes(len(view), n_header_bytes, FOREIGN)
    n_after = len(view) - LENGTH_BYTES
    if n_header_bytes > n_after:
        raise refused(LENGTH_RULE, f"its header has {n_header_bytes} bytes, and {n_after} are there")
    return view[LENGTH_BYTES : LENGTH_BYTES + n_header_bytes]


def _check_expected(entries: Iterable[Entry], expected: ExpectedTensors) -> None:
    rule = "A model file holds the tensors that its document describes"
    found = {entry.name: entry for entry in entries}
    for name, (dtype, shape) in expected.items():
        entry = found.pop(name, None)
        wanted = f"{dtype_code(np.dtype(dtype))} of shape {tuple(int(size) for size in shape)}"
        if entry is None:
            raise refused(rule, f"tensor {shown(name)}, {wanted}, is missing")
        if (has := f"{entry.dtype} of shape {entry.shape}") != wanted:
            raise refused(rule, f"tensor {shown(name)} is {has}, and {wanted} is expected")
    if found:
        raise refused(rule, f"tensor {shown(min(found))} is not expected")


def _check_finite(name: str, tensor: npt.NDArray[Any]) -> None:
    if tensor.dtype.kind != "f":
        return
    # In stretches, so that what is looked at takes no memory to speak of beside the tensor.
    numbers = np.ravel(tensor)
    for begin in range(0, numbers.size, _STRETCH):
        finite = np.isfinite(numbers[begin : begin + _STRETCH])
        if not finite.all():
            place = [int(index) for index in np.unravel_index(begin + int(finite.argmin()), tensor.shape)]
            raise refused(
                "A model's numbers are finite",
                f"tensor {shown(name)} holds NaN or infinity at {place}",
                "Train the model again, with a smaller learning rate",
            )
