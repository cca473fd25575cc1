import threading
import time

import pytest
import torch

from demarcate.nn.parallel import in_order


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("three_threads")
def test_each_block_is_computed_by_one_thread_and_others_keep_theirs():
    assert list(in_order(lambda block: (block, torch.get_num_threads()), range(7))) == [(at, 1) for at in range(7)]
    assert torch.get_num_threads() == 3
    later: list[int] = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert later == [3]


@pytest.mark.usefixtures("three_threads")
def test_blocks_run_side_by_side_and_come_back_in_order():
    both = threading.Barrier(2)

    def job(block):
        both.wait(timeout=30)
        return -block

    assert list(in_order(job, [1, 2])) == [-1, -2]


@pytest.mark.usefixtures("three_threads")
def test_a_single_block_is_computed_where_it_is_asked_for():
    assert list(in_order(lambda _: (threading.current_thread(), torch.get_num_threads()), [0])) == [
        (threading.current_thread(), 3)
    ]


@pytest.mark.usefixtures("three_threads")
def test_what_a_job_raises_is_raised_and_the_rest_given_up():
    begun = []

    def job(block):
        begun.append(block)
        if not block:
            raise ValueError("block 0")
        time.sleep(0.01)

    with pytest.raises(ValueError, match="block 0"):
        list(in_order(job, range(1000)))
    assert len(begun) < 1000
    assert torch.get_num_threads() == 3


def test_no_blocks_give_nothing():
    assert list(in_order(lambda block: block, [])) == []
