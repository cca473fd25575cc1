"""Rows P1 to P6: what the lesson draws, by the numbers behind the pictures."""

from collections.abc import Iterator

import numpy as np
import torch
from benchmarks.lesson import plain_pytorch
from benchmarks.lesson.figures import Figure, equal, row, same, shown
from sklearn.metrics import confusion_matrix, precision_score, recall_score
from sklearn.model_selection import train_test_split

from demarcate import Network, Training, datasets, train
from demarcate.plotting import (
    BoundaryDisplay,
    ComparisonDisplay,
    ConfusionDisplay,
    HistoryDisplay,
    ThresholdDisplay,
)

TRAINING = Training(optimizer="adam", lr=0.01, epochs=40, batch_size=None)


def trained(data, hidden, n_outputs):
    """Train the product's network and the plain one on the rows of a seed; return both, and the plain epochs."""
    rows = train_test_split(range(len(data.y)), test_size=0.2, random_state=42)
    run = train(data, Network(hidden=hidden), TRAINING, split=rows, standardise=False)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer((2, *hidden, n_outputs))
    own = plain_pytorch.tensors(data.X.to_numpy(), data.y, rows, column=n_outputs == 1)
    epochs = plain_pytorch.fit(model, own, torch.optim.Adam(model.parameters(), lr=0.01), 40)
    model.eval()
    return run, model, own, epochs


def on_grid(display, model):
    """Return the plain network's logits at the places of a picture, ``(n_places, n_outputs)``."""
    with torch.no_grad():
        return model(torch.tensor(display.slice.points().to_numpy(), dtype=torch.float32)).double()


@row("P1", "loss and accuracy curves, train and test")
def curves() -> Iterator[Figure]:
    """The curves of the picture."""
    run, _, _, epochs = trained(datasets.moons(n_samples=200, noise=0.2), (16,), 1)
    display = HistoryDisplay.from_run(run)
    for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
        yield equal(f"curve of {name.replace('_', ' ')}", display.curves[name].mean, getattr(epochs, name))


@row("P2", "decision regions on a 200 x 200 grid, two classes and several")
def regions() -> Iterator[Figure]:
    """The class at each of 40,000 places."""
    for data, n_outputs in ((datasets.blobs(n_samples=400), 4), (datasets.circles(n_samples=400), 1)):
        run, model, _, _ = trained(data, (16,), n_outputs)
        display = BoundaryDisplay.from_estimator(run, data, rows=run.test_rows)
        logits = on_grid(display, model)
        classes = (logits[:, 0] > 0).long() if n_outputs == 1 else logits.argmax(1)
        apart = int((display.regions.ravel() != classes.numpy()).sum())
        yield shown(f"{data.name}: places of another class", apart, "of 40,000", holds=apart <= 4)
        yield same(f"{data.name}: points on top", len(display.points), 80)


@row("P3", "a smooth probability map")
def probability_map() -> Iterator[Figure]:
    """Sigmoid and softmax in place of the argmax."""
    for data, n_outputs in ((datasets.blobs(n_samples=400), 4), (datasets.circles(n_samples=400), 1)):
        run, model, _, _ = trained(data, (16,), n_outputs)
        display = BoundaryDisplay.from_estimator(run, data, kind="probability")
        logits = on_grid(display, model)
        one = torch.sigmoid(logits)
        plain = torch.cat([1 - one, one], 1) if n_outputs == 1 else torch.softmax(logits, 1)
        yield equal(f"{data.name}: probabilities", display.probabilities.reshape(plain.shape), plain, 2e-5)


@row("P4", "three models side by side: underfit, overfit, good")
def side_by_side() -> Iterator[Figure]:
    """One picture of three networks on the same limits."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    networks = {"tiny": Network((2,), "tanh"), "big": Network((64, 64)), "good": Network((16, 16), dropout=0.2)}
    display = ComparisonDisplay.from_runs(train(moons, networks, TRAINING, test_size=0.3), moons)
    yield same("panels", [*display.displays], [*networks])
    yield same("limits", len({(ax.get_xlim(), ax.get_ylim()) for ax in display.ax_}), 1)


@row("P5", "confusion matrix; easiest and hardest class; false positives and negatives")
def confusion() -> Iterator[Figure]:
    """Counts by scikit-learn of the plain network's predictions."""
    data = datasets.blobs(n_samples=400, cluster_std=3.0)
    run, model, own, _ = trained(data, (8,), 4)
    with torch.no_grad():
        plain = confusion_matrix(own.y_test, model(own.x_test).argmax(1), labels=range(4))
    display = ConfusionDisplay.from_estimator(run, data.X[run.test_rows], data.y[run.test_rows])
    yield equal("counts", display.matrix, plain)
    recall = plain.diagonal() / plain.sum(1)
    yield same("hardest class", display.hardest, int(recall.argmin()))
    rings = datasets.moons(n_samples=200, noise=0.3)
    run, model, own, _ = trained(rings, (8,), 1)
    with torch.no_grad():
        negatives = int(((model(own.x_test) <= 0) & (own.y_test == 1)).sum())
    display = ConfusionDisplay.from_estimator(run, rings.X[run.test_rows], rings.y[run.test_rows])
    yield same("false negatives", int(display.matrix[1, 0]), negatives)


@row("P6", "precision and recall by threshold; the best threshold for costs of 2 to 1")
def thresholds() -> Iterator[Figure]:
    """Both by scikit-learn at 0.1 to 0.9, and the least cost by counting."""
    data = datasets.moons(n_samples=400, noise=0.4)
    run, model, own, _ = trained(data, (8,), 1)
    with torch.no_grad():
        probability, truth = torch.sigmoid(model(own.x_test)).flatten().numpy(), own.y_test.flatten().numpy() == 1
    display = ThresholdDisplay.from_estimator(run, data.X[run.test_rows], data.y[run.test_rows], false_negative=2)
    for threshold in np.arange(1, 10) / 10:
        place = int(np.abs(display.thresholds - threshold).argmin())
        called = probability >= threshold
        plain = precision_score(truth, called, zero_division=np.nan), recall_score(truth, called)
        yield equal(
            f"precision and recall at {threshold:.1f}", [display.precision[place], display.recall[place]], plain
        )
    costs = [
        (2 * (truth & (probability < at)).sum() + (~truth & (probability >= at)).sum()) / len(truth)
        for at in display.thresholds
    ]
    yield equal("cost of a row by threshold", display.cost, costs)
    yield equal("least cost", display.cost[np.isclose(display.thresholds, display.best)][0], min(costs))
    yield equal("threshold by the rule", display.rule, 1 / 3)
