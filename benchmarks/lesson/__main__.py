"""``python -m benchmarks.lesson``: the table of all rows, each with the product's figures beside plain PyTorch's.

``--fast`` leaves out rows that take more than a second or two, ``--figures`` prints every figure, ``--code ROW`` the
code of both sides, and names of rows choose some.
"""

import argparse
import inspect
import sys
import time

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import torch
from benchmarks.lesson import claims, data_sets, ideas, models, pictures, production
from benchmarks.lesson.figures import ROWS, Row

from demarcate.formatting import aligned

MODULES = (ideas, data_sets, models, pictures, production, claims)
"""Importing them registers their rows."""
GROUPS = "IDTPHC"
"""Ideas, data, training, pictures, heart disease and claims: the order of the lesson."""


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 1 if a row does not work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows such as T4; all if none is named")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--code", metavar="ROW")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.code:
        print(inspect.getsource(ROWS[options.code].figures))
        return 0
    names = options.rows or sorted(ROWS, key=lambda name: (GROUPS.index(name[0]), name))
    chosen = [ROWS[name] for name in names if ROWS[name].is_fast or not options.fast]
    results = [_run(each, with_figures=options.figures) for each in chosen]
    print("\n".join(aligned([("row", "works", "figures", "seconds", "topic"), *(cells for cells, _ in results)])))
    n_working = sum(works for _, works in results)
    print(f"{n_working} of {len(results)} rows work")
    return 0 if n_working == len(results) else 1


def _run(row: Row, *, with_figures: bool) -> tuple[tuple[str, ...], bool]:
    """Compute a row; return its cells of the table, and whether all its figures agree."""
    start = time.perf_counter()
    figures = [*row.figures()]
    plt.close("all")
    works = all(figure.agrees for figure in figures)
    shown = [(figure.what, figure.product, figure.plain, "" if figure.agrees else "DISAGREES") for figure in figures]
    if with_figures or not works:
        print(f"{row.name}  {row.topic}")
        print("\n".join(f"    {line}" for line in aligned([("", "product", "plain PyTorch", ""), *shown])))
    n_agreeing = sum(figure.agrees for figure in figures)
    seconds = f"{time.perf_counter() - start:.1f}"
    return (row.name, "yes" if works else "NO", f"{n_agreeing} of {len(figures)}", seconds, row.topic), works


if __name__ == "__main__":
    sys.exit(main())
