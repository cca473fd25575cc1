"""A residual network as a plain torch module."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """What a block adds to the features: V f(U f(h) + b)."""

    def __init__(self, features: int, units: int, activation: nn.Module, dropout: float) -> None:
        super().__init__()
        self.activation, self.dropout = activation, nn.Dropout(dropout)
        self.inner = nn.utils.skip_init(nn.Linear, features, units)
        self.outer = nn.utils.skip_init(nn.Linear, units, features, bias=False)

    def forward(self, h: Tensor) -> Tensor:
        """Return h with the change, ``(n_rows, n_features)``."""
        change: Tensor = self.outer(self.dropout(self.activation(self.inner(self.activation(h)))))
        return h + change


class ResidualModule(nn.Module):
    """A linear layer, blocks, and a linear layer of the activated features; parameters are yet to be loaded.

    Parameters
    ----------
    widths
        The number of inputs, of features, of the units of each block, and of logits.
    activation
        Makes the module of the activation; None for the identity.
    dropout
        The probability that a unit of a block, or an activated feature, is set to zero in training.
    like
        A tensor with the dtype and the device of the parameters.
    """

    def __init__(
        self, widths: Sequence[int], activation: Callable[[], nn.Module] | None, dropout: float, like: Tensor
    ) -> None:
        super().__init__()
        d_in, features, *units, n_outputs = widths
        self.activation, self.dropout = (activation or nn.Identity)(), nn.Dropout(dropout)
        self.first = nn.utils.skip_init(nn.Linear, d_in, features)
        self.blocks = nn.Sequential(*(ResidualBlock(features, own, self.activation, dropout) for own in units))
        self.last = nn.utils.skip_init(nn.Linear, features, n_outputs)
        self.to(like)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits ``(n_rows, n_outputs)`` for encoded rows ``(n_rows, d_in)``."""
        logits: Tensor = self.last(self.dropout(self.activation(self.blocks(self.first(x)))))
        return logits
