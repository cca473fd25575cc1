"""Presets: settings of the classifier that trade time for quality."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from demarcate.errors import SettingError

__all__ = ["PRESETS", "Preset"]

AUTO = "auto"
"""The value of a setting that is left to the preset."""

HOLDOUT_ABOVE = 100_000
"""Rows above which one hold-out takes the place of the folds, by default."""
FEWER_FOLDS_ABOVE, FEWER_FOLDS = 10_000, 5
"""Rows above which a preset has at most so many folds: networks learn enough from four fifths of them."""


@dataclass(frozen=True)
class Preset:
    """Settings that trade time for quality: parameters of `DemarcateClassifier` that may be ``auto``.

    Hidden layers are narrower for two classes of many rows.
    """

    hidden: tuple[int, ...]
    epochs: int
    patience: int
    n_folds: int
    n_seeds: int


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset(hidden=(128, 128), epochs=30, patience=5, n_folds=4, n_seeds=1),
        "default": Preset(hidden=(256, 256), epochs=100, patience=15, n_folds=8, n_seeds=1),
        "best": Preset(hidden=(256, 256), epochs=100, patience=20, n_folds=8, n_seeds=3),
    }
)
"""Every preset by name, cheapest first."""

MANY_ROWS, NARROW = 5000, 128
"""With two classes and at least this many rows, no hidden layer of a preset is wider: noise limits such tables."""


def narrowed(hidden: tuple[int, ...], n_rows: int, n_classes: int) -> tuple[int, ...]:
    """Return a preset's widths for a table; half as wide predicts as well there, in less than half the time."""
    return tuple(min(width, NARROW) for width in hidden) if n_classes == 2 and n_rows >= MANY_ROWS else hidden


def folds_for(n_folds: int, n_rows: int) -> int:
    """Return a preset's number of folds for a table."""
    return min(n_folds, FEWER_FOLDS) if n_rows > FEWER_FOLDS_ABOVE else n_folds


def preset_settings(name: object) -> dict[str, Any]:
    """Return the settings of a preset, by name."""
    if not isinstance(name, str) or name not in PRESETS:
        raise SettingError(f"preset must be one of {', '.join(PRESETS)}, got {name!r}")
    return asdict(PRESETS[name])
