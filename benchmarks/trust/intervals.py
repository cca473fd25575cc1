"""Check printed intervals: how often the score of fresh rows is inside, their width, and the misses.

``python benchmarks/trust/intervals.py CACHE`` reads the fits of ``collect.py``. The score of the fitted classifier on
fresh rows is compared with the interval of its out-of-fold score. Fresh rows have noise of their own, much of it if a
table has few rows left: the interval is widened by it, by the root of the sum of squares.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from collect import Fit, read

from demarcate.evaluation import Score, score
from demarcate.evaluation.scores import scores_from_json, wilson_interval

METRICS = ("accuracy", "log_loss", "roc_auc")


def scores_of(fit: Fit) -> tuple[dict[str, Score], dict[str, Score], dict[str, Score]]:
    """Return out-of-fold scores, those with resampled rows alone, and scores of fresh rows."""
    held = fit.folds >= 0
    codes, probabilities = fit.codes[held], fit.oof[held]
    return (
        scores_from_json(json.loads(fit.printed)),
        score(codes, probabilities, rows="out-of-fold"),
        score(fit.fresh_codes, fit.fresh, rows="fresh"),
    )


def is_inside(fresh: Score, printed: Score) -> bool:
    """Return whether a fresh score is in an interval, allowing for its own noise."""
    below = np.hypot(printed.value - printed.low, fresh.high - fresh.value)
    above = np.hypot(printed.high - printed.value, fresh.value - fresh.low)
    return bool(printed.value - below <= fresh.value <= printed.value + above)


def main(cache: Path) -> None:
    """Print coverage, width and bias for each metric, then every miss."""
    cases = [(fit, *scores_of(fit)) for fit in read(cache)]
    n_sources = len({fit.source for fit, *_ in cases})
    n_generated = sum(fit.is_generated for fit, *_ in cases)
    print(f"{len(cases)} fits of {n_sources} sources; {n_generated} of generated tables")
    heads = f"{'inside 95%':>22s} {'without folds':>14s} {'width':>7s} {'wider by':>9s} {'printed - fresh':>20s}"
    print(f"{'metric':10s} {heads}")
    misses = []
    for metric in METRICS:
        inside, without, widths, wider, gaps = [], [], [], [], []
        for fit, printed, plain, fresh in cases:
            if metric not in printed or metric not in fresh:
                continue
            one, bare, truth = printed[metric], plain[metric], fresh[metric]
            inside.append(is_inside(truth, one))
            without.append(is_inside(truth, bare))
            widths.append(one.high - one.low)
            wider.append((one.high - one.low) / (bare.high - bare.low))
            gaps.append(one.value - truth.value)
            if not inside[-1]:
                misses.append(f"{metric:10s} {fit.source}, split {fit.split}: printed {one}, fresh {truth}")
        low, high = wilson_interval(sum(inside), len(inside))
        error = 1.96 * np.std(gaps, ddof=1) / len(gaps) ** 0.5
        print(
            f"{metric:10s} {np.mean(inside):6.3f} [{low:.3f}, {high:.3f}] {np.mean(without):14.3f} "
            f"{np.median(widths):7.3f} {np.median(wider):9.2f} {np.mean(gaps):+10.4f} +- {error:.4f}"
        )
    print("\nFresh scores outside the interval:", *misses, sep="\n  ")
    of_source: dict[str, int] = defaultdict(int)
    for miss in misses:
        of_source[miss.split()[1]] += 1
    print("\nby source:", ", ".join(f"{name} {n}" for name, n in sorted(of_source.items(), key=lambda item: -item[1])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
