"""The default beside a lesson's plain loop, and heart disease in one-hot columns beside integer codes.

``python benchmarks/beside_a_plain_loop.py`` prints the figures of "Beside a plain loop" in ``docs/default.md`` and of
"Heart disease, as the lesson has it" in ``docs/learn.md``. It takes some minutes.
"""

import time
import warnings

import numpy as np
import torch

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.evaluation.row_values import row_hits, row_losses

SPLITS, HEART_SPLITS = 5, 20
PATIENT = {
    "age": [80],
    "sex": ["0"],
    "cp": ["1"],
    "trestbps": [124],
    "chol": [300],
    "fbs": ["1"],
    "restecg": ["2"],
    "thalach": [150],
    "exang": ["0"],
    "oldpeak": [2.3],
    "slope": [3],
    "ca": ["0"],
    "thal": ["fixed"],
}
FULL_BATCH = Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None)
LESSON = {
    "blobs": (datasets.blobs(), Network((8, 8)), Training("sgd", lr=0.1, epochs=100, batch_size=None), False),
    "circles": (datasets.circles(), Network((16, 16)), FULL_BATCH, False),
    "moons": (
        datasets.moons(n_samples=300, noise=0.30),
        Network((16, 16), dropout=0.2),
        Training("adam", lr=0.01, weight_decay=1e-4, epochs=2000, batch_size=None),
        False,
    ),
    "heart": (datasets.heart(), Network((32,), dropout=0.5), Training(epochs=50), True),
}
"""By data set: the lesson's network and training, and whether numbers are standardised."""


def default_beside_lesson() -> None:
    """Print mean accuracy and log loss of both on the same test rows, their difference, and the ratio of times."""
    for name, (data, network, training, standardise) in LESSON.items():
        losses, hits, seconds = [], [], []
        for seed in range(SPLITS):
            rows = np.random.default_rng(seed).permutation(len(data.y))
            test, fitted = rows[: len(rows) // 5], rows[len(rows) // 5 :]
            start = time.perf_counter()
            run = train(data, network, training, split=(fitted, test), seed=seed, standardise=standardise)["network"]
            middle = time.perf_counter()
            default = DemarcateClassifier(random_state=seed).fit(data.X[fitted], data.y[fitted])
            seconds.append((time.perf_counter() - middle) / (middle - start))
            both = run.test_probabilities, default.predict_proba(data.X[test])
            losses.append([row_losses(data.y[test], each).mean() for each in both])
            hits.append([row_hits(data.y[test], each).mean() for each in both])
        (loop, own), (loop_hits, own_hits) = np.mean(losses, 0), np.mean(hits, 0)
        lower = Mean.of([float(plain - better) for plain, better in losses])
        print(
            f"{name:8} accuracy {loop_hits:.3f} {own_hits:.3f}  log loss {loop:.3f} {own:.3f}  lower by {lower}  "
            f"time {np.median(seconds):.0f}"
        )


def heart_encodings() -> None:
    """Print accuracy over splits, and the probability of one patient, for both encodings of categories."""
    heart, accuracies = datasets.heart(), []
    for encoding in ("one_hot", "integer"):
        runs = train(heart, *LESSON["heart"][1:3], seeds=HEART_SPLITS, category_encoding=encoding).repeats["network"]
        accuracies.append([run.test_accuracy for run in runs])
        patient = [float(run.predict_proba(PATIENT)[0, 1]) for run in runs]
        print(
            f"{encoding:8} accuracy {Mean.of(accuracies[-1], within=(0, 1))}, standard deviation "
            f"{np.std(accuracies[-1], ddof=1):.3f}, {min(accuracies[-1]):.3f} to {max(accuracies[-1]):.3f}; patient "
            f"{Mean.of(patient, within=(0, 1))}, {min(patient):.2f} to {max(patient):.2f}"
        )
    print(f"one-hot is ahead by {Mean.of(np.subtract(*accuracies).tolist())}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    heart_encodings()
    default_beside_lesson()
