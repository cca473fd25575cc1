"""Checks of single values in a model file's document, and the error of a file that is refused."""

from typing import Any, TypeGuard

from demarcate.errors import BundleError, Problem

DAMAGED_REMEDY = "Fetch the file again, or save the model again"
MAX_SHOWN = 80


def require(condition: bool, fact: str) -> None:
    """Raise ValueError with the fact unless the condition holds."""
    if not condition:
        raise ValueError(fact)


def has_keys(value: object, keys: set[str]) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is a mapping with exactly these keys."""
    return isinstance(value, dict) and set(value) == keys


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a string."""
    return isinstance(value, str)


def is_text_list(values: object) -> TypeGuard[list[str]]:
    """Return whether a value is a list of strings."""
    return isinstance(values, list) and all(map(is_text, values))


def is_count(value: object) -> TypeGuard[int]:
    """Return whether a value is an integer of at least 0; booleans are not."""
    return type(value) is int and value >= 0


def is_float_between(value: object, low: float, high: float) -> TypeGuard[float]:
    """Return whether a value is a float from low to high."""
    return isinstance(value, float) and low <= value <= high


def bundle_error(fact: str, remedy: str = DAMAGED_REMEDY) -> BundleError:
    """Return the error of a refused model file; the default remedy is that of a file damaged on its way."""
    return BundleError(str(Problem(fact, remedy)))


def shown(value: object) -> str:
    """Return a value's `repr`, cut to `MAX_SHOWN` characters: a hostile file cannot flood the message."""
    # A string is cut first: the repr of a hostile one may be many times its length.
    text = repr(value[: MAX_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
