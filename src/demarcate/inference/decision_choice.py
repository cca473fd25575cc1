"""The positive class and the costs of mistakes in texts, as the options of commands and requests write them."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from demarcate.errors import InputWarning, Problem, SettingError, warn_caller
from demarcate.formatting import listed, quoted

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel

Model = TypeVar("Model", bound="FittedModel")

_COST = re.compile(r"\s*(.+?)\s*=\s*([^=,:]+?)\s*(?:,|\Z)", re.DOTALL)
"""One of several costs: a mistake, whose name may hold anything, and up to the next comma its number."""


class Decision(Protocol):
    """The positive class, costs such as ``false_negative=2`` and the cost of abstaining; None for those of a model."""

    @property
    def positive(self) -> str | None:
        """The label of the positive class of two."""

    @property
    def cost(self) -> Sequence[str] | None:
        """Costs of mistakes."""

    @property
    def abstain(self) -> float | None:
        """The cost of no decision."""


@dataclass(frozen=True)
class DecisionChoice:
    """A `Decision`; `apply_costs` has a model decide by it."""

    positive: str | None = None
    cost: tuple[str, ...] | None = None
    abstain: float | None = None


def named_costs(texts: Sequence[str] | None, classes: Sequence[Any]) -> dict[Any, float] | None:
    """Return the costs in texts such as ``false_negative=2,TRUE:DECIDED=3``; None for no text."""
    if not texts:
        return None
    from demarcate.evaluation.costs import MISTAKES

    costs: dict[Any, float] = {}
    for text in texts:
        for name, number in _split(text):
            mistake = name if name in MISTAKES else _pair(name, classes)
            if mistake in costs:
                raise SettingError.of([Problem(f"The mistake {quoted(name)} has two costs", "Give it one")])
            costs[mistake] = _number(name, number)
    return costs


def apply_positive(predictor: Model, label: str | None) -> Model:
    """Return a saved model with the positive class that is named, and with its own where none is."""
    from demarcate.tabular.positive_class import positive_code

    if label is None:
        return predictor
    code, saved = positive_code(predictor.classes, label), predictor.positive
    if saved not in (None, code):
        own, other = (quoted(predictor.classes.tolist()[each]) for each in (saved, code))
        message = f"The positive class is {other} here; the model was saved with {own}."
        warn_caller(InputWarning(message))
    return predictor.with_positive(code)


def positive_label(classes: Sequence[Any], positive: int | None) -> Any:
    """Return the label of the positive class; None where no class is known to be positive."""
    return None if positive is None else classes[positive]


def apply_costs(predictor: Model, decision: Decision) -> Model:
    """Return a saved model that decides by the costs that are named, and by its own where none are.

    Raises
    ------
    SettingError
        If a cost cannot be read or names no mistake, or a label is none of the classes.
    """
    from demarcate.evaluation.costs import Costs

    predictor = apply_positive(predictor, decision.positive)
    costs, abstain, saved = named_costs(decision.cost, predictor.classes.tolist()), decision.abstain, predictor.costs
    if costs is None and abstain is None:
        return predictor
    if costs is None and saved is not None:
        return predictor.deciding(saved.abstaining(abstain))
    if abstain is None and saved is not None:
        abstain = saved.abstain
    positive = positive_label(predictor.classes.tolist(), predictor.positive)
    return predictor.deciding(Costs.of(predictor.classes, costs, abstain, positive=positive))


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the mistakes and their numbers."""
    place = 0
    while place < max(1, len(text)):
        match = _COST.match(text, place)
        if not match:
            fact = f"The cost {quoted(text[place:])} cannot be read"
            raise SettingError.of([Problem(fact, "Write a cost as TRUE:DECIDED=3 or false_negative=2")])
        yield match[1], match[2]
        place = match.end()


def _pair(text: str, classes: Sequence[Any]) -> tuple[Any, Any]:
    """Return the true and the decided label in ``TRUE:DECIDED``."""
    from demarcate.tabular import LabelReader

    labels, parts = LabelReader(classes), text.split(":")
    splits = [(":".join(parts[:cut]), ":".join(parts[cut:])) for cut in range(1, len(parts))]
    codes = [(labels.code(true.strip()), labels.code(decided.strip())) for true, decided in splits]
    pairs = [(classes[true], classes[decided]) for true, decided in codes if min(true, decided) >= 0]
    if len(pairs) == 1:
        return pairs[0]
    if pairs:
        fact = f"The mistake {quoted(text)} can be read as {len(pairs)} pairs of classes"
        raise SettingError.of([Problem(fact, "Set this cost in Python, where a pair of labels names a mistake")])
    two = "false_negative, false_positive or " if len(classes) == 2 else ""
    fact = f"The mistake {quoted(text)} names no two of the classes {listed(classes)[:400]}"
    raise SettingError.of([Problem(fact, f"Name a mistake as {two}TRUE:DECIDED")])


def _number(mistake: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (0 <= number < math.inf):
        raise SettingError.of([Problem(f"The cost of {quoted(mistake)} is {quoted(text)}", "Give a number from 0 up")])
    return number
