"""Tables of times."""

from collections.abc import Mapping, Sequence

import numpy as np
from benchmarks.engine.machine import this_machine
from benchmarks.tabular.grids import Grid
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.times import MANY_ROWS, Run


def fit_grid(found: Mapping[Run, Entry], subject: str) -> Grid:
    """Return sums of seconds, and their ratio to the subject's on the tables where both finished.

    Parameters
    ----------
    found
        What `timed` gave; medians over the repeats count.
    subject
        Whose times the others' are divided by.
    """
    medians = {what: _medians(found, what) for what in ("fit_s", "predict_s")}
    rows = []
    for name in dict.fromkeys(run.algorithm for run in found):
        ours, theirs = (
            {table: seconds for (table, algorithm), seconds in medians["fit_s"].items() if algorithm == which}
            for which in (subject, name)
        )
        shared = sorted(ours.keys() & theirs.keys())
        cells = [name, str(len(shared))]
        for seconds in medians.values():
            total = sum(seconds[table, name] for table in shared)
            base = sum(seconds[table, subject] for table in shared)
            cells += [f"{total:.2f}", f"{total / base:.2f}" if shared else "-"]
        rows.append(cells)
    header = ("algorithm", "tables", "fit, s", f"x {subject}", "predict, s", f"x {subject}")
    return Grid(
        "Seconds, summed over tables",
        header,
        rows,
        [f"Tables are those where the algorithm and {subject} both finished; ratios are of the sums on them."],
    )


def table_grid(found: Mapping[Run, Entry], threads: int) -> Grid:
    """Return seconds of fits by table; a dash for an unfinished one."""
    names = list(dict.fromkeys(run.algorithm for run in found))
    medians = _medians(found, "fit_s")
    rows = [
        [table, *(f"{medians[table, name]:.2f}" if (table, name) in medians else "-" for name in names)]
        for table in dict.fromkeys(run.table for run in found)
    ]
    return Grid("Seconds of a fit", ("table", *names), rows, [_circumstances(threads)])


def rate_grid(found: Mapping[str, Sequence[Entry]], table: str) -> Grid:
    """Return rows predicted per second: the median of the repeats."""
    rows = []
    for name, entries in found.items():
        known = [entry["rows_s"] for entry in entries if "rows_s" in entry]
        rows.append([name, f"{np.median(known):,.0f}" if known else "-"])
    return Grid(f"Rows predicted in a second, {MANY_ROWS:,} rows of {table} at once", ("algorithm", "rows/s"), rows)


def _medians(found: Mapping[Run, Entry], what: str) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], list[float]] = {}
    for run, entry in found.items():
        values.setdefault((run.table, run.algorithm), []).append(entry.get(what, np.nan))
    return {key: float(np.median(each)) for key, each in values.items() if not np.isnan(each).any()}


def _circumstances(threads: int) -> str:
    machine = this_machine()
    load = "" if machine.load is None else f", load average after the runs {machine.load:.2f}"
    return f"{machine.cpu}, {machine.cores} cores, {threads} threads{load}."
