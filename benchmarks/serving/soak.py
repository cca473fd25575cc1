"""A long quiet load: ``python -m benchmarks.serving.soak MODEL [--minutes 15] [--connections 8]``.

One-row and many-row requests, good ones and refused ones, come for minutes. The memory of all processes is measured
once a second, and printed is how much larger it is in the last tenth of the time than in the second.
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.serving.connection import request_bytes
from benchmarks.serving.loops import closed_loop, run, shown
from benchmarks.serving.service import Service, heart_rows, json_body


def main(arguments: Sequence[str] | None = None) -> None:
    """Print memory by tenths of the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args(arguments)
    rows = heart_rows()
    bodies = [json_body([row]) for row in rows] + [json_body(rows[start : start + 50]) for start in range(0, 250, 5)]
    requests = [request_bytes("/predict", body) for body in [*bodies, b'{"rows": [{"age": "x"}]}', b"{"]]
    with tempfile.TemporaryDirectory() as folder, Service.started([options.model], Path(folder)) as service:
        samples: list[tuple[float, int]] = []
        is_over = threading.Event()

        def sample() -> None:
            while not is_over.wait(1):
                samples.append((service.megabytes(), service.n_open_files()))

        thread = threading.Thread(target=sample)
        thread.start()
        began = time.perf_counter()
        load = run(closed_loop(service.port, requests, options.connections, 60 * options.minutes))
        seconds = time.perf_counter() - began
        is_over.set()
        thread.join()
    tenths = [samples[len(samples) * part // 10 : len(samples) * (part + 1) // 10] for part in range(10)]
    memory = [statistics.mean(megabytes for megabytes, _ in tenth) for tenth in tenths]
    files = [max(count for _, count in tenth) for tenth in tenths]
    print(f"{sum(load.counts().values()) / seconds:,.0f} requests/s: {shown(load.counts())}")
    print("MB by tenths of the time:", " ".join(f"{megabytes:.1f}" for megabytes in memory))
    print("open files:", " ".join(map(str, files)))
    print(f"growth from the second tenth to the last: {memory[-1] / memory[1] - 1:.2%}")


if __name__ == "__main__":
    main()
