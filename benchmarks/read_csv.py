"""Seconds and memory of reading a CSV: ``python benchmarks/read_csv.py [TABLE]``.

demarcate, its strict reader alone and polars alone (``pl.read_csv`` without inferred types) read the same table as
strings, by turns, each time in a new process, with one thread of polars and with as many as it wants. Without a table
one of 1,000,000 rows of 10 columns is drawn: numbers, words, dates, a tenth of a column empty. The seconds are those
of reading alone, the peak memory that of the whole process with the table in it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

READERS = {
    "demarcate": "from demarcate.datasets import read_table as read",
    "demarcate, strict alone": """
from demarcate.datasets import read_table as read
from demarcate.io.tables.fast_delimited import FastReader
FastReader.read = lambda reader: iter(())""",
    "polars": "import functools, polars; read = functools.partial(polars.read_csv, infer_schema=False)",
}
MEASURE = """
import re, sys, time
from pathlib import Path
began, worked = time.perf_counter(), time.process_time()
table = read(sys.argv[1])
seconds = time.perf_counter() - began, time.process_time() - worked
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(*seconds, peak, *table.shape)
"""
"""The peak comes from /proc: that of ``getrusage`` includes the parent process."""


def draw_table(n_rows: int, path: Path, *, quoted: bool) -> None:
    """Write a table of ten columns."""
    draw = np.random.default_rng(0)
    words = np.array(["alpha", "beta", "gamma delta", "delta", "epsilon zeta"])
    gaps = pl.Series(draw.random(n_rows) < 0.1)
    pl.DataFrame(
        {
            "id": np.arange(n_rows),
            "age": draw.integers(0, 99, n_rows),
            "x": draw.normal(size=n_rows).round(4),
            "y": draw.normal(size=n_rows).round(6),
            "city": words[draw.integers(0, 5, n_rows)],
            "z": (draw.normal(size=n_rows) * 1e4).round(2),
            "day": pl.Series(draw.integers(0, 20_000, n_rows)).cast(pl.Int32).cast(pl.Date),
            "flag": draw.random(n_rows) < 0.5,
            "w": pl.Series(draw.normal(size=n_rows).round(3)).set(gaps, None),
            "target": words[draw.integers(0, 2, n_rows)],
        }
    ).write_csv(path, quote_style="non_numeric" if quoted else "necessary")


def measure(reader: str, path: Path, n_threads: int | None) -> tuple[float, float, float, str]:
    """Return wall seconds, processor seconds, MiB at the peak, and the shape, of one reading in a new process."""
    environment = {**os.environ, **({} if n_threads is None else {"POLARS_MAX_THREADS": str(n_threads)})}
    command = [sys.executable, "-c", READERS[reader] + MEASURE, str(path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    wall, work, peak, *shape = run.stdout.split()
    return float(wall), float(work), int(peak) / 1024, " x ".join(shape)


def main(path: Path, repeats: int) -> None:
    """Measure all readers by turns and print medians."""
    results: dict[tuple[str, int | None], list[tuple[float, float, float]]] = {}
    shape = ""
    for _ in range(repeats):
        for n_threads in (1, None):
            for reader in READERS:
                *figures, shape = measure(reader, path, n_threads)
                results.setdefault((reader, n_threads), []).append(tuple(figures))
    size = path.stat().st_size / 1e6
    print(f"{path.name}: {size:.0f} MB, {shape}, load {os.getloadavg()[0]:.1f}, medians of {repeats}")
    print(f"{'':26s} {'threads':>7s} {'seconds':>8s} {'processor':>10s} {'peak MiB':>9s}")
    for (reader, n_threads), figures in results.items():
        wall, work, peak = np.median(np.array(figures), axis=0)
        print(f"{reader:26s} {n_threads or 'any':>7} {wall:8.2f} {work:10.2f} {peak:9.0f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?", help="a CSV; if not given, one is drawn")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table that is drawn")
    parser.add_argument("--quoted", action="store_true", help="draw words in quotes")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = arguments.table or Path(folder) / "drawn.csv"
        if arguments.table is None:
            draw_table(arguments.rows, table, quoted=arguments.quoted)
        main(table, arguments.repeats)
