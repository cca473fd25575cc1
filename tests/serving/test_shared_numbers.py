import os
import struct

import pytest

from demarcate.serving import shared_numbers
from demarcate.serving.shared_numbers import SharedNumbers


def test_places_are_summed_by_name():
    numbers = SharedNumbers(3)
    for place in (2, 0, 1, 0):
        numbers.use_place(place)
        numbers.add("every", 1.5)
        numbers.add(f"of {place}", 1)
    assert numbers.sums() == {"every": 6.0, "of 0": 2.0, "of 1": 1.0, "of 2": 1.0}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_another_process_counts_is_seen_and_outlives_it():
    numbers = SharedNumbers(2)
    for _ in range(2):
        process = os.fork()
        if process == 0:
            numbers.use_place(1)
            numbers.add("größe", 2)
            os._exit(0)
        assert os.waitpid(process, 0)[1] == 0
    numbers.add("größe", 1)
    assert numbers.sums() == {"größe": 5.0}


def test_numbers_without_room_are_left_out_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(shared_numbers, "PLACE_BYTES", 100)
    numbers = SharedNumbers(2)
    for name in ("a", "b" * 60, "c" * 60, "a"):
        numbers.add(name)
    assert numbers.sums() == {"a": 2.0, "b" * 60: 1.0}
    numbers.use_place(1)
    numbers.add("a")
    assert numbers.sums()["a"] == 3.0


def test_a_process_that_died_while_it_wrote_leaves_whole_numbers():
    numbers = SharedNumbers()
    numbers.add("whole", 1)
    # Half an entry beyond what is used, as a killed process leaves it.
    end = 8 + numbers._used
    numbers._memory[end : end + 6] = struct.pack("<I", 900) + b"ha"
    assert numbers.sums() == {"whole": 1.0}
    numbers.use_place(0)
    numbers.add("next", 2)
    assert numbers.sums() == {"whole": 1.0, "next": 2.0}


def test_numbers_that_are_not_current_make_room_once_it_is_scarce(monkeypatch):
    monkeypatch.setattr(shared_numbers, "PLACE_BYTES", 200)
    numbers = SharedNumbers()
    numbers.add("new", 2)
    numbers.use_place(0, lambda name: name == "new")
    numbers.add("old", 1)
    numbers.use_place(0, lambda name: name == "new")
    assert numbers.sums() == {"new": 2.0, "old": 1.0}
    numbers.add("x" * 90, 3)
    numbers.use_place(0, lambda name: name == "new")
    assert numbers.sums() == {"new": 2.0}
    numbers.add("next", 1)
    assert numbers.sums() == {"new": 2.0, "next": 1.0}
