"""Check that decisions by cost are cheaper: ``python benchmarks/trust/costs.py CACHE [FOLDER] [--splits 3]``.

Ten tables and three kinds of costs. The first part reads the fits of ``collect.py`` and adds up the costs of fresh
rows, decided by least expected cost, for the likeliest class, and always for the class that was cheapest in training.
With the FOLDER of tables the second part trains on the binary ones and compares with scikit-learn's
TunedThresholdClassifierCV: the same classifier with the same seed on the same rows, so that the probabilities are bit
for bit the same and only the thresholds differ. It searches for the threshold by five-fold cross-validation; demarcate
calculates it.

Intervals are bootstrapped: tables drawn with replacement, then the splits of each.
"""

import argparse
import time
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
from collect import read
from sklearn.metrics import make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV
from sources import TABLES, generated, of_folder

from demarcate import DemarcateClassifier
from demarcate.evaluation import Costs

BINARY = (
    *("heart_cleveland-150", "german_credit-500", "diabetes_pima-380", "telco_churn-1000"),
    *("sick-1500", "online_shoppers-2000", "adult-1500", "rare-1000"),
)
SEVERAL_CLASSES = ("cmc-700", "three-300")
KINDS = {
    "missing the rarest class costs 5": (5.0, 1.0),
    "missing the rarest class costs 20": (20.0, 1.0),
    "a false alarm for it costs 5": (1.0, 5.0),
}
"""The cost of missing the rarest class, and of a false alarm for it; other mistakes cost 1."""
CHEAP = {"hidden": (32,), "epochs": 40, "n_folds": 4}
N_RESAMPLES = 4000

Row = tuple[float, ...]
Results = dict[str, list[Row]]
"""By table, for each split: the mean cost of a fresh row by several decisions."""


def costs_of(kind: tuple[float, float], codes: np.ndarray, n_classes: int) -> Costs:
    """Return costs of one kind for training rows of these classes."""
    rarest = int(np.bincount(codes, minlength=n_classes).argmin())
    matrix = 1 - np.eye(n_classes)
    matrix[:, rarest] *= kind[1]
    matrix[rarest] *= kind[0]
    return Costs(matrix)


def from_cache(cache: Path) -> dict[str, Results]:
    """Return by kind of costs the cost of a fresh row: by cost, likeliest class, always one class."""
    found: dict[str, Results] = {kind: defaultdict(list) for kind in KINDS}
    for fit in read(cache):
        if fit.source in (*BINARY, *SEVERAL_CLASSES):
            n_classes = fit.fresh.shape[1]
            for name, kind in KINDS.items():
                costs = costs_of(kind, fit.codes, n_classes)
                always = np.bincount(fit.codes, minlength=n_classes).dot(costs.matrix).argmin()
                ways = costs.decide(fit.fresh), fit.fresh.argmax(1), np.full(len(fit.fresh), always)
                found[name][fit.source].append(tuple(costs.expected_cost(fit.fresh_codes, way) for way in ways))
    return found


def against_tuned(folder: Path, splits: int) -> tuple[dict[str, Results], dict[str, float]]:
    """Return by kind of costs the cost of a fresh row: by cost, tuned threshold, 0.5; and the seconds of fits."""
    found: dict[str, Results] = {kind: defaultdict(list) for kind in KINDS}
    seconds = {"demarcate": 0.0, "tuned": 0.0}
    for source in (*generated(), *of_folder(folder, TABLES)):
        if source.name in BINARY:
            for split, (name, kind) in ((split, item) for split in range(splits) for item in KINDS.items()):
                rows = source.draw(split)
                X, X_fresh = (
                    part.to_pandas() if hasattr(part, "to_pandas") else part for part in (rows.X, rows.X_fresh)
                )
                labels, codes = np.unique(rows.y, return_inverse=True)
                fresh_codes = np.searchsorted(labels, rows.y_fresh)
                costs = costs_of(kind, codes, 2)
                begun = time.perf_counter()
                ours = DemarcateClassifier(**CHEAP, cost=costs.matrix, random_state=split).fit(X, codes)
                middle = time.perf_counter()
                scorer = make_scorer(lambda true, decided, costs=costs: -costs.expected_cost(true, decided))
                base = DemarcateClassifier(**CHEAP, random_state=split)
                theirs = TunedThresholdClassifierCV(base, scoring=scorer, random_state=split).fit(X, codes)
                seconds["demarcate"] += middle - begun
                seconds["tuned"] += time.perf_counter() - middle
                probabilities = ours.predict_proba(X_fresh)
                assert np.array_equal(probabilities, theirs.predict_proba(X_fresh)), "the same classifier"
                ways = ours.predict(X_fresh), theirs.predict(X_fresh), probabilities.argmax(1)
                found[name][source.name].append(tuple(costs.expected_cost(fresh_codes, way) for way in ways))
    return found, seconds


def saved(results: Results, other: int) -> tuple[float, float, float]:
    """Return the share of the total cost saved by the first decision, with its 95% interval."""
    tables = [np.array(splits) for splits in results.values()]
    generator = np.random.default_rng(0)

    def share(drawn: list[np.ndarray]) -> float:
        totals = sum(splits.mean(0) for splits in drawn)
        return float(1 - totals[0] / totals[other])

    shares = []
    for _ in range(N_RESAMPLES):
        chosen = [tables[place] for place in generator.integers(len(tables), size=len(tables))]
        shares.append(share([splits[generator.integers(len(splits), size=len(splits))] for splits in chosen]))
    return share(tables), *np.quantile(shares, [0.025, 0.975])


def print_costs(found: dict[str, Results], others: tuple[str, ...]) -> None:
    """Print the costs of each kind, by table and in total."""
    for kind, results in found.items():
        print(f"\n  {kind}")
        print(f"    {'cost of a fresh row':22s} {'by cost':>9s}" + "".join(f"{name:>18s}" for name in others))
        for table, splits in results.items():
            means = np.mean(splits, 0)
            print(f"    {table:22s} {means[0]:9.3f}" + "".join(f"{mean:18.3f}" for mean in means[1:]))
        totals = np.sum([np.mean(splits, 0) for splits in results.values()], 0)
        print(f"    {'all tables':22s} {totals[0]:9.3f}" + "".join(f"{total:18.3f}" for total in totals[1:]))
        for place, name in enumerate(others, 1):
            share, low, high = saved(results, place)
            print(f"    saved of {name}: {share:+.1%} [{low:+.1%}, {high:+.1%}]")


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--splits", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    found = from_cache(given.cache)
    results = next(iter(found.values()))
    print(f"{sum(map(len, results.values()))} fits of {len(results)} tables")
    print_costs(found, ("likeliest class", "always one class"))
    if given.folder:
        found, seconds = against_tuned(given.folder, given.splits)
        print(
            f"\n{given.splits} splits a table of {len(BINARY)} binary tables, the same small classifier on both sides"
        )
        print_costs(found, ("tuned threshold", "at 0.5"))
        print(f"\n  trained in {seconds['demarcate']:.0f} s by demarcate, in {seconds['tuned']:.0f} s with tuning")


if __name__ == "__main__":
    main()
