"""How many threads a population's work is worth."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

SMALL_WORK = 2e8
"""Multiplications a step below which one thread is used: handing small products to several threads costs more than it
saves, and stalls badly when another process holds a core: two threads on two busy cores took 11 times as long a step as
one, and on two idle ones two thirds as long."""


@contextmanager
def threads_for(work: float) -> Iterator[None]:
    """Run a block on one thread when a step of it is small, else on as many as torch is set to.

    Parameters
    ----------
    work
        Multiplications a step.

    Examples
    --------
    >>> with threads_for(1000):
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    if work < SMALL_WORK and before > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)
