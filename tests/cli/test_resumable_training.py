"""Trainings that are interrupted on the command line, and resumed."""

import signal
import sys

import pytest

from demarcate.cli.resumable_training import resumable_training
from demarcate.errors import Interrupted

INTERRUPTED = """
import os
from demarcate.engine.trainer import Trainer
train_block = Trainer._train_block
def train_block_and_signal(trainer, *arguments):
    train_block(trainer, *arguments)
    if trainer.epoch > 64:
        os.kill(os.getpid(), {number:d})
Trainer._train_block = train_block_and_signal
"""
"""Sends a signal to the process itself when some blocks of epochs are trained, and others are not."""


def interrupted(checkpoint, error):
    """What is raised where an error interrupts training."""
    try:
        with resumable_training(checkpoint, quiet=True):
            raise error
    except KeyboardInterrupt as raised:
        return raised


def test_an_interrupt_of_training_that_nothing_keeps_says_what_would_keep_it():
    message = "nothing was written. With --checkpoint FOLDER the same command resumes its training."
    assert str(interrupted(None, KeyboardInterrupt())) == message


def test_before_a_checkpoint_is_written_there_is_nothing_to_resume(tmp_path):
    assert str(interrupted(str(tmp_path), KeyboardInterrupt())) == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Interrupted("Repeat the same call to resume it.")])
def test_how_to_resume_is_said_for_the_command_line_whoever_was_interrupted(tmp_path, error):
    (tmp_path / "manifest.json").touch()
    raised = interrupted(str(tmp_path), error)
    assert isinstance(raised, Interrupted)
    assert str(raised) == f"training so far is saved in {tmp_path}. Repeat the same command to resume it."


def test_the_same_command_goes_on_and_writes_the_same_file(demarcate, tmp_path):
    common = ("fit", "moons", "--folds", "2", "--epochs", "4", "--hidden", "8")
    folder, first, again, plain = (
        tmp_path / name for name in ("ck", "a.safetensors", "b.safetensors", "c.safetensors")
    )
    begun = demarcate(*common, "--checkpoint", folder, "--out", first)
    assert (begun.code, "Resuming" in begun.err) == (0, False)
    resumed = demarcate(*common, "--checkpoint", folder, "--out", again)
    assert resumed.code == 0
    assert f"Resuming the training in {folder}." in resumed.err
    assert ("resumed and trained in" in resumed.out, "resumed" in begun.out) == (True, False)
    assert demarcate(*common, "--out", plain).code == 0
    assert first.read_bytes() == again.read_bytes() == plain.read_bytes()


@pytest.mark.parametrize("command", ["fit", "sweep"])
def test_other_settings_are_refused_saying_what_changed(demarcate, tmp_path, command):
    common = (command, "moons", "--hidden", "8", "--checkpoint", tmp_path / "ck", "--quiet")
    assert demarcate(*common, "--epochs", "3").code == 0
    refused = demarcate(*common, "--epochs", "4")
    assert (refused.code, refused.out) == (1, "")
    assert "epochs: 3 then, 4 now" in refused.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_a_signal_the_same_command_resumes_and_ends_as_if_undisturbed(start, demarcate, tmp_path, number):
    long = ("--epochs", "400", "--patience", "0", "--folds", "2", "--hidden", "16", "--batch-size", "0")
    command = ("fit", "moons", *long, "--schedule", "constant", "--quiet", "--json")
    expected = demarcate(*command)
    process = start(*command, "--checkpoint", tmp_path / "ck", code=INTERRUPTED.format(number=number))
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (128 + number, b"")
    assert f": training so far is saved in {tmp_path / 'ck'}. Repeat the same" in err.decode()
    resumed = demarcate(*command, "--checkpoint", tmp_path / "ck")
    scores = [outcome.out.partition('"fit_seconds"')[0] for outcome in (resumed, expected)]
    assert scores[0] == scores[1]
