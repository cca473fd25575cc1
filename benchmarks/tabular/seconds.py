"""Tables of times."""

from collections.abc import Mapping, Sequence

import numpy as np
from benchmarks.engine.machine import this_machine
from benchmarks.tabular.grids import Grid
from benchmarks.tabular.measuring import SECONDS, Entry
from benchmarks.tabular.scores import Key
from benchmarks.tabular.times import MANY_ROWS


def fit_grid(found: Mapping[Key, Entry], subject: str) -> Grid:
    """Return sums of seconds, and their ratio to the subject's on the tables where both finished.

    Parameters
    ----------
    found
        Fits with their seconds. Of several splits or repeats of a table the median counts.
    subject
        Whose times the others' are divided by.

    Returns
    -------
    Grid
        A row for each algorithm that finished a table of the subject's. Its last column is whether all of its times
        and the subject's are of one run.
    """
    medians = {what: _medians(found, what) for what in SECONDS}
    ours = _tables(medians["fit_s"], subject)
    rows = []
    for name in dict.fromkeys(key.algorithm for key in found):
        shared = sorted(ours & _tables(medians["fit_s"], name))
        if not shared:
            continue
        cells = [name, str(len(shared))]
        for seconds in medians.values():
            total, base = (sum(seconds.get((table, which), np.nan) for table in shared) for which in (name, subject))
            cells += ["-", "-"] if np.isnan(total + base) else [f"{total:.2f}", f"{total / base:.2f}"]
        both = [entry for key, entry in found.items() if key.table in shared and key.algorithm in {name, subject}]
        rows.append([*cells, "yes" if _is_one_run(both) else "no"])
    header = ["algorithm", "tables"]
    for label in ("fit, s", "predict, s", "fit, processor s"):
        header += [label, f"x {subject}"]
    notes = [
        f"Tables are those where the algorithm and {subject} both finished; ratios are of the sums on them.",
        "Seconds compare algorithms if they are of one run on an idle machine (--times); processor seconds vary less.",
    ]
    loads = [entry["load"] for entry in found.values() if "load" in entry]
    if loads:
        notes.append(f"Load averages after the fits: {min(loads):.1f} to {max(loads):.1f}.")
    return Grid("Seconds, summed over tables", (*header, "one run"), rows, notes)


def table_grid(found: Mapping[Key, Entry], threads: int) -> Grid:
    """Return seconds of fits by table; a dash for an unfinished one."""
    names = list(dict.fromkeys(key.algorithm for key in found))
    medians = _medians(found, "fit_s")
    rows = [
        [table, *(f"{medians[table, name]:.2f}" if (table, name) in medians else "-" for name in names)]
        for table in dict.fromkeys(key.table for key in found)
    ]
    return Grid("Seconds of a fit", ("table", *names), rows, [_circumstances(threads)])


def rate_grid(found: Mapping[str, Sequence[Entry]], table: str) -> Grid:
    """Return rows predicted per second: the median of the repeats."""
    rows = []
    for name, entries in found.items():
        known = [entry["rows_s"] for entry in entries if "rows_s" in entry]
        rows.append([name, f"{np.median(known):,.0f}" if known else "-"])
    return Grid(f"Rows predicted in a second, {MANY_ROWS:,} rows of {table} at once", ("algorithm", "rows/s"), rows)


def _medians(found: Mapping[Key, Entry], what: str) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], list[float]] = {}
    for key, entry in found.items():
        values.setdefault((key.table, key.algorithm), []).append(entry.get(what, np.nan))
    return {key: float(np.median(each)) for key, each in values.items() if not np.isnan(each).any()}


def _tables(medians: Mapping[tuple[str, str], float], name: str) -> set[str]:
    return {table for table, algorithm in medians if algorithm == name}


def _is_one_run(entries: Sequence[Entry]) -> bool:
    runs = {entry.get("run") for entry in entries}
    return len(runs) == 1 and None not in runs


def _circumstances(threads: int) -> str:
    machine = this_machine()
    load = "" if machine.load is None else f", load average after the runs {machine.load:.2f}"
    return f"{machine.cpu}, {machine.cores} cores, {threads} threads{load}."
