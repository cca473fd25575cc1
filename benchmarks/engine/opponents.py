"""The alternatives, each in the code of its users."""

import warnings
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from benchmarks.engine.rows import Rows
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from skorch import NeuralNetClassifier
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from demarcate.engine import Training
from demarcate.nn import Network

History = dict[str, list[float]]
Build = Callable[[], nn.Module]
"""Builds a model."""
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def sequential(network: Network, d_in: int, n_outputs: int = 1) -> nn.Sequential:
    """Return a network as ``nn.Sequential``, with dropout after each activation."""
    layers: list[nn.Module] = []
    for width_in, width_out in pairwise((d_in, *network.hidden)):
        layers += [nn.Linear(width_in, width_out), ACTIVATIONS[network.activation]()]
        if network.dropout:
            layers.append(nn.Dropout(network.dropout))
    return nn.Sequential(*layers, nn.Linear((d_in, *network.hidden)[-1], n_outputs))


def accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the share of right predictions."""
    return ((logits > 0) == (targets > 0.5)).float().mean()


def tested(model: nn.Module, loss_of: nn.Module, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return loss and accuracy on test rows."""
    model.eval()
    with torch.inference_mode():
        logits = model(x)
        return loss_of(logits, y), accuracy(logits, y)


def model_of(network: Network | Build, d_in: int) -> nn.Module:
    """Return the model of a specification, or the one that a function builds."""
    return sequential(network, d_in) if isinstance(network, Network) else network()


def full_batch_loop(
    network: Network | Callable[[], nn.Module], training: Training, rows: Rows, seed: int = 0
) -> History:
    """Run the loop of a PyTorch lesson: all training rows in every step, then the test rows."""
    torch.manual_seed(seed)
    x_train, y_train = rows.x[rows.train], rows.targets[rows.train]
    x_test, y_test = rows.x[rows.test], rows.targets[rows.test]
    model, loss_of = model_of(network, rows.d_in), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=training.lr, weight_decay=training.weight_decay)
    history: History = defaultdict(list)
    for _ in range(training.epochs):
        model.train()
        logits = model(x_train)
        loss = loss_of(logits, y_train)
        train_accuracy = accuracy(logits, y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        test_loss, test_accuracy = tested(model, loss_of, x_test, y_test)
        history["train_loss"].append(loss.item())
        history["train_accuracy"].append(train_accuracy.item())
        history["test_loss"].append(test_loss.item())
        history["test_accuracy"].append(test_accuracy.item())
    return history


def data_loader_loop(
    network: Network | Callable[[], nn.Module], training: Training, rows: Rows, seed: int = 0
) -> History:
    """Run the loop of a PyTorch lesson with a ``DataLoader``: shuffled batches, then the test rows."""
    torch.manual_seed(seed)
    dataset = TensorDataset(rows.x[rows.train], rows.targets[rows.train])
    loader = DataLoader(dataset, batch_size=training.batch_size, shuffle=True)
    x_test, y_test = rows.x[rows.test], rows.targets[rows.test]
    model, loss_of = model_of(network, rows.d_in), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=training.lr, weight_decay=training.weight_decay)
    history: History = defaultdict(list)
    for _ in range(training.epochs):
        model.train()
        total_loss, n_right = 0.0, 0.0
        for x, y in loader:
            logits = model(x)
            loss = loss_of(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item() * len(x)
            n_right += accuracy(logits, y).item() * len(x)
        test_loss, test_accuracy = tested(model, loss_of, x_test, y_test)
        history["train_loss"].append(total_loss / len(dataset))
        history["train_accuracy"].append(n_right / len(dataset))
        history["test_loss"].append(test_loss.item())
        history["test_accuracy"].append(test_accuracy.item())
    return history


def arrays(rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the training rows as arrays for an estimator."""
    return rows.x[rows.train].numpy(), rows.codes[rows.train].numpy()


def skorch_fit(network: Network, training: Training, rows: Rows) -> NeuralNetClassifier:
    """Fit the classifier of skorch, without a split and without output."""
    torch.manual_seed(0)
    classifier = NeuralNetClassifier(
        sequential(network, rows.d_in, n_outputs=2),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=training.lr,
        batch_size=training.batch_size,
        max_epochs=training.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    return classifier.fit(*arrays(rows))


def mlp_fit(network: Network, training: Training, rows: Rows) -> MLPClassifier:
    """Fit scikit-learn's classifier, without early stopping."""
    classifier = MLPClassifier(
        network.hidden,
        activation=network.activation,
        solver="adam",
        learning_rate_init=training.lr,
        batch_size=training.batch_size,
        max_iter=training.epochs,
        tol=0,
        n_iter_no_change=10**6,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return classifier.fit(*arrays(rows))
