"""Growth of time and memory with the number of rows."""

import math
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.engine.figures import Contender, Figure, NotApplicableError, Ratio, Reading, Scale, difference, quotient
from benchmarks.engine.isolated import in_own_process
from benchmarks.engine.rows import Rows, noise_rows

from demarcate.engine import Training
from demarcate.nn import Network

N_MEMBERS, HIDDEN, BATCH, D_IN, N_VALIDATION = 4, (128, 128), 256, 30, 2000
SIZES, QUICK_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000), (300, 600)
BYTES_A_NUMBER, MATRIX_SHARE, BESIDES = 4, 2.5, 500e6
"""Bytes of a float32; the allowed peak as a multiple of the encoded matrix, and additional bytes."""


def train(rows: Rows, epochs: int) -> None:
    """Return a population with validation rows."""
    training = Training(optimizer="adam", lr=1e-3, epochs=epochs, batch_size=BATCH)
    rows.train_alike(Network(hidden=HIDDEN), training, N_MEMBERS)


def seconds_per_epoch(n_rows: int, further: int) -> float:
    """Return the seconds of one of ``further`` epochs; warmed up on few rows."""
    train(noise_rows(4 * BATCH, N_VALIDATION, D_IN), 1)
    rows = noise_rows(n_rows, N_VALIDATION, D_IN)
    return difference(partial(train, rows, 1), partial(train, rows, 1 + further), per=further)


def peak_bytes(n_rows: int) -> int:
    """Return the peak memory of this process after a fit of one epoch."""
    train(noise_rows(n_rows, N_VALIDATION, D_IN), 1)
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def slope(values: Mapping[str, float]) -> float:
    """Return the least-squares slope of log time over log rows."""
    xs = [math.log(int(name.split()[0])) for name in values]
    ys = [math.log(value) for value in values.values()]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - x_mean) ** 2 for x in xs)


def sizes_of(scale: Scale) -> tuple[int, ...]:
    """Return the numbers of training rows, ascending."""
    return QUICK_SIZES if scale.quick else SIZES


def isolated(scale: Scale, name: str, measure: Callable[..., float], *arguments: int) -> Contender:
    """Run a measurement in a new process; in this one where it is only to be seen that it runs."""
    run = measure if scale.quick else partial(in_own_process, measure)
    return Contender(name, lambda: Reading(run(*arguments)), warm=False)


def every_size(scale: Scale) -> list[Contender]:
    """Measure an epoch at every size, each in a new process; more epochs where they are short."""
    return [
        isolated(scale, f"{n_rows} rows", seconds_per_epoch, n_rows, scale.pick(max(1, min(20, 600_000 // n_rows)), 1))
        for n_rows in sizes_of(scale)
    ]


def memory(scale: Scale) -> list[Contender]:
    """Compare the peak of the largest fit with its limit."""
    if not sys.platform.startswith("linux"):
        raise NotApplicableError("peak memory is read where Linux tells it")
    n_rows = max(sizes_of(scale))
    allowed = MATRIX_SHARE * (n_rows + N_VALIDATION) * D_IN * BYTES_A_NUMBER + BESIDES
    return [
        isolated(scale, "peak", peak_bytes, n_rows),
        Contender("allowed", lambda: Reading(allowed), warm=False),
    ]


FIGURES = (
    Figure(
        "scaling_time",
        "seconds per epoch from 10,000 to 1,000,000 rows of 30 columns, 4 networks of 128-128 units, batch 256",
        1.05,
        "at most",
        Ratio("slope of log time over log rows", slope),
        every_size,
        "seconds an epoch",
        repeats=3,
    ),
    Figure(
        "scaling_memory",
        "peak memory of that fit with 1,000,000 rows, beside 2.5 times the encoded matrix and 500 MB",
        1,
        "at most",
        quotient("peak", "allowed"),
        memory,
        "bytes",
        repeats=3,
    ),
)
