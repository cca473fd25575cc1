"""Generated points of known shapes: clusters, two rings, two half moons.

The numbers are those of scikit-learn's generators with the same arguments, which take a second to import.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from demarcate.argument_checks import is_integer, require
from demarcate.datasets.dataset import Dataset
from demarcate.errors import SettingError

Floats = npt.NDArray[np.float64]

MAX_SEED = 2**32 - 1


def blobs(
    n_samples: int = 1000,
    n_features: int = 2,
    centers: int | Sequence[Sequence[float]] = 4,
    cluster_std: float | Sequence[float] = 1.5,
    random_state: int = 42,
) -> Dataset:
    """Generate round clusters of points, one class a cluster.

    Parameters
    ----------
    n_samples
        Rows, from 1 up, spread evenly over the clusters.
    n_features
        Columns, from 1 up. Centres given as points decide this themselves.
    centers
        The number of clusters, with centres drawn from [-10, 10], or the centres, ``(n_centers, n_features)``.
    cluster_std
        The standard deviation of every cluster, or one for each; 0 or more.
    random_state
        The seed, from 0 to 2**32 - 1; the same seed gives the same points.

    Returns
    -------
    Dataset
        Float columns ``x1``, ``x2``, ... and the int64 target ``label``, 0 to ``n_centers - 1``.

    Raises
    ------
    SettingError
        If an argument is out of its range.

    Examples
    --------
    >>> X, y = blobs(n_samples=6, centers=[(0, 0), (8, 8)], cluster_std=0.5)
    >>> X.columns, y
    (['x1', 'x2'], array([0, 1, 0, 1, 0, 1]))
    >>> blobs(cluster_std=-1.0)
    Traceback (most recent call last):
    demarcate.errors.SettingError: cluster_std must be a finite number from 0 up, got -1.0
    """
    _check_count("n_samples", n_samples)
    _check_count("n_features", n_features)
    _check_seed(random_state)
    points = _centers(centers)
    deviations = _deviations(cluster_std, points if isinstance(points, int) else len(points))

    random = np.random.RandomState(random_state)
    if isinstance(points, int):
        points = random.uniform(-10.0, 10.0, size=(points, n_features))
    n_centers, n_features = points.shape
    sizes = [n_samples // n_centers + (center < n_samples % n_centers) for center in range(n_centers)]
    scales = deviations if isinstance(deviations, list) else [deviations] * n_centers
    clusters = [
        random.normal(center, scale, size=(size, n_features))
        for center, scale, size in zip(points, scales, sizes, strict=True)
    ]
    X, y = _shuffled(np.concatenate(clusters), np.repeat(np.arange(n_centers), sizes), random)
    return _dataset("blobs", X, y, f"Round clusters in {X.shape[1]} dimensions, one class a cluster.")


def circles(n_samples: int = 1000, noise: float = 0.05, factor: float = 0.5, random_state: int = 42) -> Dataset:
    """Generate two rings around the same centre, which no straight line separates.

    Parameters
    ----------
    n_samples
        Rows, from 1 up: half on the outer ring (label 0), half on the inner (label 1).
    noise, random_state
        As for `moons`, with its columns and errors.
    factor
        The inner ring's radius, at least 0 and below 1; the outer ring's is 1.

    Examples
    --------
    >>> circles().class_balance
    {0: 500, 1: 500}
    >>> circles(factor=1.0)
    Traceback (most recent call last):
    demarcate.errors.SettingError: factor must be at least 0 and below 1, got 1.0
    """
    _check_count("n_samples", n_samples)
    _check_deviation("noise", noise)
    require(_is_number(factor) and 0 <= factor < 1, "factor", "at least 0 and below 1", factor)
    _check_seed(random_state)

    sizes = n_samples // 2, n_samples - n_samples // 2
    outer, inner = (_arc(2 * np.pi, size, endpoint=False) for size in sizes)
    X, y = _noisy(outer, inner * factor, noise, random_state)
    return _dataset("circles", X, y, "Two rings around the same centre, one class a ring.")


def moons(n_samples: int = 300, noise: float = 0.30, random_state: int = 0) -> Dataset:
    """Generate two half moons that reach into each other.

    Parameters
    ----------
    n_samples
        Rows, from 1 up: half on each moon.
    noise
        The standard deviation of the noise added to each coordinate; 0 or more.
    random_state
        As for `blobs`, with its columns and errors; there are two columns and two labels, 0 and 1.

    Examples
    --------
    >>> X, y = moons(n_samples=1000, noise=0.2)
    >>> X.shape, y.shape
    ((1000, 2), (1000,))
    """
    _check_count("n_samples", n_samples)
    _check_deviation("noise", noise)
    _check_seed(random_state)

    upper, lower = (_arc(np.pi, size, endpoint=True) for size in (n_samples // 2, n_samples - n_samples // 2))
    X, y = _noisy(upper, np.array([1.0, 1.0]) - lower - np.array([0.0, 0.5]), noise, random_state)
    return _dataset("moons", X, y, "Two half moons that reach into each other, one class a moon.")


def _arc(angle: float, size: int, *, endpoint: bool) -> Floats:
    """Return points of the unit circle, ``(size, 2)``, evenly from 0 to an angle, with or without it."""
    angles = np.linspace(0, angle, size, endpoint=endpoint)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _noisy(first: Floats, second: Floats, noise: float, random_state: int) -> tuple[Floats, npt.NDArray[np.integer]]:
    """Return two shapes as classes 0 and 1, shuffled, with noise on each coordinate."""
    random = np.random.RandomState(random_state)
    codes = np.repeat([0, 1], [len(first), len(second)])
    X, y = _shuffled(np.concatenate([first, second]), codes, random)
    return X + random.normal(scale=noise, size=X.shape), y


def _shuffled(
    X: Floats, y: npt.NDArray[np.integer], random: np.random.RandomState
) -> tuple[Floats, npt.NDArray[np.integer]]:
    """Return rows in a random order."""
    order = random.permutation(len(y))
    return X[order], y[order]


def _dataset(name: str, X: npt.NDArray[np.float64], y: npt.NDArray[np.integer], description: str) -> Dataset:
    features = {f"x{position}": column for position, column in enumerate(X.T, start=1)}
    frame = pl.DataFrame({**features, "label": y.astype(np.int64)})
    return Dataset(name, frame, "label", description=description, source=f"The numbers of scikit-learn's make_{name}.")


def _centers(centers: int | Sequence[Sequence[float]]) -> int | npt.NDArray[np.float64]:
    if isinstance(centers, int | np.integer):
        _check_count("centers", centers)
        return int(centers)
    rule = "a whole number from 1 up or a list of points, all of one length and finite"
    try:
        points = np.asarray(centers, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingError(f"centers must be {rule}, got {centers!r}") from None
    require(points.ndim == 2 and points.size > 0 and bool(np.isfinite(points).all()), "centers", rule, centers)
    return points


def _deviations(cluster_std: float | Sequence[float], n_centers: int) -> float | list[float]:
    if not isinstance(cluster_std, Sequence | np.ndarray):
        _check_deviation("cluster_std", cluster_std)
        return cluster_std
    for deviation in cluster_std:
        _check_deviation("cluster_std", deviation)
    rule = f"one number or one for each of {n_centers} centres"
    require(len(cluster_std) == n_centers, "cluster_std", rule, cluster_std)
    return list(cluster_std)


def _check_count(name: str, value: Any) -> None:
    require(is_integer(value) and value >= 1, name, "a whole number from 1 up", value)


def _check_seed(value: Any) -> None:
    rule = f"a whole number from 0 to {MAX_SEED}"
    require(is_integer(value) and 0 <= value <= MAX_SEED, "random_state", rule, value)


def _check_deviation(name: str, value: Any) -> None:
    require(_is_number(value) and 0 <= value < math.inf, name, "a finite number from 0 up", value)


def _is_number(value: Any) -> bool:
    return is_integer(value) or isinstance(value, float | np.floating)
