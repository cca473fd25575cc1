"""The specification of one training; a field says its rule, its help text and whether a stack may differ in it."""

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from textwrap import fill
from typing import Any, Literal, get_args

import numpy as np

from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.errors import SettingError

ScheduleName = Literal["constant", "cosine"]
InitName = Literal["torch", "he"]


@dataclass(frozen=True)
class FieldRule:
    """A rule in words that follow the field's name; which values meet it, and how one becomes plain Python."""

    description: str
    accepts: Callable[[Any], bool]
    convert: Callable[[Any], Any]
    most: int | None = None
    """The largest number; a larger one is refused with the reason."""


def _numbers(description: str, contains: Callable[[float], bool]) -> FieldRule:
    def accepts(value: Any) -> bool:
        is_number = not isinstance(value, bool) and isinstance(value, Real)
        return is_number and math.isfinite(value) and contains(float(value))

    return FieldRule(description, accepts, float)


def _one_of(names: Collection[str]) -> FieldRule:
    return FieldRule(f"must be one of {', '.join(names)}", lambda value: isinstance(value, str) and value in names, str)


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


MAX_COUNT = 1_000_000_000
"""So many epochs of so many steps can be counted in 64 bits."""

POSITIVE = _numbers("must be above 0 and finite", lambda value: value > 0)
_NON_NEGATIVE = _numbers("must be at least 0 and finite", lambda value: value >= 0)
_FRACTION = _numbers("must be at least 0 and below 1", lambda value: 0 <= value < 1)
_TWO_FRACTIONS = FieldRule(
    "must be two numbers at least 0 and below 1",
    lambda value: isinstance(value, Iterable) and [_FRACTION.accepts(each) for each in value] == [True, True],
    lambda value: tuple(map(float, value)),
)
_COUNT = FieldRule("must be a whole number from 1 up", _is_count, int, MAX_COUNT)
_COUNT_OR_NONE = FieldRule(
    "must be None or a whole number from 1 up",
    lambda value: value is None or _is_count(value),
    lambda value: None if value is None else int(value),
    MAX_COUNT,
)
_FLAG = FieldRule("must be True or False", lambda value: isinstance(value, bool | np.bool), bool)


def _setting(default: Any, rule: FieldRule, description: str, *, may_differ: bool = False) -> Any:
    """Declare a field of `Training`; members of one stack may differ in it only where ``may_differ`` says so."""
    return field(default=default, metadata={"rule": rule, "help": description, "may_differ": may_differ})


@dataclass(frozen=True)
class Training:
    """How a member is trained: the optimizer and its numbers, how long, and when to stop.

    Parameters
    ----------
    {parameters}

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
    demarcate.errors.SettingError: lr must be above 0 and finite, got -1
    """

    optimizer: str = _setting(
        "adam",
        _one_of(OPTIMIZERS),
        "; ".join(f"``{optimizer.name}``: {optimizer.help}" for optimizer in OPTIMIZERS.values()) + ".",
    )
    lr: float = _setting(1e-3, POSITIVE, "Learning rate, above 0.", may_differ=True)
    weight_decay: float = _setting(
        0.0,
        _NON_NEGATIVE,
        "At least 0; applied to every parameter, as torch.optim does, unless ``decay_biases`` is False.",
        may_differ=True,
    )
    momentum: float = _setting(0.0, _FRACTION, "For ``sgd``: at least 0, below 1.")
    betas: tuple[float, float] = _setting(
        (0.9, 0.999), _TWO_FRACTIONS, "For ``adam`` and ``adamw``: decay of the first and of the second moment."
    )
    eps: float = _setting(1e-8, POSITIVE, "For ``adam`` and ``adamw``: added to the root of the second moment.")
    schedule: ScheduleName = _setting(
        "constant",
        _one_of(get_args(ScheduleName)),
        "``constant``, or ``cosine``: the rate falls from ``lr`` to 0 along half a cosine over all steps.",
        may_differ=True,
    )
    epochs: int = _setting(100, _COUNT, "Passes over the training rows, at least 1.", may_differ=True)
    batch_size: int | None = _setting(
        32,
        _COUNT_OR_NONE,
        "Rows in a step; the rows are shuffled anew each epoch. None, or a number no smaller than the training "
        "rows, means full batch: all rows, in order, in every step.",
    )
    patience: int | None = _setting(
        None,
        _COUNT_OR_NONE,
        "Stop after this many epochs without a better validation loss, and restore the best weights. None: train "
        "to the end and keep the last weights.",
        may_differ=True,
    )
    validate_every: int = _setting(
        1, _COUNT, "Evaluate the validation rows each time this many epochs are over, and after the last."
    )
    init: InitName = _setting(
        "torch",
        _one_of(get_args(InitName)),
        "Initial weights: ``torch``, as torch.nn.Linear draws them; ``he``, so that signals keep their size "
        "through the hidden layers and every row begins with the classes' shares (`demarcate.nn.Family.he_state`).",
        may_differ=True,
    )
    tolerance: float = _setting(
        0.0,
        _NON_NEGATIVE,
        "With ``patience``: restore the last weights whose validation loss is within this share of the lowest, at "
        "least 0. A network that is one of several to be averaged may fit its rows a little more than would be "
        'best for it alone (Sollich and Krogh 1996, "Learning with ensembles: how overfitting can be useful").',
        may_differ=True,
    )
    averaging: float = _setting(
        0.0,
        _NON_NEGATIVE,
        "Epochs that an exponential moving average of the weights reaches back, at least 0; 0 is none. Validation "
        "uses the average and the member ends with it, while training goes on with the weights themselves. In "
        "epochs it means the same for any batch size.",
    )
    warmup: float = _setting(
        0.0,
        _NON_NEGATIVE,
        "Epochs over which the learning rate rises evenly from 0 to the schedule's, at least 0: step s, from 1, "
        "has the share s / (warmup x steps an epoch) of it.",
        may_differ=True,
    )
    decay_biases: bool = _setting(
        True,
        _FLAG,
        "Whether weight decay applies to biases too; False leaves it to weights, as two parameter groups in "
        "torch.optim would.",
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            rule: FieldRule | None = each.metadata.get("rule")
            value = getattr(self, each.name)
            if rule is None:
                continue
            if not rule.accepts(value):
                raise SettingError(f"{each.name} {rule.description}, got {value!r}")
            if rule.most is not None and value is not None and value > rule.most:
                reason = "steps are counted in 64 bits"
                raise SettingError(f"{each.name} must be at most {rule.most:,}, got {value!r}: {reason}")
            # Numbers of numpy's types become Python's own, which a file or a message can hold.
            object.__setattr__(self, each.name, rule.convert(value))

    def steps(self, n_rows: int) -> int:
        """Return the number of steps in an epoch over ``n_rows`` training rows.

        Examples
        --------
        >>> Training(batch_size=32).steps(100), Training(batch_size=None).steps(100)
        (4, 1)
        """
        return 1 if self.batch_size is None else math.ceil(n_rows / self.batch_size)


_PARAMETERS = "\n    ".join(
    f"{each.name}\n" + fill(each.metadata["help"], 112, initial_indent=" " * 8, subsequent_indent=" " * 8)
    for each in fields(Training)
)
Training.__doc__ = (Training.__doc__ or "").replace("{parameters}", _PARAMETERS)
