"""Check the coverage of prediction sets: ``python benchmarks/trust/conformal.py CACHE``.

Reads the fits of ``collect.py``. Sets are fitted on out-of-fold rows and applied to fresh ones: the share of sets that
contain the label, over all rows and in each class with 100 rows or more, and the number of labels in a set. With 100
rows the coverage of a class varies by three points by chance; the script compares the share of classes between 85 and
95% with that of exact sets. It also compares the mean of all networks with the median over folds as the probability of
a fresh row.
"""

import sys
from pathlib import Path

import numpy as np
from collect import Fit, read
from scipy.stats import betabinom

from demarcate.evaluation import Mean
from demarcate.evaluation.conformal import Conformal

COVERAGE = 0.9
LEAST, MOST = 0.85, 0.95
FEWEST_ROWS, FEWEST_FRESH = 100, 50


def share_if_exact(n_rows: int, n_fresh: int) -> float:
    """Return the probability that exact sets of a class contain between 85 and 95% of the fresh labels."""
    k = int(np.floor((n_rows + 1) * (1 - COVERAGE) + 1e-9))
    held = np.arange(n_fresh + 1)
    inside = (held >= LEAST * n_fresh) & (held <= MOST * n_fresh)
    return float(betabinom(n_fresh, n_rows + 1 - k, k).pmf(held[inside]).sum())


def holds(sets: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return whether each row's set contains its label."""
    return sets[np.arange(len(codes)), codes]


def mean_text(values: list[float]) -> str:
    """Return a mean with its 95% interval over fits, and the range, as text."""
    return f"{Mean.of(values)}, from {min(values):.3f} to {max(values):.3f}"


def main(cache: Path) -> None:
    """Print coverage and size of sets, then every class outside the limits."""
    fits = list(read(cache))
    print(f"{len(fits)} fits of {len({fit.source for fit in fits})} sources; sets for {COVERAGE:.0%} of the labels")
    for name, whole in (("middle of the folds", Fit.of_folds), ("mean of all networks", lambda fit: fit.fresh[None])):
        marginal, sizes, empty, never, never_sizes, classes, expected, far = [], [], [], [], [], [], [], []
        for fit in fits:
            class_rows = np.bincount(fit.codes[fit.folds >= 0], minlength=fit.oof.shape[1])
            conformal = Conformal(fit.truths, tuple(class_rows.tolist()))
            probabilities, codes = whole(fit), fit.fresh_codes
            sets = conformal.sets(probabilities, COVERAGE)
            marginal.append(holds(sets, codes).mean())
            sizes.append(sets.sum(1).mean())
            empty.append((~sets.any(1)).mean())
            filled = conformal.sets(probabilities, COVERAGE, allow_empty=False)
            never.append(holds(filled, codes).mean())
            never_sizes.append(filled.sum(1).mean())
            right = holds(conformal.sets(probabilities, COVERAGE, per_class=True), codes)
            for code, n_rows in enumerate(conformal.class_rows):
                n_fresh = int((codes == code).sum())
                if n_rows >= FEWEST_ROWS and n_fresh >= FEWEST_FRESH:
                    classes.append(right[codes == code].mean())
                    expected.append(share_if_exact(n_rows, n_fresh))
                    if not LEAST - 0.05 <= classes[-1] <= MOST + 0.03:
                        what = (
                            f"{fit.source}, split {fit.split}, class {code}: {classes[-1]:.3f} of {n_fresh} fresh rows"
                        )
                        far.append(f"{what}, by {n_rows} rows")
        inside = np.mean([LEAST <= share <= MOST for share in classes])
        print(f"\nby the {name}")
        print(f"  contain the label       {mean_text(marginal)}")
        print(f"  labels in a set         {Mean.of(sizes)}; {np.mean(empty):.1%} of the sets are empty")
        print(f"  never empty: contain it {mean_text(never)}; {np.mean(never_sizes):.3f} labels")
        print(f"  per class, {len(classes):4d} classes {mean_text(classes)}")
        print(f"  classes in 85 to 95%    {inside:.1%}; of exact sets {np.mean(expected):.1%} would be")
        print("  outside the limits", *(far or ["none"]), sep="\n    ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
