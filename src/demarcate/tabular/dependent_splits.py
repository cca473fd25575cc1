"""Splits of rows that are not independent: whole groups are held out, and later rows are scored after earlier ones."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem, SettingError
from demarcate.formatting import counted, listed
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.splits import (
    Split,
    all_but,
    cross_validation_splits,
    holdout_size,
    n_to_hold_out,
    stratified_split,
)

FIRST_SHARE = 0.5
"""Share of the rows, the earliest, that no window scores: the first window trains on them."""
STOPPING_SHARE = 1 / 8
"""Share of the rows before a window, the latest, that decide when to stop."""
MIN_WINDOW_ROWS = 10
FORWARD_HOLDOUT_WINDOWS = 4
"""Windows of a table that is large enough for a hold-out, which they share out: how they vary says what comes next."""
LATER_SHARE, STOPPING_GROUPS_SHARE = 1 / 2, 1 / 4
"""Of the groups on both sides of a window, and of its stopping rows, the share that goes to the later side."""
MAX_DEALT_GROUPS = 10_000
"""Groups that are dealt out one by one, the largest; of more, the others even out by chance."""


def splits_of(
    codes: NDArray[np.int64], dependence: Dependence | None, n_folds: int, holdout_above: int, seed: int
) -> list[Split]:
    """Return the splits of a cross-validation: by class, by group, or forward in time.

    Independent rows are split as by `cross_validation_splits`. Groups are held out whole, folds of them having about
    the same rows of each class. With times every split is a window that is scored after training on earlier rows.
    """
    if dependence is None:
        return cross_validation_splits(codes, n_folds, holdout_above, seed)
    if dependence.times is not None:
        return forward_splits(codes, dependence, n_folds, holdout_above, seed)
    assert dependence.groups is not None
    held_out = held_out_groups(codes, dependence.groups, n_folds, holdout_above, seed)
    return [Split(all_but(rows, len(codes)), rows, rows) for rows in held_out]


def split_rows(
    codes: NDArray[np.int64], held_out: float, seed: int, dependence: Dependence | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return sorted row numbers to train on and to hold out: a stratified share, whole groups, or the latest rows.

    ``held_out`` is the share of rows to hold out if below 1, else their number; with groups, or with times that are
    equal, it is met as nearly as whole ones allow. With a gap, or with times and groups, the two parts may leave rows
    out: those whose label came too late, and those of a group that is in the other part.
    """
    if dependence is None:
        return stratified_split(codes, held_out, seed)
    n_held_out = n_to_hold_out(len(codes), len(np.unique(codes)), held_out)
    if dependence.times is not None:
        order = np.sort(dependence.times)
        start = order[len(order) - n_held_out]
        if start == order[0]:
            # Equal times stay together: the first rows cannot be held out.
            start = _later_than(dependence.times, start)
        earlier, later = _apart(dependence, dependence.times >= start, seed)
        if not len(earlier) or not len(later):
            gap = f" with a gap of {dependence.gap:g}" if dependence.gap else ""
            fact = (
                f"{counted(len(codes), 'row')}{gap} cannot be divided into earlier rows and {n_held_out:,} later ones"
            )
            raise InputError([Problem(fact, "Give rows of more times, a shorter gap, or no time")])
        return earlier, later
    assert dependence.groups is not None
    is_held = _held_out_share(codes, dependence.groups, n_held_out / len(codes), seed)
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)


def one_split(
    codes: NDArray[np.int64], dependence: Dependence | None, test_size: float, seed: int, *, stops_early: bool
) -> Split:
    """Return a single split as `split_rows` makes it; an eighth of its training rows decides when to stop, if asked."""
    rows, scored = split_rows(codes, test_size, seed, dependence)
    if not stops_early:
        return Split(rows, scored, scored)
    of_rows = None if dependence is None else dependence.rows(rows)
    n_stopping = min(max(1, round(STOPPING_SHARE * len(rows))), len(rows) - len(np.unique(codes[rows])))
    train, stopping = split_rows(codes[rows], n_stopping, seed, of_rows)
    return Split(rows[train], rows[stopping], scored)


def rows_to_train_on(n_rows: int, scored: NDArray[np.int64], dependence: Dependence | None = None) -> NDArray[np.int64]:
    """Return the rows that may be trained on where some are scored: all others, of other groups, and known before."""
    if dependence is None:
        return all_but(scored, n_rows)
    may = np.ones(n_rows, dtype=bool)
    if dependence.times is not None:
        may &= dependence.times < dependence.times[scored].min() - dependence.gap
    if dependence.groups is not None:
        may &= ~np.isin(dependence.groups, dependence.groups[scored])
    may[scored] = False
    return np.flatnonzero(may)


def held_out_groups(
    codes: NDArray[np.int64], groups: NDArray[np.int64], n_folds: int, holdout_above: int, seed: int
) -> list[NDArray[np.int64]]:
    """Return the rows that each group of members validates on, as `held_out_rows`, in whole groups.

    A group that alone has a class is never held out: no network could learn that class.
    """
    is_eligible = _can_be_held_out(codes, groups)
    eligible = np.flatnonzero(is_eligible)
    numbers = np.unique(groups[eligible])
    if len(numbers) < 2:
        fact = f"Of {counted(len(np.unique(groups)), 'group')}, {len(numbers)} can be held out"
        remedy = "Scoring new groups takes rows of each class in two groups or more: give more groups, or no groups"
        raise InputError([Problem(fact, remedy)])
    n_held_out = holdout_size(codes[eligible]) if len(codes) > holdout_above else None
    if n_held_out is not None:
        return [np.flatnonzero(_held_out_share(codes, groups, n_held_out / len(codes), seed))]
    folds = grouped_folds(codes[eligible], groups[eligible], min(n_folds, len(numbers)), seed)
    return [eligible[folds == fold] for fold in np.unique(folds)]


def grouped_folds(codes: NDArray[np.int64], groups: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each row, ``(n_rows,)`` from 0 to ``n_folds - 1``: groups stay whole.

    Large groups come first, groups of a size in random order; each goes where it makes the folds' rows of each class,
    and their rows in all, most alike.
    """
    if not 2 <= n_folds <= len(np.unique(groups)):
        n_groups = len(np.unique(groups))
        raise SettingError(f"the number of folds must be from 2 to the number of groups, {n_groups}, got {n_folds}")
    return _deal(codes, groups, np.full(n_folds, 1 / n_folds), seed)


def forward_splits(
    codes: NDArray[np.int64], dependence: Dependence, n_windows: int, holdout_above: int, seed: int
) -> list[Split]:
    """Return expanding windows: each trains on earlier rows, stops by the rows after them, and is scored on the next.

    The windows share out the later half of the rows; of a table above ``holdout_above`` rows, four share out as many as
    a hold-out has. Labels of rows within the gap before a window are not known yet: such rows are neither trained on
    nor used to stop. A group on both sides of a window is drawn to one of them.
    """
    times = dependence.times
    assert times is not None
    n_rows, first = len(codes), FIRST_SHARE
    if n_rows > holdout_above:
        n_windows, first = (
            min(n_windows, FORWARD_HOLDOUT_WINDOWS),
            1 - (holdout_size(codes) or round(n_rows * FIRST_SHARE)) / n_rows,
        )
    n_windows = max(1, min(n_windows, int(n_rows * (1 - first)) // MIN_WINDOW_ROWS))
    ordered = np.sort(times)
    starts = ordered[(n_rows * (first + (1 - first) * np.arange(n_windows) / n_windows)).astype(np.int64)]
    bounds = [*np.unique(starts[starts > ordered[0]]), np.inf]
    splits = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        split = _window(dependence, float(start), float(end), seed + number)
        if split is not None:
            splits.append(split)
    if not splits:
        n_times, gap = len(np.unique(times)), f" with a gap of {dependence.gap_text()}" if dependence.gap else ""
        fact = f"{counted(n_rows, 'row')} at {counted(n_times, 'different time')}{gap} cannot be scored forward in time"
        remedy = "Give rows of more times, a shorter gap, or no time"
        if dependence.groups is not None:
            fact += f", none of {counted(len(np.unique(dependence.groups)), 'group')} being scored and trained on"
            remedy = "Give more groups or rows of more times, a shorter gap, or only one of group and time"
        raise InputError([Problem(fact, remedy)])
    return splits


def _window(dependence: Dependence, start: float, end: float, seed: int) -> Split | None:
    """Return the split that scores rows from a time on and before another; None if rows of a part are missing."""
    times = dependence.times
    assert times is not None
    earlier, scored = _apart(dependence, (times >= start) & (times < end), seed, times < end)
    if not len(earlier) or not len(scored):
        return None
    ordered = np.sort(times[earlier])
    stop_from = ordered[min(int(len(ordered) * (1 - STOPPING_SHARE)), len(ordered) - 1)]
    if stop_from == ordered[0]:
        stop_from = _later_than(ordered, stop_from)
    before = dependence.rows(earlier)
    train, stopping = _apart(before, times[earlier] >= stop_from, seed, later_share=STOPPING_GROUPS_SHARE)
    if not len(train):
        # The gap reaches back to the first row: the stopping rows come close behind the training rows.
        train, stopping = _apart(replace(before, gap=0.0), times[earlier] >= stop_from, seed)
    if not len(train) or not len(stopping):
        return None
    return Split(earlier[train], earlier[stopping], scored, is_forward=True)


def _apart(
    dependence: Dependence,
    is_later: NDArray[np.bool_],
    seed: int,
    is_used: NDArray[np.bool_] | None = None,
    later_share: float = LATER_SHARE,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return earlier and later rows that share no group, the earlier ones with labels known when the later begin."""
    times, groups = dependence.times, dependence.groups
    assert times is not None
    is_earlier = ~is_later if is_used is None else ~is_later & is_used
    if dependence.gap and is_later.any():
        is_earlier &= times < times[is_later].min() - dependence.gap
    if groups is not None:
        shared = np.intersect1d(groups[is_earlier], groups[is_later])
        goes_later = shared[np.random.default_rng(seed).random(len(shared)) < later_share]
        is_in_later = np.isin(groups, goes_later)
        is_earlier &= ~is_in_later
        is_later = is_later & (is_in_later | ~np.isin(groups, shared))
    return np.flatnonzero(is_earlier), np.flatnonzero(is_later)


def _later_than(times: NDArray[np.float64], time: float) -> float:
    """Return the next of some times after one; infinite if there is none."""
    later = times[times > time]
    return float(later.min()) if len(later) else np.inf


def _can_be_held_out(codes: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the rows of groups without which every class still has rows, ``(n_rows,)``."""
    pairs = np.unique(np.stack([codes, groups], axis=1), axis=0)
    n_groups = np.bincount(pairs[:, 0])
    alone = pairs[n_groups[pairs[:, 0]] == 1, 1]
    return ~np.isin(groups, alone)


def _held_out_share(codes: NDArray[np.int64], groups: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    """Return which rows are held out, ``(n_rows,)``: whole groups, as near to a share of each class as they allow."""
    eligible = np.flatnonzero(_can_be_held_out(codes, groups))
    if len(np.unique(groups[eligible])) < 2:
        named = listed([str(group) for group in np.unique(groups)[:3]])
        fact = f"No group can be held out: some class is in one group alone, or there is one group ({named})"
        raise InputError([Problem(fact, "Give rows of each class in two groups or more, or no groups")])
    share = min(share * len(codes) / len(eligible), 1 - 1 / len(eligible))
    is_held = np.zeros(len(codes), dtype=bool)
    is_held[eligible] = _deal(codes[eligible], groups[eligible], np.array([1 - share, share]), seed) == 1
    return is_held


def _deal(
    codes: NDArray[np.int64], groups: NDArray[np.int64], shares: NDArray[np.float64], seed: int
) -> NDArray[np.int64]:
    """Return the part of each row, ``(n_rows,)``: whole groups, each part with about its share of each class."""
    numbers, of_row, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n_classes, n_parts = int(codes.max()) + 1, len(shares)
    totals = np.append(np.bincount(codes, minlength=n_classes), len(codes)).astype(np.float64)
    scale = 1 / np.where(totals > 0, totals, 1) ** 2
    order = np.lexsort((np.random.default_rng(seed).random(len(numbers)), -sizes))
    by_group = np.split(codes[np.argsort(of_row, kind="stable")], np.cumsum(sizes)[:-1])
    filled, part_of_group = np.zeros((n_parts, n_classes + 1)), np.empty(len(numbers), dtype=np.int64)
    n_empty = n_parts
    # Of very many groups the small ones, ordered by class, are spread evenly by the golden ratio.
    small = order[MAX_DEALT_GROUPS:]
    if len(small):
        majority = np.array([np.bincount(by_group[group]).argmax() for group in small])
        spread = np.arange(len(small)) * (5**0.5 - 1) / 2 % 1
        part_of_group[small[np.argsort(majority, kind="stable")]] = np.searchsorted(np.cumsum(shares)[:-1], spread)
    order = order[:MAX_DEALT_GROUPS]
    for place, group in enumerate(order.tolist()):
        counts = np.append(np.bincount(by_group[group], minlength=n_classes), sizes[group])
        # How much less even the parts become: sum over parts of rows^2 / share, class by class.
        unevenness = (2 * filled + counts) @ (counts * scale) / shares
        if n_empty and len(order) - place <= n_empty:
            unevenness[filled[:, -1] > 0] = np.inf  # every part gets a group
        part = int(unevenness.argmin())
        n_empty -= not filled[part, -1]
        filled[part] += counts
        part_of_group[group] = part
    return part_of_group[of_row]
