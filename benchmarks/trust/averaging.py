"""Compare the estimated gain of the mean over folds with the gain on fresh rows.

``python benchmarks/trust/averaging.py CACHE`` reads the fits of ``collect.py``. On fresh rows the gain is the score of
the classifier less the mean score of the networks of one fold; the estimate is the printed score less that of the
out-of-fold probabilities.
"""

import json
import sys
from pathlib import Path

import numpy as np
from collect import Fit, read

from demarcate.evaluation import METRICS
from demarcate.evaluation.metrics import metric_measures

NAMES = ("log_loss", "accuracy", "roc_auc")


def values(codes: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Return the metrics of probabilities ``(n_rows, n_classes)``."""
    measures = metric_measures(codes, probabilities)
    return {name: float(measures[name](np.ones((1, len(codes))))[0]) for name in NAMES if name in measures}


def gains(fit: Fit) -> dict[str, tuple[float, float, float]]:
    """Return by metric the gain on fresh rows, the estimate, and printed less fresh score."""
    held = fit.folds >= 0
    printed, bare = json.loads(fit.printed), values(fit.codes[held], fit.oof[held])
    fresh = values(fit.fresh_codes, fit.fresh)
    of_folds = [values(fit.fresh_codes, own) for own in fit.of_folds()]
    names = [name for name in fresh if name in bare and all(name in each for each in of_folds)]
    return {
        name: (
            fresh[name] - float(np.mean([each[name] for each in of_folds])),
            printed[name]["value"] - bare[name],
            printed[name]["value"] - fresh[name],
        )
        for name in names
    }


def main(cache: Path) -> None:
    """Print the mean gain, its estimate and what is left, for each metric."""
    every = [gains(fit) for fit in read(cache)]
    print(
        f"{len(every)} fits\n{'metric':10s} {'gain':>9s} {'estimate':>9s} {'correlation':>12s} {'printed - fresh':>20s}"
    )
    for name in NAMES:
        true, estimated, left = np.array([each[name] for each in every if name in each]).T
        error = 1.96 * left.std(ddof=1) / len(left) ** 0.5
        linked, label = np.corrcoef(true, estimated)[0, 1], METRICS[name].label
        numbers = f"{true.mean():+9.4f} {estimated.mean():+9.4f} {linked:12.2f} {left.mean():+11.4f}"
        print(f"{label:10s} {numbers} +- {error:.4f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
