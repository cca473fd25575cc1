"""Blocks of rows on several threads, each of which computes on its own and waits for no other."""

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
    """Yield a job's result for each block, in order; after an exception no block is begun.

    The threads of one product wait for each other, and for a long time where another process has suspended one. Blocks
    wait for nobody: each is computed by one thread, ``n_threads`` at once (None for as many as torch uses). A single
    block is computed by the calling thread with all of torch's threads.
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
    """Return threads that compute on one thread each, while others continue with as many as before."""
    barrier = threading.Barrier(n_workers)

    def start(_: int) -> None:
        # A thread takes over the default number of threads when it first reads it, even after setting its own.
        torch.get_num_threads()
        torch.set_num_threads(1)
        barrier.wait()

    # The number one thread sets is also the default of later threads: it is restored once all of these have begun.
    with _starting:
        n_threads = torch.get_num_threads()
        pool = ThreadPoolExecutor(n_workers)
        list(pool.map(start, range(n_workers)))
        torch.set_num_threads(n_threads)
    return pool
