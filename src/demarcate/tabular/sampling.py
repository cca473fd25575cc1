"""Rows chosen by their numbers, so that the choice does not depend on the parts a table comes in."""

import numpy as np
from numpy.typing import NDArray


def mixed(numbers: NDArray[np.int64], seed: int = 0) -> NDArray[np.uint64]:
    """Each number as one without a pattern, uint64 of the same shape: taking the smallest draws numbers at random.

    Different numbers stay different. The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014,
    https://doi.org/10.1145/2714064.2660195).

    Examples
    --------
    >>> np.argsort(mixed(np.arange(8))).tolist()
    [2, 4, 6, 5, 1, 7, 0, 3]
    """
    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))
