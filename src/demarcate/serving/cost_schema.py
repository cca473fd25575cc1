"""What the costs of a request may be, as JSON Schema: texts that name mistakes of a model's classes.

The service also reads what a pattern would be too long for: labels in other spellings, and costs of being right.
"""

import re
from itertools import permutations
from typing import Any

from demarcate.errors import SettingError
from demarcate.evaluation.costs import MISTAKES
from demarcate.formatting import plain_text
from demarcate.inference import FittedModel
from demarcate.inference.decision_choice import named_costs
from demarcate.serving.answers import json_labels
from demarcate.tabular.positive_class import positive_code

_MAX_CHECKED_CLASSES = 20
"""Of so many classes each pair is tried; of more only labels that are certainly read as they stand may be named."""
_MAX_LISTED_CLASSES = 5
"""Of more classes a list has one text, which may name several mistakes: telling repeats apart needs a rule for each."""
_CLEAR_LABEL = re.compile(r"[A-Za-z0-9_.-]+")
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_DIGITS = r"(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
_NUMBER = rf"\+?(?:[0-9](?:\.[0-9]{{0,20}})?[eE]\+?(?:0?[0-9]|1[0-4])|{_DIGITS}(?:[eE]-[0-9]{{1,2}})?)"
"""A number from 0 to 10^15."""
_ZERO = r"\+?(?:0{1,15}(?:\.0{0,20})?|\.0{1,20})(?:[eE][+-]?[0-9]{1,2})?"


def default_positive(model: FittedModel) -> int | None:
    """Return the code of the positive class of two for a request that names none; None if it is not known."""
    if len(model.classes) != 2:
        return None
    return positive_code(model.classes) if model.positive is None else model.positive


def cost_schema(model: FittedModel, positive: int | None) -> dict[str, Any]:
    """Return the schema of costs, a text or a list of texts, where this class of two is the positive one."""
    groups = _mistakes(model, positive)
    if not groups:
        return {"type": "array", "maxItems": 0}
    text = {"type": "string", "pattern": _pattern(model, groups)}
    several: dict[str, Any] = {"type": "array", "items": text}
    if len(model.classes) > _MAX_LISTED_CLASSES:
        several["maxItems"] = 1
    else:
        once = {"minContains": 0, "maxContains": 1}
        several["allOf"] = [{"contains": {"pattern": rf"(?:^|,) *(?:{group}) *="}, **once} for group in groups]
    if len(model.classes) == 2:
        free = [{"contains": {"pattern": rf"(?:^|,) *(?:{group}) *= *{_ZERO} *(?:,|$)"}} for group in groups]
        several["not"] = {"allOf": free}
    return {"anyOf": [text, several]}


def cost_examples(model: FittedModel, positive: int | None) -> list[str]:
    """Return costs as they may be written."""
    first, second = (plain_text(label) for label in json_labels(model.classes)[:2])
    named = [] if positive is None else [f"{MISTAKES[0]}=5,{MISTAKES[1]}=2"]
    return [*named, *(f"{true}:{decided}=2" for true, decided in [(first, second)] if _is_read(model, true, decided))]


def _mistakes(model: FittedModel, positive: int | None) -> list[str]:
    """Return a pattern for each mistake, of all its names; for very many classes one for all of them."""
    texts = [plain_text(label) for label in json_labels(model.classes)]
    if len(texts) > _MAX_CHECKED_CLASSES:
        clear = [_escaped(text) for text in texts if _CLEAR_LABEL.fullmatch(text)]
        labels, none = "|".join(clear), "|".join(f"{text}:{text}" for text in clear)
        return [f"(?!(?:{none}) *=)(?:{labels}):(?:{labels})"] if len(clear) > 1 else []
    groups = []
    for true, decided in permutations(range(len(texts)), 2):
        names = [f"{texts[true]}:{texts[decided]}"] if _is_read(model, texts[true], texts[decided]) else []
        if positive is not None:
            names.append(MISTAKES[0] if true == positive else MISTAKES[1])
        groups += ["|".join(map(_escaped, names))] if names else []
    return groups


def _is_read(model: FittedModel, true: str, decided: str) -> bool:
    """Return whether these two labels, as they stand, name a mistake, also where others follow."""
    name = f"{true}:{decided}"
    try:
        costs = named_costs([f"{name}=2"], model.classes.tolist())
    except SettingError:
        return False
    labels = [plain_text(label) for label in json_labels(model.classes)]
    place = (labels.index(true), labels.index(decided))
    classes = model.classes.tolist()
    return name == name.strip() and costs == {(classes[place[0]], classes[place[1]]): 2.0}


def _pattern(model: FittedModel, groups: list[str]) -> str:
    """Return the pattern of a text of costs, none of which is named twice; one at least is above 0."""
    n_classes, every = len(model.classes), "|".join(groups)
    if n_classes == 2:
        rules = "".join(rf"(?![\s\S]*(?:^|,) *(?:{group}) *=[\s\S]*, *(?:{group}) *=)" for group in groups)
        rules += rf"(?!(?: *(?:{every}) *= *{_ZERO} *(?:,|$)){{2}}$)"
    else:
        rules = rf"(?![\s\S]*?(?:^|,) *({every}) *=[^=,:]*,(?:[\s\S]*,)? *\1 *=)"
        if len(groups) == n_classes * (n_classes - 1):
            rules += rf"(?!(?: *(?:{every}) *= *{_ZERO} *(?:,|$)){{{len(groups)}}}$)"
    return rf"^{rules}(?: *(?:{every}) *= *{_NUMBER} *(?:,(?! *$)|,?$))+$"


def _escaped(text: str) -> str:
    """Return a text as patterns of JavaScript and Python have it."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
