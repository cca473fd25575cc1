"""Signals at moments that are known: each test's process says, or its input shows, how far it is."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

if sys.platform != "win32":
    ENDED = [
        (signal.SIGINT, 130, b"Interrupted"),
        (signal.SIGTERM, 143, b"Terminated"),
        (signal.SIGHUP, 129, b"Hung up"),
    ]
else:
    ENDED = []

each_signal = pytest.mark.parametrize(("number", "code", "called"), ENDED, ids=[str(code) for _, code, _ in ENDED])
SEND = "import os, signal, sys, time\ndef send(number): os.kill(os.getpid(), number)\n"
AS_COMMAND = "from demarcate.cli.app import add_command\nadd_command(work)"


@pytest.fixture
def ended(start):
    """What a command ended with that sends signals to itself."""

    def run(*arguments, code):
        process = start(*arguments, code=SEND + code)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    return run


@pytest.fixture
def reading(start, tmp_path):
    """Starts a command that reads a table; gives it, and the other end of the table, once it waits for the rows."""
    os.mkfifo(tmp_path / "table.csv")

    def started(code=None):
        process = start("audit", tmp_path / "table.csv", "--target", "y", code=code)
        table = (tmp_path / "table.csv").open("wb")
        # It has opened the table; where the system tells, the test waits until it waits for rows.
        state = Path(f"/proc/{process.pid}/stat")
        while state.exists() and state.read_text().split()[2] == "R":
            time.sleep(0.001)
        return process, table

    return started


@each_signal
def test_before_a_command_begins_the_program_leaves(ended, number, code, called):
    commands = f"type('App', (), {{'__getattr__': lambda self, name: send({number:d})}})()"
    found = ended(code=f"import demarcate.cli\nsys.modules['demarcate.cli.app'] = {commands}")
    assert found == (code, b"", called + b": nothing was written.\n")


@each_signal
def test_while_a_table_is_read_it_is_one_sentence(reading, number, code, called):
    process, table = reading()
    with table:
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (code, b"", called + b": nothing was written.\n")


def test_while_a_module_loads_that_would_lose_it_nothing_is_lost(ended, tmp_path):
    (tmp_path / "loses.py").write_text("try:\n    send()\nexcept BaseException:\n    print('lost')\n")
    code = (
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import builtins\nbuiltins.send = lambda: send(signal.SIGTERM)\n"
        f"def work() -> None:\n    import loses\n    time.sleep(60)\n{AS_COMMAND}"
    )
    assert ended("work", code=code) == (143, b"", b"Terminated: nothing was written.\n")


def test_where_nothing_can_be_raised_nothing_is_lost(ended):
    code = (
        "class Held:\n    def __del__(self):\n        send(signal.SIGINT)\n"
        f"def work() -> None:\n    Held()\n    time.sleep(60)\n{AS_COMMAND}"
    )
    assert ended("work", code=code) == (130, b"", b"Interrupted: nothing was written.\n")


def test_an_error_of_a_signals_making_is_told_as_what_it_is(ended):
    code = (
        "def work() -> None:\n    try:\n        send(signal.SIGTERM)\n"
        f"    except KeyboardInterrupt:\n        raise ImportError('torch')\n{AS_COMMAND}"
    )
    assert ended("work", code=code) == (143, b"", b"Terminated: nothing was written.\n")


def test_the_second_signal_is_the_systems(ended):
    code = (
        "def work() -> None:\n    try:\n        send(signal.SIGINT)\n        time.sleep(60)\n"
        f"    finally:\n        send(signal.SIGINT)\n        time.sleep(60)\n{AS_COMMAND}"
    )
    assert ended("work", code=code) == (-signal.SIGINT, b"", b"")


def test_what_is_ignored_from_the_start_stays_so(reading):
    process, table = reading(code="import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)")
    with table:
        process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"is empty" in err


@pytest.mark.parametrize("when", ["atexit.register(send, signal.SIGTERM)", "sys.held = Held()"])
def test_when_all_is_done_nothing_changes_any_more(ended, when):
    # What sys holds is taken down when Python has given all signals back to the system.
    held = "class Held:\n    def __del__(self, kill=os.kill, me=os.getpid(), number=signal.SIGTERM): kill(me, number)\n"
    code, out, err = ended("--version", code=f"import atexit\n{held}{when}")
    assert (code, err) == (0, b"")
    assert out.startswith(b"demarcate ")


def test_help_that_nobody_reads_is_no_error(start):
    process = start("--help")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=300) == 141
