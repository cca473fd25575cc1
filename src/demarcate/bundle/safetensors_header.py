"""The header of a model file: the place of each tensor, with one spelling for every content and a strict parser."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np

from demarcate.bundle.canonical_json import dumps, loads
from demarcate.bundle.rules import bundle_error, shown

MAX_FILE_BYTES = 2 * 1024**3
MAX_HEADER_BYTES = 16 * 1024**2
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 8

METADATA = "__metadata__"
DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8")}
FOREIGN_REMEDY = "Use a file that demarcate saved"
SHAPE_LIMIT = f"at most {MAX_DIMENSIONS} dimensions and {MAX_FILE_BYTES:,} elements are allowed"
NAME_RULE = f"a name is not empty, not {METADATA!r}, and can be encoded in UTF-8"


@dataclass(frozen=True)
class TensorEntry:
    """The name, dtype (a key of `DTYPES`), shape and first byte of a tensor, counted from the end of the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int = 0

    @property
    def n_bytes(self) -> int:
        """Size of the tensor in bytes."""
        return math.prod(self.shape) * DTYPES[self.dtype].itemsize

    @property
    def end(self) -> int:
        """The byte after the tensor's last."""
        return self.begin + self.n_bytes

    @property
    def sort_key(self) -> tuple[int, str]:
        """Wide numbers first, so that all are aligned; then by name."""
        return -DTYPES[self.dtype].itemsize, self.name


def dtype_code(dtype: np.dtype[Any]) -> str:
    """Return safetensors' code of a NumPy dtype: a key of `DTYPES` if such tensors can be stored."""
    return f"{dtype.kind.upper()}{8 * dtype.itemsize}"


def is_name(name: str) -> bool:
    """Return whether a tensor may have this name."""
    # JSON can spell half a surrogate pair, but no other reader of safetensors files accepts it.
    return bool(name) and name != METADATA and not any("\ud800" <= character <= "\udfff" for character in name)


def is_shape(sizes: object) -> bool:
    """Return whether a tensor may have these sizes."""
    # Sizes of zero are left out of the product: an empty array of absurd shape overflows NumPy all the same.
    return _are_sizes(sizes, MAX_DIMENSIONS) and math.prod(size or 1 for size in sizes) <= MAX_FILE_BYTES


def assign_offsets(entries: Iterable[TensorEntry]) -> list[TensorEntry]:
    """Return the entries in file order, each beginning where the one before it ends."""
    placed: list[TensorEntry] = []
    begin = 0
    for entry in sorted(entries, key=lambda entry: entry.sort_key):
        placed.append(replace(entry, begin=begin))
        begin = placed[-1].end
    return placed


def header_bytes(text: str, digest: str, entries: Iterable[TensorEntry]) -> bytes:
    """Return the header of a document's text, a digest and entries in file order, padded to a multiple of 8 bytes."""
    return b"".join(_header_chunks(text, digest, entries))


def is_canonical_header(header: memoryview, text: str, digest: str, entries: Iterable[TensorEntry]) -> bool:
    """Return whether a header equals that of `header_bytes`, compared chunk by chunk to save memory."""
    begin = 0
    for chunk in _header_chunks(text, digest, entries):
        if header[begin : begin + len(chunk)] != chunk:
            return False
        begin += len(chunk)
    return begin == len(header)


def _header_chunks(text: str, digest: str, entries: Iterable[TensorEntry]) -> Iterator[bytes]:
    n_bytes = 0
    metadata = dumps({"demarcate": text, "sha256": digest}, sort_keys=False)
    for chunk in (f'{{"{METADATA}":{metadata}', *map(_entry_json, entries), "}"):
        n_bytes += len(chunk)
        yield chunk.encode("ascii")
    yield b" " * (-n_bytes % 8)


def _entry_json(entry: TensorEntry) -> str:
    description = {"dtype": entry.dtype, "shape": list(entry.shape), "data_offsets": [entry.begin, entry.end]}
    return f",{dumps(entry.name)}:{dumps(description, sort_keys=False)}"


def parse_header(header: bytes | memoryview, n_body_bytes: int) -> tuple[str, str, list[TensorEntry]]:
    """Return a header's document text, digest and entries, which fill the bytes after the header exactly.

    The spelling is not checked; BundleError reports any other fault.
    """
    try:
        header_text = str(header, "ascii")
    except UnicodeDecodeError:
        raise bundle_error("The header is not ASCII") from None
    parsed = loads(header_text, "The header")
    if not isinstance(parsed, dict):
        raise bundle_error("The header is not a JSON object")
    metadata = parsed.pop(METADATA, None)
    if not isinstance(metadata, dict) or "demarcate" not in metadata:
        raise bundle_error("The file has no demarcate document in its metadata", FOREIGN_REMEDY)
    if set(metadata) != {"demarcate", "sha256"} or not all(isinstance(value, str) for value in metadata.values()):
        keys = shown(sorted(metadata))
        raise bundle_error(f"The metadata has the keys {keys}, not the two strings 'demarcate' and 'sha256'")
    check_tensor_count(len(parsed), FOREIGN_REMEDY)
    return metadata["demarcate"], metadata["sha256"], _parse_entries(parsed, n_body_bytes)


def check_sizes(n_bytes: int, n_header_bytes: int, remedy: str) -> None:
    """Raise BundleError if a file or its header is too large."""
    for part, size, limit in (("file", n_bytes, MAX_FILE_BYTES), ("header", n_header_bytes, MAX_HEADER_BYTES)):
        if size > limit:
            raise bundle_error(f"The {part} has {size:,} bytes; at most {limit:,} are allowed", remedy)


def check_tensor_count(n_tensors: int, remedy: str) -> None:
    """Raise BundleError if there are too many tensors."""
    if n_tensors > MAX_TENSORS:
        raise bundle_error(f"The file holds {n_tensors:,} tensors; at most {MAX_TENSORS:,} are allowed", remedy)


def _parse_entries(descriptions: Mapping[str, Any], n_body_bytes: int) -> list[TensorEntry]:
    entries: list[TensorEntry] = []
    begin = 0
    for name, description in descriptions.items():
        entry, offsets = _parse_entry(name, description, begin)
        _check_offsets(entry, offsets, n_body_bytes)
        entries.append(entry)
        begin = entry.end
    if begin != n_body_bytes:
        raise bundle_error(f"The tensors have {begin:,} bytes, but {n_body_bytes:,} follow the header")
    for before, after in pairwise(entries):
        if before.sort_key >= after.sort_key:
            order = "8-byte numbers come before 4-byte numbers, each in order of name"
            raise bundle_error(f"Tensor {shown(after.name)} is stored after {shown(before.name)}; {order}")
    return entries


def _parse_entry(name: str, description: object, begin: int) -> tuple[TensorEntry, list[int]]:
    """Return the entry of a description if it begins at ``begin``, and the offsets that the description states."""
    tensor = f"Tensor {shown(name)}"
    if not is_name(name):
        raise bundle_error(f"{tensor} has an invalid name; {NAME_RULE}")
    if not isinstance(description, dict) or set(description) != {"dtype", "shape", "data_offsets"}:
        raise bundle_error(f"{tensor} is not described by dtype, shape and data_offsets")
    dtype, shape, offsets = description["dtype"], description["shape"], description["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise bundle_error(f"{tensor} has dtype {shown(dtype)}, not F32, F64 or I64", FOREIGN_REMEDY)
    if not is_shape(shape):
        raise bundle_error(f"{tensor} has shape {shown(shape)}; {SHAPE_LIMIT}")
    if not _are_sizes(offsets, 2) or len(offsets) != 2:
        raise bundle_error(f"{tensor} has data_offsets {shown(offsets)}, not two positions in the file")
    return TensorEntry(name, dtype, tuple(shape), begin), offsets


def _check_offsets(entry: TensorEntry, offsets: list[int], n_body_bytes: int) -> None:
    tensor = f"Tensor {shown(entry.name)}"
    if offsets[0] != entry.begin:
        fault = "overlaps the one before it" if offsets[0] < entry.begin else "leaves a gap before it"
        raise bundle_error(f"{tensor} {fault}")
    if offsets[1] != entry.end:
        raise bundle_error(f"{tensor} needs {entry.n_bytes:,} bytes and has {offsets[1] - offsets[0]:,}")
    if entry.end > n_body_bytes:
        raise bundle_error(f"{tensor} ends at byte {entry.end:,} of the data, which has {n_body_bytes:,}")


def _are_sizes(values: object, max_length: int) -> TypeGuard[list[int]]:
    return (
        isinstance(values, list)
        and len(values) <= max_length
        and all(type(value) is int and 0 <= value <= MAX_FILE_BYTES for value in values)
    )
