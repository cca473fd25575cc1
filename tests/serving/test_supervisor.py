"""Real processes, which answer with their number instead of serving models."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

PROGRAM = """
import os, signal, socket, sys, threading, time
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.supervisor import Supervisor
from demarcate.serving.trial import UnfitError

class Files:
    loaded = 0
    def accept(self):
        pass
    def revert(self, log):
        self.loaded -= 1
        log.event("refused", "Back to the former.")
    def refresh(self, log, *, everything=False):
        self.loaded += everything
        return everything

listener = socket.create_server(("127.0.0.1", 0))
mode = sys.argv[1]

def run_worker(loaded, place, beat, life):
    if mode == "dies":
        os._exit(3)
    if mode == "unfit" and loaded:
        raise UnfitError([])
    drains = []
    signal.signal(signal.SIGTERM, lambda *_: drains.append(1))
    listener.settimeout(0.02)
    beat()
    while not drains or mode == "stays":
        if mode != "silent":
            beat(mode == "stuck" and place == 0)
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        connection.sendall(f"{os.getpid()} {loaded} {place}".encode())
        connection.close()

if mode == "silent":
    import demarcate.serving.supervisor as module
    module.SILENCE_SECONDS, module.WATCH_SECONDS = 0.3, 0.05
    # The first copy is silent, the others are not.
    started = run_worker
    def run_worker(loaded, place, beat, life):
        global mode
        mode = "silent" if place == 0 and not os.path.exists(sys.argv[2]) else ""
        open(sys.argv[2], "w").close()
        started(loaded, place, beat, life)

if mode == "stays":
    import demarcate.serving.supervisor as module
    module.KILL_SECONDS = 0.3
supervisor = Supervisor(
    Files(), 2, run_worker, ServiceLog(descriptor=2), drain_seconds=0.0 if mode == "stays" else 5.0,
    on_ready=lambda: print(listener.getsockname()[1], flush=True),
)
supervisor.run(listener)
print("ended", flush=True)
"""


class Supervised:
    """A supervisor in a process of its own, and what its copies answer."""

    def __init__(self, mode="", *arguments):
        command = [sys.executable, "-c", PROGRAM, mode, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line) if line else 0

    def ask(self):
        """The process that answers, what it has loaded, and its place."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            return tuple(map(int, client.recv(100).split()))

    def wait_for(self, wanted):
        """The first answer that is wanted."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(ConnectionError, ValueError):
                if wanted(answer := self.ask()):
                    return answer
        raise TimeoutError

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        """The exit code and what was printed, once the process has ended."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def supervised():
    with contextlib.ExitStack() as stack:

        def start(*arguments):
            running = Supervised(*arguments)
            stack.enter_context(running.process)
            stack.callback(running.process.kill)
            return running

        yield start


def exists(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes(supervised, number):
    running = supervised()
    processes = {running.ask()[0] for _ in range(20)}
    running.send(number)
    code, out, _ = running.end()
    assert (code, out) == (0, "ended\n")
    assert not any(map(exists, processes))


def test_a_process_that_is_killed_is_replaced(supervised):
    running = supervised()
    victim, _, place = running.ask()
    os.kill(victim, signal.SIGKILL)
    replaced = running.wait_for(lambda answer: answer[2] == place and answer[0] != victim)
    assert replaced[1] == 0
    running.send(signal.SIGTERM)
    assert "ended (SIGKILL)" in running.end()[2]


def test_new_files_are_served_by_new_processes_and_the_old_ones_end(supervised):
    running = supervised()
    olds = {running.ask()[0] for _ in range(20)}
    running.send(signal.SIGHUP)
    _, _, place = running.wait_for(lambda answer: answer[1] == 1)
    assert place >= 2
    deadline = time.monotonic() + 30
    while any(map(exists, olds)) and time.monotonic() < deadline:
        assert running.ask()
    assert not any(map(exists, olds))
    running.send(signal.SIGTERM)
    assert running.end()[0] == 0


def test_a_process_that_gives_no_sign_of_life_is_replaced(supervised, tmp_path):
    running = supervised("silent", str(tmp_path / "begun"))
    running.wait_for(lambda answer: answer[2] == 0)
    time.sleep(0.5)
    running.send(signal.SIGTERM)
    code, _, err = running.end()
    assert code == 0
    assert "does not answer, and is killed" in err


def test_a_process_that_does_not_end_is_killed(supervised):
    running = supervised("stays")
    running.send(signal.SIGTERM)
    code, out, err = running.end()
    assert (code, out) == (0, "ended\n")
    assert err.count("does not answer, and is killed") == 2


def test_where_no_process_becomes_ready_the_service_gives_up(supervised):
    code, _, err = supervised("dies").end()
    assert code == 1
    assert "processes of the service ended before they were ready (exit code 3)" in err


def test_what_new_processes_cannot_serve_is_given_up_and_the_former_goes_on(supervised):
    running = supervised("unfit")
    running.send(signal.SIGHUP)
    assert "exit code 4" in running.process.stderr.readline()
    while "refused" not in running.process.stderr.readline():
        pass
    for _ in range(20):
        _, loaded, place = running.ask()
        assert (loaded, place < 2) == (0, True)
    victim, _, place = running.ask()
    os.kill(victim, signal.SIGKILL)
    assert running.wait_for(lambda answer: answer[2] == place and answer[0] != victim)[1] == 0
    running.send(signal.SIGTERM)
    assert running.end()[0] == 0


def test_a_process_that_asks_for_it_is_replaced_and_ends(supervised):
    running = supervised("stuck")
    stuck = {running.ask()[0] for _ in range(20)}
    running.wait_for(lambda answer: answer[2] == 2)
    deadline = time.monotonic() + 30
    while all(map(exists, stuck)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert {running.ask()[2] for _ in range(20)} <= {1, 2}
    running.send(signal.SIGTERM)
    assert running.end()[0] == 0
