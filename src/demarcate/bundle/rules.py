"""What the audit of a document asks of single values."""

from typing import Any, TypeGuard


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
