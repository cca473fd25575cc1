"""The lesson's own code: a model, a loss, an optimizer, and a loop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}


@dataclass
class Tensors:
    """Inputs ``(n_rows, d_in)`` and targets as the loss takes them, of training and of test rows."""

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


@dataclass
class Epochs:
    """Loss and accuracy of training and test rows after, or during, each epoch."""

    train_loss: list[float]
    train_accuracy: list[float]
    test_loss: list[float]
    test_accuracy: list[float]


def tensors(X: NDArray[np.floating], y: NDArray[np.integer], rows: Sequence[Sequence[int]], *, column: bool) -> Tensors:
    """Return the rows of a split; ``column`` for targets of one logit, else class indices."""
    x = torch.tensor(np.asarray(X), dtype=torch.float32)
    target = torch.tensor(np.asarray(y), dtype=torch.float32).unsqueeze(1) if column else torch.tensor(np.asarray(y))
    train, test = (torch.tensor(np.asarray(part)) for part in rows)
    return Tensors(x[train], target[train], x[test], target[test])


def multilayer(widths: Sequence[int], activation: str = "relu", dropout: float = 0.0) -> nn.Sequential:
    """Return linear layers of these widths, inputs and outputs included, with an activation between them."""
    layers: list[nn.Module] = []
    for place, (d_in, d_out) in enumerate(pairwise(widths)):
        layers.append(nn.Linear(d_in, d_out))
        if place < len(widths) - 2:
            layers += [ACTIVATIONS[activation]()] if activation != "none" else []
            layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers)


def accuracy(logits: Tensor, targets: Tensor) -> float:
    """Return the share of rows whose class is predicted: a logit above 0, or the largest of several."""
    right = (logits > 0).float() == targets if targets.ndim == 2 else logits.argmax(1) == targets
    return right.float().mean().item()


def fit(
    model: nn.Module,
    data: Tensors,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    batch_size: int | None = None,
    on_epoch: Callable[[int, float, float], bool] | None = None,
) -> Epochs:
    """Train a model as the lesson does, and return its epochs; ``on_epoch`` returns whether to stop."""
    loss_of: nn.Module = nn.BCEWithLogitsLoss() if data.y_train.ndim == 2 else nn.CrossEntropyLoss()
    history = Epochs([], [], [], [])
    n_rows = len(data.x_train)
    for epoch in range(epochs):
        model.train()
        order = torch.arange(n_rows) if batch_size is None else torch.randperm(n_rows)
        loss_sum = hits = 0.0
        for batch in order.split(batch_size or n_rows):
            optimizer.zero_grad()
            logits = model(data.x_train[batch])
            loss = loss_of(logits, data.y_train[batch])
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            hits += accuracy(logits, data.y_train[batch]) * len(batch)
        test_loss, test_accuracy = evaluate(model, data)
        history.train_loss.append(loss_sum / n_rows)
        history.train_accuracy.append(hits / n_rows)
        history.test_loss.append(test_loss)
        history.test_accuracy.append(test_accuracy)
        if on_epoch and on_epoch(epoch + 1, test_loss, test_accuracy):
            break
    return history


def evaluate(model: nn.Module, data: Tensors, *, on_train: bool = False) -> tuple[float, float]:
    """Return loss and accuracy of the test rows, or of the training rows, in eval mode."""
    x, y = (data.x_train, data.y_train) if on_train else (data.x_test, data.y_test)
    loss_of: nn.Module = nn.BCEWithLogitsLoss() if y.ndim == 2 else nn.CrossEntropyLoss()
    model.eval()
    with torch.no_grad():
        logits = model(x)
        return loss_of(logits, y).item(), accuracy(logits, y)
