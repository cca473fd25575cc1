"""Splits and folds of independent rows, stratified: each part has every class in the same proportion."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.presentation import brief_repr

HOLDOUT_SHARE = 0.2
HOLDOUT_MAX_ROWS = 20_000
"""A hold-out is a fifth of the rows, but no more than this unless a class is rare: more rows add no precision."""
MIN_CLASS_ROWS = 100
"""Rows of each class that a hold-out has at least, if it would have them were all classes equally frequent: of fewer,
scores of the class are too wide to be of use."""
MAX_HOLDOUT_SHARE = 0.5
"""Where a class would need a larger hold-out than this, folds, which score every row, take its place."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Split:
    """Rows to train on, rows that decide when to stop, and rows to score, ascending numbers each."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    scored: NDArray[np.int64]
    is_forward: bool = False
    """Whether it is one of windows in time, after which networks are trained on all rows."""

    @property
    def stops_by_other_rows(self) -> bool:
        """Whether other rows than the scored ones decide when to stop."""
        return self.validation is not self.scored

    @property
    def learned(self) -> NDArray[np.int64]:
        """All rows that a model may learn from before it is scored, ascending; it stops by none of them."""
        return np.union1d(self.train, self.validation) if self.stops_by_other_rows else self.train


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
    _, counts = np.unique(codes, return_counts=True)
    n_rows, n_held_out = len(codes), n_to_hold_out(len(codes), len(counts), held_out)
    shares = n_held_out * counts / n_rows
    quotas = np.minimum(np.floor(shares).astype(np.int64), counts - 1)
    while quotas.sum() < n_held_out:
        quotas[np.argmax(np.where(quotas < counts - 1, shares - quotas, -np.inf))] += 1
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(n_rows), codes))
    rank_in_class = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    is_held_out = rank_in_class < np.repeat(quotas, counts)
    return np.sort(order[~is_held_out]), np.sort(order[is_held_out])


def n_to_hold_out(n_rows: int, n_classes: int, held_out: float) -> int:
    """Return how many rows to hold out, where a share or a number of them is given and each class keeps a row."""
    if 1 < held_out < np.inf and held_out % 1:
        raise SettingError(f"rows to hold out must be a share below 1 or a whole number, got {held_out}")
    exact = n_rows * held_out if held_out < 1 else held_out
    n_held_out = round(exact) if np.isfinite(exact) else 0
    if not 1 <= n_held_out <= n_rows - n_classes:
        raise SettingError(
            f"of {n_rows} rows in {n_classes} classes, 1 to {n_rows - n_classes} can be held out, got {held_out}"
        )
    return n_held_out


def all_but(held_out: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """Return the numbers of all rows except those held out, ascending."""
    is_other = np.ones(n_rows, dtype=bool)
    is_other[held_out] = False
    return np.flatnonzero(is_other)


def holdout_size(codes: NDArray[np.int64]) -> int | None:
    """Return how many rows a hold-out has; None if folds should take its place, for a class of few rows."""
    n_rows, counts = len(codes), np.bincount(codes)
    usual = min(max(1, round(n_rows * HOLDOUT_SHARE)), HOLDOUT_MAX_ROWS)
    counts = counts[counts > 0]
    needed = MIN_CLASS_ROWS * n_rows / counts.min()
    if needed <= usual or usual < MIN_CLASS_ROWS * len(counts):
        return usual
    return None if needed > MAX_HOLDOUT_SHARE * n_rows else int(np.ceil(needed))


def held_out_rows(codes: NDArray[np.int64], n_folds: int, holdout_above: int, seed: int) -> list[NDArray[np.int64]]:
    """Return the rows that each group of members validates on.

    Up to ``holdout_above`` rows these are the folds of a stratified cross-validation, which together hold every row
    once; above, a single stratified hold-out, large enough for a rare class or else folds again. The only row of a
    class is never held out: no network could learn it.
    """
    eligible = np.flatnonzero(np.bincount(codes)[codes] > 1)
    n_held_out = holdout_size(codes[eligible]) if len(codes) > holdout_above else None
    if n_held_out is not None:
        return [eligible[stratified_split(codes[eligible], n_held_out, seed)[1]]]
    folds = stratified_folds(codes[eligible], min(n_folds, len(eligible)), seed)
    return [eligible[folds == fold] for fold in range(folds.max() + 1)]


def cross_validation_splits(codes: NDArray[np.int64], n_folds: int, holdout_above: int, seed: int) -> list[Split]:
    """Return the split of each of `held_out_rows`, which both decide when to stop and are scored."""
    held_out = held_out_rows(codes, n_folds, holdout_above, seed)
    return [Split(all_but(rows, len(codes)), rows, rows) for rows in held_out]


def one_split_in_words(*, train: int, stopping: int, test: int) -> str:
    """Return how the rows of a single split were used; without stopping rows every network trained all its epochs."""
    stopped = f"{stopping:,} decided when to stop" if stopping else "none decided when to stop"
    fact = f"One split: {train:,} rows were trained on, {stopped}, and {test:,} test rows decided nothing"
    return f"{fact}. No network was trained again on all rows."
