"""The specification of one training."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal

import numpy as np

from demarcate.errors import SettingError

OptimizerName = Literal["sgd", "adam", "adamw"]
ScheduleName = Literal["constant", "cosine"]
InitName = Literal["torch", "he"]


@dataclass(frozen=True)
class Training:
    """How a member is trained: the optimizer and its numbers, how long, and when to stop.

    Parameters
    ----------
    optimizer
        ``sgd`` (with ``momentum``), ``adam`` (weight decay added to the gradient, as in torch.optim.Adam) or ``adamw``
        (weight decay apart from the gradient).
    lr
        Learning rate, above 0.
    weight_decay
        At least 0; applied to every parameter, as torch.optim does, unless ``decay_biases`` is False.
    momentum
        For ``sgd``: at least 0, below 1.
    betas
        For ``adam`` and ``adamw``: decay of the first and of the second moment.
    eps
        For ``adam`` and ``adamw``: added to the root of the second moment.
    schedule
        ``constant``, or ``cosine``: the rate falls from ``lr`` to 0 along half a cosine over all steps.
    epochs
        Passes over the training rows, at least 1.
    batch_size
        Rows in a step; the rows are shuffled anew each epoch. None, or a number no smaller than the training rows,
        means full batch: all rows, in order, in every step.
    patience
        Stop after this many epochs without a better validation loss, and restore the best weights. None: train to the
        end and keep the last weights.
    init
        Where the weights begin: ``torch``, as torch.nn.Linear draws them; ``he``, so that signals keep their size
        through the hidden layers and every row begins with the classes' shares (`demarcate.nn.he_state`).
    validate_every
        Look at the validation rows after every so many epochs, and after the last.
    tolerance
        With ``patience``: the weights kept are the last whose validation loss is within this share of the lowest, at
        least 0. A network that is one of several to be averaged may fit its rows a little more than would be best for
        it alone (Sollich and Krogh 1996, "Learning with ensembles: how overfitting can be useful").
    averaging
        Epochs that the average of the weights reaches back, at least 0; 0 is none. With it, validation rows are judged
        by an exponential moving average of the weights and the member ends with it, while training goes on with the
        weights themselves. In epochs it means the same for any batch size.
    warmup
        Epochs over which the learning rate rises evenly from 0 to what the schedule says, at least 0: the step with
        number s, from 1, has s over their steps of it.
    decay_biases
        Whether weight decay applies to biases too; False leaves it to weights, as two groups of parameters in
        torch.optim would.

    Raises
    ------
    SettingError
        If a value is out of its range; the message names the field.

    Examples
    --------
    >>> Training(optimizer="sgd", lr=0.1, batch_size=None).lr
    0.1
    >>> Training(lr=-1)
    Traceback (most recent call last):
    demarcate.errors.SettingError: lr is above 0 and finite: got -1
    """

    optimizer: OptimizerName = "adam"
    lr: float = 1e-3
    weight_decay: float = 0.0
    momentum: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    schedule: ScheduleName = "constant"
    epochs: int = 100
    batch_size: int | None = 32
    patience: int | None = None
    validate_every: int = 1
    init: InitName = "torch"
    tolerance: float = 0.0
    averaging: float = 0.0
    warmup: float = 0.0
    decay_biases: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "betas", _as_tuple(self.betas))
        rules = {
            "optimizer": (self.optimizer in ("sgd", "adam", "adamw"), "is one of sgd, adam, adamw"),
            "lr": (_is_finite(self.lr) and self.lr > 0, "is above 0 and finite"),
            "weight_decay": (_is_finite(self.weight_decay) and self.weight_decay >= 0, "is at least 0 and finite"),
            "momentum": (_is_finite(self.momentum) and 0 <= self.momentum < 1, "is at least 0 and below 1"),
            "betas": (
                [_is_finite(beta) and 0 <= beta < 1 for beta in self.betas] == [True, True],
                "are two numbers at least 0 and below 1",
            ),
            "eps": (_is_finite(self.eps) and self.eps > 0, "is above 0 and finite"),
            "schedule": (self.schedule in ("constant", "cosine"), "is one of constant, cosine"),
            "epochs": (_is_count(self.epochs), "is a whole number from 1 up"),
            "batch_size": (
                self.batch_size is None or _is_count(self.batch_size),
                "is None or a whole number from 1 up",
            ),
            "patience": (self.patience is None or _is_count(self.patience), "is None or a whole number from 1 up"),
            "validate_every": (_is_count(self.validate_every), "is a whole number from 1 up"),
            "init": (self.init in ("torch", "he"), "is one of torch, he"),
            "tolerance": (_is_finite(self.tolerance) and self.tolerance >= 0, "is at least 0 and finite"),
            "averaging": (_is_finite(self.averaging) and self.averaging >= 0, "is at least 0 and finite"),
            "warmup": (_is_finite(self.warmup) and self.warmup >= 0, "is at least 0 and finite"),
            "decay_biases": (isinstance(self.decay_biases, bool | np.bool), "is True or False"),
        }
        for field, (holds, rule) in rules.items():
            if not holds:
                raise SettingError(f"{field} {rule}: got {getattr(self, field)!r}")
        self._make_plain()

    def _make_plain(self) -> None:
        """Numbers of numpy's types as Python's own, which is what a file or a message can hold."""
        for field in ("lr", "weight_decay", "momentum", "eps", "tolerance", "averaging", "warmup"):
            object.__setattr__(self, field, float(getattr(self, field)))
        object.__setattr__(self, "betas", tuple(float(beta) for beta in self.betas))
        object.__setattr__(self, "decay_biases", bool(self.decay_biases))
        for field in ("epochs", "batch_size", "patience", "validate_every"):
            value = getattr(self, field)
            object.__setattr__(self, field, None if value is None else int(value))

    def steps(self, n_rows: int) -> int:
        """Steps in an epoch over ``n_rows`` training rows.

        Examples
        --------
        >>> Training(batch_size=32).steps(100), Training(batch_size=None).steps(100)
        (4, 1)
        """
        return 1 if self.batch_size is None else math.ceil(n_rows / self.batch_size)


def _is_finite(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


def _as_tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, Iterable) else (value,)
