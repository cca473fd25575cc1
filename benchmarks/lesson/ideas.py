"""Rows I1 to I7: what the lesson explains."""

from collections.abc import Iterator

import numpy as np
import torch
from benchmarks.lesson import plain_pytorch
from benchmarks.lesson.figures import Figure, equal, row, same, shown
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional

from demarcate import Network, Training, datasets, diagnose, train
from demarcate.errors import InputError, TargetError
from demarcate.lesson.plan import PLAN


@row("I1", "regression and classification: output, loss, final layer")
def regression_or_classification() -> Iterator[Figure]:
    """One step of each head against torch's losses; a measurement is no class."""
    for data, n_outputs, loss_of in (
        (datasets.blobs(n_samples=200), 4, nn.CrossEntropyLoss()),
        (datasets.circles(n_samples=200), 1, nn.BCEWithLogitsLoss()),
    ):
        run = train(data, Network(hidden=(8,)), Training(epochs=1, batch_size=None), standardise=False)["network"]
        yield same(f"{data.name}: outputs of the final layer", run.network[-1].out_features, n_outputs)
        labels = torch.tensor(data.y[run.test_rows])
        targets = labels if n_outputs > 1 else labels.float().unsqueeze(1)
        loss = loss_of(run.network(run.encode(data.X)[run.test_rows]), targets).item()
        yield equal(f"{data.name}: test loss by torch", run.test_loss, loss)
    try:
        train((data.X, data.X["x1"]), Network())
    except InputError as error:
        yield shown(
            "labels that are measurements", str(error)[-60:], "MSE takes them", holds="regression" in str(error)
        )
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 50).unsqueeze(1)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(x), 2 * x + 1)
        loss.backward()
        optimizer.step()
    yield shown("the same five steps, one real number, MSE", "script 01", f"loss {loss:.1e}", holds=loss.item() < 1e-6)


@row("I2", "logits, probabilities, predictions; near random before training")
def logits_to_predictions() -> Iterator[Figure]:
    """Softmax, sigmoid and argmax of the same module."""
    data = datasets.blobs(n_samples=400)
    run = train(data, Network(hidden=(8, 8)), Training(lr=0.02, epochs=30), standardise=False)["network"]
    with torch.no_grad():
        logits = run.network(torch.tensor(data.X.to_numpy(), dtype=torch.float32))
    probabilities = run.predict_proba(data.X)
    yield equal("logits", run.logits(data.X), logits)
    yield equal("softmax of the logits", probabilities, torch.softmax(logits.double(), 1))
    yield equal("rows sum to 1", probabilities.sum(1), np.ones(400))
    yield same("predictions are the argmax", run.predict(data.X).tolist(), logits.argmax(1).tolist())
    rings = datasets.circles(n_samples=200)
    ring = train(rings, Network(hidden=(8,)), Training(epochs=5))["network"]
    positive = ring.logits(rings.X).squeeze(1).numpy()
    yield same(
        "sigmoid above 0.5 is logit above 0",
        (ring.predict_proba(rings.X)[:, 1] > 0.5).tolist(),
        (positive > 0).tolist(),
    )
    untrained = [
        float(np.mean(each.predict(data.X, trained=False) == data.y))
        for each in train(data, Network(hidden=(8, 8)), Training(epochs=1), seeds=10).repeats["network"]
    ]
    plain = []
    for seed in range(10):
        torch.manual_seed(seed)
        model = plain_pytorch.multilayer((2, 8, 8, 4))
        plain.append(
            plain_pytorch.accuracy(
                model(torch.tensor(StandardScaler().fit_transform(data.X), dtype=torch.float32)), torch.tensor(data.y)
            )
        )
    means = f"{np.mean(untrained):.3f}", f"{np.mean(plain):.3f}"
    yield shown("accuracy before training, mean of 10", *means, holds=all(0.1 < float(mean) < 0.45 for mean in means))


@row("I3", "loss against accuracy, and why they disagree")
def loss_and_accuracy() -> Iterator[Figure]:
    """A network trained for long: its test loss rises while its accuracy stays."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    rows = train_test_split(range(300), test_size=0.3, random_state=0)
    training = Training(optimizer="adam", lr=0.01, epochs=400, batch_size=None)
    run = train(moons, Network(hidden=(64, 64)), training, split=rows, standardise=False)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer((2, 64, 64, 1))
    data = plain_pytorch.tensors(moons.X.to_numpy(), moons.y, rows, column=True)
    epochs = plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 400)
    yield equal("test loss, first 50 epochs", run.history["test_loss"][:50], epochs.test_loss[:50])
    changes = []
    for losses, accuracies in (
        (run.history["test_loss"].to_list(), run.history["test_accuracy"].to_list()),
        (epochs.test_loss, epochs.test_accuracy),
    ):
        best = int(np.argmin(losses))
        changes.append((losses[-1] / losses[best] - 1, accuracies[-1] - accuracies[best]))
    words = [f"loss {loss:+.0%}, accuracy {accuracy:+.3f}" for loss, accuracy in changes]
    holds = all(loss > 0.1 and abs(accuracy) < 0.08 for loss, accuracy in changes)
    yield shown("from the epoch of least test loss to the last", *words, holds=holds)
    sure = functional.cross_entropy(torch.tensor([[6.0, 0.0]]), torch.tensor([1])).item()
    unsure = functional.cross_entropy(torch.tensor([[0.1, 0.0]]), torch.tensor([1])).item()
    yield shown("wrong and sure costs more", f"{sure:.2f}", f"{unsure:.2f}", holds=sure > 5 * unsure)


@row("I4", "types of targets, and the errors for wrong ones")
def targets() -> Iterator[Figure]:
    """Wrong types and shapes are refused in words; what torch does about them."""
    moons = datasets.moons(n_samples=80)
    x, y = torch.tensor(moons.X.to_numpy()), torch.tensor(moons.y)
    for head, wrong, loss_of, logits in (
        ("softmax", y.float(), nn.CrossEntropyLoss(), torch.zeros(80, 2)),
        ("logit", y, nn.BCEWithLogitsLoss(), torch.zeros(80, 1)),
        ("logit", y.float(), nn.BCEWithLogitsLoss(), torch.zeros(80, 1)),
        ("softmax", functional.one_hot(y), nn.CrossEntropyLoss(), torch.zeros(80, 2)),
    ):
        try:
            loss_of(logits, wrong)
            plain = "no error"
        except (RuntimeError, ValueError) as error:
            plain = str(error).splitlines()[0][:60]
        try:
            train((x, wrong), Network(hidden=(4,), head=head), Training(epochs=1))
            product = "no error"
        except (TargetError, InputError) as error:
            product = str(error)
        yield shown(f"{head} of {wrong.dtype} {tuple(wrong.shape)}", product[:90], plain, holds=product != "no error")
    for head, right in (("softmax", y), ("logit", y.float().unsqueeze(1))):
        run = train((x, right), Network(hidden=(4,), head=head), Training(epochs=1))["network"]
        yield same(f"{head} of {right.dtype} {tuple(right.shape)}", run.classes_.tolist(), [0, 1])


@row("I5", "healthy curves, underfitting and overfitting, by eye and by the program", is_fast=False)
def diagnosis() -> Iterator[Figure]:
    """The verdict of `diagnose` beside the losses of a plain loop."""
    moons = datasets.moons(n_samples=300, noise=0.30)
    training = Training(optimizer="adam", lr=0.01, epochs=300, batch_size=None)
    rows = train_test_split(range(300), test_size=0.3, random_state=0)
    data = plain_pytorch.tensors(StandardScaler().fit(moons.X[rows[0]]).transform(moons.X), moons.y, rows, column=True)
    for name, network, widths in (
        ("underfits", Network((2,), "tanh"), (2, 2, 1)),
        ("overfits", Network((64, 64)), (2, 64, 64, 1)),
    ):
        torch.manual_seed(0)
        model = plain_pytorch.multilayer(widths, network.activation)
        plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 300)
        (own, _), (other, _) = (plain_pytorch.evaluate(model, data, on_train=on_train) for on_train in (True, False))
        verdict = diagnose(moons, network, training, seeds=5)
        plain = f"train loss {own:.3f}, test loss {other:.3f}"
        yield shown(name, f"{verdict.headline} {verdict.gap.log_loss} apart", plain, holds=verdict.verdict == name)


@row("I6", "preprocessing is fitted on training rows only; a leak, measured")
def leakage() -> Iterator[Figure]:
    """The encoder is a StandardScaler of the training rows; one of all rows is another."""
    heart = datasets.heart()
    X, y = heart.X.select("age", "trestbps", "chol", "thalach", "oldpeak"), heart.y
    rows = train_test_split(range(303), test_size=0.2, random_state=1337, stratify=y)
    training = Training(optimizer="adam", lr=0.01, epochs=60, batch_size=None)
    run = train((X, y), Network(hidden=(16,)), training, split=rows, numerical=X.columns)["network"]
    right, wrong = StandardScaler().fit(X[rows[0]]), StandardScaler().fit(X)
    yield equal("columns scaled by training rows", run.encode(X), right.transform(X), 1e-5)
    apart = float(np.abs(run.encode(X).numpy() - wrong.transform(X)).max())
    yield shown("and not by all rows", f"{apart:.3f} apart", "scaler before the split", holds=apart > 1e-3)
    leaked = train((wrong.transform(X), y), Network(hidden=(16,)), training, split=rows, standardise=False)["network"]
    torch.manual_seed(0)
    model = plain_pytorch.multilayer((5, 16, 1))
    data = plain_pytorch.tensors(wrong.transform(X), y, rows, column=True)
    plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=0.01), 60)
    yield equal("test loss with the leak", leaked.test_loss, plain_pytorch.evaluate(model, data)[0], 1e-5)
    difference = leaked.test_accuracy - run.test_accuracy
    yield shown(
        "what this leak changes", f"{difference:+.3f} in accuracy", "hardly anything", holds=abs(difference) < 0.05
    )


@row("I7", "the plan of three hours, exercises after each part")
def plan() -> Iterator[Figure]:
    """Minutes and exercises."""
    minutes = [part.minutes for part in PLAN]
    yield same("minutes of the plan", sum(minutes), 180)
    yield same("15, 25, 25, 15, 55, 45", minutes, [15, 25, 25, 15, 55, 45])
    yield shown("every part has exercises", len(PLAN), 6, holds=all(part.exercises for part in PLAN))
