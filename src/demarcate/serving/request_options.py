"""What a request asks for beside labels and probabilities, in the words of the command line's options.

They stand in the address (``?set=0.9&cost=false_negative=5``) or beside the rows of a JSON body.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.errors import Problem
from demarcate.formatting import listed, quoted
from demarcate.inference.decision_choice import DecisionChoice
from demarcate.serving.problems import RequestProblem
from demarcate.tabular.column_names import similar_names


@dataclass(frozen=True)
class PredictionOptions(DecisionChoice):
    """What is predicted for every row of a request.

    Attributes
    ----------
    positive, cost, abstain
        As `DecisionChoice` has them: how the request decides, where not as the model does.
    coverage, per_class
        The coverage of prediction sets, and whether it holds for the rows of each class; None for no sets.
    spread
        Whether to predict how far the networks differ.
    """

    coverage: float | None = None
    per_class: bool = False
    spread: bool = False


NOTHING_ASKED = PredictionOptions()


@dataclass(frozen=True)
class OptionKey:
    """A key of a request, and what it may be.

    Attributes
    ----------
    name
        The key.
    field
        The field of `PredictionOptions`.
    schema
        The JSON Schema of its value in a JSON body.
    meaning
        For the documents of the service.
    needs
        What it must be, for messages.
    """

    name: str
    field: str
    schema: Mapping[str, Any]
    meaning: str
    needs: str


KEYS = (
    OptionKey(
        "set",
        "coverage",
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "Add a set of labels for each row that holds the true one this often, such as 0.9.",
        "a number between 0 and 1, such as 0.9",
    ),
    OptionKey(
        "set_per_class",
        "per_class",
        {"type": "boolean"},
        "With set: hold the true label this often for the rows of each class.",
        "true or false",
    ),
    OptionKey(
        "spread",
        "spread",
        {"type": "boolean"},
        "Add the standard deviation of each probability between the networks.",
        "true or false",
    ),
    OptionKey(
        "positive",
        "positive",
        {"type": ["string", "number", "boolean"]},
        "Label of the positive class of two: false_negative and false_positive are about it.",
        "a label",
    ),
    OptionKey(
        "cost",
        "cost",
        {"type": ["string", "array"], "items": {"type": "string"}},
        "Cost of a mistake, otherwise 1: TRUE:DECIDED=3 names the true label and the one decided on. For two classes "
        "also false_negative=2,false_positive=1.",
        "MISTAKE=NUMBER, such as false_negative=2, or a list of these",
    ),
    OptionKey(
        "abstain",
        "abstain",
        {"type": "number", "minimum": 0},
        "Cost of no decision: rows for which that is cheapest get no label.",
        "a number from 0 up",
    ),
)
"""Every key of a request beside its rows."""
_BY_NAME = {key.name: key for key in KEYS}
_MAX_UNKNOWN = 8
_MAX_KEY_LENGTH = 100


def options_of_query(query: Sequence[tuple[str, str]], problems: list[Problem]) -> dict[str, Any]:
    """Return the fields that the keys of an address set; what is wrong with them is added to the problems."""
    fields: dict[str, Any] = {}
    problems += _unknown([name for name, _ in query])
    for name, text in query:
        key = _BY_NAME.get(name)
        if key is None:
            continue
        value = _read_text(key, text)
        if key.name == "cost":
            fields["cost"] = (*fields.get("cost", ()), text)
        elif key.field in fields:
            problems.append(RequestProblem(f"{name} is given twice", "Give it once", name))
        elif value is None:
            problems.append(_wrong(key, text))
        else:
            fields[key.field] = value
    return fields


def options_of_json(values: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the fields that keys of a JSON body set, null for none; what is wrong is added to the problems."""
    fields: dict[str, Any] = {}
    problems += _unknown(list(values))
    for name, given in values.items():
        key = _BY_NAME.get(name)
        if key is None or given is None:
            continue
        value = _read_value(key, given)
        if value is None:
            problems.append(_wrong(key, given))
        else:
            fields[key.field] = value
    return fields


def joined_options(
    of_query: Mapping[str, Any], of_json: Mapping[str, Any], problems: list[Problem]
) -> PredictionOptions:
    """Return all that a request asks for; a key that stands in both places is a problem."""
    if not (of_query or of_json):
        return NOTHING_ASKED
    for key in KEYS:
        if key.field in of_query and key.field in of_json:
            fact = f"{key.name} is given in the address and in the body"
            problems.append(RequestProblem(fact, "Give it in one of them", key.name))
    options = PredictionOptions(**{**of_query, **of_json})
    if options.per_class and options.coverage is None:
        problems.append(RequestProblem("set_per_class has no coverage", "Add one, such as set=0.9", "set_per_class"))
    return options


def _unknown(names: Sequence[str]) -> list[Problem]:
    """Return the problems of keys that are none, the first ones of many."""
    unknown = [name for name in names if name not in _BY_NAME]
    shown = unknown[:_MAX_UNKNOWN]
    similar = similar_names(shown, list(_BY_NAME))
    every = f"Beside rows a request may have {listed([*_BY_NAME])}"
    problems: list[Problem] = [
        RequestProblem(
            f"The request has an unknown key {quoted(name)}",
            f"Did you mean {quoted(similar[name])}?" if name in similar else every,
            name[:_MAX_KEY_LENGTH],
        )
        for name in shown
    ]
    if len(unknown) > len(shown):
        problems.append(RequestProblem(f"The request has {len(unknown) - len(shown):,} more unknown keys", every, ""))
    return problems


def _wrong(key: OptionKey, value: Any) -> Problem:
    return RequestProblem(f"{key.name} is {quoted(value)}", f"Give {key.needs}", key.name)


def _read_text(key: OptionKey, text: str) -> Any:
    """Return the value of a key in an address; None if it is none."""
    if key.schema["type"] == "boolean":
        return {"true": True, "1": True, "": True, "false": False, "0": False}.get(text.strip().lower())
    if key.schema["type"] == "number":
        try:
            return _read_value(key, float(text))
        except ValueError:
            return None
    return text


def _read_value(key: OptionKey, value: Any) -> Any:
    """Return the value of a key in JSON; None if it is none."""
    match key.name:
        case "set":
            return float(value) if _is_number(value) and 0 < value < 1 else None
        case "abstain":
            # A number too large is for the costs, which say how large it may be.
            return float(value) if _is_number(value) and value >= 0 else None
        case "positive":
            return _label_text(value)
        case "cost":
            texts = [value] if isinstance(value, str) else value
            return tuple(texts) if isinstance(texts, list) and all(isinstance(text, str) for text in texts) else None
        case _:
            return value if isinstance(value, bool) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _label_text(value: Any) -> str | None:
    """Return a label as a table would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
