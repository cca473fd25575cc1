"""The specification of one network, and what follows from it; needs no torch."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from demarcate.errors import SettingError

HeadName = Literal["auto", "softmax", "logit"]
HEAD_NAMES = ("softmax", "logit")
"""What `HEADS` has, by name."""
ACTIVATION_NAMES = ("relu", "tanh", "silu", "gelu", "elu", "leaky_relu", "sigmoid", "none")
"""What `ACTIVATIONS` has, by name."""


@dataclass(frozen=True)
class Network:
    """A feed-forward network, as a specification: what it is, not what it has learned.

    Parameters
    ----------
    hidden
        Widths of the hidden layers, first to last; ``()`` is a linear model. A single number means one layer.
    activation
        The nonlinearity after each hidden layer: ``relu``, ``tanh``, ``silu``, ``gelu``, ``elu``, ``leaky_relu``,
        ``sigmoid``, or ``none``, with which the whole network stays linear however deep it is.
    dropout
        The chance, 0 <= p < 1, that a hidden unit is silenced in a training step. Off when predicting.
    head
        ``softmax``: one logit a class and cross-entropy. ``logit``: a single logit and binary cross-entropy, for two
        classes. ``auto``: ``logit`` for two classes, ``softmax`` for more.
    input_dropout
        The chance, 0 <= p < 1, that an input, a number of an encoded row, is silenced in a training step. Off when
        predicting, and when validation rows are judged.

    Raises
    ------
    SettingError
        If a value is out of its range; the message names the field.

    Examples
    --------
    >>> Network(hidden=(16, 16), dropout=0.2)
    Network(hidden=(16, 16), activation='relu', dropout=0.2, head='auto', input_dropout=0.0)
    >>> Network(hidden=(0,))
    Traceback (most recent call last):
    demarcate.errors.SettingError: hidden widths are whole numbers from 1 up: got 0
    """

    hidden: tuple[int, ...] = (32,)
    activation: str = "relu"
    dropout: float = 0.0
    head: HeadName = "auto"
    input_dropout: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", _widths(self.hidden))
        if self.activation not in ACTIVATION_NAMES:
            raise SettingError(f"activation is one of {', '.join(ACTIVATION_NAMES)}: got {self.activation!r}")
        for field in ("dropout", "input_dropout"):
            rate = getattr(self, field)
            if not _is_number(rate) or not 0 <= rate < 1:
                raise SettingError(f"{field} is at least 0 and below 1: got {rate!r}")
            object.__setattr__(self, field, float(rate))
        if self.head not in ("auto", "softmax", "logit"):
            raise SettingError(f"head is one of auto, softmax, logit: got {self.head!r}")

    def widths(self, d_in: int, n_outputs: int) -> tuple[int, ...]:
        """Every width from input to output, ``(d_in, *hidden, n_outputs)``.

        Examples
        --------
        >>> Network(hidden=(8, 4)).widths(2, 3)
        (2, 8, 4, 3)
        """
        return (d_in, *self.hidden, n_outputs)


def linear_names(network: Network) -> list[str]:
    """The places of the linear layers in the member's ``torch.nn.Sequential``, as its state dict names them.

    Examples
    --------
    >>> linear_names(Network(hidden=(8, 8))), linear_names(Network(hidden=(8, 8), activation="none"))
    (['0', '2', '4'], ['0', '1', '2'])
    """
    stride = 1 + (network.activation != "none") + (network.dropout > 0)
    return [str(layer * stride) for layer in range(len(network.hidden) + 1)]


def n_outputs(head: str, n_classes: int) -> int:
    """How many logits a network with this head has.

    Raises
    ------
    SettingError
        If the head cannot tell that many classes apart.

    Examples
    --------
    >>> n_outputs("logit", 2), n_outputs("softmax", 3)
    (1, 3)
    """
    if head == "logit" and n_classes != 2:
        raise SettingError(f"the logit head separates two classes: got {n_classes}. Use head='softmax'")
    return 1 if head == "logit" else n_classes


def _widths(hidden: object) -> tuple[int, ...]:
    given = tuple(hidden) if isinstance(hidden, Iterable) and not isinstance(hidden, str) else (hidden,)
    for width in given:
        if not _is_number(width) or not 1 <= width < math.inf or width % 1 != 0:
            raise SettingError(f"hidden widths are whole numbers from 1 up: got {width!r}")
    return tuple(int(width) for width in given)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)
