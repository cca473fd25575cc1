"""Forged model files with a valid digest, written from the format's description without the project's writer."""

import hashlib
import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 5e-324, 1e15, 1e38, -1e38, 3.4e38, 1e308, -1.7e308)
NOT_FINITE = (float("nan"), float("inf"), float("-inf"))
LARGEST_FLOAT = 1.7e308
LARGEST_INTEGER = 2**63 - 1
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 64, 2**31, 2**53, 2**63, 2**70, 10**400, 0.0, 0.5, -0.5, 1.0, 1e9, 1e300),
    *("", "x", "auto", "softmax", "logit", "numeric", "piecewise", "categorical", "date", "boolean", "str", "int"),
    *("__class__", "os.system", "../../etc/passwd", "\x1b[2J", "\ud800", "é", "a" * 5000, "%Y-%m-%d", "__metadata__"),
    *([], {}, [0], [1, 2], ["x"], [[]], {"x": 1}, [0.5, 0.25], [None], ["a", "b", "c"], {"temperature": 1.5}),
)


@dataclass(frozen=True)
class Tensor:
    """A tensor: its description and its bytes."""

    name: str
    dtype: Any
    shape: Any
    content: bytes


@dataclass(frozen=True)
class Parts:
    """The parts of a model file: the text of its document, and its tensors in the file's order."""

    text: str
    tensors: tuple[Tensor, ...]


def parts(data: bytes) -> Parts:
    """Split a valid file into its parts."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    text = header.pop("__metadata__")["demarcate"]
    body = data[8 + length :]
    return Parts(
        text,
        tuple(Tensor(name, d["dtype"], d["shape"], body[slice(*d["data_offsets"])]) for name, d in header.items()),
    )


def file_bytes(file: Parts, change_header: Callable[[dict[str, Any]], object] | None = None) -> bytes:
    """Return the file of these parts with a valid digest; ``change_header`` may change the rest of the header."""
    digest = hashlib.sha256(file.text.encode())
    described: dict[str, Any] = {}
    begin = 0
    for tensor in file.tensors:
        digest.update(canonical_json([tensor.name, tensor.dtype, tensor.shape]).encode() + tensor.content)
        end = begin + len(tensor.content)
        described[tensor.name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [begin, end]}
        begin = end
    header = {"__metadata__": {"demarcate": file.text, "sha256": digest.hexdigest()}, **described}
    if change_header is not None:
        change_header(header)
    text = canonical_json(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(tensor.content for tensor in file.tensors)


def canonical_json(value: Any, *, sort: bool = False) -> str:
    """Return JSON in the canonical encoding of the format."""
    return json.dumps(value, separators=(",", ":"), sort_keys=sort)


def with_record(file: Parts, record: dict[str, Any]) -> Parts:
    """Return the file with this record of the model."""
    return replace(file, text=canonical_json({**json.loads(file.text), "record": record}, sort=True))


def with_document_changed(file: Parts, draw: random.Random) -> Parts:
    """Replace, remove, copy or add one or two values of the document; sometimes the encoding is not canonical."""
    document = json.loads(file.text)
    for _ in range(draw.choice((1, 1, 1, 2))):
        change(document, draw)
    text = canonical_json(document, sort=draw.random() < 0.98)
    if draw.random() < 0.02:
        place = draw.randrange(1, len(text))
        text = (
            text[:place] + draw.choice((" ", "\n", '"a":1,', "NaN", "1e999", "[" * 3000, "{", "}", "é")) + text[place:]
        )
    return replace(file, text=text)


def with_numbers_changed(file: Parts, draw: random.Random) -> Parts:
    """Replace a few numbers of a tensor by others, most of them finite."""
    place = draw.randrange(len(file.tensors))
    tensor = file.tensors[place]
    code, size = {"F32": ("<f", 4), "F64": ("<d", 8), "I64": ("<q", 8)}[tensor.dtype]
    content = bytearray(tensor.content)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = size * draw.randrange(max(1, len(content) // size))
        value = draw.choice(NOT_FINITE) if draw.random() < 0.05 else draw.choice(SPECIAL) * draw.choice((1.0, 1.0, 0.3))
        if draw.random() < 0.3:
            value = draw.gauss(0, 10)
        content[at : at + size] = draw.randbytes(size) if draw.random() < 0.2 else _packed(code, value)
    tensors = list(file.tensors)
    tensors[place] = replace(tensor, content=bytes(content))
    return replace(file, tensors=tuple(tensors))


def with_tensors_changed(file: Parts, draw: random.Random) -> Parts:
    """Remove, copy, rename, reshape or retype a tensor, change its length, or swap two tensors."""
    tensors = list(file.tensors)
    place = draw.randrange(len(tensors))
    tensor = tensors[place]
    match draw.randrange(7):
        case 0:
            del tensors[place]
        case 1:
            tensors.insert(draw.randrange(len(tensors) + 1), replace(tensor, name=tensor.name + draw.choice(("", "x"))))
        case 2:
            names = ("", "__metadata__", "\ud800", "x", "members.0.0.weight", "members.9.0.bias", "a" * 2000)
            tensors[place] = replace(tensor, name=draw.choice(names))
        case 3:
            shapes = ([], [0], [-1], [2**31] * 3, [2**62], [1.0], [True], "x", None, [1] * 9, tensor.shape[::-1])
            tensors[place] = replace(tensor, shape=draw.choice((*shapes, [*tensor.shape, 1], [0, 2**31, 2**31])))
        case 4:
            tensors[place] = replace(tensor, dtype=draw.choice(("F32", "F64", "I64", "F16", "O", "", None, [], 1)))
        case 5:
            content = tensor.content[:-4] if draw.random() < 0.5 else tensor.content + bytes(4)
            tensors[place] = replace(tensor, content=content)
        case _:
            other = draw.randrange(len(tensors))
            tensors[place], tensors[other] = tensors[other], tensors[place]
    return replace(file, tensors=tuple(tensors))


def change(document: Any, draw: random.Random) -> None:
    """Make one change at a random place in a JSON value of dicts and lists."""
    holder = document
    # Descend to a random place; places near the top are more likely than by their number of leaves.
    while True:
        children = [child for child in (holder.values() if isinstance(holder, dict) else holder) if _is_inner(child)]
        if not children or draw.random() < 0.25:
            break
        holder = draw.choice(children)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    value = json.loads(canonical_json(draw.choice(VALUES)))
    if not keys or draw.random() < 0.1:
        _add(holder, draw, value)
        return
    key = draw.choice(keys)
    match draw.randrange(8):
        case 0:
            del holder[key]
        case 1:
            holder[key] = _nested(draw.choice((2, 63, 64, 65, 200)))
        case 2:
            holder[key] = holder[draw.choice(keys)]
        case 3 if type(holder[key]) in (int, float):
            step = draw.choice((1, -1, 0.5, 1e-9))
            # Floats cannot be added to whole numbers of hundreds of digits.
            holder[key] += step if abs(holder[key]) < LARGEST_FLOAT else round(step) or 1
        case 4 if isinstance(holder[key], str):
            holder[key] += draw.choice((" ", "x", "\x00", "é"))
        case 5 if isinstance(holder[key], list) and holder[key]:
            draw.choice((holder[key].reverse, lambda: holder[key].append(holder[key][-1])))()
        case _:
            holder[key] = value


def _add(holder: Any, draw: random.Random, value: Any) -> None:
    if isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), value)
    else:
        holder[draw.choice(("extra", "costs", "input_dropout", "kept", "", "__class__", "record"))] = value


def _is_inner(value: object) -> bool:
    return isinstance(value, dict | list)


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def _packed(code: str, value: float) -> bytes:
    if code == "<q":
        return struct.pack(code, round(value) if abs(value) < LARGEST_INTEGER else LARGEST_INTEGER)
    try:
        return struct.pack(code, value)
    except OverflowError:
        return struct.pack(code, 3e38)
