"""Numbers and dates that stand for a missing value: -999 among ages, 1900-01-01 among recent days."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, listed
from demarcate.tabular.odd_cells import MIN_CELLS

Values = NDArray[np.float64]

_MIN_COUNT, _MAX_SHARE = 2, 0.5
_MAX_SENTINELS = 6
_NINES, _NEXT_TO_NINES = 9.0, 2
_LIMITS = frozenset(
    {-1.0, -7.0, -8.0, -9.0, 32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 4294967295.0}
    | {sign * 10.0**power for sign in (-1, 1) for power in (9, 10, 12, 20, 30)}
)
"""Numbers that programs and surveys write where there is none, beside those of nines."""
_MIN_YEARS = 5 * 365.2425 * 86400
_DAY_TEXTS = (
    *("0001-01-01", "1582-10-15", "1700-01-01", "1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01"),
    *("1901-01-01", "1970-01-01", "2049-12-31", "2050-12-31", "2099-12-31", "2100-01-01", "2100-12-31", "2199-12-31"),
    *("2200-01-01", "2222-02-22", "2262-04-11", "2299-12-31", "2500-12-31", "2999-12-31", "9999-12-31"),
)
_DAYS = frozenset(np.array(_DAY_TEXTS, dtype="datetime64[s]").astype(np.int64).tolist())
"""Days that databases write where there is none, in seconds since 1970-01-01."""


def sentinels(values: Values, *, are_dates: bool = False) -> list[float]:
    """Return the repeated values of a column, NaN where missing, that stand for none: far beyond all the others.

    They are numbers such as -1, 99, -999, 998 or 2147483647, or days such as 1900-01-01, and further from the other
    values than these are from each other.
    """
    stands_for_none = _is_day if are_dates else _is_code
    present = values[~np.isnan(values)]
    if len(present) < MIN_CELLS:
        return []
    rest, taken = present, list[float]()
    while len(rest) and len(taken) < _MAX_SENTINELS:
        extremes = [each for each in (float(rest.min()), float(rest.max())) if stands_for_none(each)]
        if not extremes:
            break
        taken += dict.fromkeys(extremes)
        rest = rest[~np.isin(rest, extremes)]
    if not taken or len(rest) < (1 - _MAX_SHARE) * len(present):
        return []
    low, high = float(rest.min()), float(rest.max())
    reach = max(high - low, _MIN_YEARS if are_dates else 0.0)
    if low == high:
        return []
    far = [each for each in taken if max(low - each, each - high) > reach]
    return sorted(each for each in far if np.count_nonzero(present == each) >= _MIN_COUNT)


def sentinel_note(values: Values, written: Callable[[float], str], *, are_dates: bool = False) -> str:
    """Return a note on the values of a column that seem to stand for none, or nothing."""
    found = sentinels(values, are_dates=are_dates)
    if not found:
        return ""
    is_one = np.isin(values, found)
    rest = values[~is_one & ~np.isnan(values)]
    named = listed([*map(written, found)])
    cells = counted(int(is_one.sum()), "cell")
    span = f"{written(float(rest.min()))} to {written(float(rest.max()))}"
    fact = f"{cells} of {named}, first in row {int(is_one.argmax()) + 1:,}, far from all others ({span})"
    kind = "dates" if are_dates else "numbers"
    missing = ",".join(map(written, found))
    return f"{fact}: read as {kind}. --missing={missing} (missing in Python) reads them as missing"


def _is_code(value: float) -> bool:
    """Tell whether a number consists of nines, or is one or two below, or is another that stands for none."""
    if value in _LIMITS:
        return True
    digits = f"{abs(value):.15g}".replace(".", "").lstrip("0")
    if len(digits) >= 2 and set(digits) == {"9"}:
        return True
    is_whole = value == np.floor(value) and 97 <= abs(value) < 1e15
    return is_whole and any(set(f"{abs(value) + step:.0f}") == {"9"} for step in range(1, _NEXT_TO_NINES + 1))


def _is_day(seconds: float) -> bool:
    return seconds in _DAYS
