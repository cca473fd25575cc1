"""Messages from a studio's session to its page: facts as JSON, and arrays as bytes behind them.

One message is the same bytes whatever carries it: a WebSocket, a notebook's comm or a recording. It begins with the
length of the JSON text (uint32, little-endian), then the text, then each array at a multiple of 8 bytes.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.presentation import brief_repr

ALIGNMENT = 8
DTYPES = ("int8", "uint8", "int16", "int32", "float32")
"""The types that an array may have: those that a browser has views of."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Message:
    """One message: its kind, its facts, fit for JSON, and its arrays by name.

    Examples
    --------
    >>> message = Message("frame", {"revision": 3}, {"logits": np.zeros((1, 2, 2), dtype=np.int16)})
    >>> Message.from_bytes(message.to_bytes()).arrays["logits"].shape
    (1, 2, 2)
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the message as bytes."""
        layout, blocks, end = [], [], 0
        for name, array in self.arrays.items():
            if array.dtype.name not in DTYPES:
                raise TypeError(f"an array of a message must be one of {', '.join(DTYPES)}, got {array.dtype}: {name}")
            block = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
            layout.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "start": end})
            blocks.append(block + bytes(-len(block) % ALIGNMENT))
            end += len(blocks[-1])
        facts = {"kind": self.kind, "facts": finite(self.facts), "arrays": layout}
        text = json.dumps(facts, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        text += b" " * (-(4 + len(text)) % ALIGNMENT)
        return b"".join([len(text).to_bytes(4, "little"), text, *blocks])

    @classmethod
    def from_bytes(cls, data: bytes) -> "Message":
        """Return the message that bytes of `to_bytes` hold."""
        length = int.from_bytes(data[:4], "little")
        head = json.loads(data[4 : 4 + length])
        arrays = {}
        for each in head["arrays"]:
            count, start = math.prod(each["shape"]), 4 + length + each["start"]
            dtype = np.dtype(each["dtype"]).newbyteorder("<")
            arrays[each["name"]] = np.frombuffer(data, dtype, count, start).reshape(each["shape"])
        return cls(head["kind"], head["facts"], arrays)


def finite(value: Any) -> Any:
    """Return facts with None in place of numbers that JSON does not have, and plain Python in place of numpy's."""
    if isinstance(value, Mapping):
        return {str(name): finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
