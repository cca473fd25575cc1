"""Rows held out at random: those of scikit-learn's `train_test_split`, without a second for its import.

The code that a card gives away has `train_test_split` itself; the tests compare both.
"""

import numpy as np
from numpy.typing import NDArray


def hold_out(
    n_rows: int, n_held_out: int, seed: int, codes: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of the rows that are left, and of those held out, in the order in which they are drawn.

    With ``codes`` ``(n_rows,)``, each row's class by number, both have the classes in the shares of all rows.

    Examples
    --------
    >>> hold_out(10, 3, seed=0)
    (array([9, 1, 6, 7, 3, 0, 5]), array([2, 8, 4]))
    """
    random = np.random.RandomState(seed)
    n_left = n_rows - n_held_out
    if codes is None:
        order = random.permutation(n_rows)
        return order[n_held_out:], order[:n_held_out]
    counts = np.bincount(codes)
    left = _shares(counts, n_left, random)
    held_out = _shares(counts - left, n_held_out, random)
    parts: tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]] = [], []
    for code, count in enumerate(counts):
        drawn = np.flatnonzero(codes == code)[random.permutation(count)]
        parts[0].append(drawn[: left[code]])
        parts[1].append(drawn[left[code] : left[code] + held_out[code]])
    return random.permutation(np.concatenate(parts[0])), random.permutation(np.concatenate(parts[1]))


def _shares(counts: NDArray[np.int64], n_drawn: int, random: np.random.RandomState) -> NDArray[np.int64]:
    """Return how many rows of each class ``(n_classes,)`` are drawn; what rounding leaves goes to the largest."""
    exact = counts / counts.sum() * n_drawn
    whole: NDArray[np.float64] = np.floor(exact)
    rests = exact - whole
    missing = int(n_drawn - whole.sum())
    for rest in sorted(set(rests.tolist()), reverse=True):
        if not missing:
            break
        alike = np.flatnonzero(rests == rest)
        chosen = random.choice(alike, size=min(len(alike), missing), replace=False)
        whole[chosen] += 1
        missing -= len(chosen)
    return whole.astype(np.int64)
