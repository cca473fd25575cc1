"""The backend: the device a fit computes on, and the dtypes, generators and threads that follow from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.argument_checks import require
from demarcate.engine.threads import ThreadTuner, use_threads
from demarcate.errors import SettingError

HOST = torch.device("cpu")
"""Where bookkeeping lives whatever the device: orders of rows, losses of epochs, generators of members."""

PRECISIONS = ("auto", "float32", "bf16")
MIN_BF16_WORK = 3e6
"""Rows of a step times the square of the narrowest hidden width from which bf16 products save more than their calls,
and converting weights to bf16 and back, cost: 64 rows of 256 units, or 256 of 128."""

MIN_PARALLEL_WORK = 2e6
"""Multiplications in a step's forward pass below which one thread is used for it."""
MIN_CONCURRENT_WORK = 4e7
"""Multiplications in a step's forward pass from which a population trains beside others without waiting for Python's
interpreter much more often than computing."""


@dataclass(frozen=True)
class Backend:
    """The one place that decides device, dtype, generators and threads of a fit."""

    device: torch.device
    precision: str = "float32"

    @classmethod
    def of(cls, device: str, precision: str) -> "Backend":
        """Check both names and make the backend they stand for."""
        check_precision(precision)
        return cls(device_for(device), precision)

    @property
    def is_cpu(self) -> bool:
        """Whether the device is the CPU."""
        return self.device.type == "cpu"

    def product_dtype(self, dtype: torch.dtype, hidden: Sequence[int], n_rows: int) -> torch.dtype:
        """Return the dtype of the hidden layers' products, for samples of ``dtype``, these widths and rows of a step.

        Weights, optimizer, output layer, logits and losses stay in ``dtype`` whatever the answer (mixed precision,
        Micikevicius et al. 2018; bf16 needs no loss scaling).
        """
        if not hidden or self.precision == "float32":
            return dtype
        is_large = n_rows * min(hidden) ** 2 >= MIN_BF16_WORK
        gains = is_large and dtype == torch.float32 and has_fast_bf16(self.device)
        return torch.bfloat16 if self.precision == "bf16" or gains else dtype

    @staticmethod
    def generator(seed: int) -> torch.Generator:
        """Make a member's own generator: on the CPU, so that a seed gives the same numbers on every device."""
        return torch.Generator(HOST).manual_seed(seed)

    def indices(self, values: Sequence[int]) -> Tensor:
        """Copy indices to the device."""
        return torch.tensor(values, dtype=torch.int64, device=self.device)

    def n_shares(self, work: float, n_threads: int) -> int:
        """Return how many parts to divide a population into whose step takes ``work`` multiplications."""
        return n_threads if self.is_cpu and work >= n_threads * MIN_CONCURRENT_WORK else 1

    def n_workers(self, works: Sequence[float]) -> int:
        """Return how many populations to train at once: one a thread where enough of them are large, else one."""
        n_threads = torch.get_num_threads()
        n_large = sum(work >= MIN_CONCURRENT_WORK for work in works)
        return n_threads if self.is_cpu and n_threads > 1 and n_large >= n_threads else 1

    def thread_tuner(self, work: float, probe: Callable[[], Tensor] | None) -> ThreadTuner:
        """Choose the numbers of threads a population may use: one, and all where that leaves its bits alone.

        ``probe`` computes a fixed batch: long sums may be divided among threads, and then round differently. Without
        one the number never changes.
        """
        n_threads = torch.get_num_threads()
        if n_threads == 1 or work < MIN_PARALLEL_WORK or not self.is_cpu:
            return ThreadTuner([1])
        if probe is None:
            return ThreadTuner([n_threads])
        results = []
        for number in (n_threads, 1):
            with use_threads(number):
                results.append(probe())
        return ThreadTuner([n_threads, 1] if torch.equal(*results) else [1])


def device_for(name: str) -> torch.device:
    """Return the device a name stands for; ``auto`` is the GPU when there is one, else the CPU."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device).cpu()  # a device without memory, such as torch's "meta", fails here
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise SettingError(f"device must be auto, cpu or a device torch finds here, got {name!r}") from error
    return device


def check_precision(precision: str) -> None:
    """Refuse an unknown precision."""
    require(precision in PRECISIONS, "precision", f"one of {', '.join(PRECISIONS)}", precision)


def has_fast_bf16(device: torch.device) -> bool:
    """Return whether a device multiplies bf16 matrices faster than float32 ones: AMX tiles, or a GPU with bf16.

    The processor is asked, never timed: the same machine always gives the same answer, so the same bits.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        is_amx_supported = getattr(torch.cpu, "_is_amx_tile_supported", None)
        return bool(is_amx_supported and is_amx_supported())
    return False
