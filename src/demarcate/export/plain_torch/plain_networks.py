"""Networks, and what their logits mean: the third and the fourth step of a model in plain PyTorch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class PlainMember:
    """One network of the ensemble: the number of its inputs' module, its weight in the mean, and the network."""

    inputs: int
    weight: float
    network: nn.Module


def mlp(*widths: int, activation: Callable[[], nn.Module] | None, dropout: float = 0.0) -> nn.Sequential:
    """Return linear layers of these widths, from the inputs to the logits, with an activation between them."""
    layers: list[nn.Module] = []
    for number, (d_in, d_out) in enumerate(pairwise(widths), 2):
        layers.append(nn.Linear(d_in, d_out))
        if number < len(widths):
            layers += [activation()] if activation else []
            layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers)


def softmax_probabilities(logits: Tensor) -> Tensor:
    """Return the probabilities of logits ``(n_rows, n_classes)``, one for each class."""
    return torch.softmax(finite(logits), 1)


def sigmoid_probabilities(logits: Tensor) -> Tensor:
    """Return the probabilities of logits ``(n_rows, 1)``, the log odds of the second of two classes."""
    return torch.cat([torch.sigmoid(-finite(logits)), torch.sigmoid(finite(logits))], 1)


def finite(logits: Tensor) -> Tensor:
    """Return logits as float64, with large numbers for infinite ones."""
    return torch.nan_to_num(logits.double(), nan=0.0, posinf=1e300, neginf=-1e300)


def weighted_mean(probabilities: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Return the mean of the members' probabilities ``(n_rows, n_classes)``."""
    mean = torch.zeros_like(probabilities[0])
    for weight, own in zip(weights, probabilities, strict=True):
        mean = mean + weight * own
    return mean / sum(weights)


def at_temperature(probabilities: Tensor, temperature: float) -> Tensor:
    """Return less certain probabilities for a temperature above 1, and more certain ones below 1."""
    powers = (probabilities / probabilities.amax(1, keepdim=True)) ** (1 / temperature)
    return powers / powers.sum(1, keepdim=True)
