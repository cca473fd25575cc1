"""Rows T1 to T8: models and how they are trained."""

import contextlib
import copy
import io
from collections.abc import Iterator

import numpy as np
import torch
from benchmarks.lesson import plain_pytorch
from benchmarks.lesson.figures import Figure, as_often, equal, row, same, shown
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

from demarcate import Network, Training, datasets, sweep, train

BLOBS = datasets.blobs(n_samples=1000, cluster_std=1.5, random_state=42)
ROWS = train_test_split(range(1000), test_size=0.2, random_state=42)
OPTIMIZERS = {
    "sgd": lambda model, lr, decay: torch.optim.SGD(model.parameters(), lr=lr, weight_decay=decay),
    "adam": lambda model, lr, decay: torch.optim.Adam(model.parameters(), lr=lr, weight_decay=decay),
    "adamw": lambda model, lr, decay: torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=decay),
}


def beside(what, data, rows, network, training, widths, tolerance=1e-6):
    """Train a network and its plain twin, built after the same seed, on the same rows; yield both of their figures."""
    run = train(data, network, training, split=rows, standardise=False, seed=0)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer(widths, network.activation)
    own = plain_pytorch.tensors(data.X.to_numpy(), data.y, rows, column=widths[-1] == 1)
    optimizer = OPTIMIZERS[training.optimizer](model, training.lr, training.weight_decay)
    epochs = plain_pytorch.fit(model, own, optimizer, training.epochs, training.batch_size)
    yield equal(f"{what}: test loss of {training.epochs} epochs", run.history["test_loss"], epochs.test_loss, tolerance)
    yield equal(f"{what}: test accuracy", run.test_accuracy, epochs.test_accuracy[-1])


@row("T1", "any hidden widths, none, one more layer; an own module")
def widths() -> Iterator[Figure]:
    """Networks of the lesson, and a module that a learner wrote."""
    training = Training(optimizer="sgd", lr=0.1, epochs=20, batch_size=None)
    for hidden in ((8, 8), (), (8, 8, 8)):
        yield from beside(
            f"2-{'-'.join(map(str, hidden))}-4", BLOBS, ROWS, Network(hidden=hidden), training, (2, *hidden, 4)
        )
    rings = datasets.circles()
    yield from beside("2-16-16-1", rings, ROWS, Network(hidden=(16, 16)), training, (2, 16, 16, 1))
    torch.manual_seed(3)
    model = plain_pytorch.multilayer((2, 8, 8, 4))
    twin = copy.deepcopy(model)
    run = train(BLOBS, {"own": model}, training, split=ROWS, standardise=False)["own"]
    data = plain_pytorch.tensors(BLOBS.X.to_numpy(), BLOBS.y, ROWS, column=False)
    epochs = plain_pytorch.fit(twin, data, torch.optim.SGD(twin.parameters(), lr=0.1), 20)
    yield equal("a learner's own module: test loss", run.history["test_loss"], epochs.test_loss)
    heart = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 1))
    n_plain = sum(parameter.numel() for parameter in heart.parameters())
    network, one_epoch = Network(hidden=(32,), dropout=0.5), Training(epochs=1)
    run = train(datasets.heart(), network, one_epoch, category_encoding="integer")["network"]
    yield same("13-32-1 with dropout 0.5: parameters", sum(each.numel() for each in run.network.parameters()), n_plain)


@row("T2", "activations; without them the boundary is straight")
def activations() -> Iterator[Figure]:
    """Every activation of the lesson against torch's; none is a straight line."""
    rings = datasets.circles()
    training = Training(optimizer="adam", lr=0.01, epochs=20, batch_size=None)
    for name in ("relu", "tanh", "sigmoid", "gelu", "none"):
        yield from beside(name, rings, ROWS, Network(hidden=(16, 16), activation=name), training, (2, 16, 16, 1))
    longer = Training(optimizer="adam", lr=0.02, epochs=100, batch_size=None)
    networks = {name: Network(hidden=(16, 16), activation=name) for name in ("none", "relu")}
    runs = train(rings, networks, longer, split=ROWS, standardise=False)
    scores = [runs[name].test_accuracy for name in ("none", "relu")]
    yield shown(
        "circles without and with activations",
        *(f"{score:.3f}" for score in scores),
        holds=scores[0] < 0.75 and scores[1] > 0.98,
    )


@row("T3", "heads: K logits, one logit, two logits")
def heads() -> Iterator[Figure]:
    """One and two logits on moons reach the same accuracy."""
    moons = datasets.moons(n_samples=1000, noise=0.2)
    training = Training(optimizer="adam", lr=0.01, epochs=100, batch_size=None)
    for head, n_outputs in (("logit", 1), ("softmax", 2)):
        yield from beside(head, moons, ROWS, Network(hidden=(16, 16), head=head), training, (2, 16, 16, n_outputs))
    named = {head: Network(hidden=(16, 16), head=head) for head in ("logit", "softmax")}
    runs = train(moons, named, training, seeds=5)
    apart = runs.difference("softmax", "logit")
    yield shown("two logits minus one, accuracy", apart, 0, holds=abs(apart.value) < 0.02)


@row("T4", "optimizers, weight decay, full batch and mini-batches, train and eval mode")
def optimizers() -> Iterator[Figure]:
    """Steps of torch's optimizers; dropout is on in training and off after it."""
    for training in (
        Training(optimizer="sgd", lr=0.1, epochs=20, batch_size=None),
        Training(optimizer="sgd", lr=0.1, weight_decay=1e-2, epochs=5, batch_size=32),
        Training(optimizer="adam", lr=0.01, epochs=20, batch_size=None),
        Training(optimizer="adam", lr=1e-3, weight_decay=1e-4, epochs=5, batch_size=32),
        Training(optimizer="adamw", lr=1e-3, weight_decay=1e-2, epochs=5, batch_size=32),
    ):
        batch = f"batches of {training.batch_size}" if training.batch_size else "full batch"
        what = f"{training.optimizer} {training.lr:g}, decay {training.weight_decay:g}, {batch}"
        yield from beside(what, BLOBS, ROWS, Network(hidden=(8, 8)), training, (2, 8, 8, 4))
    moons = datasets.moons(n_samples=200, noise=0.3)
    rows = train_test_split(range(200), test_size=0.3, random_state=0)
    training = Training(optimizer="adam", lr=0.01, epochs=60, batch_size=None)
    runs = train(moons, Network(hidden=(16,), dropout=0.5), training, split=rows, seeds=10, standardise=False)
    data, plain = plain_pytorch.tensors(moons.X.to_numpy(), moons.y, rows, column=True), []
    for seed in range(10):
        torch.manual_seed(seed)
        model = plain_pytorch.multilayer((2, 16, 1), dropout=0.5)
        plain.append(plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 60).test_loss[-1])
    yield as_often("dropout 0.5, test loss of 10 seeds", runs.table["test_loss"], plain)
    run = runs["network"]
    again = [run.logits(moons.X).tolist() for _ in range(2)]
    yield same("without dropout after training: twice the same logits", again[0] == again[1], True)


@row("T5", "loss and accuracy of every epoch, kept and printed every n epochs")
def history() -> Iterator[Figure]:
    """The lesson's line while training, with the numbers of its own loop."""
    training = Training(optimizer="sgd", lr=0.1, epochs=30, batch_size=None)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run = train(BLOBS, Network(hidden=(8, 8)), training, split=ROWS, standardise=False, every=10)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer((2, 8, 8, 4))
    data = plain_pytorch.tensors(BLOBS.X.to_numpy(), BLOBS.y, ROWS, column=False)
    epochs = plain_pytorch.fit(model, data, torch.optim.SGD(model.parameters(), lr=0.1), 30)
    for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
        yield equal(name.replace("_", " "), run.history[name], getattr(epochs, name))
    lines = printed.getvalue().splitlines()
    yield same("epochs with a line", [int(line.split()[1]) for line in lines], [1, 10, 20, 30])
    numbers = [[float(word) for word in line.split() if "." in word] for line in lines]
    names = (epochs.train_loss, epochs.train_accuracy, epochs.test_loss, epochs.test_accuracy)
    # Printed numbers have four digits.
    yield equal(
        f"numbers of lines such as {lines[-1]!r}",
        numbers,
        [[own[at - 1] for own in names] for at in (1, 10, 20, 30)],
        5.1e-5,
    )


@row("T6", "a GPU where there is one; a seed makes it repeatable")
def repeatable() -> Iterator[Figure]:
    """The same seed twice, and initial weights of ``torch.manual_seed``."""
    training = Training(lr=0.01, epochs=3)
    twice = [train(BLOBS, Network(hidden=(8,)), training, seed=5, device="auto")["network"] for _ in range(2)]
    one, other = (run.logits(BLOBS.X) for run in twice)
    yield same("twice the same bits", torch.equal(one, other), True)
    torch.manual_seed(5)
    model = plain_pytorch.multilayer((2, 8, 4))
    x = twice[0].encode(BLOBS.X)
    yield equal("initial weights of torch.manual_seed(5)", twice[0].logits(BLOBS.X, trained=False), model(x).detach())


@row("T7", "early stopping that restores the best parameters, on validation rows")
def early_stopping() -> Iterator[Figure]:
    """A plain loop with patience, which keeps a copy of the best weights."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    rest, test = train_test_split(range(300), test_size=0.3, random_state=0)
    own, stopping = train_test_split(rest, test_size=0.2, random_state=0)
    training = Training(optimizer="adam", lr=0.01, epochs=300, batch_size=None, patience=15)
    run = train(moons, Network(hidden=(32, 32)), training, split=(own, stopping, test), standardise=False)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer((2, 32, 32, 1))
    data = plain_pytorch.tensors(moons.X.to_numpy(), moons.y, (own, stopping), column=True)
    best = {"epoch": 0, "loss": np.inf, "state": {}}

    def stop(epoch: int, loss: float, _: float) -> bool:
        if loss < best["loss"]:
            best.update(epoch=epoch, loss=loss, state=copy.deepcopy(model.state_dict()))
        return epoch - best["epoch"] >= 15

    epochs = plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 300, on_epoch=stop)
    model.load_state_dict(best["state"])
    model.eval()
    yield same("best epoch", run.best_epoch, best["epoch"])
    yield same("epochs trained", len(run.history), len(epochs.test_loss))
    x = torch.tensor(moons.X.to_numpy(), dtype=torch.float32)
    yield equal("logits of the restored weights", run.logits(moons.X), model(x).detach(), 1e-5)


@row("T8", "sweeps of width and weight decay: where is the sweet spot?", is_fast=False)
def sweeps() -> Iterator[Figure]:
    """Hidden 2 to 256 by a plain loop over widths, and the sweep that finds one."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    rows = train_test_split(range(300), test_size=0.3, random_state=0)
    training = Training(optimizer="adam", lr=0.01, epochs=150, batch_size=None)
    data = plain_pytorch.tensors(moons.X.to_numpy(), moons.y, rows, column=True)
    sizes = [2**power for power in range(1, 9)]
    networks = {str(width): Network(hidden=(width,)) for width in sizes}
    runs = train(moons, networks, training, split=rows, standardise=False)
    plain = []
    for width in sizes:
        torch.manual_seed(0)
        model = plain_pytorch.multilayer((2, width, 1))
        plain.append(plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 150).test_loss[-1])
    yield equal("test loss by width, 2 to 256", [run.test_loss for run in runs.values()], plain)
    found = sweep(moons, {"hidden": [(width,) for width in sizes]}, training=training, split=rows)
    yield shown(
        "the sweep's winner",
        found.winner.configuration,
        "read off a table",
        holds=found.winner.settings["hidden"][0] >= 8,
    )
    decays = [0.0, 1e-4, 1e-3, 1e-2]
    big = sweep(moons, {"weight_decay": decays}, network=Network(hidden=(128, 128)), training=training, split=rows)
    yield shown("weight decay of the big model", big.winner.configuration, "0 to 1e-2", holds=len(big.table) == 4)
    scaler = StandardScaler().fit(moons.X[rows[0]])
    yield equal(
        "columns of a sweep",
        train(moons, Network(), Training(epochs=1), split=rows)["network"].encode(moons.X),
        scaler.transform(moons.X),
        1e-5,
    )
