"""Columns that say the same in other words: each value of one goes with one value of the other."""

from collections import defaultdict
from collections.abc import Iterator
from math import lgamma, log

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import Cells, View
from demarcate.formatting import listed

CHANCE = 1e-6


def renamed(view: View) -> Iterator[Finding]:
    """Columns that are equal but for the names of their values.

    Categories (and numbers of few values) are compared by which rows share a value, numbers and dates of many values by
    their order, rising or falling: a copy in other units has the same. Columns of so few values, or so rare ones, that
    as many columns would agree by chance (more often than once in a million) are not compared.
    """
    alike: dict[bytes, list[str]] = defaultdict(list)
    n_pairs = max(1, len(view.cells) * (len(view.cells) - 1) / 2)
    for name, cells in view.cells.items():
        if cells.n_values > 1 and _log_arrangements(cells) > log(n_pairs) - log(CHANCE):
            alike[_signature(cells)].append(name)
    for names in alike.values():
        if len(names) > 1:
            shown = listed(list(map(repr, names)))
            text = (
                f"columns {shown} say the same in other words: each value of one goes with one value of the other. "
                "One of them is enough; leave the rest out with drop"
            )
            yield Finding("renamed", "note", text, tuple(names))


def _log_arrangements(cells: Cells) -> float:
    """The logarithm of how many ways there are to deal the values to the rows, up to renaming."""
    counts = cells.counts
    ways = lgamma(counts.sum() + 1) - sum(map(lgamma, (counts + 1).tolist()))
    return ways - lgamma(len(counts) + 1) if _is_by_value(cells) else ways - log(2)


def _is_by_value(cells: Cells) -> bool:
    """Whether values are compared as names; where nearly every row has its own, that would find all columns equal."""
    return cells.quantities is None or cells.n_values <= len(cells.values) / 10


def _signature(cells: Cells) -> bytes:
    """The same for columns that say the same."""
    values = cells.values
    if _is_by_value(cells):
        _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        return b"v" + np.argsort(np.argsort(first))[inverse].astype(np.int32).tobytes()
    return b"o" + min(values.astype(np.int32).tobytes(), _falling(cells).astype(np.int32).tobytes())


def _falling(cells: Cells) -> NDArray[np.int64]:
    """The values' numbers counted from the largest, missing cells staying last."""
    n_known = cells.n_values - bool(cells.n_missing)
    return np.where(cells.is_missing, cells.values, n_known - 1 - cells.values)
