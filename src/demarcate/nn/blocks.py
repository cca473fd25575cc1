"""Blocks of rows on several threads, each of which computes on its own and waits for nobody."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

_Block = TypeVar("_Block")
_Result = TypeVar("_Result")

_starting = threading.Lock()


def in_order(job: Callable[[_Block], _Result], blocks: Sequence[_Block]) -> Iterator[_Result]:
    """What a job makes of each block, in the order of the blocks, on as many threads as torch uses.

    The threads of one product wait for each other, and for a long time where another process has put one aside. Blocks
    wait for nobody: each is computed by one thread.

    Examples
    --------
    >>> list(in_order(lambda block: block + torch.get_num_threads(), [10, 20, 30]))
    [11, 21, 31]
    """
    n_threads = torch.get_num_threads()
    n_workers = min(n_threads, len(blocks))
    if n_threads == 1:
        yield from map(job, blocks)
        return
    pool = _pool(n_workers, n_threads)
    try:
        yield from pool.map(job, blocks)
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(n_workers: int, n_threads: int) -> ThreadPoolExecutor:
    """Threads that compute on one thread each, while others go on with ``n_threads``."""
    barrier = threading.Barrier(n_workers)

    def start(_: int) -> None:
        torch.set_num_threads(1)
        barrier.wait()

    # What one thread sets also is what threads yet to come begin with: it is put back once all of these have begun.
    with _starting:
        pool = ThreadPoolExecutor(n_workers)
        list(pool.map(start, range(n_workers)))
        torch.set_num_threads(n_threads)
    return pool
