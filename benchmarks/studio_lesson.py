"""The figures that steps of the studio's lesson quote beside those of ``docs/mission.md``.

``python benchmarks/studio_lesson.py`` trains for about two minutes.
"""

import numpy as np
import torch

from demarcate import Network, Training, datasets, train
from demarcate.experiments import Runs

BIG = Network(hidden=(256, 256, 256))
MOONS = datasets.moons(n_samples=300, noise=0.30, random_state=0)


def adam(epochs: int = 300, lr: float = 0.01, **settings: float) -> Training:
    """Return a training on all rows at once."""
    return Training(optimizer="adam", lr=lr, epochs=epochs, batch_size=None, **settings)


def show(title: str, runs: Runs) -> None:
    """Print means over the splits: accuracies, and the log loss of test rows."""
    for name, repeats in runs.repeats.items():
        train_accuracy, accuracy, loss = np.mean(
            [(run.train_accuracy, run.scores["accuracy"].value, run.scores["log_loss"].value) for run in repeats],
            axis=0,
        )
        print(f"{title}, {name}: train {train_accuracy:.3f}, test {accuracy:.3f}, log loss {loss:.3f}")


def few_units() -> None:
    """Print how many of 20 networks of few units reach 0.95 on the rings."""
    sizes = {f"{n} {kind}": Network(hidden=(n,), activation=kind) for n in (2, 3, 4, 5) for kind in ("relu", "tanh")}
    runs = train(datasets.circles(), sizes, adam(500), seeds=20, standardise=False)
    for name, repeats in runs.repeats.items():
        reached = sum(run.scores["accuracy"].value >= 0.95 for run in repeats)
        print(f"rings, {name}: {reached} of {len(repeats)} seeds reach 0.95")


def activations() -> None:
    """Print after how many epochs each activation is right on 99% of the rings."""
    kinds = {kind: Network(hidden=(16, 16), activation=kind) for kind in ("relu", "tanh", "gelu", "sigmoid")}
    runs = train(datasets.circles(), kinds, adam(150, 0.05), seeds=10)
    for name, repeats in runs.repeats.items():
        first = [(run.history["test_accuracy"].to_numpy() >= 0.99).argmax() + 1 for run in repeats]
        print(f"rings, {name}: 99% after {np.median(first):.0f} epochs, the median of {len(repeats)}")


def wide_clouds() -> None:
    """Print what networks of any size reach on clouds that overlap."""
    sizes = {"8-8": Network(hidden=(8, 8)), "32-32": Network(hidden=(32, 32)), "linear": Network(hidden=())}
    descent = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
    show("clouds of 4.0", train(datasets.blobs(cluster_std=4.0), sizes, descent, seeds=10, standardise=False))


def moons() -> None:
    """Print what widths of the tiny network and remedies of the big one bring on the moons."""
    widths = {f"{n}": Network(hidden=(n,), activation="tanh") for n in (2, 4, 8, 16)}
    show("moons", train(MOONS, widths, adam(), test_size=0.3, seeds=10))
    good = {"good": Network(hidden=(16, 16), dropout=0.2)}
    show("moons", train(MOONS, good, adam(weight_decay=1e-4), test_size=0.3, seeds=5))
    dropped = {"big": BIG, "big with dropout": Network(hidden=(256, 256, 256), dropout=0.5)}
    show("moons", train(MOONS, dropped, adam(), test_size=0.3, seeds=5))
    for decay in (1e-2, 1e-1):
        show(f"moons, decay {decay}", train(MOONS, {"big": BIG}, adam(weight_decay=decay), test_size=0.3, seeds=5))
    for patience in (5, 50, 200):
        show(f"moons, patience {patience}", train(MOONS, {"big": BIG}, adam(patience=patience), test_size=0.3, seeds=5))


def main() -> None:
    """Print the figures, step by step."""
    torch.set_num_threads(1)
    wide_clouds()
    activations()
    few_units()
    moons()


if __name__ == "__main__":
    main()
