import io
from dataclasses import replace

import pytest
import torch

from demarcate.cli.progress_bar import rows_progress, training_progress
from demarcate.engine import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def reports():
    fields = {"n_epochs": 4, "n_members": 3, "members": (0, 2), "ended": (), "population": 1, "n_populations": 2}
    losses = [{"train_loss": 0.75, "validation_loss": 0.625}, {"train_loss": 0.75}, {}]
    return [
        Progress(epoch=epoch, values={name: torch.tensor([value] * 2) for name, value in own.items()}, **fields)
        for epoch, own in enumerate(losses, 1)
    ]


def test_there_is_nothing_to_call_when_quiet(capsys):
    with training_progress(quiet=True) as on_epoch:
        assert on_epoch is None
    assert capsys.readouterr() == ("", "")


def test_short_work_says_nothing_where_no_terminal_is(capsys, reports):
    with training_progress(quiet=False) as on_epoch, rows_progress(9, quiet=False) as on_rows:
        on_epoch(reports[0])
        on_rows(3)
    assert capsys.readouterr() == ("", "")


def as_terminal(monkeypatch):
    """Standard error as a terminal; pytest would put back what a fixture puts in its place."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    return terminal


def test_a_terminal_sees_epochs_and_losses_on_standard_error(monkeypatch, capsys, reports):
    terminal = as_terminal(monkeypatch)
    with training_progress(quiet=False) as on_epoch:
        for report in reports[:2]:
            on_epoch(report)
    assert "epoch 2/4  loss 0.7500  2/3 networks" in terminal.getvalue()
    with training_progress(quiet=False) as on_epoch:
        on_epoch(reports[2])
    assert "epoch 3/4  loss none  2/3 networks" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_the_bar_is_that_of_all_populations_whichever_is_told_of(monkeypatch, reports):
    as_terminal(monkeypatch)
    shown = []
    monkeypatch.setattr(
        "rich.progress.Progress.update", lambda self, task, **told: shown.append(told["completed"] / told["total"])
    )
    with training_progress(quiet=False) as on_epoch:
        for population, epoch in ((1, 2), (2, 2), (1, 4), (2, 4)):
            on_epoch(replace(reports[0], population=population, epoch=epoch))
    assert shown == [0.25, 0.5, 0.75, 1.0]
