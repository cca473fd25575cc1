"""The specification of one network; needs no torch."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Real
from typing import ClassVar, Literal, get_args

from demarcate.errors import SettingError
from demarcate.nn.activations import ACTIVATIONS

HeadName = Literal["auto", "softmax", "logit"]
HEAD_HELP = {
    "softmax": "one logit a class and cross-entropy",
    "logit": "a single logit and binary cross-entropy, for two classes",
}
"""The help text of every head, by name."""
HEAD_NAMES = tuple(HEAD_HELP)
"""The name of every head."""
ACTIVATION_NAMES = tuple(ACTIVATIONS)
"""The name of every activation."""


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron, as a specification: its architecture, not its weights.

    Its ``family`` is ``mlp``; every other family of networks has a subclass of this one (`demarcate.nn.Family`).

    Parameters
    ----------
    hidden
        Widths of the hidden layers, first to last; ``()`` is a linear model. A single number means one layer.
    activation
        The nonlinearity after each hidden layer, one of `demarcate.nn.ACTIVATION_NAMES`. With ``none`` the whole
        network stays linear, however deep it is.
    dropout, input_dropout
        The probability, 0 <= p < 1, that a hidden unit, or an input, is set to zero in a training step. Off when
        predicting, and on validation rows.
    head
        ``softmax``: one logit a class and cross-entropy. ``logit``: a single logit and binary cross-entropy, for two
        classes. ``auto``: ``logit`` for two classes, ``softmax`` for more.

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
    demarcate.errors.SettingError: hidden widths must be whole numbers from 1 up, got 0
    """

    family: ClassVar[str] = "mlp"

    hidden: tuple[int, ...] = (32,)
    activation: str = "relu"
    dropout: float = 0.0
    head: HeadName = "auto"
    input_dropout: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", _widths(self.hidden))
        if self.activation not in tuple(ACTIVATIONS):
            raise SettingError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {self.activation!r}")
        for field in ("dropout", "input_dropout"):
            rate = getattr(self, field)
            if not _is_number(rate) or not 0 <= rate < 1:
                raise SettingError(f"{field} must be at least 0 and below 1, got {rate!r}")
            object.__setattr__(self, field, float(rate))
        if self.head not in get_args(HeadName):
            raise SettingError(f"head must be one of {', '.join(get_args(HeadName))}, got {self.head!r}")

    @property
    def differs_in_eval_mode(self) -> bool:
        """Whether it computes something else in training, by dropout."""
        return bool(self.dropout or self.input_dropout)

    def widths(self, d_in: int, n_outputs: int) -> tuple[int, ...]:
        """Return the width of every layer from the inputs to the logits, ``(d_in, *hidden, n_outputs)``.

        Examples
        --------
        >>> Network(hidden=(8, 4)).widths(2, 3)
        (2, 8, 4, 3)
        """
        return (d_in, *self.hidden, n_outputs)

    def without_dropout(self) -> "Network":
        """Return the same network without dropout.

        Examples
        --------
        >>> Network(hidden=(8,), dropout=0.5).without_dropout() == Network(hidden=(8,))
        True
        """
        return replace(self, dropout=0.0, input_dropout=0.0)


def n_outputs(head: str, n_classes: int) -> int:
    """Return the number of logits of a network with this head; refuse more classes than it separates."""
    if head == "logit" and n_classes != 2:
        raise SettingError(f"the logit head separates two classes, got {n_classes}. Use head='softmax'")
    return 1 if head == "logit" else n_classes


def _widths(hidden: object) -> tuple[int, ...]:
    widths = tuple(hidden) if isinstance(hidden, Iterable) and not isinstance(hidden, str) else (hidden,)
    for width in widths:
        if not _is_number(width) or not 1 <= width < math.inf or width % 1 != 0:
            raise SettingError(f"hidden widths must be whole numbers from 1 up, got {width!r}")
    return tuple(int(width) for width in widths)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)
