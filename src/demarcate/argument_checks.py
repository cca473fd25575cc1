"""Checks of arguments: whole numbers, seeds, names, lengths and settings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from demarcate.errors import InputError, Problem, SettingError


def column_names(setting: str, names: Iterable[str] | None) -> tuple[str, ...]:
    """Return the column names that a setting lists."""
    if isinstance(names, str) or not isinstance(names, Iterable | None):
        raise SettingError(f"{setting} must be a list of column names, got {names!r}")
    return () if names is None else tuple(map(str, names))


def check_consistent_length(n_rows: int, n_labels: int) -> None:
    """Refuse a table and labels of different lengths."""
    if n_rows != n_labels:
        raise InputError([Problem(f"The table has {n_rows} rows and {n_labels} labels", "Give one label for each row")])


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer of Python or numpy, and no boolean."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def integer_problems(*settings: tuple[str, Any, int]) -> list[Problem]:
    """Return the problems of settings, each a name, a value and its minimum, that are not integers from there up."""
    return [
        Problem(f"{name} is {value!r}", f"Give a whole number from {minimum} up")
        for name, value, minimum in settings
        if not is_integer(value) or value < minimum
    ]


def whole_number(setting: str, value: Any) -> int:
    """Return a setting that is a whole number as an int."""
    if not is_integer(value):
        raise SettingError(f"{setting} must be a whole number, got {value!r}")
    return int(value)


def require(is_met: bool, setting: str, rule: str, value: Any) -> None:
    """Refuse a setting whose value does not meet its rule."""
    if not is_met:
        raise SettingError(f"{setting} must be {rule}, got {value!r}")


def is_one_hot(values: Any) -> bool:
    """Tell whether each row of an array or a tensor ``(..., n_classes)`` is 1 for one class and 0 for the others."""
    return bool(((values == 0) | (values == 1)).all() and (values.sum(-1) == 1).all())


def require_cadence(setting: str, every: Any) -> None:
    """Refuse a number of epochs from one report or evaluation to the next that is none."""
    require(is_integer(every) and every >= 1, setting, "a whole number of epochs from 1 up", every)


def seed_of(random_state: int | np.random.RandomState | None) -> int:
    """Return a seed for any ``random_state`` of scikit-learn."""
    from sklearn.utils import check_random_state

    rule = "random_state must be None, a RandomState or a whole number from 0 up"
    if isinstance(random_state, int | np.integer):
        if random_state < 0:
            raise SettingError(f"{rule}, got {random_state}")
        return int(random_state)
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except ValueError:
        raise SettingError(f"{rule}, got {random_state!r}") from None


def plain(value: Any) -> Any:
    """Return a setting as plain Python values, ready for JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
