"""Requests a second, rows a second and latencies of a service, beside other servers of the same table.

``python -m benchmarks.serving.load MODEL [--seconds 10] [--peers FOLDER]``, with a MODEL of the built-in table
``heart``. Every server answers requests with one row on 64 connections, requests with 100 rows on 8, and requests with
one row in an open loop at half the rate that it bore before. The loops are wrk's (Debian's package) where it is
installed, which disturbs a server on the same machine least, and those of `benchmarks.serving.loops` elsewhere and in
the open loop. ``FOLDER`` has an environment for each peer: `benchmarks.serving.peers` says how they are made. Servers
take turns, ``--rounds`` times, and the medians are printed.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.serving.connection import request_bytes
from benchmarks.serving.loops import closed_loop, open_loop, run
from benchmarks.serving.peers import PEERS, Peer, fit_pipeline
from benchmarks.serving.service import Service, heart_rows, json_body

N_CONNECTIONS, N_CONNECTIONS_OF_MANY, N_ROWS = 64, 8, 100
Starter = Callable[[], AbstractContextManager[Service]]


@dataclass(frozen=True)
class Reading:
    """What one loop measured; latencies in milliseconds."""

    requests_per_second: float
    p50: float
    p99: float
    n_failed: int


@dataclass(frozen=True)
class Contender:
    """A server, and how it is asked for rows."""

    name: str
    start: Starter
    path: str = "/predict"
    body: Callable[[list[dict[str, Any]]], bytes] = json_body

    def bodies(self, n_rows: int) -> list[bytes]:
        """Return bodies with so many rows each, which differ; without missing cells, which not every peer takes."""
        rows = [row for row in heart_rows() if None not in row.values()]
        count = max(20, 300 // n_rows)
        return [self.body([rows[(start * n_rows + n) % len(rows)] for n in range(n_rows)]) for start in range(count)]


def closed(service: Service, contender: Contender, n_rows: int, n_connections: int, seconds: float) -> Reading:
    """Return what a closed loop measures."""
    bodies = contender.bodies(n_rows)
    if (wrk := shutil.which("wrk")) is None:
        requests = [request_bytes(contender.path, body) for body in bodies]
        load = run(closed_loop(service.port, requests, n_connections, seconds))
        failed = sum(count for status, count in load.counts().items() if status != 200)
        return Reading(load.rate(), load.milliseconds(0.5), load.milliseconds(0.99), failed)
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as lines:
        lines.write(b"".join(body + b"\n" for body in bodies))
        lines.flush()
        script = Path(__file__).with_name("wrk.lua")
        settings = ["-t1", f"-c{n_connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(script)]
        address = f"http://127.0.0.1:{service.port}{contender.path}"
        program = [wrk, *settings, address, "--", lines.name]
        shown = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    failed = shown["lost"] + shown["refused"]
    return Reading((shown["requests"] - shown["refused"]) / shown["seconds"], shown["p50"], shown["p99"], failed)


def opened(service: Service, contender: Contender, rate: float, seconds: float) -> Reading:
    """Return what an open loop measures with requests of one row."""
    requests = [request_bytes(contender.path, body) for body in contender.bodies(1)]
    load = run(open_loop(service.port, requests, rate, seconds, N_CONNECTIONS))
    failed = sum(count for status, count in load.counts().items() if status != 200)
    return Reading(load.rate(), load.milliseconds(0.5), load.milliseconds(0.99), failed)


def measured(contender: Contender, seconds: float) -> dict[str, Reading]:
    """Start a server, warm it up and measure it."""
    with contender.start() as service:
        closed(service, contender, 1, N_CONNECTIONS, 1)
        one = closed(service, contender, 1, N_CONNECTIONS, seconds)
        many = closed(service, contender, N_ROWS, N_CONNECTIONS_OF_MANY, seconds)
        half = opened(service, contender, one.requests_per_second / 2, seconds)
        print(f"  {contender.name}: {service.megabytes():.0f} MB, ready after {service.seconds_to_start:.2f} s")
    return {"1 row, closed": one, f"{N_ROWS} rows, closed": many, "1 row, open at half the rate": half}


def peer_contender(peer: Peer, folder: Path, scratch: Path) -> Contender:
    """Return a peer as a contender."""
    return Contender(peer.name, partial(peer.started, folder, scratch), peer.path, peer.body)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        start = partial(Service.started, [options.model], scratch, "--workers", str(options.workers))
        contenders = [Contender("demarcate", start)]
        if options.peers:
            present = [peer for peer in PEERS if peer.python(options.peers).exists()]
            for peer in present:
                fit_pipeline(peer.python(options.peers), scratch / f"{peer.name}.joblib")
            contenders += [peer_contender(peer, options.peers, scratch) for peer in present]
        readings: dict[str, list[dict[str, Reading]]] = {contender.name: [] for contender in contenders}
        for _ in range(options.rounds):
            for contender in contenders:
                readings[contender.name].append(measured(contender, options.seconds))
                _print({contender.name: readings[contender.name][-1:]})
    if options.rounds > 1:
        print("Medians:")
        _print(readings)


def _print(readings: dict[str, list[dict[str, Reading]]]) -> None:
    """Print medians over rounds, a line for each server and loop."""
    print(f"{'server':12}{'loop':30}{'requests/s':>12}{'rows/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}")
    for name, rounds in readings.items():
        for loop in rounds[0]:
            of_loop = [reading[loop] for reading in rounds]
            rate, p50, p99 = (
                statistics.median(getattr(reading, field) for reading in of_loop)
                for field in ("requests_per_second", "p50", "p99")
            )
            rows = rate * (N_ROWS if loop.startswith(str(N_ROWS)) else 1)
            failed = sum(reading.n_failed for reading in of_loop)
            print(f"{name:12}{loop:30}{rate:12,.0f}{rows:12,.0f}{p50:9.1f}{p99:9.1f}{failed:8}", flush=True)


if __name__ == "__main__":
    main()
