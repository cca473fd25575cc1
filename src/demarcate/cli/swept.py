"""The values to try, as they are written on the command line."""

from collections.abc import Mapping
from typing import Any

_WHOLE = ("batch_size", "epochs")
_WORDS = ("activation", "optimizer")
_LINEAR = ("dropout",)
"""Ranges of the other numbers are drawn from on a logarithmic scale."""


def values_to_try(options: Mapping[str, Any]) -> dict[str, Any]:
    """What a sweep is to try, from lists such as ``0,0.2`` and ranges such as ``1e-4..1e-1``, by setting.

    Text that is no number stays as it is: the sweep tells what is wrong with it together with everything else.

    Examples
    --------
    >>> values_to_try({"hidden": ["none", "16,16"], "lr": "0.1,x", "batch_size": "32,0", "epochs": None})
    {'hidden': [(), (16, 16)], 'lr': [0.1, 'x'], 'batch_size': [32, None]}
    >>> values_to_try({"lr": "1e-4..1e-1"})
    {'lr': Between(low=0.0001, high=0.1, log=True)}
    """
    return {name: _values(name, given) for name, given in options.items() if given is not None and given != []}


def _values(name: str, given: Any) -> Any:
    if isinstance(given, list):
        return [_widths(text) for text in given]
    low, dots, high = given.partition("..")
    if dots and "," not in given and name not in _WORDS:
        from demarcate.sweeps import Between

        return Between(_value(name, low), _value(name, high), log=name not in _LINEAR)
    return [_value(name, text) for text in given.split(",")]


def _widths(text: str) -> Any:
    if text.strip().lower() in ("none", "0", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        return text


def _value(name: str, text: str) -> Any:
    text = text.strip()
    if name == "batch_size" and text in ("0", "all"):
        return None
    if name in _WORDS:
        return text
    try:
        return int(text) if name in _WHOLE else float(text)
    except ValueError:
        return text
