"""The header of a model file: where each tensor lies, written in one way and read with suspicion."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np

from demarcate.bundle.canonical_json import from_text, to_text
from demarcate.bundle.rules import refused, shown

MAX_FILE_BYTES = 2 * 1024**3
MAX_HEADER_BYTES = 16 * 1024**2
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 8

METADATA = "__metadata__"
DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8")}
FOREIGN = "Use a file that demarcate saved"
LENGTH_RULE = "A model file is as long as its header says"
SHAPE_RULE = f"A tensor has at most {MAX_DIMENSIONS} dimensions, of sizes that a file has room for"
NAME_RULE = "A tensor's name is text that UTF-8 can write, not empty and not '__metadata__'"


@dataclass(frozen=True)
class Entry:
    """One tensor's place in the file.

    Parameters
    ----------
    name
        The tensor's name.
    dtype
        A key of `DTYPES`.
    shape
        Its sizes.
    begin
        Its first byte, counted from the end of the header.

    Examples
    --------
    >>> Entry("weight", "F32", (2, 3), begin=8).end
    32
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int = 0

    @property
    def n_bytes(self) -> int:
        """How many bytes the tensor has."""
        return math.prod(self.shape) * DTYPES[self.dtype].itemsize

    @property
    def end(self) -> int:
        """The byte after its last."""
        return self.begin + self.n_bytes

    @property
    def order(self) -> tuple[int, str]:
        """What tensors are ordered by: wide numbers first, so that all are aligned; then the name."""
        return -DTYPES[self.dtype].itemsize, self.name


def dtype_code(dtype: np.dtype[Any]) -> str:
    """Return safetensors' word for a NumPy dtype, which is a key of `DTYPES` if such tensors can be stored.

    Examples
    --------
    >>> dtype_code(np.dtype(np.float32)), dtype_code(np.dtype(">i8"))
    ('F32', 'I64')
    """
    return f"{dtype.kind.upper()}{8 * dtype.itemsize}"


def is_name(name: str) -> bool:
    r"""Return whether a tensor may have this name.

    Examples
    --------
    >>> is_name("layers.0.weight"), is_name("__metadata__"), is_name("half a pair: \ud800")
    (True, False, False)
    """
    # Half a surrogate pair can be spelt in JSON, but no other reader of safetensors files takes it.
    return bool(name) and name != METADATA and not any("\ud800" <= character <= "\udfff" for character in name)


def is_shape(sizes: object) -> bool:
    """Return whether a tensor may have these sizes.

    Examples
    --------
    >>> is_shape([2, 3]), is_shape([]), is_shape([-1]), is_shape([2.0]), is_shape([0, 2**31, 2**31])
    (True, True, False, False, False)
    """
    # Sizes of zero are left out of the product: an empty array of absurd shape overflows NumPy all the same.
    return _are_sizes(sizes, MAX_DIMENSIONS) and math.prod(size or 1 for size in sizes) <= MAX_FILE_BYTES


def laid_out(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in the file's order, each beginning where the one before it ends.

    Examples
    --------
    >>> [entry.begin for entry in laid_out([Entry("a", "F32", (3,)), Entry("b", "F64", (2,))])]
    [0, 16]
    """
    placed: list[Entry] = []
    begin = 0
    for entry in sorted(entries, key=lambda entry: entry.order):
        placed.append(Entry(entry.name, entry.dtype, entry.shape, begin))
        begin = placed[-1].end
    return placed


def header_bytes(text: str, digest: str, entries: Iterable[Entry]) -> bytes:
    """Return the one header for a document's text, a digest and entries in the file's order, padded to 8 bytes.

    Examples
    --------
    >>> header_bytes("{}", "ab", [])
    b'{"__metadata__":{"demarcate":"{}","sha256":"ab"}}       '
    """
    return b"".join(_header_pieces(text, digest, entries))


def is_spelt_as_written(header: memoryview, text: str, digest: str, entries: Iterable[Entry]) -> bool:
    """Return whether a header is the one that `header_bytes` gives, compared piece by piece.

    Examples
    --------
    >>> is_spelt_as_written(memoryview(header_bytes("{}", "ab", [])), "{}", "ab", [])
    True
    """
    begin = 0
    for piece in _header_pieces(text, digest, entries):
        if header[begin : begin + len(piece)] != piece:
            return False
        begin += len(piece)
    return begin == len(header)


def _header_pieces(text: str, digest: str, entries: Iterable[Entry]) -> Iterator[bytes]:
    n_bytes = 0
    metadata = to_text({"demarcate": text, "sha256": digest}, sort_keys=False)
    for piece in (f'{{"{METADATA}":{metadata}', *map(_described, entries), "}"):
        n_bytes += len(piece)
        yield piece.encode("ascii")
    yield b" " * (-n_bytes % 8)


def _described(entry: Entry) -> str:
    description = {"dtype": entry.dtype, "shape": list(entry.shape), "data_offsets": [entry.begin, entry.end]}
    return f",{to_text(entry.name)}:{to_text(description, sort_keys=False)}"


def parse_header(header: bytes | memoryview, n_body_bytes: int) -> tuple[str, str, list[Entry]]:
    """Return the document's text, the digest and the entries of a header.

    The entries are in the file's order and fill the bytes after the header exactly; nothing is said of the spelling.

    Raises
    ------
    BundleError
        If the header is anything else.

    Examples
    --------
    >>> parse_header(header_bytes("{}", "ab", [Entry("a", "F32", (3,))]), 12)
    ('{}', 'ab', [Entry(name='a', dtype='F32', shape=(3,), begin=0)])
    """
    try:
        spelt = str(header, "ascii")
    except UnicodeDecodeError:
        raise refused("A model file's header is JSON in ASCII", "it holds other bytes") from None
    parsed = from_text(spelt, "the header")
    if not isinstance(parsed, dict):
        raise refused("A model file's header is a JSON object", f"it is a {type(parsed).__name__}")
    metadata = parsed.pop(METADATA, None)
    if not isinstance(metadata, dict) or "demarcate" not in metadata:
        raise refused("A model file's metadata holds demarcate's document", "this file has none", FOREIGN)
    if set(metadata) != {"demarcate", "sha256"} or not all(isinstance(value, str) for value in metadata.values()):
        keys = shown(sorted(metadata))
        raise refused("A model file's metadata is two strings, 'demarcate' and 'sha256'", f"it has the keys {keys}")
    check_count(len(parsed), FOREIGN)
    return metadata["demarcate"], metadata["sha256"], _placed_entries(parsed, n_body_bytes)


def check_sizes(n_bytes: int, n_header_bytes: int, remedy: str) -> None:
    """Refuse a file of `n_bytes`, `n_header_bytes` of them header, if that is more than a model file may have.

    Examples
    --------
    >>> check_sizes(3 * 1024**3, 1000, "Train a smaller network")
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model file has at most 2147483648 bytes: it has 3221225472. Train a smaller network.
    """
    if n_bytes > MAX_FILE_BYTES:
        raise refused(f"A model file has at most {MAX_FILE_BYTES} bytes", f"it has {n_bytes}", remedy)
    if n_header_bytes > MAX_HEADER_BYTES:
        raise refused(f"A model file's header has at most {MAX_HEADER_BYTES} bytes", f"it has {n_header_bytes}", remedy)


def check_count(n_tensors: int, remedy: str) -> None:
    """Refuse more tensors than a model file may hold.

    Examples
    --------
    >>> check_count(100_001, "Train fewer networks")
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model file holds at most 100000 tensors: it holds 100001. Train fewer networks.
    """
    if n_tensors > MAX_TENSORS:
        raise refused(f"A model file holds at most {MAX_TENSORS} tensors", f"it holds {n_tensors}", remedy)


def _placed_entries(described: Mapping[str, Any], n_body_bytes: int) -> list[Entry]:
    entries: list[Entry] = []
    begin = 0
    for name, description in described.items():
        entry, offsets = _described_entry(name, description, begin)
        _check_place(entry, offsets, n_body_bytes)
        entries.append(entry)
        begin = entry.end
    if begin != n_body_bytes:
        raise refused(LENGTH_RULE, f"its tensors have {begin} bytes, and {n_body_bytes} are there")
    for before, after in pairwise(entries):
        if before.order >= after.order:
            raise refused(
                "A model file holds 8-byte numbers before 4-byte numbers, by name within each",
                f"tensor {shown(after.name)} stands after {shown(before.name)}",
            )
    return entries


def _described_entry(name: str, description: object, begin: int) -> tuple[Entry, list[int]]:
    """Return the entry a description makes at `begin`, and the offsets the description claims."""
    tensor = f"tensor {shown(name)}"
    if not is_name(name):
        raise refused(NAME_RULE, f"{tensor} is there")
    if not isinstance(description, dict) or set(description) != {"dtype", "shape", "data_offsets"}:
        raise refused("A tensor is described by its dtype, shape and data_offsets", f"{tensor} is described otherwise")
    dtype, shape, offsets = description["dtype"], description["shape"], description["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise refused("A tensor holds F32, F64 or I64 numbers", f"{tensor} holds {shown(dtype)}", FOREIGN)
    if not is_shape(shape):
        raise refused(SHAPE_RULE, f"{tensor} has shape {shown(shape)}")
    if not _are_sizes(offsets, 2) or len(offsets) != 2:
        raise refused("A tensor's data_offsets are two positions in the file", f"{tensor} has {shown(offsets)}")
    return Entry(name, dtype, tuple(shape), begin), offsets


def _check_place(entry: Entry, offsets: list[int], n_body_bytes: int) -> None:
    tensor = f"tensor {shown(entry.name)}"
    if offsets[0] != entry.begin:
        fault = "overlaps the one before it" if offsets[0] < entry.begin else "leaves a gap before it"
        raise refused("A model file's tensors follow each other exactly", f"{tensor} {fault}")
    if offsets[1] != entry.end:
        raise refused(
            "A tensor has as many bytes as its shape and dtype need",
            f"{tensor} needs {entry.n_bytes} and has {offsets[1] - offsets[0]}",
        )
    if entry.end > n_body_bytes:
        raise refused(LENGTH_RULE, f"{tensor} ends at byte {entry.end} of the data, and {n_body_bytes} are there")


def _are_sizes(values: object, n_most: int) -> TypeGuard[list[int]]:
    return (
        isinstance(values, list)
        and len(values) <= n_most
        and all(type(value) is int and 0 <= value <= MAX_FILE_BYTES for value in values)
    )
