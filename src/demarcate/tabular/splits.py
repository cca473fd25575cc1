"""Stratified splits and folds: every part has each class in the same proportion."""

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError


def stratified_folds(codes: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each row.

    Rows are shuffled inside their class and dealt out in turn, the next class beginning where the last one stopped:
    both the folds and each class's rows in them differ by one row at most.

    Parameters
    ----------
    codes
        Class indices ``(n_rows,)``.
    n_folds
        At least 2, at most ``n_rows``.
    seed
        Decides the shuffle.

    Returns
    -------
    ndarray of int64
        Numbers from 0 to ``n_folds - 1``, ``(n_rows,)``.

    Raises
    ------
    SettingError
        If there are fewer rows than folds, or fewer than two folds.

    Examples
    --------
    >>> folds = stratified_folds(np.array([0, 0, 0, 0, 1, 1]), 2, seed=0)
    >>> [int((folds[:4] == fold).sum()) for fold in (0, 1)], [int((folds[4:] == fold).sum()) for fold in (0, 1)]
    ([2, 2], [1, 1])
    """
    if not 2 <= n_folds <= len(codes):
        raise SettingError(f"the number of folds is from 2 to the number of rows, {len(codes)}: got {n_folds}")
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(len(codes)), codes))
    folds = np.empty(len(codes), dtype=np.int64)
    folds[order] = np.arange(len(codes)) % n_folds
    return folds


def stratified_split(
    codes: NDArray[np.int64], held_out: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to train on, and rows held out; each class keeps at least one row to train on.

    Parameters
    ----------
    codes
        Class indices ``(n_rows,)``.
    held_out
        Below 1, the share of rows to hold out; from 1 up, their number.
    seed
        Decides which.

    Returns
    -------
    tuple of ndarray
        Two sorted arrays of row numbers that together hold every row once.

    Raises
    ------
    SettingError
        If nothing would be held out, or a class would be left without a row to train on.

    Examples
    --------
    >>> train, test = stratified_split(np.array([0, 1] * 50), 0.2, seed=0)
    >>> len(train), len(test)
    (80, 20)
    """
    n_rows = len(codes)
    if 1 < held_out < np.inf and held_out % 1:
        raise SettingError(f"rows to hold out are a share below 1 or a whole number: got {held_out}")
    held = n_rows * held_out if held_out < 1 else held_out
    n_held = round(held) if np.isfinite(held) else 0
    _, counts = np.unique(codes, return_counts=True)
    if not 1 <= n_held <= n_rows - len(counts):
        raise SettingError(
            f"of {n_rows} rows in {len(counts)} classes, 1 to {n_rows - len(counts)} can be held out: got {held_out}"
        )
    share = n_held * counts / n_rows
    quota = np.minimum(np.floor(share).astype(np.int64), counts - 1)
    while quota.sum() < n_held:
        quota[np.argmax(np.where(quota < counts - 1, share - quota, -np.inf))] += 1
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(n_rows), codes))
    place = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    is_held = place < np.repeat(quota, counts)
    return np.sort(order[~is_held]), np.sort(order[is_held])


def all_but(held: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """The numbers of all rows but those held out, ascending.

    Examples
    --------
    >>> all_but(np.array([3, 1]), 5).tolist()
    [0, 2, 4]
    """
    is_other = np.ones(n_rows, dtype=bool)
    is_other[held] = False
    return np.flatnonzero(is_other)


HOLDOUT_SHARE = 0.2


HOLDOUT_MAX_ROWS = 20_000
"""A hold-out is a fifth of the rows and never more than this: its scores are by then as sharp as anyone needs."""


def held_out_rows(codes: NDArray[np.int64], n_folds: int, holdout_above: int, seed: int) -> list[NDArray[np.int64]]:
    """The rows each group of members validates on.

    Up to ``holdout_above`` rows these are the folds of a stratified cross-validation and together hold every row once;
    above, a single stratified hold-out. The only row of a class is never held out: no network could know its class.

    Examples
    --------
    >>> [len(rows) for rows in held_out_rows(np.array([0, 1] * 6), n_folds=4, holdout_above=100, seed=0)]
    [3, 3, 3, 3]
    >>> [len(rows) for rows in held_out_rows(np.array([0, 1] * 500), n_folds=4, holdout_above=100, seed=0)]
    [200]
    """
    judged = np.flatnonzero(np.bincount(codes)[codes] > 1)
    if len(codes) > holdout_above:
        n_held = min(max(1, round(len(judged) * HOLDOUT_SHARE)), HOLDOUT_MAX_ROWS)
        return [judged[stratified_split(codes[judged], n_held, seed)[1]]]
    folds = stratified_folds(codes[judged], min(n_folds, len(judged)), seed)
    return [judged[folds == fold] for fold in range(folds.max() + 1)]
