r"""Canonical JSON: exactly one spelling for every value, and a strict reader.

The spelling is ASCII (other characters as ``\uXXXX``) without spaces, with keys sorted by code point where requested,
floats as Python's shortest `repr` that reads back as the same number, and neither NaN nor infinity.
"""

import json
import math
from typing import Any, NoReturn

from demarcate.bundle.rules import DAMAGED_REMEDY, bundle_error, shown
from demarcate.errors import BundleError

MAX_DEPTH = 64
MAX_VALUES, OBJECT_VALUES = 1_500_000, 3
"""The most values in a text, and how many values an object counts as: an empty one takes as much memory."""


def dumps(value: object, *, sort_keys: bool = True) -> str:
    """Return a value as canonical JSON; raise BundleError if JSON cannot hold it or it nests too deep."""
    remedy = "Replace the value before saving"
    try:
        text = _ENCODERS[sort_keys].encode(value)
    except RecursionError:
        raise _too_deep("The document", remedy) from None
    except (TypeError, ValueError) as error:
        raise bundle_error(f"The document cannot be stored as JSON ({error})", remedy) from None
    _check_depth(value, "The document", remedy)
    _check_characters(value, text, remedy)
    return text


def loads(text: str, source: str, size_remedy: str = DAMAGED_REMEDY) -> Any:
    """Parse JSON, or raise BundleError if it repeats keys, holds NaN or infinity, or is too deep or too large.

    ``source`` names the text in messages, such as "The header"; ``size_remedy`` is the remedy for too many values.
    """
    # A comma or an opening bracket precedes each value but the first. They are counted before anything is built: small
    # values take much more memory than their text.
    n_values = text.count(",") + text.count("[") + OBJECT_VALUES * text.count("{")
    if n_values > MAX_VALUES:
        fact = f"{source} may hold {n_values:,} JSON values (an object counts as {OBJECT_VALUES})"
        raise bundle_error(f"{fact}; at most {MAX_VALUES:,} are allowed", size_remedy)
    try:
        value = _DECODER.decode(text)
    except BundleError:
        raise
    except RecursionError:
        raise _too_deep(source, DAMAGED_REMEDY) from None
    except ValueError as error:
        raise bundle_error(f"{source} is not JSON ({error})") from None
    _check_depth(value, source, DAMAGED_REMEDY)
    _check_characters(value, text, DAMAGED_REMEDY)
    return value


def _too_deep(source: str, remedy: str) -> BundleError:
    return bundle_error(f"{source} nests deeper than {MAX_DEPTH} levels", remedy)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise bundle_error(f"The JSON key {shown(key)} is repeated")
            seen.add(key)
    return unique


def _reject_constant(constant: str) -> NoReturn:
    raise bundle_error(f"The JSON holds the number {shown(constant)}, which is not finite")


def _parse_finite(literal: str) -> float:
    # 1e999 is valid JSON, and infinity to Python.
    number = float(literal)
    return number if math.isfinite(number) else _reject_constant(literal)


_CONTAINERS = (dict, list, tuple)
# Built once: a new encoder or decoder for each call takes longer than most of the values that are read and written.
_ENCODERS = {
    sort_keys: json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys)
    for sort_keys in (False, True)
}
_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_reject_constant, parse_float=_parse_finite)


def _check_depth(value: object, source: str, remedy: str) -> None:
    # A fixed depth, checked without recursion: a program with a smaller stack can read what another one wrote.
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _CONTAINERS)
        ]
    if any(level):
        raise _too_deep(source, remedy)


def _check_characters(value: object, text: str, remedy: str) -> None:
    # JSON can spell half a surrogate pair, which no screen, file or column name can hold.
    if "\\ud" not in text.lower():
        return
    level = [value]
    while level:
        for each in level:
            if isinstance(each, str) and any("\ud800" <= character <= "\udfff" for character in each):
                raise bundle_error(f"The text {shown(each)} cannot be encoded in UTF-8", remedy)
        level = [inner for outer in level for inner in _children(outer)]


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return list(value) if isinstance(value, list | tuple) else []
