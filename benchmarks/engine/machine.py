"""The machine of a measurement, and its load."""

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

EXTENSIONS = ("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16")
"""The processor's extensions for matrix products."""


@dataclass(frozen=True)
class Machine:
    """The machine that a time depends on."""

    cpu: str
    cores: int
    extensions: tuple[str, ...]
    torch: str
    threads: int
    load: float | None

    def as_dict(self) -> dict[str, object]:
        """Return the machine as JSON-ready values."""
        return asdict(self) | {"extensions": list(self.extensions)}


def this_machine() -> Machine:
    """Return this machine, with the load average of the last minute."""
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
    """Return Linux's description of the first processor; empty on other systems."""
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    first = path.read_text(encoding="utf-8").split("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
