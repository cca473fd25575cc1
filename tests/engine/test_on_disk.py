import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from demarcate.engine import Member, Samples, Training, fit
from demarcate.engine.fit_signature import TABLE, fit_signature
from demarcate.engine.inputs import DenseInputs, DiskInputs
from demarcate.nn import Network

N_ROWS, D_IN = 50, (5, 3)
CODES = torch.arange(N_ROWS) % 2


def matrices():
    """Two encodings, the second narrower and filled up with zeros."""
    made = torch.randn(len(D_IN), N_ROWS, max(D_IN), generator=torch.Generator().manual_seed(2))
    made[1, :, D_IN[1] :] = 0
    return made


@pytest.fixture
def file():
    with tempfile.TemporaryFile(buffering=0) as opened:
        opened.write(matrices().numpy().tobytes())
        yield opened


@pytest.fixture
def kept(file):
    return {"disk": DiskInputs(file, N_ROWS, D_IN), "memory": DenseInputs(matrices(), D_IN)}


def gathered(inputs, seed=0):
    draw = torch.Generator().manual_seed(seed)
    rows = torch.randint(0, N_ROWS, (4, 7), generator=draw)
    return inputs.gather(torch.tensor([1, 0, 0, 1]), rows)


def test_rows_are_gathered_with_the_bits_they_have_in_memory(kept):
    assert torch.equal(gathered(kept["disk"]), gathered(kept["memory"]))
    assert not gathered(kept["disk"])[0, :, D_IN[1] :].any()


def test_no_rows_are_gathered_as_none(kept):
    none = torch.empty(2, 0, dtype=torch.int64)
    assert kept["disk"].gather(torch.tensor([0, 1]), none).shape == (2, 0, max(D_IN))


@pytest.mark.parametrize("batch_size", [8, None])
def test_networks_end_with_the_bits_they_have_in_memory(kept, batch_size):
    training = Training(lr=0.05, epochs=6, batch_size=batch_size, patience=3)
    held = torch.arange(40, N_ROWS)
    members = [
        Member(Network((6,), dropout=0.2), training, seed, torch.arange(40), held, seed % 2) for seed in range(3)
    ]
    states = {
        where: [done.state for done in fit(members, Samples.over(inputs, CODES, 2))] for where, inputs in kept.items()
    }
    for on_disk, in_memory in zip(*states.values(), strict=True):
        for ours, theirs in zip(on_disk, in_memory, strict=True):
            assert all(map(torch.equal, ours, theirs))


def test_threads_that_gather_at_once_do_not_disturb_each_other(kept):
    with ThreadPoolExecutor(8) as pool:
        for seed, found in enumerate(pool.map(lambda seed: gathered(kept["disk"], seed), range(200))):
            assert torch.equal(found, gathered(kept["memory"], seed))


def test_rows_are_gathered_where_a_system_reads_only_where_the_file_stands(kept, monkeypatch):
    monkeypatch.delattr(os, "preadv")
    test_threads_that_gather_at_once_do_not_disturb_each_other(kept)


def test_rows_are_had_on_the_device_they_are_wanted_on(kept):
    assert gathered(kept["disk"].to(torch.device("meta"))).device.type == "meta"


def test_a_file_that_ends_too_early_is_an_error_and_not_zeros(file, kept):
    file.truncate(100)
    with pytest.raises(OSError, match="ends at byte"):
        gathered(kept["disk"])


def test_a_fit_is_known_by_the_bytes_of_the_file(file, kept):
    def table():
        member = Member(Network(), Training(), 0, torch.arange(9), torch.arange(0))
        return fit_signature([member], Samples.over(kept["disk"], CODES, 2), {})[TABLE]

    before = table()
    assert table() == before
    file.seek(40)
    file.write(b"x")
    assert table() != before
