"""Generators with known class probabilities, and thus a known minimum error."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

CHUNK = 2000


@dataclass(frozen=True, eq=False)
class World:
    """A generator of rows.

    Attributes
    ----------
    points
        From a generator and a number to rows ``(n, n_features)`` and their classes ``(n,)``.
    chances
        From rows to the probability of each class, ``(n, n_classes)``.
    flips
        The share of labels that are then changed to one of the other classes, whatever the row is.
    """

    points: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
    chances: Callable[[np.ndarray], np.ndarray]
    flips: float = 0.0

    def draw(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows and labels."""
        generator = np.random.default_rng(seed)
        X, y = self.points(generator, n)
        n_classes = self.chances(X[:1]).shape[1]
        other = (y + generator.integers(1, n_classes, n)) % n_classes
        return X, np.where(generator.random(n) < self.flips, other, y)

    def posterior(self, X: np.ndarray) -> np.ndarray:
        """Return the true probability of each class, ``(n_rows, n_classes)``."""
        clean = np.concatenate([self.chances(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)])
        n_classes = clean.shape[1]
        return (1 - self.flips) * clean + self.flips / (n_classes - 1) * (1 - clean)


def mixture(means: np.ndarray, spread: float, classes: np.ndarray, flips: float = 0.0) -> World:
    """Round clusters with centres ``(n_clusters, n_features)``, of equal size, with one class each."""
    n_classes = int(classes.max()) + 1

    def points(generator: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        of = generator.integers(len(means), size=n)
        return means[of] + spread * generator.normal(size=(n, means.shape[1])), classes[of]

    def chances(X: np.ndarray) -> np.ndarray:
        squared = ((X[:, None, :] - means) ** 2).sum(2) if len(means) * X.shape[1] < 2000 else _squared(X, means)
        logs = -squared / (2 * spread**2)
        by_class = np.stack([logsumexp(logs[:, classes == code], axis=1) for code in range(n_classes)], axis=1)
        return np.exp(by_class - logsumexp(by_class, axis=1, keepdims=True))

    return World(points, chances, flips)


def ruled(n_features: int, rule: Callable[[np.ndarray], np.ndarray], n_classes: int, flips: float) -> World:
    """Uniform rows in [-1, 1] whose class is a function of them."""

    def points(generator: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        X = generator.uniform(-1, 1, (n, n_features))
        return X, rule(X)

    return World(points, lambda X: np.eye(n_classes)[rule(X)], flips)


def moons(noise: float, flips: float = 0.0) -> World:
    """Return scikit-learn's moons: each has 200 points with noise around them."""
    t = (np.arange(200) + 0.5) / 200 * np.pi
    upper, lower = np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1)
    return mixture(np.concatenate([upper, lower]), noise, np.repeat([0, 1], 200), flips)


def circles(noise: float, factor: float, flips: float = 0.0) -> World:
    """Return two rings."""
    t = np.arange(200) / 200 * 2 * np.pi
    ring = np.stack([np.cos(t), np.sin(t)], 1)
    return mixture(np.concatenate([ring, factor * ring]), noise, np.repeat([0, 1], 200), flips)


def spirals(noise: float, turns: float, arms: int, flips: float = 0.0) -> World:
    """Return spiral arms, one class each."""
    t = np.sqrt((np.arange(250) + 0.5) / 250)
    angles = [2 * np.pi * (turns * t + arm / arms) for arm in range(arms)]
    means = np.concatenate([(2 * t * np.stack([np.cos(angle), np.sin(angle)])).T for angle in angles])
    return mixture(means, noise, np.repeat(np.arange(arms), 250), flips)


def clusters(n_features: int, n_clusters: int, n_classes: int, spread: float, seed: int, flips: float = 0.0) -> World:
    """Return clusters with random centres in [-2, 2], assigned to the classes in turn."""
    means = np.random.default_rng(seed).uniform(-2, 2, (n_clusters, n_features))
    return mixture(means, spread, np.arange(n_clusters) % n_classes, flips)


def parity(n_bits: int, n_features: int, flips: float = 0.0) -> World:
    """Return parity: whether the first columns have an odd number of negative values; other columns are noise."""
    return ruled(n_features, lambda X: (X[:, :n_bits] < 0).sum(1) % 2, 2, flips)


def teacher(n_features: int, n_units: int, n_classes: int, seed: int, flips: float = 0.0) -> World:
    """Return a random network with one hidden layer."""
    generator = np.random.default_rng(seed)
    first = 2.5 * generator.normal(size=(n_features, n_units)) / np.sqrt(n_features / 3)
    shift, second = generator.normal(size=n_units), generator.normal(size=(n_units, n_classes))
    probe = np.tanh(generator.uniform(-1, 1, (4000, n_features)) @ first + shift) @ second
    # Centred, so that no class is rare.
    return ruled(
        n_features,
        lambda X: ((np.tanh(X @ first + shift) @ second - probe.mean(0)) / probe.std(0)).argmax(1),
        n_classes,
        flips,
    )


def least(world: World, n: int = 20_000, seed: int = 1) -> tuple[float, float, float]:
    """Return the minimum error and log loss, and the error of always predicting the most frequent class."""
    X, y = world.draw(n, seed)
    chances = world.posterior(X)
    error = 1 - chances.max(1).mean()
    loss = -(chances * np.log(chances.clip(1e-300))).sum(1).mean()
    return float(error), float(loss), float(1 - np.bincount(y).max() / n)


def _squared(X: np.ndarray, means: np.ndarray) -> np.ndarray:
    return (X**2).sum(1)[:, None] - 2 * X @ means.T + (means**2).sum(1)
