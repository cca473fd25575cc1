"""What out-of-fold scores are worth: how often fresh rows score inside their 95% interval, and which side they miss on.

``python benchmarks/out_of_fold.py [REPEATS]`` draws a training table and a large fresh one from the same source, fits
the default classifier on the first, and compares its printed scores with those of the second, for several sources and
many draws.
"""

import sys
import warnings

import numpy as np
from sklearn.datasets import make_classification, make_moons

from demarcate import DemarcateClassifier
from demarcate.evaluation import score

N_TRAIN, N_FRESH = 300, 4000
METRICS = ("accuracy", "log_loss", "roc_auc")


def moons(seed: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two moons with noise 0.3."""
    return make_moons(n_rows, noise=0.3, random_state=seed)


def hard(seed: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Twelve columns, five of use, a tenth of the labels flipped."""
    return make_classification(n_rows, n_features=12, n_informative=5, flip_y=0.2, class_sep=0.8, random_state=seed)


def three_classes(seed: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Three classes of unequal size."""
    settings = {"n_features": 8, "n_informative": 4, "n_classes": 3, "weights": [0.6, 0.3, 0.1]}
    return make_classification(n_rows, flip_y=0.1, random_state=seed, **settings)


def main(repeats: int) -> None:
    """Print, for each source and metric, coverage and the mean difference between printed and fresh scores."""
    warnings.simplefilter("ignore")
    print(f"{repeats} draws of {N_TRAIN} rows, scored on {N_FRESH} fresh ones")
    print(f"{'source':14s} {'metric':9s} {'inside 95%':>10s} {'printed':>8s} {'fresh':>8s} {'printed - fresh':>20s}")
    for source in (moons, hard, three_classes):
        inside = {metric: [] for metric in METRICS}
        values = {metric: [] for metric in METRICS}
        for seed in range(repeats):
            X, y = source(seed, N_TRAIN + N_FRESH)
            clf = DemarcateClassifier().fit(X[:N_TRAIN], y[:N_TRAIN])
            fresh = score(y[N_TRAIN:], clf.predict_proba(X[N_TRAIN:]), rows="fresh")
            for metric, printed in clf.scores_.items():
                inside[metric].append(printed.low <= fresh[metric].value <= printed.high)
                values[metric].append((printed.value, fresh[metric].value))
        for metric in METRICS:
            printed, fresh_values = np.array(values[metric]).T
            gap = printed - fresh_values
            error = gap.std(ddof=1) / np.sqrt(repeats)
            print(
                f"{source.__name__:14s} {metric:9s} {np.mean(inside[metric]):10.2f} {printed.mean():8.4f} "
                f"{fresh_values.mean():8.4f} {gap.mean():+12.4f} +- {1.96 * error:.4f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
