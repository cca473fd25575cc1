import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from demarcate.engine import Member, Samples, Training, fit
from demarcate.engine.fit_signature import TABLE, fit_signature
from demarcate.engine.inputs import DenseInputs, DiskInputs, SharedInputs
from demarcate.nn import Network

N_ROWS, N_ENCODINGS = 60, 3
CODES = torch.arange(N_ROWS) % 2
NO_ROWS = torch.arange(0)


def shared():
    """Three numbers, of which two have gaps, and two columns of categories; encodings 5, 8 and 4 wide."""
    draw = torch.Generator().manual_seed(6)
    numbers = torch.randn(N_ROWS, 3, generator=draw)
    numbers[::5, 0] = numbers[1::7, 1] = torch.nan
    statistics = torch.randn(N_ENCODINGS, 4, 3, generator=draw)
    statistics[:, 3] = 1.5
    codes = torch.stack([torch.arange(N_ROWS) % 4, torch.arange(N_ROWS) % 3], 1).to(torch.int32)
    tables = (torch.rand(N_ENCODINGS, 4, 2, generator=draw), torch.rand(N_ENCODINGS, 3, 1, generator=draw))
    order = torch.tensor([[2, 0, 3, 5, 7, 8, 8, 8], [0, 3, 1, 4, 2, 5, 6, 7], [7, 6, 2, 1, 8, 8, 8, 8]])
    return SharedInputs(numbers, statistics, 2, codes, tables, order, (5, 8, 4))


def shared_with_leaves():
    """The same with two trees of four leaves, which the second encoding does not read; 13, 8 and 12 wide."""
    leaves = torch.randint(0, 4, (N_ENCODINGS, N_ROWS, 2), generator=torch.Generator().manual_seed(7)).to(torch.uint8)
    leaves[1] = 0
    own, trees, nothing = shared().order.tolist(), [*range(8, 16)], 16
    rows = [[*own[0][:5], *trees], [*own[1], *[nothing] * 5], [*own[2][:4], *trees, nothing]]
    return replace(shared(), order=torch.tensor(rows), d_in=(13, 8, 12), leaves=leaves, n_leaves=4)


def dense(inputs):
    """The same encodings, made row by row and cell by cell."""
    matrices = torch.zeros(len(inputs.d_in), len(inputs.numbers), max(inputs.d_in))
    for encoding, width in enumerate(inputs.d_in):
        for row, numbers in enumerate(inputs.numbers):
            pool = []
            for number, (scale, shift, fill, limit) in zip(numbers, inputs.statistics[encoding].T, strict=True):
                value = min(max(float(number * scale + shift), -float(limit)), float(limit))
                pool.append(float(fill) if number.isnan() else value)
            pool += [float(number.isnan()) for number in numbers[: inputs.n_flags]]
            for column, table in enumerate(inputs.tables):
                pool += table[encoding, inputs.codes[row, column]].tolist()
            for leaf in [] if inputs.leaves is None else inputs.leaves[encoding, row].tolist():
                pool += [float(at == leaf) for at in range(inputs.n_leaves)]
            matrices[encoding, row, :width] = torch.tensor(pool)[inputs.order[encoding, :width]]
    return DenseInputs(matrices, inputs.d_in)


def members():
    training = Training(optimizer="adam", lr=0.03, epochs=8, batch_size=16)
    held = torch.arange(40, N_ROWS)
    return [Member(Network((6,)), training, seed, torch.arange(40), held, seed) for seed in range(N_ENCODINGS)]


@pytest.mark.parametrize("inputs", [shared(), shared_with_leaves()], ids=["plain", "leaves"])
def test_shared_rows_are_gathered_as_if_each_encoding_were_kept(inputs):
    rows = torch.randint(0, N_ROWS, (5, 7), generator=torch.Generator().manual_seed(1))
    encoding = torch.tensor([2, 0, 1, 1, 0])
    gathered = inputs.gather(encoding, rows)
    torch.testing.assert_close(gathered, dense(inputs).gather(encoding, rows), rtol=0, atol=1e-6)
    assert not gathered[0, :, inputs.d_in[2] :].any()


def test_gathering_leaves_the_shared_rows_as_they_are():
    inputs = shared()
    before = [tensor.clone() for tensor in inputs.tensors()]
    inputs.gather(torch.arange(3), torch.arange(N_ROWS).expand(3, -1))
    for found, expected in zip(inputs.tensors(), before, strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("inputs", [shared(), shared_with_leaves()], ids=["plain", "leaves"])
def test_columns_already_in_order_are_not_picked_one_by_one(inputs, monkeypatch):
    width = 8 if inputs.leaves is None else 16
    inputs = replace(inputs, order=torch.arange(width).expand(3, -1), d_in=(width,) * 3)
    monkeypatch.setattr(torch.Tensor, "gather", None)
    every, rows = torch.arange(3), torch.arange(N_ROWS).expand(3, -1)
    torch.testing.assert_close(inputs.gather(every, rows), dense(inputs).matrices, rtol=0, atol=1e-6)


@pytest.mark.parametrize("inputs", [shared(), shared_with_leaves()], ids=["plain", "leaves"])
def test_members_train_alike_on_kept_and_shared_encodings(inputs):
    one, other = (Samples.over(each, CODES, 2) for each in (inputs, dense(inputs)))
    for found, expected in zip(*(fit(members(), samples, device="cpu") for samples in (one, other)), strict=True):
        assert found.best_epoch == expected.best_epoch
        for layer, other_layer in zip(found.state, expected.state, strict=True):
            torch.testing.assert_close(layer, other_layer, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(
            found.history.validation_loss, expected.history.validation_loss, rtol=1e-5, atol=1e-6
        )


def test_samples_give_shared_rows_as_matrices_when_asked():
    inputs = shared()
    samples = Samples.over(inputs, CODES, 2)
    assert samples.d_in == (5, 8, 4)
    torch.testing.assert_close(samples.matrices, dense(inputs).matrices, rtol=0, atol=1e-6)


def test_samples_take_other_classes_and_weights_over_the_same_inputs():
    samples = Samples.of([torch.ones(4, 2)], torch.tensor([0, 1, 0, 1]), 2)
    other = replace(samples, codes=torch.tensor([1, 0, 1, 0]), weights=torch.full((4,), 2.0))
    assert other.inputs is samples.inputs


def test_a_single_matrix_is_not_copied():
    matrix = torch.ones(4, 2)
    assert Samples.of([matrix], torch.tensor([0, 1, 0, 1]), 2).matrices.data_ptr() == matrix.data_ptr()


@pytest.mark.parametrize("name", ["numbers", "statistics", "codes", "order", "leaves"])
def test_a_fit_is_another_when_anything_of_its_shared_rows_is(name):
    inputs = shared_with_leaves()
    changed = getattr(inputs, name).clone()
    changed.view(-1)[1] += 1
    tables = [
        fit_signature(members(), Samples.over(each, CODES, 2), {})[TABLE]
        for each in (inputs, replace(inputs, tables=inputs.tables), replace(inputs, **{name: changed}))
    ]
    assert tables[0] == tables[1] != tables[2]


def test_moving_shared_rows_keeps_all_there_is_of_them():
    inputs = shared_with_leaves()
    moved = inputs.to(torch.device("meta"))
    assert (moved.d_in, moved.n_flags, moved.n_leaves) == (inputs.d_in, 2, 4)
    assert len(moved.tensors()) == len(inputs.tensors()) == 7
    assert {tensor.device.type for tensor in moved.tensors()} == {"meta"}


# Rows in a file

N_DISK_ROWS, D_IN = 50, (5, 3)
DISK_CODES = torch.arange(N_DISK_ROWS) % 2


def matrices():
    """Two encodings, the second narrower and filled up with zeros."""
    made = torch.randn(len(D_IN), N_DISK_ROWS, max(D_IN), generator=torch.Generator().manual_seed(2))
    made[1, :, D_IN[1] :] = 0
    return made


@pytest.fixture
def file():
    with tempfile.TemporaryFile(buffering=0) as opened:
        opened.write(matrices().numpy().tobytes())
        yield opened


@pytest.fixture
def kept(file):
    return {"disk": DiskInputs(file, N_DISK_ROWS, D_IN), "memory": DenseInputs(matrices(), D_IN)}


def gathered(inputs, seed=0):
    draw = torch.Generator().manual_seed(seed)
    rows = torch.randint(0, N_DISK_ROWS, (4, 7), generator=draw)
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
    held = torch.arange(40, N_DISK_ROWS)
    members = [
        Member(Network((6,), dropout=0.2), training, seed, torch.arange(40), held, seed % 2) for seed in range(3)
    ]
    states = {
        where: [done.state for done in fit(members, Samples.over(inputs, DISK_CODES, 2))]
        for where, inputs in kept.items()
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
        return fit_signature([member], Samples.over(kept["disk"], DISK_CODES, 2), {})[TABLE]

    before = table()
    assert table() == before
    file.seek(40)
    file.write(b"x")
    assert table() != before
