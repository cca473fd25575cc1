"""How much memory reading takes: large files good and bad, and small ones that claim to be large."""

import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fuzz.bundles import GOLDEN
from fuzz.campaign import Broken, Target
from fuzz.forging import Parts, Tensor, parts, spelt, written

WIDE = 5000
"""Units of the two hidden layers of the large model, whose file has 100 MB."""
MANY = 12_000_000
"""Rows that prediction sets go by in another large model."""
SPARE, SPARE_FOR_VALUES = 64 * 2**20, 256 * 2**20
"""What reading may take beside twice the file, and where its document is nothing but small values."""
READER = """
import re, sys
from pathlib import Path
from demarcate.bundle import read_bundle
from demarcate.errors import BundleError
def size(which):
    return 1024 * int(re.search(which + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
read_bundle(sys.argv[2])
before = size("VmRSS")
try:
    read_bundle(sys.argv[1])
    found = "taken"
except BundleError as error:
    found = "refused"
print(found, size("VmHWM") - before)
"""
"""Reads one file, after a small one that has everything imported, and says how much more memory that took at most.

The system's own count of the process: what ``getrusage`` says includes the process that began it.
"""


@dataclass(frozen=True)
class Case:
    """A file by the name of what is wrong with it, and whether it is to be read."""

    name: str
    data: Callable[[], bytes]
    is_good: bool = False
    spare: int = SPARE


def target() -> Target[Case]:
    """Whatever a file says, reading it takes no more memory than twice its size and 64 MiB."""
    return Target(
        "memory",
        ".safetensors",
        lambda _, number: CASES[number],
        holds,
        lambda case: case.data(),
        most_seconds=60,
        n_cases=len(CASES),
    )


def holds(case: Case) -> bool:
    """Whether a file was read, in a process of its own, if it was to be and took no more memory than it may."""
    data = case.data()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(data)
        command = [sys.executable, "-c", READER, str(path), str(GOLDEN / "format_3.safetensors")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Broken(f"{case.name}: {run.stderr[-1000:]}")
    found, taken = run.stdout.split()
    if found != ("taken" if case.is_good else "refused"):
        raise Broken(f"{case.name}: it is {found}")
    allowed = 2 * len(data) + case.spare
    words = (
        f"{case.name}: {len(data) / 2**20:.1f} MiB {found}, {int(taken) / 2**20:.0f} MiB of {allowed / 2**20:.0f} taken"
    )
    if int(taken) > allowed:
        raise Broken(words)
    print(f"  {words}", file=sys.stderr, flush=True)
    return case.is_good


def large(width: int = WIDE) -> Parts:
    """One network with two wide layers, between columns and classes of a golden file."""
    golden = parts((GOLDEN / "format_1.safetensors").read_bytes())
    document = json.loads(golden.text)
    n_inputs, n_classes = document["encoders"][0]["n_encoded"], len(document["classes"]["values"])
    network = {"activation": "relu", "dropout": 0.0, "head": "auto", "hidden": [width, width]}
    document |= {"encoders": document["encoders"][:1], "members": [{"encoder": 0, "network": network}]}
    tensors = [next(tensor for tensor in golden.tensors if tensor.name == "encoders.0.numbers")]
    for place, (n_in, n_out) in zip("024", ((n_inputs, width), (width, width), (width, n_classes)), strict=True):
        for kind, shape in (("bias", [n_out]), ("weight", [n_out, n_in])):
            size = shape[0] * (shape[1] if len(shape) > 1 else 1)
            content = struct.pack("<4f", 0.5, -0.25, 0.125, 1.0) * (size // 4 + 1)
            tensors.append(Tensor(f"members.0.{place}.{kind}", "F32", shape, content[: 4 * size]))
    return Parts(spelt(document, sort=True), tuple(tensors))


def _damaged(place: int) -> bytes:
    data = bytearray(written(large()))
    data[place] ^= 1
    return bytes(data)


def _with_nan() -> bytes:
    file = large()
    *others, last = file.tensors
    content = last.content[:-4] + struct.pack("<f", float("nan"))
    return written(replace(file, tensors=(*others, replace(last, content=content))))


def _with_rows(rising: bool) -> bytes:
    """A model whose prediction sets go by many rows."""
    golden = parts((GOLDEN / "format_2.safetensors").read_bytes())
    document = json.loads(golden.text)
    document["conformal"] = {"class_rows": [MANY - 2, 1, 1]}
    content = struct.pack("<d", 0.25) * (MANY - 3) + struct.pack("<3d", 0.5 if rising else 0.125, 1.0, 1.0)
    tensors = [
        replace(tensor, shape=[MANY], content=content) if tensor.name == "conformal.truths" else tensor
        for tensor in golden.tensors
    ]
    return written(Parts(spelt(document, sort=True), tuple(tensors)))


def _claiming(shape: list[int]) -> bytes:
    """A small file with a tensor of an enormous shape."""
    golden = parts((GOLDEN / "format_1.safetensors").read_bytes())
    return written(replace(golden, tensors=(replace(golden.tensors[0], shape=shape), *golden.tensors[1:])))


def _calling_for(width: int) -> bytes:
    """A small file whose document calls for enormous layers."""
    golden = parts((GOLDEN / "format_1.safetensors").read_bytes())
    document = json.loads(golden.text)
    document["members"][0]["network"]["hidden"] = [width] * 10
    return written(replace(golden, text=spelt(document, sort=True)))


def _filled(what: str, n_values: int) -> bytes:
    """A file that is all header, with a document of many small values."""
    return written(Parts(f'{{"a":[{",".join([what] * n_values)}]}}', ()))


def _keyed(n_values: int) -> bytes:
    """A file that is all header, with a document of many keys."""
    return written(Parts("{" + ",".join(f'"{number:x}":1' for number in range(n_values)) + "}", ()))


def _room(what: str) -> int:
    """So many of these as the reader has room for, if only just."""
    return 1_499_990 // (1 + what.count("[") + 3 * what.count("{"))


def _heading(what: str) -> bytes:
    """A file that is all header, with many values in the header itself."""
    text = f'{{"__metadata__":[{",".join([what] * (15 * 2**20 // (len(what) + 1)))}]}}'.encode()
    return struct.pack("<Q", len(text)) + text


def _long_header() -> bytes:
    return struct.pack("<Q", 16 * 2**20) + b"{}"


SMALL = ("[]", "{}", '{"a":1}', "0.5", '"ab"', "1")
CASES: tuple[Case, ...] = (
    Case("a large model", lambda: written(large()), is_good=True),
    Case("a large model, its last byte changed", lambda: _damaged(-1)),
    Case("a large model, its header changed", lambda: _damaged(100)),
    Case("a large model, its length changed", lambda: _damaged(0)),
    Case("a large model, cut off", lambda: written(large())[:-1]),
    Case("a large model with a number that is none", _with_nan),
    Case("a model with many rows for prediction sets", lambda: _with_rows(rising=True), is_good=True),
    Case("a model with many rows for prediction sets that fall", lambda: _with_rows(rising=False)),
    Case("a tensor that claims 8 EiB", lambda: _claiming([2**30, 2**31])),
    Case("a tensor that claims 2 GiB", lambda: _claiming([2**28])),
    Case("a tensor of no numbers in an enormous shape", lambda: _claiming([0, 2**31, 2**31])),
    Case("layers of a billion units", lambda: _calling_for(10**9)),
    Case("a header that claims 16 MiB", _long_header),
    *(
        Case(f"as many {what} as there is room for", partial(_filled, what, _room(what)), spare=SPARE_FOR_VALUES)
        for what in SMALL
    ),
    Case("many keys", partial(_keyed, 1_100_000), spare=SPARE_FOR_VALUES),
    *(Case(f"three million {what}", partial(_filled, what, 3_000_000)) for what in ("[]", "{}", "1")),
    Case("a header full of mappings", lambda: _heading("{}")),
)
