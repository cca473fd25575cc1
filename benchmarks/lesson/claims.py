"""Rows C1 to C4: the lesson's claims, by both sides on the same rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from benchmarks.lesson import plain_pytorch
from benchmarks.lesson.figures import Figure, as_often, equal, row, shown
from benchmarks.lesson.production import HEART, LESSON, split
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from demarcate import Network, Training, datasets, train
from demarcate.evaluation import Mean

SEEDS = 20
CAPSTONE_SEEDS, CAPSTONE_EPOCHS = 5, 300


@row("C1", "blobs, 8-8, SGD 0.1, 100 full-batch epochs: about 99%", is_fast=False)
def blobs() -> Iterator[Figure]:
    """Twenty seeds on the lesson's rows."""
    data, rows = datasets.blobs(), train_test_split(range(1000), test_size=0.2, random_state=42)
    training = Training(optimizer="sgd", lr=0.1, epochs=100, batch_size=None)
    runs = train(data, Network(hidden=(8, 8)), training, split=rows, seeds=SEEDS, standardise=False)
    own, plain = plain_pytorch.tensors(data.X.to_numpy(), data.y, rows, column=False), []
    for seed in range(SEEDS):
        torch.manual_seed(seed)
        model = plain_pytorch.multilayer((2, 8, 8, 4))
        plain.append(plain_pytorch.fit(model, own, torch.optim.SGD(model.parameters(), lr=0.1), 100).test_accuracy[-1])
    yield equal("test accuracy of each seed", runs.table["test_accuracy"], plain)
    mean = Mean.of(runs.table["test_accuracy"].to_list(), within=(0, 1))
    yield shown("mean of 20 seeds", mean, f"{np.mean(plain):.3f}", holds=0.97 <= mean.value <= 1)


@row("C2", "heart, 32 hidden, dropout 0.5: about 80 to 85%", is_fast=False)
def heart() -> Iterator[Figure]:
    """Twenty splits: one-hot columns, and integer codes as the lesson has them."""
    names: dict[str, Any] = {"one-hot": "one_hot", "integer codes": "integer"}
    results: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in names}
    network = Network(hidden=(32,), dropout=0.5)
    for seed in range(SEEDS):
        rows = split(seed)
        for name, encoding in names.items():
            run = train(HEART, network, LESSON, split=rows, seed=seed, category_encoding=encoding)["network"]
            table = run.encode(HEART.X).numpy()
            own = plain_pytorch.tensors(table, HEART.y, rows, column=True)
            torch.manual_seed(seed)
            model = plain_pytorch.multilayer((table.shape[1], 32, 1), dropout=0.5)
            plain_pytorch.fit(model, own, torch.optim.Adam(model.parameters(), lr=1e-3), 50, 32)
            results[name][0].append(run.test_accuracy)
            results[name][1].append(plain_pytorch.evaluate(model, own)[1])
    for name, (product, plain) in results.items():
        yield as_often(f"{name}: test accuracy of {SEEDS} splits", product, plain)


@row(
    "C3",
    "moons: tiny plateaus near 80%, big fits all training rows, good is at least as good on test rows",
    is_fast=False,
)
def capstone() -> Iterator[Figure]:
    """The capstone's three networks by both sides."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    rows = train_test_split(range(300), test_size=0.3, random_state=0)
    scaled = StandardScaler().fit(moons.X[rows[0]]).transform(moons.X)
    data = plain_pytorch.tensors(scaled, moons.y, rows, column=True)
    for name, network, decay in (
        ("tiny", Network((2,), "tanh"), 0.0),
        ("big", Network((256, 256, 256)), 0.0),
        ("good", Network((16, 16), dropout=0.2), 1e-4),
    ):
        training = Training(optimizer="adam", lr=0.01, weight_decay=decay, epochs=CAPSTONE_EPOCHS, batch_size=None)
        runs = train(moons, network, training, split=rows, seeds=CAPSTONE_SEEDS)
        plain, plain_on_train = [], []
        for seed in range(CAPSTONE_SEEDS):
            torch.manual_seed(seed)
            model = plain_pytorch.multilayer((2, *network.hidden, 1), network.activation, network.dropout)
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=decay)
            plain_pytorch.fit(model, data, optimizer, CAPSTONE_EPOCHS)
            plain.append(plain_pytorch.evaluate(model, data)[1])
            plain_on_train.append(plain_pytorch.evaluate(model, data, on_train=True)[1])
        yield as_often(f"{name}: test accuracy", runs.table["test_accuracy"], plain)
        yield as_often(f"{name}: train accuracy", runs.table["train_accuracy"], plain_on_train)


@row("C4", "a claim that does not hold is reported with its number", is_fast=False)
def tested_claims() -> Iterator[Figure]:
    """Big against tiny on test rows, paired by seed."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    networks = {"tiny": Network((2,), "tanh"), "big": Network((256, 256, 256))}
    training = Training(optimizer="adam", lr=0.01, epochs=CAPSTONE_EPOCHS, batch_size=None)
    apart = train(moons, networks, training, test_size=0.3, seeds=CAPSTONE_SEEDS).difference("big", "tiny")
    assert apart.low is not None
    yield shown("big minus tiny, test accuracy", apart, "claimed below 0", holds=apart.low > 0)
