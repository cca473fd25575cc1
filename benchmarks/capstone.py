"""The capstone's three networks by epochs and precision: the figures of claims C3 and C4 in ``docs/mission.md``.

``python benchmarks/capstone.py`` trains 20 seeds, for 400 epochs in both precisions and for 2,000 in float32.
"""

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import torch

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean
from demarcate.plotting import BoundaryDisplay

SEEDS = 20
NETWORKS = {
    "tiny": Network(hidden=(2,), activation="tanh"),
    "big": Network(hidden=(256, 256, 256)),
    "good": Network(hidden=(16, 16), dropout=0.2),
}


def main() -> None:
    """Print accuracies, paired differences and lengths of boundaries."""
    torch.set_num_threads(1)
    moons = datasets.moons(n_samples=300, noise=0.30, random_state=0)
    for epochs, precision in ((400, "auto"), (400, "float32"), (2000, "float32")):
        plain = Training(optimizer="adam", lr=0.01, epochs=epochs, batch_size=None)
        decayed = Training(optimizer="adam", lr=0.01, weight_decay=1e-4, epochs=epochs, batch_size=None)
        trainings = {"tiny": plain, "big": plain, "good": decayed}
        runs = train(moons, NETWORKS, trainings, test_size=0.3, seeds=SEEDS, precision=precision)
        print(f"{epochs} epochs, {precision}\n{runs}")
        for one, other, metric in (
            ("big", "tiny", "test_accuracy"),
            ("good", "big", "test_accuracy"),
            ("good", "big", "test_loss"),
        ):
            print(f"{one} minus {other}, {metric}: {runs.difference(one, other, metric)}")
        for name, repeats in runs.repeats.items():
            print(f"{name}: length of the boundary {Mean.of([boundary_length(run, moons) for run in repeats])}")


def boundary_length(run, data) -> float:
    """Return the length of a run's boundary, in widths of the picture."""
    display = BoundaryDisplay.from_estimator(run, data, resolution=100)
    plt.close(display.figure_)
    return display.boundary_length


if __name__ == "__main__":
    main()
