"""Ten times what a service bears: ``python -m benchmarks.serving.overload MODEL [--times 10] [--seconds 20]``.

What it bears is measured first, in a closed loop of requests with many rows each: a client on the same machine can ask
for ten times as many of those. Then come ten times as many, in an open loop, on up to 1,000 connections. Only 200 and
503 may be answered. Latencies are those of requests that were sent: the client, too, has more to do than it can.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.serving.connection import request_bytes
from benchmarks.serving.loops import closed_loop, open_loop, run, shown
from benchmarks.serving.service import Service, heart_rows, json_body

N_ROWS, N_CONNECTIONS = 1000, 16


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures; raise AssertionError if anything but 200 and 503 was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--times", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rows", type=int, default=N_ROWS)
    parser.add_argument("--connections", type=int, default=1000, help="of the open loop, at most")
    options = parser.parse_args(arguments)
    rows = heart_rows()
    body = json_body([rows[number % len(rows)] for number in range(options.rows)])
    requests = [request_bytes("/predict", body)]
    with tempfile.TemporaryDirectory() as folder, Service.started([options.model], Path(folder)) as service:
        calm = run(closed_loop(service.port, requests, N_CONNECTIONS, options.seconds / 2))
        before = service.megabytes()
        rate = options.times * calm.rate()
        load = run(open_loop(service.port, requests, rate, options.seconds, options.connections, counts_waiting=False))
        after = service.megabytes()
        told = service.ask("GET", "/health/live")[0]
    print(f"It bears {calm.rate():,.0f} requests/s of {options.rows:,} rows, p99 {calm.milliseconds(0.99):,.0f} ms.")
    print(f"At {rate:,.0f}/s for {load.seconds:.0f} s: {shown(load.counts())}; {load.rate():,.0f}/s accepted,")
    print(f"p50 {load.milliseconds(0.5):,.0f} ms, p99 {load.milliseconds(0.99):,.0f} ms of the accepted;")
    print(f"{before:.0f} MB before, {after:.0f} MB after, and alive: {told}.")
    assert set(load.counts()) <= {200, 503}, load.counts()


if __name__ == "__main__":
    main()
