"""What the audit of a document asks of single values."""

from typing import Any, TypeGuard

from demarcate.errors import BundleError, Problem


def require(holds: bool, otherwise: str) -> None:
    """Raise with what does not hold.

    Raises
    ------
    ValueError
        Unless it does.

    Examples
    --------
    >>> require(2 > 3, "two is not above three")
    Traceback (most recent call last):
    ValueError: two is not above three
    """
    if not holds:
        raise ValueError(otherwise)


def are_keys(value: object, keys: set[str]) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a mapping with just these keys.

    Examples
    --------
    >>> are_keys({"a": 1}, {"a"}), are_keys({}, {"a"}), are_keys("a", {"a"})
    (True, False, False)
    """
    return isinstance(value, dict) and set(value) == keys


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is text.

    Examples
    --------
    >>> is_text("a"), is_text(None)
    (True, False)
    """
    return isinstance(value, str)


def are_texts(values: object) -> TypeGuard[list[str]]:
    """Whether a value is a list of nothing but text.

    Examples
    --------
    >>> are_texts(["a", ""]), are_texts(["a", 1]), are_texts("a")
    (True, False, False)
    """
    return isinstance(values, list) and all(map(is_text, values))


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number from 0 up; true and false are not.

    Examples
    --------
    >>> is_count(0), is_count(True), is_count(-1), is_count(1.0)
    (True, False, False, False)
    """
    return type(value) is int and value >= 0


def is_number(value: object, least: float, most: float) -> TypeGuard[float]:
    """Whether a value is a float within bounds.

    Examples
    --------
    >>> is_number(0.5, 0, 1), is_number(1, 0, 1)
    (True, False)
    """
    return isinstance(value, float) and least <= value <= most


DAMAGED = "Fetch the file again from where it was saved, or save the model again"
LONGEST_SHOWN = 80


def refused(rule: str, found: str, remedy: str = DAMAGED) -> BundleError:
    """Return the error for a model file that breaks a rule.

    Parameters
    ----------
    rule
        What must hold, a sentence without its full stop.
    found
        What was found instead, and where.
    remedy
        What to do about it; the default is for a file that was damaged on its way.

    Examples
    --------
    >>> print(refused("A model file has a header", "it has 3 bytes", "Fetch it again"))
    A model file has a header: it has 3 bytes. Fetch it again.
    """
    return BundleError(str(Problem(rule, found, remedy)))


def shown(value: object) -> str:
    """Return a value's `repr`, cut where a hostile file would flood the message.

    Examples
    --------
    >>> shown("weight"), len(shown("w" * 1_000_000))
    ("'weight'", 83)
    """
    # A string is cut first: the repr of a hostile one may be many times its length.
    text = repr(value[: LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
