import os

import pytest

from demarcate.serving.connection_counts import ConnectionCounts
from demarcate.serving.shared_memory import NO_DESCRIPTOR, mapped, new_memory
from demarcate.serving.shared_numbers import PLACE_BYTES, SharedNumbers


@pytest.fixture
def memory():
    """Makes memory with a descriptor, which is closed after the test."""
    made = []

    def make(n_bytes):
        made.append(new_memory(n_bytes))
        return made[-1]

    yield make
    for descriptor in made:
        os.close(descriptor)


def test_numbers_and_counts_are_seen_by_whoever_has_the_descriptor(memory):
    descriptor = memory(2 * PLACE_BYTES)
    numbers, others = SharedNumbers(2, descriptor), SharedNumbers(2, descriptor)
    others.use_place(1)
    numbers.add("requests", 2.0)
    others.add("requests", 3.0)
    assert numbers.sums() == others.sums() == {"requests": 5.0}

    descriptor = memory(ConnectionCounts.n_bytes(2))
    counts = ConnectionCounts(2, descriptor)
    counts.set(0, 1)
    later = ConnectionCounts(2, descriptor, is_new=False)
    later.set(1, 5)
    assert later.has_more(1)
    assert not counts.has_more(0)


def test_without_a_descriptor_memory_is_its_own(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    assert new_memory(8) == NO_DESCRIPTOR
    assert mapped(NO_DESCRIPTOR, 8)[:] == bytes(8)
    assert not ConnectionCounts(2, NO_DESCRIPTOR, is_new=False).has_more(0)
