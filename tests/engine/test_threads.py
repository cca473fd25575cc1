import pytest
import torch

from demarcate.engine.threads import SMALL_WORK, threads_for


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("work", "expected"), [(1, 1), (SMALL_WORK * 0.99, 1), (SMALL_WORK, 2), (1e12, 2)])
def test_small_work_runs_on_one_thread_and_large_work_on_all(work, expected):
    with threads_for(work):
        assert torch.get_num_threads() == expected
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_thread_count_comes_back_whatever_happens(error):
    with pytest.raises(error), threads_for(1):
        raise error
    assert torch.get_num_threads() == 2
