"""Columns that are drawn, and how many of each kind are read right, warned of or silent."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from demarcate.tabular import as_frame, infer_schema

VERDICTS = ("right", "warned", "silent")


class DrawnColumn(Protocol):
    """A column with its name, its cells, and how it was drawn."""

    name: str
    cells: list[object]
    kind: str


Drawn = TypeVar("Drawn", bound=DrawnColumn)


def report(
    draw_columns: Callable[[int, int], Sequence[Drawn]],
    verdict: Callable[[Drawn], str],
    is_shown: Callable[[int, str], bool] = lambda _, result: result == "silent",
) -> None:
    """Draw columns as the command line says, and print the verdicts by kind; ``is_shown`` is for ``--show``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--show", action="store_true", help="print the columns that are silent")
    arguments = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for number, drawn in enumerate(draw_columns(arguments.columns, arguments.seed)):
        result = verdict(drawn)
        counts[drawn.kind, result] += 1
        counts["all", result] += 1
        if arguments.show and is_shown(number, result):
            column = infer_schema(as_frame({drawn.name: drawn.cells})).columns[0]
            written = column.date_format or column.number_format
            print(number, result, drawn.kind, drawn.cells[:4], column.kind, written, column.note, column.dropped)
    for kind in sorted({kind for kind, _ in counts}, key=lambda kind: kind == "all"):
        print(f"{kind:28}", *(f"{result} {counts[kind, result]:4}" for result in VERDICTS))
