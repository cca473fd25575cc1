"""What all listings share: imports, the number of epochs, and what they do otherwise than the page did."""

import json
from collections.abc import Iterable, Mapping

from demarcate.formatting import counted, visible
from demarcate.studio.trained_card import TrainedCard

ALIASES = {"numpy": "np", "polars": "pl"}
"""Modules that are imported whole, with the short names that everyone gives them."""
MAX_LINE = 79
"""Characters of a line of a listing, which has to be read in a narrow column."""
STANDARD = ("math",)
"""Modules of Python's own that listings need."""


def script(comments: Iterable[str], imports: Mapping[str, Iterable[str]], *parts: Iterable[str]) -> str:
    """Return a whole script: comments, imports by module, and parts with an empty line between them."""
    # A file's name may hold a line break, behind which a comment would be code.
    lines = [*(f"# {visible(comment)}" for comment in comments), "", *_import_lines(imports)]
    for part in parts:
        lines += ["", *part]
    return "\n".join(lines) + "\n"


def literal(value: object) -> str:
    """Return a value as code, text in double quotes.

    Examples
    --------
    >>> print(literal(("tanh", 0.01, None)), literal({"a": ["it's"]}))
    ("tanh", 0.01, None) {"a": ["it's"]}
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(name)}: {literal(own)}" for name, own in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    return repr(value)


def call(begin: str, arguments: Iterable[str], end: str = ")", indent: str = "") -> list[str]:
    """Return a call in one line, or with its arguments in a line of their own, or with a line for each of them.

    Examples
    --------
    >>> call("x = f(", ["a=1", "b=2"])
    ['x = f(a=1, b=2)']
    >>> call("x = f(", ["a" * 40, "b" * 40])[0], len(call("x = f(", ["a" * 40, "b" * 40]))
    ('x = f(', 4)
    """
    listed = list(arguments)
    inner = ", ".join(listed)
    if len(indent + begin + inner + end) <= MAX_LINE:
        return [f"{indent}{begin}{inner}{end}"]
    if len(f"{indent}    {inner}") <= MAX_LINE:
        return [f"{indent}{begin}", f"{indent}    {inner}", f"{indent}{end}"]
    return [f"{indent}{begin}", *(f"{indent}    {argument}," for argument in listed), f"{indent}{end}"]


def named(settings: Mapping[str, object]) -> list[str]:
    """Return settings as the arguments of a call."""
    return [f"{name}={literal(value)}" for name, value in settings.items()]


def together(*imports: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return the imports of several parts as one.

    Examples
    --------
    >>> together({"torch": ["nn"]}, {"torch": ["optim"]}) == {"torch": {"nn", "optim"}}
    True
    """
    names: dict[str, set[str]] = {}
    for each in imports:
        for module, own in each.items():
            names.setdefault(module, set()).update(own)
    return names


def notes_of(trained: TrainedCard) -> tuple[str, ...]:
    """Return what the code of a card does otherwise than the page did."""
    card = trained.card
    notes = [
        f"On the page {change.setting} was changed from {change.before:g} to {change.after:g} after "
        f"{counted(change.epoch, 'epoch')}; here it is {getattr(card, change.setting):g} from the beginning."
        for change in trained.changes
    ]
    if card.schedule == "cosine" and trained.epoch and trained.epoch != card.epochs:
        notes.append(
            f"The rate falls over {counted(card.epochs, 'epoch')}, and the page had trained {trained.epoch:,}; here "
            f"all {card.epochs:,} are trained."
        )
    if trained.is_stopped and has_own_epochs(trained):
        notes.append(
            "On the page each seed's network has the weights of its best epoch, as with patience here; a plain loop "
            "ends with the last."
        )
    elif trained.is_stopped and trained.n_epochs is not None and card.schedule != "cosine":
        notes.append(
            f"Training stopped after {counted(trained.n_epochs, 'epoch')} with the weights of epoch {trained.epoch:,}, "
            f"the best on the validation rows; here {counted(trained.epoch, 'epoch')} are trained."
        )
    return tuple(notes)


def has_own_epochs(trained: TrainedCard) -> bool:
    """Whether several networks stopped, each with the weights of its own best epoch."""
    return trained.is_stopped and len(trained.states) > 1


def epochs_of(trained: TrainedCard) -> int:
    """Return how many epochs the code trains: those of the page, or all where none was trained, or the rate falls."""
    card = trained.card
    return card.epochs if card.schedule == "cosine" or not trained.epoch else trained.epoch


def _import_lines(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Return import statements in groups, sorted: Python's own, whole modules, names of modules."""
    standard = [f"import {module}" for module in sorted(imports) if module in STANDARD]
    whole = [f"import {module} as {ALIASES[module]}" for module in sorted(imports) if module in ALIASES]
    whole += ["import torch"] * ("torch" in imports)
    others = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(imports.items())
        if module not in (*ALIASES, *STANDARD) and list(names)
    ]
    return [*standard, *([""] if standard else []), *whole, *others]
