"""A fit that was stopped goes on as if it had not been, bit for bit."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Halving, Member, Samples, Training, fit
from demarcate.engine.checkpoint import PopulationCheckpoint, open_checkpoints
from demarcate.errors import CheckpointError, CheckpointWarning, Interrupted
from demarcate.nn import Network

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=12)
N_ROWS = 80
TRAIN, HELD, NO_ROWS = torch.arange(60), torch.arange(60, 80), torch.arange(0)


@pytest.fixture(autouse=True, scope="module")
def _short_blocks():
    """End blocks, and save states, every few epochs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("demarcate.engine.trainer.MAX_BLOCK_EPOCHS", 3)
        yield


def samples(shift=0.0):
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(N_ROWS, 4, generator=generator) + shift
    return Samples.of([x], (x[:, 0] * x[:, 1] > 0).long(), 2)


ADDED = {"averaging": 1.5, "input_dropout": 0.3, "warmup": 2.5, "weight_decay": 0.01, "decay_biases": False}
"""What has a state of its own, or depends on the step, beside what every training has."""


def members(batch_size=16, held=HELD, input_dropout=0.0, **training):
    shared = {"epochs": 20, "batch_size": batch_size, "lr": 0.01, **training}
    patient = {"patience": 4} if len(held) else {}
    return [
        Member(
            Network((8,), dropout=0.2, input_dropout=input_dropout),
            Training(**shared),
            0,
            TRAIN,
            held,
            traced=len(held) > 0,
        ),
        Member(Network((6,)), Training(**{**shared, **patient, "lr": 0.5}), 1, TRAIN, held),
        Member(Network((8,), input_dropout=input_dropout / 2), Training(**{**shared, "lr": 1e30}), 2, TRAIN, held),
        Member(
            Network((8, 8), "tanh", 0.5), Training(**{**shared, "optimizer": "sgd", "momentum": 0.9}), 3, TRAIN, held
        ),
    ]


def bits(fitted):
    """Everything a fit gives, in a form that is equal only if every bit is."""
    found = []
    for one in fitted:
        history = [value.tolist() for value in vars(one.history).values()]
        parameters = [part.tolist() for layer in one.state for part in layer]
        trace = None if one.validation_logits is None else one.validation_logits.tolist()
        found.append((history, parameters, trace, one.best_epoch, one.divergence, one.dropped))
    return found


class StopHereError(Exception):
    """Where a test stops a fit."""


def cut_after(n_calls):
    """A callback that stops a fit at a moment."""
    count = iter(range(n_calls))

    def on_epoch(progress):
        if next(count, None) is None:
            raise StopHereError

    return on_epoch


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
@pytest.mark.parametrize("added", [{}, ADDED], ids=["plain", "added"])
@pytest.mark.parametrize("moments", [[0], [1, 3], [25], [30, 2, 9]])
def test_a_fit_that_is_stopped_again_and_again_ends_with_the_same_bits(tmp_path, batch_size, held, moments, added):
    given_members = members(batch_size, held, **added)
    expected = bits(fit(given_members, samples()))
    for moment in moments:
        with pytest.raises(StopHereError):
            fit(given_members, samples(), on_epoch=cut_after(moment), checkpoint=tmp_path, checkpoint_every=0)
    found = fit(given_members, samples(), checkpoint=tmp_path, checkpoint_every=0)
    assert bits(found) == expected


def test_a_fit_that_is_done_is_not_done_again(tmp_path):
    told = []
    first = fit(members(), samples(), checkpoint=tmp_path)
    again = fit(members(), samples(), checkpoint=tmp_path, on_epoch=told.append)
    assert bits(again) == bits(first)
    assert told == []


@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
@pytest.mark.parametrize("n_saved", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("added", [{}, ADDED], ids=["plain", "added"])
def test_a_long_epoch_can_be_stopped_in_its_middle(tmp_path, monkeypatch, held, n_saved, added):
    """Each step group is two steps here, and each block an epoch."""
    monkeypatch.setattr("demarcate.engine.batch_loaders.MAX_NUMBERS", 100)
    monkeypatch.setattr("demarcate.engine.trainer.MAX_BLOCK_STEPS", 1)
    monkeypatch.setattr("demarcate.engine.trainer.CHEAP_STEP", 0)
    (one,) = members(batch_size=4, held=held, epochs=3, **added)[:1]
    expected = bits(fit([one], samples()))
    saved = PopulationCheckpoint.save
    left = iter(range(n_saved))

    def save(self, state):
        saved(self, state)
        if next(left, None) is None:
            raise StopHereError

    monkeypatch.setattr(PopulationCheckpoint, "save", save)
    with pytest.raises(StopHereError):
        fit([one], samples(), checkpoint=tmp_path, checkpoint_every=0)
    monkeypatch.setattr(PopulationCheckpoint, "save", saved)
    assert bits(fit([one], samples(), checkpoint=tmp_path)) == expected


def test_a_tournament_that_is_stopped_ends_with_the_same_bits(tmp_path):
    def drop(epoch, standings):
        return sorted(standings, key=lambda index: standings[index].loss)[len(standings) // 2 + 1 :]

    halving = Halving((3, 9), drop)
    expected = bits(fit(members(), samples(), halving=halving))
    for moment in (5, 20, 1):
        with pytest.raises(StopHereError):
            fit(
                members(),
                samples(),
                halving=halving,
                on_epoch=cut_after(moment),
                checkpoint=tmp_path,
                checkpoint_every=0,
            )
    assert bits(fit(members(), samples(), halving=halving, checkpoint=tmp_path)) == expected


def test_another_tournament_is_refused(tmp_path):
    def nobody(epoch, standings):
        return ()

    def begun(halving):
        return fit(members(), samples(), halving=halving, checkpoint=tmp_path)

    begun(Halving((3, 9), nobody, "by log_loss"))
    for other, told in [
        (None, "none now"),
        (Halving((3,), nobody, "by log_loss"), "after epochs 3 by log_loss now"),
        (Halving((3, 9), nobody, "by accuracy"), "after epochs 3, 9 by accuracy now"),
    ]:
        with pytest.raises(CheckpointError, match=f"halving: after epochs 3, 9 by log_loss then, {told}"):
            begun(other)


def test_threads_may_be_others_when_a_fit_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr("demarcate.engine.backend.MIN_CONCURRENT_WORK", 1.0)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        expected = bits(fit(members(), samples()))
        with pytest.raises(StopHereError):
            fit(members(), samples(), on_epoch=cut_after(15), checkpoint=tmp_path, checkpoint_every=0)
        torch.set_num_threads(1)
        assert bits(fit(members(), samples(), checkpoint=tmp_path)) == expected
    finally:
        torch.set_num_threads(before)


# Damage


@pytest.fixture
def stopped(tmp_path):
    """A folder with several states of a fit that was stopped."""
    with pytest.raises(StopHereError):
        fit(members()[:1], samples(), on_epoch=cut_after(12), checkpoint=tmp_path, checkpoint_every=0)
    return tmp_path


def states(folder):
    return sorted(folder.glob("*.npz"))


@REPEATABLE
@given(place=st.floats(0, 1, exclude_max=True), kind=st.sampled_from(["flip", "cut", "empty"]))
def test_a_damaged_newest_state_is_ignored_with_a_warning(tmp_path_factory, place, kind):
    folder = tmp_path_factory.mktemp("damaged")
    expected = bits(fit(members()[:1], samples()))
    with pytest.raises(StopHereError):
        fit(members()[:1], samples(), on_epoch=cut_after(12), checkpoint=folder, checkpoint_every=0)
    newest = states(folder)[-1]
    content = bytearray(newest.read_bytes())
    at = int(place * len(content))
    if kind == "flip":
        content[at] ^= 0x55
    newest.write_bytes(bytes(content if kind == "flip" else content[:at] if kind == "cut" else b""))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert bits(fit(members()[:1], samples(), checkpoint=folder)) == expected
    # A flip in what zip repeats, or does not use, leaves the state whole: what is read is what was written.
    assert kind == "flip" or [str(one.message) for one in told if "is damaged" in str(one.message)]


def test_no_flip_of_a_bit_is_taken_for_a_state(tmp_path):
    keeper = PopulationCheckpoint(tmp_path, "population-1", 0)
    state = {"flat": torch.arange(3.0), "recorded": torch.ones(1, 4, 1)}, {"epoch": 1, "active": [0], "ends": {}}
    keeper.save(state)
    (path,) = tmp_path.glob("*.npz")
    content = path.read_bytes()
    generator = torch.Generator().manual_seed(0)
    for place in torch.randint(len(content), (400,), generator=generator).tolist():
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        path.write_bytes(damaged)
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            found = keeper.load()
        if found is not None:
            assert found[1] == state[1]
            assert found[0].keys() == state[0].keys()
            assert all(torch.equal(found[0][name], state[0][name]) for name in state[0])


def test_only_the_last_two_states_are_kept(stopped):
    assert len(states(stopped)) == 2


def test_with_all_states_damaged_a_fit_begins_anew(stopped):
    for path in states(stopped):
        path.write_bytes(b"")
    with pytest.warns(CheckpointWarning, match="is damaged|begins anew") as told:
        found = fit(members()[:1], samples(), checkpoint=stopped)
    assert [str(one.message).rpartition(". ")[2] for one in told] == [
        "It is ignored",
        "It is ignored",
        "It begins anew",
    ]
    assert bits(found) == bits(fit(members()[:1], samples()))


def test_a_state_half_written_is_cleared_away(stopped):
    (stopped / ".population-1.000099.npz.tmp").write_bytes(b"half")
    fit(members()[:1], samples(), checkpoint=stopped)
    assert not list(stopped.glob(".*.tmp"))


def test_a_full_disk_costs_a_warning_and_not_the_training(tmp_path, monkeypatch):
    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("demarcate.engine.checkpoint.np.savez", full)
    with pytest.warns(
        CheckpointWarning, match=r"^no checkpoint could be written \(No space left on device\): .* goes on"
    ):
        found = fit(members()[:1], samples(), checkpoint=tmp_path)
    assert bits(found) == bits(fit(members()[:1], samples()))
    assert not list(tmp_path.glob(".*.tmp"))


# Whose folder it is


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda one: replace(one, training=replace(one.training, lr=0.25)), "lr: 0.01 then, 0.25 now"),
        (lambda one: replace(one, network=replace(one.network, hidden=(9,))), "hidden: (8,) then, (9,) now"),
        (lambda one: replace(one, network=replace(one.network, dropout=0.5)), "dropout: 0.2 then, 0.5 now"),
        (lambda one: replace(one, training=replace(one.training, epochs=30)), "epochs: 20 then, 30 now"),
        (lambda one: replace(one, seed=9), "seeds: not the same"),
        (lambda one: replace(one, rows=TRAIN[:50]), "training rows: not the same"),
        (lambda one: replace(one, validation_rows=HELD[:5]), "validation rows: not the same"),
    ],
)
def test_another_setting_is_refused_and_named(stopped, change, difference):
    with pytest.raises(CheckpointError) as refused:
        fit([change(members()[0])], samples(), checkpoint=stopped)
    assert str(refused.value).startswith(f"{stopped} holds the checkpoints of another fit ({difference}). Repeat")
    assert str(refused.value).endswith("remove this one")


def test_another_table_another_precision_and_more_networks_are_refused_all_at_once(stopped):
    with pytest.raises(CheckpointError) as refused:
        fit(members()[:2], samples(shift=1.0), precision="bf16", checkpoint=stopped)
    told = str(refused.value)
    for what in (
        "rows (the table, its columns, how it is split or weighted): not the same",
        "networks: 1 then, 2 now",
        "precision: float32 then, bf16 now",
        "lr: 0.01 then",
    ):
        assert what in told


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(CheckpointError, match=r"holds other files: holiday.jpg\. Name a new or an empty folder"):
        fit(members(), samples(), checkpoint=tmp_path)


def test_nothing_is_touched_in_a_folder_that_is_used_for_something_else(tmp_path):
    for name in (".notes.tmp", "a.txt"):
        (tmp_path / name).write_text("precious")
    with pytest.raises(CheckpointError, match=r"holds other files: .notes.tmp, a.txt\. "):
        fit(members(), samples(), checkpoint=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".notes.tmp", "a.txt"]


def test_a_folder_without_a_name_is_refused():
    with pytest.raises(CheckpointError, match=r"^the folder of checkpoints has an empty name\. Name a folder$"):
        fit(members(), samples(), checkpoint="")


def test_states_without_their_manifest_are_refused_by_that_name(stopped):
    (stopped / "manifest.json").unlink()
    with pytest.raises(
        CheckpointError, match=r"holds checkpoints without their manifest.json\. Remove the folder to begin anew$"
    ):
        fit(members()[:1], samples(), checkpoint=stopped)


def test_an_error_of_the_callers_own_passes_through(tmp_path):
    def refuse(progress):
        raise PermissionError(13, "mine")

    with pytest.raises(PermissionError, match="mine"):
        fit(members()[:1], samples(), on_epoch=refuse, checkpoint=tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match=r"cannot hold checkpoints \(.*\)\. Name a folder that can be written$"):
        fit(members(), samples(), checkpoint=tmp_path / "file")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": 1, "settings": {}}',
        '{"format": 1, "settings": {}, "n_threads": "x"}',
        '{"format": 1, "settings": {"lr": 3}, "n_threads": 1}',
    ],
)
def test_a_damaged_manifest_is_refused_with_the_remedy(stopped, content):
    (stopped / "manifest.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"manifest.json is damaged .*\. Remove .* to begin anew$"):
        fit(members()[:1], samples(), checkpoint=stopped)


def test_another_format_is_refused(stopped):
    manifest = json.loads((stopped / "manifest.json").read_text())
    (stopped / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(CheckpointError, match="format of checkpoints: 99 then"):
        fit(members()[:1], samples(), checkpoint=stopped)


def hold(folder, begun, done):
    with open_checkpoints(folder, {}, {}, 1.0):
        begun.set()
        done.wait(30)


def test_of_two_processes_one_wins(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    begun, done = spawn.Event(), spawn.Event()
    other = spawn.Process(target=hold, args=(tmp_path, begun, done))
    other.start()
    try:
        assert begun.wait(60)
        with (
            pytest.raises(
                CheckpointError, match=r"^another process trains in .*\. Wait for it, or name another folder$"
            ),
            open_checkpoints(tmp_path, {}, {}, 1.0),
        ):
            pass
    finally:
        done.set()
        other.join()
    with open_checkpoints(tmp_path, {}, {}, 1.0):
        pass


# Ctrl-C and worse


def test_ctrl_c_saves_the_state_and_the_message_names_the_remedy(tmp_path):
    expected = bits(fit(members(epochs=2000), samples()))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    handler = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(
            Interrupted, match=r"^training so far is saved in .*\. Repeat the same call to resume it\.$"
        ):
            fit(members(epochs=2000), samples(), checkpoint=tmp_path, checkpoint_every=1000)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
        timer.cancel()
    assert states(tmp_path)
    assert bits(fit(members(epochs=2000), samples(), checkpoint=tmp_path)) == expected


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from test_checkpoint import ADDED, fit, members, samples
fit(members(epochs=3000, **ADDED), samples(), checkpoint={folder!r}, checkpoint_every=0.02)
"""


def test_a_fit_that_is_killed_at_any_moment_goes_on_with_the_same_bits(tmp_path):
    expected = bits(fit(members(epochs=3000, **ADDED), samples()))
    code = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    for number in range(3):
        killed = subprocess.Popen([sys.executable, "-c", code])
        deadline = time.monotonic() + 60
        before = states(tmp_path)
        while states(tmp_path) == before and time.monotonic() < deadline and killed.poll() is None:
            time.sleep(0.005)
        time.sleep(0.05 * number)
        killed.kill()
        killed.wait()
    assert states(tmp_path)
    assert bits(fit(members(epochs=3000, **ADDED), samples(), checkpoint=tmp_path)) == expected
