"""What mistakes cost, as it is written on the command line."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demarcate.cli.error_handling import UsageError
from demarcate.formatting import listed

if TYPE_CHECKING:
    from demarcate.inference import Predictor

_COST = re.compile(r"\s*(.+?)\s*=\s*([^=,:]+?)\s*(?:,|$)")
"""One of several costs: a mistake, and up to the next comma its number. What a mistake is called may hold anything."""
_TWO_CLASSES = ("false_negative", "false_positive")


def named_costs(texts: Sequence[str] | None, classes: Sequence[Any]) -> dict[Any, float] | None:
    """The costs that ``--cost`` options name, as `demarcate.evaluation.Costs` reads them.

    Parameters
    ----------
    texts
        Each one cost or several, ``false_negative=2,false_positive=1`` or ``TRUE:DECIDED=3``; a label may hold colons.
    classes
        All labels.

    Raises
    ------
    UsageError
        If a cost is written otherwise, names no class, or is given twice.

    Examples
    --------
    >>> named_costs(["a:b=3", "b:c:a=0.5"], ["a", "b", "b:c"])
    {('a', 'b'): 3.0, ('b:c', 'a'): 0.5}
    >>> named_costs(["false_negative=2,false_positive=1"], [0, 1])
    {'false_negative': 2.0, 'false_positive': 1.0}
    """
    if not texts:
        return None
    costs: dict[Any, float] = {}
    for text in texts:
        for what, number in _split(text):
            mistake = what if what in _TWO_CLASSES else _pair(what, classes)
            if mistake in costs:
                raise UsageError(f"a mistake has one cost: {what!r} is given twice")
            costs[mistake] = _number(what, number)
    return costs


def with_costs(predictor: "Predictor", texts: Sequence[str] | None, abstain: float | None) -> "Predictor":
    """A saved model that decides by other costs, as far as others are given.

    Raises
    ------
    UsageError
        As `named_costs`.
    SettingError
        If a cost is out of its range.
    """
    from demarcate.evaluation import Costs

    named = named_costs(texts, predictor.classes.tolist())
    saved = predictor.costs
    if named is None and abstain is None:
        return predictor
    if named is None and saved is not None:
        return predictor.deciding(saved.abstaining(abstain))
    kept = saved.abstain if saved is not None and abstain is None else abstain
    return predictor.deciding(Costs.of(predictor.classes, named, kept))


def _split(text: str) -> Iterator[tuple[str, str]]:
    """The mistakes and their numbers."""
    place = 0
    while place < max(1, len(text)):
        found = _COST.match(text, place)
        if not found:
            raise UsageError(f"a cost is written false_negative=2 or TRUE:DECIDED=3: got {text[place:]!r}")
        yield found[1], found[2]
        place = found.end()


def _pair(text: str, classes: Sequence[Any]) -> tuple[Any, Any]:
    """The true and the decided label in ``TRUE:DECIDED``."""
    labels: Mapping[str, Any] = {str(label): label for label in classes}
    pieces = text.split(":")
    splits = [(":".join(pieces[:cut]).strip(), ":".join(pieces[cut:]).strip()) for cut in range(1, len(pieces))]
    found = [(labels[true], labels[decided]) for true, decided in splits if true in labels and decided in labels]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"a cost names two classes, TRUE:DECIDED=3: {text!r} can be read in {len(found)} ways")
    known = listed(list(labels))
    two = "false_negative, false_positive or " if len(classes) == 2 else ""
    raise UsageError(
        f"a cost names {two}two classes, TRUE:DECIDED=3: got {text[:80]!r}, and the classes are {known[:400]}"
    )


def _number(what: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (0 <= number < math.inf):
        raise UsageError(f"a cost is a number from 0 up: got {text!r} for {what!r}")
    return number
