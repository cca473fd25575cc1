"""Stratified splits and folds: each part has every class in the same proportion."""

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError

HOLDOUT_SHARE = 0.2
HOLDOUT_MAX_ROWS = 20_000
"""A hold-out is a fifth of the rows, but never more than this: scores from so many rows are precise enough."""


def stratified_folds(codes: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each row, int64 ``(n_rows,)`` from 0 to ``n_folds - 1``, for class indices ``(n_rows,)``.

    Rows are shuffled within their class and dealt out in turn, each class beginning where the last one stopped: both
    the folds and each class's rows in them differ by one row at most.
    """
    if not 2 <= n_folds <= len(codes):
        raise SettingError(f"the number of folds must be from 2 to the number of rows, {len(codes)}, got {n_folds}")
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(len(codes)), codes))
    folds = np.empty(len(codes), dtype=np.int64)
    folds[order] = np.arange(len(codes)) % n_folds
    return folds


def stratified_split(
    codes: NDArray[np.int64], held_out: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return sorted row numbers to train on and to hold out; each class keeps a row to train on.

    ``held_out`` is the share of rows to hold out if below 1, else their number.
    """
    n_rows = len(codes)
    if 1 < held_out < np.inf and held_out % 1:
        raise SettingError(f"rows to hold out must be a share below 1 or a whole number, got {held_out}")
    exact = n_rows * held_out if held_out < 1 else held_out
    n_held_out = round(exact) if np.isfinite(exact) else 0
    _, counts = np.unique(codes, return_counts=True)
    if not 1 <= n_held_out <= n_rows - len(counts):
        raise SettingError(
            f"of {n_rows} rows in {len(counts)} classes, 1 to {n_rows - len(counts)} can be held out, got {held_out}"
        )
    shares = n_held_out * counts / n_rows
    quotas = np.minimum(np.floor(shares).astype(np.int64), counts - 1)
    while quotas.sum() < n_held_out:
        quotas[np.argmax(np.where(quotas < counts - 1, shares - quotas, -np.inf))] += 1
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(n_rows), codes))
    rank_in_class = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    is_held_out = rank_in_class < np.repeat(quotas, counts)
    return np.sort(order[~is_held_out]), np.sort(order[is_held_out])


def all_but(held_out: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """Return the numbers of all rows except those held out, ascending."""
    is_other = np.ones(n_rows, dtype=bool)
    is_other[held_out] = False
    return np.flatnonzero(is_other)


def held_out_rows(codes: NDArray[np.int64], n_folds: int, holdout_above: int, seed: int) -> list[NDArray[np.int64]]:
    """Return the rows that each group of members validates on.

    Up to ``holdout_above`` rows these are the folds of a stratified cross-validation, which together hold every row
    once; above, a single stratified hold-out. The only row of a class is never held out: no network could learn it.
    """
    eligible = np.flatnonzero(np.bincount(codes)[codes] > 1)
    if len(codes) > holdout_above:
        n_held_out = min(max(1, round(len(eligible) * HOLDOUT_SHARE)), HOLDOUT_MAX_ROWS)
        return [eligible[stratified_split(codes[eligible], n_held_out, seed)[1]]]
    folds = stratified_folds(codes[eligible], min(n_folds, len(eligible)), seed)
    return [eligible[folds == fold] for fold in range(folds.max() + 1)]
