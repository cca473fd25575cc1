"""Memory while reading: large files, valid and damaged, and small ones that claim to be large."""

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
from fuzz.campaign import CheckFailed, Target
from fuzz.forging import Parts, Tensor, canonical_json, file_bytes, parts

WIDE = 5000
"""Units in each of the two hidden layers of the large model, whose file has 100 MB."""
MANY = 12_000_000
"""Out-of-fold rows of prediction sets in another large model."""
SPARE, SPARE_FOR_VALUES = 64 * 2**20, 256 * 2**20
"""Memory that reading may take beside twice the file, and if the document consists of small values."""
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
    verdict = "accepted"
except BundleError as error:
    verdict = "refused"
print(verdict, size("VmHWM") - before)
"""
"""Reads a small file, for the imports, then another one, and prints the peak of the additional memory.

The numbers come from /proc, because those of ``getrusage`` include the parent process.
"""


@dataclass(frozen=True)
class Case:
    """A file, a description of it, and whether it is valid."""

    name: str
    data: Callable[[], bytes]
    is_good: bool = False
    spare: int = SPARE


def target() -> Target[Case]:
    """Return the target: reading any file takes at most twice its size and 64 MiB of memory."""
    return Target(
        "memory",
        ".safetensors",
        lambda _, number: CASES[number],
        check,
        lambda case: case.data(),
        max_seconds=60,
        n_cases=len(CASES),
    )


def check(case: Case) -> bool:
    """Return whether a file is accepted in a new process; raise if that is wrong or takes too much memory."""
    data = case.data()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(data)
        command = [sys.executable, "-c", READER, str(path), str(GOLDEN / "format_4.safetensors")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise CheckFailed(f"{case.name}: {run.stderr[-1000:]}")
    verdict, n_bytes = run.stdout.split()
    if verdict != ("accepted" if case.is_good else "refused"):
        raise CheckFailed(f"{case.name}: the file is {verdict}")
    allowed = 2 * len(data) + case.spare
    used = f"{int(n_bytes) / 2**20:.0f} of {allowed / 2**20:.0f} MiB used"
    text = f"{case.name}: {len(data) / 2**20:.1f} MiB {verdict}, {used}"
    if int(n_bytes) > allowed:
        raise CheckFailed(text)
    print(f"  {text}", file=sys.stderr, flush=True)
    return case.is_good


def large(width: int = WIDE) -> Parts:
    """Return a model with one network of two wide layers, with the columns and classes of a golden file."""
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
    return Parts(canonical_json(document, sort=True), tuple(tensors))


def _damaged(place: int) -> bytes:
    data = bytearray(file_bytes(large()))
    data[place] ^= 1
    return bytes(data)


def _with_nan() -> bytes:
    file = large()
    *others, last = file.tensors
    content = last.content[:-4] + struct.pack("<f", float("nan"))
    return file_bytes(replace(file, tensors=(*others, replace(last, content=content))))


def _with_rows(rising: bool) -> bytes:
    """Return a model whose prediction sets have many out-of-fold rows."""
    golden = parts((GOLDEN / "format_2.safetensors").read_bytes())
    document = json.loads(golden.text)
    document["conformal"] = {"class_rows": [MANY - 2, 1, 1]}
    content = struct.pack("<d", 0.25) * (MANY - 3) + struct.pack("<3d", 0.5 if rising else 0.125, 1.0, 1.0)
    tensors = [
        replace(tensor, shape=[MANY], content=content) if tensor.name == "conformal.truths" else tensor
        for tensor in golden.tensors
    ]
    return file_bytes(Parts(canonical_json(document, sort=True), tuple(tensors)))


def _claiming(shape: list[int]) -> bytes:
    """Return a small file with a tensor of an enormous shape."""
    golden = parts((GOLDEN / "format_1.safetensors").read_bytes())
    return file_bytes(replace(golden, tensors=(replace(golden.tensors[0], shape=shape), *golden.tensors[1:])))


def _calling_for(width: int) -> bytes:
    """Return a small file whose document has enormous layers."""
    golden = parts((GOLDEN / "format_1.safetensors").read_bytes())
    document = json.loads(golden.text)
    document["members"][0]["network"]["hidden"] = [width] * 10
    return file_bytes(replace(golden, text=canonical_json(document, sort=True)))


def _filled(what: str, n_values: int) -> bytes:
    """Return a file without tensors, with a document of many small values."""
    return file_bytes(Parts(f'{{"a":[{",".join([what] * n_values)}]}}', ()))


def _keyed(n_values: int) -> bytes:
    """Return a file without tensors, with a document of many keys."""
    return file_bytes(Parts("{" + ",".join(f'"{number:x}":1' for number in range(n_values)) + "}", ()))


def _room(what: str) -> int:
    """Return the largest number of these values that the reader allows."""
    return 1_499_990 // (1 + what.count("[") + 3 * what.count("{"))


def _heading(what: str) -> bytes:
    """Return a file without tensors, with many values in the header itself."""
    text = f'{{"__metadata__":[{",".join([what] * (15 * 2**20 // (len(what) + 1)))}]}}'.encode()
    return struct.pack("<Q", len(text)) + text


def _long_header() -> bytes:
    return struct.pack("<Q", 16 * 2**20) + b"{}"


SMALL = ("[]", "{}", '{"a":1}', "0.5", '"ab"', "1")
CASES: tuple[Case, ...] = (
    Case("a large model", lambda: file_bytes(large()), is_good=True),
    Case("a large model, its last byte changed", lambda: _damaged(-1)),
    Case("a large model, its header changed", lambda: _damaged(100)),
    Case("a large model, its length changed", lambda: _damaged(0)),
    Case("a large model, cut off", lambda: file_bytes(large())[:-1]),
    Case("a large model with a NaN", _with_nan),
    Case("a model with many rows for prediction sets", lambda: _with_rows(rising=True), is_good=True),
    Case("a model with many rows for prediction sets in descending order", lambda: _with_rows(rising=False)),
    Case("a tensor that claims 8 EiB", lambda: _claiming([2**30, 2**31])),
    Case("a tensor that claims 2 GiB", lambda: _claiming([2**28])),
    Case("an empty tensor of an enormous shape", lambda: _claiming([0, 2**31, 2**31])),
    Case("layers of a billion units", lambda: _calling_for(10**9)),
    Case("a header that claims 16 MiB", _long_header),
    *(
        Case(f"the largest allowed number of {what}", partial(_filled, what, _room(what)), spare=SPARE_FOR_VALUES)
        for what in SMALL
    ),
    Case("many keys", partial(_keyed, 1_100_000), spare=SPARE_FOR_VALUES),
    *(Case(f"three million {what}", partial(_filled, what, 3_000_000)) for what in ("[]", "{}", "1")),
    Case("a header full of mappings", lambda: _heading("{}")),
)
