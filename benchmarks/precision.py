"""The effect of bf16 products on scores: ``python benchmarks/precision.py [REPEATS]``.

Splits each of several tables repeatedly, fits the default classifier on one half with float32 and with bf16
products, and compares log loss and accuracy on the other half, split by split. The difference between two seeds of
float32 shows the noise of the comparison.
"""

import sys
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, make_classification, make_moons
from sklearn.model_selection import train_test_split

from demarcate import DemarcateClassifier, datasets
from demarcate.evaluation import score

METRICS = ("log_loss", "accuracy")


def tables() -> dict[str, tuple[object, object]]:
    """Return tables by name: features and labels."""
    heart = datasets.heart()
    shared = {"n_informative": 8, "flip_y": 0.1, "random_state": 0}
    return {
        "heart": (heart.X.to_pandas(), np.asarray(heart.y)),
        "breast cancer": load_breast_cancer(return_X_y=True),
        "digits, 10 classes": load_digits(return_X_y=True),
        "moons, noise 0.3": make_moons(600, noise=0.3, random_state=0),
        "20 columns, noisy": make_classification(2000, 20, **shared),
        "5 classes, noisy": make_classification(2000, 20, n_classes=5, **shared),
    }


def scores(X: object, y: object, split: int, **settings: object) -> dict[str, float]:
    """Return scores of the default classifier, with some settings, on the other half."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=split)
    clf = DemarcateClassifier(**settings).fit(X_train, y_train)
    codes = np.searchsorted(clf.classes_, y_test)
    all_scores = score(codes, clf.predict_proba(X_test), rows="test")
    return {metric: all_scores[metric].value for metric in METRICS}


def mean_text(differences: list[float]) -> str:
    """Return a mean with its 95% interval over splits, as text."""
    mean, error = np.mean(differences), 1.96 * np.std(differences, ddof=1) / np.sqrt(len(differences))
    return f"{mean:+.4f} +- {error:.4f}"


def main(repeats: int) -> None:
    """Print the differences for each table and metric."""
    warnings.simplefilter("ignore")
    print(f"{repeats} splits of each table; differences to float32, with 95% intervals over splits")
    print(f"{'table':20s} {'metric':9s} {'float32':>8s} {'bf16 products':>20s} {'another seed':>20s}")
    for name, (X, y) in tables().items():
        runs = {
            kind: [scores(X, y, split, **settings) for split in range(repeats)]
            for kind, settings in {
                "float32": {"precision": "float32"},
                "bf16": {"precision": "bf16"},
                "seed": {"precision": "float32", "random_state": 1},
            }.items()
        }
        for metric in METRICS:
            values = {kind: np.array([run[metric] for run in repeated]) for kind, repeated in runs.items()}
            bf16, seed = (mean_text(list(values[kind] - values["float32"])) for kind in ("bf16", "seed"))
            print(f"{name:20s} {metric:9s} {values['float32'].mean():8.4f} {bf16:>20s} {seed:>20s}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
