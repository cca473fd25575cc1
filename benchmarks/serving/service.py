"""A service in processes of its own, started as a person starts it, and what its processes use. Needs Linux."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demarcate import datasets

SECONDS = 30.0
"""The longest that anything may take that should take much less."""


@dataclass(frozen=True)
class Service:
    """A running server on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    """What it wrote to its outputs."""
    seconds_to_start: float

    @classmethod
    @contextlib.contextmanager
    def started(cls, models: Sequence[Path | str], folder: Path, *options: str) -> Iterator["Service"]:
        """Serve models; the server is ended with the block."""
        port = free_port()
        program = [sys.executable, "-m", "demarcate", "serve", *map(str, models), "--port", str(port), *options]
        with cls.of_command(program, port, folder / f"serve-{port}.log", ready="/health/ready") as service:
            yield service

    @classmethod
    @contextlib.contextmanager
    def of_command(
        cls,
        program: Sequence[str],
        port: int,
        log: Path,
        *,
        ready: str,
        folder: Path | None = None,
        words: Mapping[str, str] | None = None,
    ) -> Iterator["Service"]:
        """Start any server, with words in its environment, and wait until it answers a path with 200."""
        environment = {**os.environ, **(words or {})}
        began = time.perf_counter()
        with log.open("wb") as output:
            process = subprocess.Popen(
                program, stdout=output, stderr=subprocess.STDOUT, cwd=folder, env=environment, start_new_session=True
            )
        try:
            while (status := _status(port, ready)) != 200:
                if process.poll() is not None or time.perf_counter() - began > 2 * SECONDS:
                    raise AssertionError(f"no server (exit code {process.poll()}, status {status}): {log.read_text()}")
                time.sleep(0.005)
            yield cls(process, port, log, time.perf_counter() - began)
        finally:
            _end(process)

    def processes(self) -> list[int]:
        """Return the ids of its first process and of all below it."""
        found = [self.process.pid]
        for pid in found:
            found += _children(pid)
        return found

    def workers(self) -> list[int]:
        """Return the ids of the processes right below its first."""
        return _children(self.process.pid)

    def megabytes(self) -> float:
        """Return the memory of all its processes; what they share counts once."""
        return sum(_proportional_kilobytes(pid) for pid in self.processes()) / 1000

    def n_open_files(self) -> int:
        """Return how many files and sockets its processes have open."""
        count = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                count += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return count

    def processor_seconds(self) -> float:
        """Return what its processes have used of processors so far."""
        ticks = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
        return ticks / 100

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request on a connection of its own; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def predict(self, rows: list[dict[str, Any]]) -> bytes:
        """Return the answer to some rows; raise AssertionError if they are refused."""
        status, _, answer = self.ask("POST", "/predict", json_body(rows), content_type="application/json")
        assert status == 200, (status, answer)
        return answer

    def metric(self, name: str) -> float:
        """Return a number of its metrics, summed over labels."""
        text = self.ask("GET", "/metrics")[2].decode()
        values = re.findall(rf"^{re.escape(name)}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)
        assert values, f"no metric {name!r} in:\n{text}"
        return sum(map(float, values))


def heart_rows() -> list[dict[str, Any]]:
    """Return the rows of the built-in table ``heart`` as a client sends them, without the target."""
    frame = datasets.heart().X
    return [dict(row) for row in frame.to_dicts()]


def json_body(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as a body of ``POST /predict``."""
    return json.dumps({"rows": rows}).encode()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _status(port: int, path: str) -> int:
    """Return the status of the answer to a GET; 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server, gently if it lets itself be ended so, and whatever it leaves behind."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _children(pid: int) -> list[int]:
    """Return the ids of the processes that a process started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return sorted(found)


def _proportional_kilobytes(pid: int) -> int:
    """Return the memory of a process, its share of what it shares; 0 if it has ended."""
    try:
        return int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
    except (OSError, TypeError):
        return 0
