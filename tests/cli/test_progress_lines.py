import time

import pytest
import torch

from demarcate.cli import progress_lines as lines
from demarcate.cli.progress_bar import PhasesProgress, rows_progress, work_progress
from demarcate.engine import Progress
from demarcate.phases import phase


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(lines, "SECONDS_BETWEEN", 0.01)


def printed(capsys, text):
    """Wait until a line with a text is printed on standard error."""
    err, end = "", time.monotonic() + 10
    while text not in err:
        assert time.monotonic() < end, err
        time.sleep(0.01)
        err += capsys.readouterr().err
    return err


def test_where_no_terminal_is_long_work_says_where_it_is_in_plain_lines(capsys):
    with rows_progress(9000, quiet=False) as on_rows:
        on_rows(3000)
        err = printed(capsys, "3,000 of 9,000 rows")
    assert err.split("\n")[-2].startswith("predicting: 3,000 of 9,000 rows, 0.")
    assert "\x1b" not in err


def test_phases_have_lines_where_no_terminal_is(capsys):
    with PhasesProgress(quiet=False).shown(), phase("train") as current:
        current.update(1, 4, "epoch 1 of 4, loss 0.6250, 2 networks training", seconds_left=50.0)
        err = printed(capsys, "train: epoch 1 of 4, loss 0.6250, 2 networks training, about 50 s left, 0.0 s so far\n")
    assert "\x1b" not in err


def test_work_that_does_not_report_says_that_it_goes_on_until_it_ends(capsys):
    with work_progress("reading big.csv", quiet=False):
        printed(capsys, "reading big.csv, 0.0 s so far\n")
    capsys.readouterr()
    time.sleep(0.05)
    assert capsys.readouterr().err == ""


def test_quiet_work_says_nothing(capsys):
    progress = PhasesProgress(quiet=True)
    with rows_progress(9, quiet=True) as on_rows, progress.shown(), work_progress("reading", quiet=True):
        on_rows(3)
        time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


def test_each_nth_epoch_has_a_line_of_means_over_the_networks_still_training(capsys):
    on_epoch = PhasesProgress(quiet=False, every=2).on_epoch
    for epoch in range(1, 6):
        members = (0, 1) if epoch < 4 else (1,)
        values = {
            "train_loss": torch.tensor([0.5, 0.25])[: len(members)],
            "train_accuracy": torch.ones(len(members)),
        }
        on_epoch(
            Progress(1, 1, epoch, n_epochs=9, n_members=2, members=members, ended=members[: epoch == 5], values=values)
        )
    assert capsys.readouterr().err.splitlines() == [
        "epoch    1  train loss 0.3750  train accuracy 1.0000  mean of 2 networks",
        "epoch    2  train loss 0.3750  train accuracy 1.0000  mean of 2 networks",
        "epoch    4  train loss 0.5000  train accuracy 1.0000",
        "epoch    5  train loss 0.5000  train accuracy 1.0000",
    ]
