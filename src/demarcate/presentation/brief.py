"""Short representations of objects that hold arrays, tables and each other: shapes and counts in place of contents."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields
from typing import Any, TypeVar

from demarcate.formatting import quoted

MAX_ITEMS, MAX_TEXT, MAX_FIELDS_TEXT = 4, 60, 400
"""Items of a sequence that are shown, characters of an object within another one, and of the fields of an object."""

_Class = TypeVar("_Class", bound=type)


def brief_repr(cls: _Class) -> _Class:
    """Give a dataclass a representation with shapes and counts in place of what its fields hold.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> @brief_repr
    ... @dataclass
    ... class Rows:
    ...     name: str
    ...     codes: np.ndarray
    ...     members: tuple
    >>> Rows("heart", np.zeros((303, 2)), (Rows("a", None, ()),) * 24)
    Rows(name='heart', codes=float64 (303, 2), members=24 of Rows)
    """

    def __repr__(self: Any) -> str:  # noqa: N807 - it becomes the class's own
        shown, n_left = [], MAX_FIELDS_TEXT
        for each in (field for field in fields(self) if field.repr):
            shown.append(f"{each.name}={brief(getattr(self, each.name))}" if n_left > 0 else "...")
            if n_left <= 0:
                break
            n_left -= len(shown[-1])
        return f"{type(self).__name__}({', '.join(shown)})"

    cls.__repr__ = __repr__  # type: ignore[method-assign, assignment]
    return cls


def brief(value: Any) -> str:
    """Return a short text for a value.

    Examples
    --------
    >>> brief(0.123456789), brief((16, 16)), brief({"a": 1}), brief(list(range(500)))
    ('0.123457', '(16, 16)', "{'a': 1}", '500 of int')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return quoted(value)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        kind = getattr(value, "dtype", type(value).__name__)
        return f"{str(kind).removeprefix('torch.')} {tuple(shape)}"
    if isinstance(value, Mapping):
        return _of_items(value, "{}", [f"{brief(key)}: {brief(item)}" for key, item in _first(value.items())])
    if isinstance(value, tuple | list | AbstractSet):
        return _of_items(value, "()" if isinstance(value, tuple) else "[]", [*map(brief, _first(value))])
    return _of_object(value)


def _first(items: Any) -> list[Any]:
    """Return the first items, as many as may be shown."""
    return [item for item, _ in zip(items, range(MAX_ITEMS), strict=False)]


def _of_items(value: Any, brackets: str, shown: list[str]) -> str:
    """Return the items of a collection if they are few and short, else their number and type."""
    text = brackets[0] + ", ".join(shown) + ("," if brackets == "()" and len(shown) == 1 else "") + brackets[1]
    if len(value) <= MAX_ITEMS and len(text) <= MAX_TEXT:
        return text
    items = value.values() if isinstance(value, Mapping) else value
    types = {type(item).__name__ for item in items}
    return f"{len(value):,} of {types.pop()}" if len(types) == 1 else f"{len(value):,} items"


def _of_object(value: Any) -> str:
    if callable(value):
        return getattr(value, "__qualname__", type(value).__name__)
    text = repr(value)
    return text if len(text) <= MAX_TEXT and "\n" not in text else f"{type(value).__name__}(...)"
