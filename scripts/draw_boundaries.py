"""Draw the picture of the README: three networks on the two moons.

Run as ``python scripts/draw_boundaries.py [OUT.png]``.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from demarcate import Network, Training, datasets, train

mpl.use("Agg")
import matplotlib.pyplot as plt

NETWORKS = {
    "too small: 2 units": Network(hidden=(2,), activation="tanh"),
    "too eager: 256-256-256": Network(hidden=(256, 256, 256)),
    "about right: 16-16, dropout": Network(hidden=(16, 16), dropout=0.2),
}
INK, PAPER = "#22313f", "#ffffff"
COLOURS, MARKERS = ("#2b6cb0", "#d9730d"), ("o", "^")


def main(out: Path) -> None:
    """Train the three networks on 210 of 300 rows and draw their probabilities over the plane."""
    data = datasets.moons(n_samples=300, noise=0.30)
    trainings = {name: Training(lr=0.01, epochs=300, batch_size=None) for name in NETWORKS}
    trainings["about right: 16-16, dropout"] = Training(lr=0.01, weight_decay=1e-4, epochs=300, batch_size=None)
    runs = train(data, NETWORKS, trainings, test_size=0.3)

    X, y = data.X.to_numpy(), data.y
    low, high = X.min(0) - 0.4, X.max(0) + 0.4
    across, up = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    grid = {"x1": across.ravel(), "x2": up.ravel()}

    plt.rcParams.update({"font.family": "DejaVu Sans", "text.color": INK})
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 4.0), dpi=160, layout="constrained", facecolor=PAPER)
    colours = mpl.colors.LinearSegmentedColormap.from_list("sides", ["#8db8e8", "#f7f7f7", "#f5b27a"])
    for ax, (name, run) in zip(axes, runs.items(), strict=True):
        probability = run.predict_proba(grid)[:, 1].reshape(across.shape)
        ax.contourf(across, up, probability, levels=np.linspace(0, 1, 21), cmap=colours)
        ax.contour(across, up, probability, levels=[0.5], colors=INK, linewidths=1.8)
        for label in (0, 1):
            rows = runs.test_rows[y[runs.test_rows] == label]
            style = {"marker": MARKERS[label], "color": COLOURS[label], "edgecolor": PAPER, "linewidth": 0.6}
            ax.scatter(X[rows, 0], X[rows, 1], s=34, **style)
        accuracy, loss = run.scores["accuracy"], run.scores["log_loss"]
        ax.set_title(name, fontsize=12, fontweight="bold", loc="left")
        ax.set_xlabel(
            f"test accuracy {accuracy.value:.0%}  [{accuracy.low:.0%}, {accuracy.high:.0%}]\n"
            f"test log loss {loss.value:.2f}  [{loss.low:.2f}, {loss.high:.2f}]",
            fontsize=10.5,
            loc="left",
        )
        ax.set(xticks=[], yticks=[], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.spines[:].set_visible(False)
    figure.savefig(out)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/boundaries.png"))
