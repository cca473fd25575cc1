r"""JSON with one spelling for every value, and a reader that takes no other liberties.

The spelling: ASCII only (other characters as ``\uXXXX``, so that a text has one byte form whatever its characters),
no spaces, keys sorted by code point where asked, floats as Python's shortest `repr` that reads back as the same number,
no NaN and no infinity.
"""

import json
import math
from typing import Any, NoReturn

from demarcate.bundle.rules import DAMAGED, refused, shown
from demarcate.errors import BundleError

MAX_DEPTH = 64
MAX_VALUES, MAPPING = 1_500_000, 3
"""Values there is room for, and how many of them a mapping counts as: an empty one takes as much memory."""
STORABLE = "A model's document holds only what JSON can store and give back unchanged"


def to_text(value: object, *, sort_keys: bool = True) -> str:
    r"""Write a value in its one spelling.

    Parameters
    ----------
    value
        Dicts with string keys, lists, strings, integers, finite floats, booleans and None, at most 64 deep.
    sort_keys
        Whether keys are sorted; otherwise they keep their order.

    Raises
    ------
    BundleError
        If the value holds anything else.

    Examples
    --------
    >>> to_text({"b": 0.1, "a": [1, None, "\u00e9"]})
    '{"a":[1,null,"\\u00e9"],"b":0.1}'
    >>> to_text(float("nan"))
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model's document holds only what JSON can store ...
    """
    remedy = "Replace the value before saving"
    try:
        text = _WRITERS[sort_keys].encode(value)
    except RecursionError:
        raise refused(STORABLE, f"it nests deeper than {MAX_DEPTH} levels", remedy) from None
    except (TypeError, ValueError) as error:
        raise refused(STORABLE, str(error), remedy) from None
    _check_depth(value, remedy)
    _check_characters(value, text, remedy)
    return text


def from_text(text: str, where: str, remedy: str = DAMAGED) -> Any:
    """Read JSON that repeats no key, holds no NaN or infinity, nests at most 64 deep, and holds what there is room for.

    Parameters
    ----------
    text
        The JSON.
    where
        What the text is, for the message: "the header".
    remedy
        What to do about more values than there is room for.

    Raises
    ------
    BundleError
        If the text is not such JSON.

    Examples
    --------
    >>> from_text('{"a": [1, 2.5]}', "the header")
    {'a': [1, 2.5]}
    >>> from_text('{"a": 1, "a": 2}', "the header")
    Traceback (most recent call last):
    demarcate.errors.BundleError: The JSON of a model file repeats no key: 'a' is repeated. Fetch the file again ...
    """
    # Each value but the first follows one of these: counted before anything is built, as small ones take much memory.
    n_values = text.count(",") + text.count("[") + MAPPING * text.count("{")
    if n_values > MAX_VALUES:
        rule = f"The JSON of a model file has room for {MAX_VALUES} values, a mapping counting as {MAPPING}"
        raise refused(rule, f"{where} may have {n_values}", remedy)
    try:
        value = _READER.decode(text)
    except BundleError:
        raise
    except RecursionError:
        raise refused("The JSON of a model file is shallow", f"{where} nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise refused("A model file holds JSON", f"{where} is not JSON ({error})") from None
    _check_depth(value, DAMAGED)
    _check_characters(value, text, DAMAGED)
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise refused("The JSON of a model file repeats no key", f"{shown(key)} is repeated")
            seen.add(key)
    return unique


def _refuse_constant(constant: str) -> NoReturn:
    raise refused("The JSON of a model file holds finite numbers", f"it holds {shown(constant)}")


def _finite(literal: str) -> float:
    # 1e999 is valid JSON, and infinity to Python.
    number = float(literal)
    return number if math.isfinite(number) else _refuse_constant(literal)


_HOLDERS = (dict, list, tuple)
# Made once: what json makes anew for each call takes longer than most of what is read and written here.
_WRITERS = {
    sort_keys: json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys)
    for sort_keys in (False, True)
}
_READER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_refuse_constant, parse_float=_finite)


def _check_depth(value: object, remedy: str) -> None:
    # A fixed depth, checked without recursion: what one program may write, another with a smaller stack can read.
    layer = [value] if isinstance(value, _HOLDERS) else []
    for _ in range(MAX_DEPTH):
        if not layer:
            return
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _HOLDERS)
        ]
    if any(layer):
        raise refused("The JSON of a model file is shallow", f"it nests deeper than {MAX_DEPTH} levels", remedy)


def _check_characters(value: object, text: str, remedy: str) -> None:
    # Half a surrogate pair can be spelt in JSON, and is in no table: no screen, file or column's name takes it.
    if "\\ud" not in text.lower():
        return
    layer = [value]
    while layer:
        for each in layer:
            if isinstance(each, str) and any("\ud800" <= character <= "\udfff" for character in each):
                raise refused(
                    "The text in a model file is text that UTF-8 can write", f"it holds {shown(each)}", remedy
                )
        layer = [inner for outer in layer for inner in _parts(outer)]


def _parts(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return list(value) if isinstance(value, list | tuple) else []
