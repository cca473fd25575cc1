"""Blocks of rows on several threads, each of which computes on its own and waits for nobody."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

_Block = TypeVar("_Block")
_Result = TypeVar("_Result")

_starting = threading.Lock()


def in_order(
    job: Callable[[_Block], _Result], blocks: Sequence[_Block], n_threads: int | None = None
) -> Iterator[_Result]:
    """What a job makes of each block, in the order of the blocks.

    The threads of one product wait for each other, and for a long time where another process has put one aside. Blocks
    wait for nobody: each is computed by one thread.

    Parameters
    ----------
    job
        Called with a block; must not depend on which thread it runs in.
    blocks
        A single one is computed by the thread that asks, with all of torch's threads.
    n_threads
        How many compute at once; None for as many as torch uses.

    Raises
    ------
    Exception
        Whatever a job raises, in its block's place; blocks not yet begun are then given up.

    Examples
    --------
    >>> list(in_order(lambda block: block + torch.get_num_threads(), [10, 20, 30]))
    [11, 21, 31]
    """
    n_workers = min(torch.get_num_threads() if n_threads is None else n_threads, len(blocks))
    if n_workers < 2:
        yield from map(job, blocks)
        return
    pool = _pool(n_workers)
    try:
        yield from pool.map(job, blocks)
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(n_workers: int) -> ThreadPoolExecutor:
    """Threads that compute on one thread each, while others go on with as many as before."""
    barrier = threading.Barrier(n_workers)

    def start(_: int) -> None:
        # A thread takes over what all begin with when it first asks, and would do so after having set its own.
        torch.get_num_threads()
        torch.set_num_threads(1)
        barrier.wait()

    # What one thread sets also is what threads yet to come begin with: it is put back once all of these have begun.
    with _starting:
        n_threads = torch.get_num_threads()
        pool = ThreadPoolExecutor(n_workers)
        list(pool.map(start, range(n_workers)))
        torch.set_num_threads(n_threads)
    return pool
