"""Check intervals and sets of dependent and weighted rows by simulation, without a network.

``python benchmarks/trust/simulated.py groups|weights|windows|sets [--tables 400]`` draws rows whose labels depend on
what their group has in common, that weigh more or less, or whose rule drifts, and predicts them by a fixed rule. It
prints how often the score of all rows of that kind (of many other groups, of the weighted population, of the next
window) lies inside the 95% interval, and the share of new rows whose label is in the set at 90%.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit

from demarcate.evaluation import bootstrap
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.measures import values_of
from demarcate.evaluation.metrics import metric_measures
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.tabular.dependence import blocks_in_time

NAMES = ("accuracy", "log_loss", "roc_auc", "average_precision")
N_WINDOWS, WINDOW_ROWS = 5, 200

Rows = tuple[np.ndarray, np.ndarray, Sampling]
"""Codes, probabilities and what is known of rows."""


def of_second(chance: np.ndarray) -> np.ndarray:
    """Return probabilities of both classes."""
    return np.stack([1 - chance, chance], axis=1)


def grouped_rows(rng: np.random.Generator, n_groups: int, kind: str) -> Rows:
    """Return rows of groups: labels of rows, or of ``subjects``; ``rare`` ones; groups of 8 rows, or ``unequal``."""
    sizes = 1 + rng.geometric(1 / 8, size=n_groups) if "unequal" in kind else np.full(n_groups, 8)
    group = np.repeat(np.arange(n_groups), sizes)
    common, own = rng.normal(size=n_groups)[group], rng.normal(size=len(group))
    shift = -1.5 if "rare" in kind else 0.0
    if "subjects" in kind:
        codes = (rng.random(n_groups) < (0.25 if "rare" in kind else 0.5))[group].astype(int)
        chance = expit(1.3 * ((2 * codes - 1) * 0.9 + 0.9 * common + 0.9 * own) + shift)
    else:
        strength, spread = (6.0, 2.0) if "easy" in kind else (2.0, 0.3 if "rare" in kind else 0.8)
        feature, noise = 0.7 * common + own, spread * rng.normal(size=n_groups)[group]
        codes = (rng.random(len(group)) < expit(strength * feature + noise + shift)).astype(int)
        chance = expit(1.1 * strength * feature + shift)
    return codes, of_second(chance), Sampling(clusters=group)


def weighted_rows(rng: np.random.Generator, n_rows: int, kind: str) -> Rows:
    """Return rows that weigh 1 to 1000, by chance alike, by class, or by what they are."""
    feature, shift = rng.normal(size=n_rows), -1.5 if "rare" in kind else 0.0
    codes = (rng.random(n_rows) < expit(2 * feature + shift)).astype(int)
    weights = {
        "1 to 1000": np.exp(rng.uniform(0, np.log(1000), size=n_rows)),
        "lognormal": np.exp(rng.normal(size=n_rows)),
        "by class": np.where(codes == 1, 10.0, 1.0),
        "by feature": np.exp(1.5 * feature),
    }[kind.removesuffix(", rare")]
    return codes, of_second(expit(2.3 * feature + shift)), Sampling(weights)


def stream(rng: np.random.Generator, kind: str) -> Rows:
    """Return the rows of scored windows and of the next one, whose rule does not drift, or does."""
    n_rows = (N_WINDOWS + 1) * WINDOW_ROWS
    time, steps = np.arange(n_rows) / WINDOW_ROWS, rng.normal(size=(2, N_WINDOWS + 1))
    phases = rng.uniform(0, 6, size=2)
    drift, shift = {
        "still": (0 * time, 0 * time),
        "trend": (0.15 * time, 0.1 * time),
        "walk": np.repeat(np.cumsum(steps * [[0.35], [0.2]], axis=1), WINDOW_ROWS, axis=1),
        "seasons": (0.5 * np.sin(4.4 * time + phases[0]), 0.4 * np.sin(2.8 * time + phases[1])),
        "windows": np.repeat(steps * [[0.5], [0.3]], WINDOW_ROWS, axis=1),
    }[kind]
    feature = rng.normal(size=n_rows)
    codes = (rng.random(n_rows) < expit((2 - drift) * feature + shift)).astype(int)
    window = np.arange(n_rows) // WINDOW_ROWS
    sampling = Sampling(None, blocks_in_time(time), window, is_forward=True)
    return codes, of_second(expit(2 * feature)), sampling


def values(rows: Rows) -> dict[str, float]:
    """Return the metrics of rows."""
    codes, probabilities, sampling = rows
    measures = metric_measures(codes, probabilities)
    of_rows = values_of(measures, sampling.row_weights(len(codes))[np.newaxis])
    return {name: float(of_rows[name][0]) for name in NAMES if name in of_rows}


def count(pairs: Iterator[tuple[Rows, dict[str, float]]]) -> str:
    """Return how often true values lie inside the intervals of rows, and inside those of plain rows."""
    inside, plain, n_tables = Counter(), Counter(), 0
    for seed, (rows, truth) in enumerate(pairs):
        n_tables += 1
        for counter, sampling in ((inside, rows[2]), (plain, PLAIN)):
            scores = score_sampled(*rows[:2], sampling, rows="simulated", seed=seed)
            counter.update(
                name for name in NAMES if name in scores and scores[name].low <= truth[name] <= scores[name].high
            )
    return " | ".join(f"{inside[name] / n_tables:.1%} ({plain[name] / n_tables:.0%})" for name in NAMES)


def tables(draw: Callable[[np.random.Generator, int, str], Rows], size: int, kind: str, n: int) -> Iterator:
    """Yield tables of two classes, and the values of a very large one."""
    rng = np.random.default_rng(size)
    truth = values(draw(rng, 30_000 if draw is grouped_rows else 400_000, kind))
    for _ in range(n):
        rows = draw(rng, size, kind)
        if len(np.unique(rows[0])) == 2:
            yield rows, truth


def streams(kind: str, n: int) -> Iterator:
    """Yield the scored windows of streams, and the values of the next window."""
    rng = np.random.default_rng(5)
    for _ in range(n):
        codes, probabilities, sampling = stream(rng, kind)
        is_next = sampling.folds == N_WINDOWS
        past = np.flatnonzero(~is_next)
        yield (
            (codes[past], probabilities[past], sampling.rows(past)),
            values((codes[is_next], probabilities[is_next], PLAIN)),
        )


def covered(draw: Callable[[np.random.Generator, int, str], Rows], size: int, kind: str, n: int) -> str:
    """Return the share of labels in sets at 90% of rows of new groups, by groups and by rows."""
    rng, held = np.random.default_rng(size), {True: [], False: []}
    for _ in range(n):
        codes, probabilities, sampling = draw(rng, size, kind)
        fresh_codes, fresh, fresh_sampling = draw(rng, max(size, 100), kind)
        for is_known, shares in held.items():
            sets = Conformal.of(codes, probabilities, sampling if is_known else PLAIN).sets(fresh[np.newaxis])
            of_rows = sets[np.arange(len(fresh_codes)), fresh_codes]
            shares.append(np.average(of_rows, weights=fresh_sampling.row_weights(len(fresh_codes))))
    return f"{np.mean(held[True]):.1%} ({np.mean(held[False]):.1%})"


GROUP_KINDS = ("", "unequal", "subjects", "subjects, rare, unequal", "rare, unequal", "easy, unequal")
WEIGHT_KINDS = ("1 to 1000", "lognormal", "by class", "by feature", "1 to 1000, rare", "lognormal, rare")


def main() -> None:
    """Print the table of one kind of rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["groups", "weights", "windows", "sets"])
    parser.add_argument("--tables", type=int, default=400)
    arguments = parser.parse_args()
    bootstrap.MAX_RESAMPLES = 300
    n = arguments.tables
    print("In brackets: as if rows were independent and weighed the same.", *NAMES, sep=" | ")
    if arguments.what == "windows":
        for kind in ("still", "trend", "walk", "seasons", "windows"):
            print(kind, count(streams(kind, n)), sep=" | ", flush=True)
    for size in (10, 20, 32, 60, 200) if arguments.what in ("groups", "sets") else ():
        for kind in GROUP_KINDS:
            if arguments.what == "sets":
                print(size, kind, covered(grouped_rows, size, kind, n), sep=" | ", flush=True)
            else:
                print(size, kind, count(tables(grouped_rows, size, kind, n)), sep=" | ", flush=True)
    for size in (50, 150, 500) if arguments.what in ("weights", "sets") else ():
        for kind in WEIGHT_KINDS:
            if arguments.what == "sets":
                print(size, kind, covered(weighted_rows, size, kind, n), sep=" | ", flush=True)
            else:
                print(size, kind, count(tables(weighted_rows, size, kind, n)), sep=" | ", flush=True)


if __name__ == "__main__":
    main()
