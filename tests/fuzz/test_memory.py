import sys
from dataclasses import replace

import pytest
from fuzz.campaign import CheckFailed
from fuzz.forging import file_bytes

from fuzz import memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the count of memory is Linux's")

SMALL = ("a tensor that claims 2 GiB", "layers of a billion units", 'as many {"a":1} as there is room for')


@pytest.mark.parametrize("case", [case for case in memory.CASES if case.name in SMALL], ids=lambda case: case.name)
def test_small_files_that_claim_much_take_little(case):
    assert not memory.check(case)


def test_a_large_model_takes_twice_its_size():
    data = file_bytes(memory.large(width=2500))
    assert len(data) > 24e6
    assert memory.check(memory.Case("a model", lambda: data, is_good=True))


def test_a_reader_that_takes_more_would_be_found():
    with pytest.raises(CheckFailed, match=r"of -[0-9]+ MiB used"):
        memory.check(replace(next(case for case in memory.CASES if case.name == SMALL[0]), spare=-(2**26)))
