"""Weights of the kinds of network in an ensemble, chosen by the log loss of rows that none of them was trained on.

Kinds are added one at a time, each as often as it lowers the loss of the mean most (Caruana et al. 2004, "Ensemble
selection from libraries of models"), on several draws of the rows, whose weights are averaged: a kind that is better by
luck is so on few of them. Out of fold a kind is one network for each row and predicts as the mean of several. A kind
that is rarely wrong but then very certain therefore looks worse than it is, and weights that minimise the loss outright
hedge against it with kinds that are worse; adding kinds one at a time does so less.
"""

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.sampling import PLAIN, Sampling

N_STEPS, N_DRAWS = 20, 5
"""Kinds that are added, and draws of the rows."""
MIN_WEIGHT = 0.1
"""A kind of less weight is left out: it costs as much as any other when rows are predicted."""
MIN_PROBABILITY = 1e-7
"""Probabilities are clipped here: one row ruled out altogether does not decide alone."""

Floats = npt.NDArray[np.float64]


def kind_weights(
    codes: npt.NDArray[np.int64], probabilities: Floats, sampling: Sampling = PLAIN, seed: int = 0
) -> Floats:
    """Return the weight of each kind, ``(n_kinds,)``, 0 or at least `MIN_WEIGHT`, 1 together.

    Parameters
    ----------
    codes
        The class of each row, ``(n_rows,)``.
    probabilities
        Out of fold, by each kind, ``(n_kinds, n_rows, n_classes)``.
    sampling
        What rows weigh, and which are drawn together.
    seed
        Of the draws.

    Examples
    --------
    >>> right, wrong = np.tile([0.9, 0.1], (50, 1)), np.tile([0.1, 0.9], (50, 1))
    >>> kind_weights(np.zeros(50, dtype=np.int64), np.stack([right, wrong])).tolist()
    [1.0, 0.0]
    """
    n_kinds, n_rows = probabilities.shape[:2]
    if n_kinds == 1 or not n_rows:
        return np.full(n_kinds, 1 / n_kinds)
    of_truth = probabilities[:, np.arange(n_rows), codes].clip(MIN_PROBABILITY)
    units, weights = sampling.units(n_rows), sampling.row_weights(n_rows)
    n_units, generator = int(units.max()) + 1, np.random.default_rng(seed)
    counts = np.zeros(n_kinds)
    for _ in range(N_DRAWS):
        drawn = np.bincount(generator.integers(n_units, size=n_units), minlength=n_units)[units] * weights
        counts += _greedy(of_truth[:, drawn > 0], drawn[drawn > 0])
    share = counts / counts.sum()
    share[share < MIN_WEIGHT] = 0.0
    return np.asarray(share / share.sum())


def out_of_fold_weights(
    codes: npt.NDArray[np.int64], probabilities: Floats, parts: npt.NDArray[np.int64], sampling: Sampling = PLAIN
) -> Floats:
    """Return the weights of the kinds for each part of the rows, chosen on the other parts, ``(n_parts, n_kinds)``.

    ``parts`` ``(n_rows,)`` numbers them from 0. Where windows follow one another in time, the other parts are those
    before, and in the first all kinds weigh the same.
    """
    chosen = []
    for part in range(int(parts.max()) + 1):
        others = np.flatnonzero(parts < part if sampling.is_forward else parts != part)
        chosen.append(kind_weights(codes[others], probabilities[:, others], sampling.rows(others)))
    return np.stack(chosen)


def mixture(probabilities: Floats, weights: Floats) -> Floats:
    """Return the mean over kinds ``(n_rows, n_classes)`` of probabilities ``(n_kinds, n_rows, n_classes)``.

    ``weights`` are ``(n_kinds,)``, or ``(n_rows, n_kinds)`` where they differ between rows.
    """
    if len(probabilities) == 1:
        return np.asarray(probabilities[0])
    # Numerator and denominator are summed in one order: of certain rows, no probability is above 1.
    mixed, total = np.zeros(probabilities.shape[1:]), np.zeros(())
    for own, weight in zip(probabilities, weights.T[..., np.newaxis], strict=True):
        mixed += own * weight
        total = total + weight
    return np.asarray(mixed / total)


def _greedy(of_truth: Floats, row_weights: Floats) -> Floats:
    """Return how often each kind is added, from probabilities of the true class ``(n_kinds, n_rows)``."""
    counts, total = np.zeros(len(of_truth)), np.zeros(of_truth.shape[1])
    for _ in range(N_STEPS):
        best = int((np.log(total + of_truth) @ row_weights).argmax())
        counts[best] += 1
        total += of_truth[best]
    return counts
