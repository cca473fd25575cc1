import io
import re
import time

import pytest

from demarcate.cli.progress_bar import PhasesProgress, rows_progress
from demarcate.phases import PhaseState, phase
from demarcate.presentation import phase_bars
from demarcate.presentation.phase_bars import phase_in_words


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A function that makes standard error a terminal; pytest would put back what a fixture puts in its place."""

    def replace_stderr(width=120):
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(width))
        return terminal

    return replace_stderr


def plain_lines(shown):
    """What a terminal showed, without colours and movements."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.getvalue()).replace("\r", "\n").split("\n")


def test_short_work_prints_nothing_where_no_terminal_is(capsys):
    progress = PhasesProgress(quiet=False)
    with progress.shown(), phase("train", total=2) as current, rows_progress(9, quiet=False) as on_rows:
        current.advance()
        on_rows(3)
    assert progress.on_epoch is None
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_a_bar_for_each_phase_on_standard_error(terminal, capsys):
    shown = terminal()
    with PhasesProgress(quiet=False).shown():
        with phase("read", detail="t.csv"):
            pass
        with phase("baselines", total=8) as current:
            current.advance(2)
            time.sleep(0.15)
    assert any(re.fullmatch(r"read +━+ 0\.\d s *", line) for line in plain_lines(shown))
    assert any(re.fullmatch(r"baselines +━+ +2 of 8 *", line.replace("╺", "━")) for line in plain_lines(shown))
    assert capsys.readouterr().out == ""


def test_the_bars_of_an_earlier_block_stay_in_the_next(terminal):
    shown = terminal()
    progress = PhasesProgress(quiet=False)
    with progress.shown(), phase("read"):
        pass
    before = len(shown.getvalue())
    with progress.shown(), phase("train"):
        pass
    assert "read " in shown.getvalue()[before:]
    assert "train " in shown.getvalue()[before:]


def test_a_phase_that_comes_again_has_the_time_of_all_of_it(terminal, monkeypatch):
    terminal()
    progress = PhasesProgress(quiet=False)
    bars = progress._bars
    for seconds in (2.0, 3.0):
        bars.show(PhaseState("check"))
        bars.show(PhaseState("check", seconds=seconds, is_over=True))
    assert [task.fields["text"] for task in bars._bars.tasks] == ["5.0 s"]


def test_the_time_left_goes_down_between_two_reports(terminal, monkeypatch):
    terminal()
    now = [0.0]
    monkeypatch.setattr(phase_bars.time, "monotonic", lambda: now[0])
    bars = PhasesProgress(quiet=False)._bars
    bars.show(PhaseState("train", done=1, total=4, detail="epoch 1 of 4", seconds_left=30.0))
    now[0] = 10.0
    bars._bars.get_renderable()
    assert bars._bars.tasks[0].fields["text"] == "epoch 1 of 4  about 20 s left"


def test_a_long_line_is_cut_where_a_terminal_is_narrow(terminal):
    shown = terminal(width=60)
    with PhasesProgress(quiet=False).shown(), phase("train", detail="x" * 100):
        pass
    assert max(map(len, plain_lines(shown))) <= 60


def test_control_characters_of_a_detail_are_spelled_out(terminal):
    shown = terminal()
    with PhasesProgress(quiet=False).shown(), phase("importance", total=1) as current:
        current.update(0, 1, "shuffling '\x1b[31m'")
    assert "\x1b[31mx" not in shown.getvalue()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PhaseState("read"), "read"),
        (PhaseState("read", detail="t.csv"), "read: t.csv"),
        (PhaseState("report", done=3, total=17), "report: 3 of 17"),
        (PhaseState("train", detail="epoch 3 of 9", seconds_left=75.2), "train: epoch 3 of 9, about 1 min 15 s left"),
        (PhaseState("train", detail="epoch 9 of 9", seconds_left=0.1), "train: epoch 9 of 9, about 1 s left"),
    ],
)
def test_a_phase_in_words(state, words):
    assert phase_in_words(state) == words


def test_quiet_work_and_lines_of_epochs_have_no_bars(terminal):
    shown = terminal()
    quiet, every = PhasesProgress(quiet=True, every=2), PhasesProgress(quiet=False, every=2)
    for progress in (quiet, every):
        with progress.shown(), phase("train") as current:
            current.advance()
    assert quiet.on_epoch is None
    assert every.on_epoch is not None
    assert shown.getvalue() == ""
