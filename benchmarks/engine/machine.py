"""On what machine a figure was measured, and how busy it was."""

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

EXTENSIONS = ("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16")
"""The processor's extensions that matter to matrix products."""


@dataclass(frozen=True)
class Machine:
    """What a time depends on besides the program."""

    cpu: str
    cores: int
    extensions: tuple[str, ...]
    torch: str
    threads: int
    load: float | None

    def as_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return asdict(self) | {"extensions": list(self.extensions)}


def this_machine() -> Machine:
    """The machine as it is now; the load average is that of the last minute."""
    known = _cpuinfo()
    flags = set(known.get("flags", "").split())
    return Machine(
        cpu=known.get("model name") or platform.processor() or platform.machine(),
        cores=os.cpu_count() or 1,
        extensions=tuple(name for name in EXTENSIONS if name in flags),
        torch=torch.__version__,
        threads=torch.get_num_threads(),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def _cpuinfo() -> dict[str, str]:
    """What Linux says of its first processor; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    first = path.read_text(encoding="utf-8").split("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
