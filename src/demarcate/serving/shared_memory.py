"""Memory that processes share: copies by being copies, and others by a descriptor where the system has one for it."""

import mmap
import os

NO_DESCRIPTOR = -1


def new_memory(n_bytes: int) -> int:
    """Return the descriptor of new memory, full of zeros; `NO_DESCRIPTOR` where only copies can share any."""
    if not hasattr(os, "memfd_create"):
        return NO_DESCRIPTOR
    descriptor = os.memfd_create("demarcate")
    os.ftruncate(descriptor, n_bytes)
    return descriptor


def mapped(descriptor: int, n_bytes: int) -> mmap.mmap:
    """Return the memory of a descriptor, or memory that only copies share."""
    return mmap.mmap(descriptor, n_bytes)
