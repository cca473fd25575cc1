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

The layout is safetensors' own (https://huggingface.co/docs/safetensors), and its library opens these files. Reading and
writing are implemented here so that the bytes depend on no library's version.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from demarcate.bundle.canonical_json import dumps, loads
from demarcate.bundle.rules import bundle_error, shown
from demarcate.bundle.safetensors_header import (
    DTYPES,
    FOREIGN_REMEDY,
    NAME_RULE,
    SHAPE_LIMIT,
    TensorEntry,
    assign_offsets,
    check_sizes,
    check_tensor_count,
    dtype_code,
    header_bytes,
    is_canonical_header,
    is_name,
    is_shape,
    parse_header,
)

LENGTH_BYTES = 8
SMALLER_REMEDY = "Train fewer or smaller networks"
_CHUNK_SIZE = 1 << 20

Document: TypeAlias = dict[str, Any]
Tensors: TypeAlias = dict[str, npt.NDArray[Any]]
TensorSpecs: TypeAlias = Mapping[str, tuple[npt.DTypeLike, tuple[int, ...]]]
"""The dtype and the shape of each tensor, by name."""


def encode(document: Document, tensors: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the bytes of the model file with this document and these tensors.

    The document holds what JSON gives back equal: string keys, lists (not tuples), finite numbers. Tensors are float32,
    float64 or int64, finite, with at most 8 dimensions; they are stored in C order and little-endian, whatever their
    memory layout. BundleError reports anything else.
    """
    text = _document_text(document)
    check_tensor_count(len(tensors), SMALLER_REMEDY)
    stored = {name: _to_stored(name, tensor) for name, tensor in tensors.items()}
    entries = assign_offsets(
        TensorEntry(name, dtype_code(tensor.dtype), tensor.shape) for name, tensor in stored.items()
    )
    buffers = [stored[entry.name].reshape(-1).view(np.uint8).data for entry in entries]
    header = header_bytes(text, _digest(text, zip(entries, buffers, strict=True)), entries)
    n_bytes = LENGTH_BYTES + len(header) + sum(entry.n_bytes for entry in entries)
    check_sizes(n_bytes, len(header), SMALLER_REMEDY)
    return b"".join([struct.pack("<Q", len(header)), header, *buffers])


def decode(
    data: bytes | memoryview, expected_tensors: Callable[[Document], TensorSpecs] | None = None
) -> tuple[Document, Tensors]:
    """Validate the bytes of a model file, then return its document and its tensors, or raise BundleError.

    Nothing is built before everything is checked: sizes, JSON, dtypes, shapes, offsets, that the bytes are the ones
    `encode` writes, and the digest. ``expected_tensors`` derives the tensors that the file must hold from the document,
    before any is built. Tensors are read-only views of ``data``; nothing is copied.
    """
    view = memoryview(data).toreadonly()
    header = _header_view(view)
    body = view[LENGTH_BYTES + len(header) :]
    text, stated_digest, entries = parse_header(header, len(body))
    document = loads(text, "The document")
    if not isinstance(document, dict):
        raise bundle_error("The document is not a JSON object")
    if dumps(document) != text or not is_canonical_header(header, text, stated_digest, entries):
        raise bundle_error("The header is not spelled as demarcate writes it")
    digest = _digest(text, ((entry, body[entry.begin : entry.end]) for entry in entries))
    if digest != stated_digest:
        raise bundle_error(f"The content has the SHA-256 {digest}, but the header states {shown(stated_digest)}")
    if expected_tensors is not None:
        _check_expected(entries, expected_tensors(document))
    tensors: Tensors = {
        entry.name: np.ndarray(entry.shape, DTYPES[entry.dtype], body, entry.begin) for entry in entries
    }
    for name, tensor in tensors.items():
        _check_finite(name, tensor)
    return document, tensors


def sha256_of(data: bytes | memoryview) -> str:
    """Return the SHA-256 of a whole file, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _document_text(document: Document) -> str:
    if not isinstance(document, dict):
        raise bundle_error(f"The document is a {type(document).__name__}, not a dict", "Pass a dict")
    text = dumps(document)
    # Tuples and keys that are not strings are written, but read back as something else.
    if loads(text, "The document", SMALLER_REMEDY) != document:
        fact = "The document reads back differently from JSON: it holds a tuple, or a key that is not a string"
        raise bundle_error(fact, "Use lists, and strings as keys")
    return text


def _to_stored(name: str, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
    dtype = DTYPES.get(dtype_code(tensor.dtype))
    if dtype is None:
        fact = f"Tensor {shown(name)} has dtype {tensor.dtype}, not float32, float64 or int64"
        raise bundle_error(fact, "Convert it before saving")
    if not is_shape(list(tensor.shape)):
        raise bundle_error(f"Tensor {shown(name)} has shape {tensor.shape}; {SHAPE_LIMIT}", "Reshape it before saving")
    if not is_name(name):
        raise bundle_error(f"Tensor {shown(name)} has an invalid name; {NAME_RULE}", "Rename it before saving")
    _check_finite(name, tensor)
    return np.asarray(tensor, dtype=dtype, order="C")


def _digest(text: str, contents: Iterable[tuple[TensorEntry, memoryview]]) -> str:
    digest = hashlib.sha256(text.encode("ascii"))
    for entry, content in contents:
        digest.update(dumps([entry.name, entry.dtype, list(entry.shape)]).encode("ascii"))
        digest.update(content)
    return digest.hexdigest()


def _header_view(view: memoryview) -> memoryview:
    if len(view) < LENGTH_BYTES:
        raise bundle_error(f"The file has {len(view)} bytes; a model file begins with the 8-byte length of its header")
    (n_header_bytes,) = struct.unpack("<Q", view[:LENGTH_BYTES])
    check_sizes(len(view), n_header_bytes, FOREIGN_REMEDY)
    n_available = len(view) - LENGTH_BYTES
    if n_header_bytes > n_available:
        raise bundle_error(f"The header has {n_header_bytes:,} bytes, but only {n_available:,} are in the file")
    return view[LENGTH_BYTES : LENGTH_BYTES + n_header_bytes]


def _check_expected(entries: Iterable[TensorEntry], expected: TensorSpecs) -> None:
    remaining = {entry.name: entry for entry in entries}
    for name, (dtype, shape) in expected.items():
        entry = remaining.pop(name, None)
        expectation = f"{dtype_code(np.dtype(dtype))} of shape {tuple(int(size) for size in shape)}"
        if entry is None:
            raise bundle_error(f"Tensor {shown(name)}, {expectation}, is missing")
        if (actual := f"{entry.dtype} of shape {entry.shape}") != expectation:
            raise bundle_error(f"Tensor {shown(name)} is {actual}, but the document requires {expectation}")
    if remaining:
        raise bundle_error(f"Tensor {shown(min(remaining))} is not expected by the document")


def _check_finite(name: str, tensor: npt.NDArray[Any]) -> None:
    if tensor.dtype.kind != "f":
        return
    # In chunks, so that the check takes next to no memory beside the tensor.
    numbers = np.ravel(tensor)
    for begin in range(0, numbers.size, _CHUNK_SIZE):
        finite = np.isfinite(numbers[begin : begin + _CHUNK_SIZE])
        if not finite.all():
            index = [int(size) for size in np.unravel_index(begin + int(finite.argmin()), tensor.shape)]
            fact = f"Tensor {shown(name)} holds NaN or infinity at {index}"
            raise bundle_error(fact, "Train the model again, with a smaller learning rate")
