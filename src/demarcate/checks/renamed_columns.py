"""Columns with the same information under other values: each value of one goes with one value of the other."""

from collections import defaultdict
from collections.abc import Iterator
from math import lgamma, log

import numpy as np

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import FactorizedColumn, TableView
from demarcate.formatting import listed

MAX_CHANCE = 1e-6


def renamed_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that are equal but for the names of their values.

    Categories (and numbers of few values) are compared by the rows that share a value, numbers and dates of many values
    by their order, rising or falling, which a copy in other units has too. Columns of so few or so rare values that
    some would agree by chance, more often than once in a million, are not compared.
    """
    groups: dict[bytes, list[str]] = defaultdict(list)
    n_pairs = max(1, len(table.columns) * (len(table.columns) - 1) / 2)
    for name, column in table.columns.items():
        if column.n_values > 1 and _log_arrangements(column) > log(n_pairs) - log(MAX_CHANCE):
            groups[_signature(column)].append(name)
    for names in groups.values():
        if len(names) > 1:
            text = (
                f"columns {listed(names, write=repr)} hold the same information: each value of one goes with one value "
                "of the other. One of them is enough; leave the rest out with drop"
            )
            yield Finding("renamed", "note", text, tuple(names))


def _log_arrangements(column: FactorizedColumn) -> float:
    """Return the logarithm of the number of ways to assign the values to the rows, up to renaming."""
    counts = column.counts
    ways = lgamma(counts.sum() + 1) - sum(map(lgamma, (counts + 1).tolist()))
    return ways - lgamma(len(counts) + 1) if _is_nominal(column) else ways - log(2)


def _is_nominal(column: FactorizedColumn) -> bool:
    """Return whether values are compared as names; if nearly every row had its own, all columns would be equal."""
    return column.numbers is None or column.n_values <= len(column.value_codes) / 10


def _signature(column: FactorizedColumn) -> bytes:
    """Return bytes that are equal for columns with the same information."""
    values = column.value_codes
    if _is_nominal(column):
        _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        return b"v" + np.argsort(np.argsort(first))[inverse].astype(np.int32).tobytes()
    # Counted from the largest number, with missing cells still last.
    n_numbers = column.n_values - bool(column.n_missing)
    falling = np.where(column.is_missing, values, n_numbers - 1 - values)
    return b"o" + min(values.astype(np.int32).tobytes(), falling.astype(np.int32).tobytes())
