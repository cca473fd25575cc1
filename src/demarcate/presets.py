"""Presets: how much work a classifier is worth, as settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from demarcate.errors import SettingError

AUTO = "auto"
"""What stands for a setting that is left to the preset."""


@dataclass(frozen=True)
class Preset:
    """Settings that trade time for quality.

    Attributes
    ----------
    hidden
        Widths of the hidden layers.
    epochs
        The most passes over the training rows.
    patience
        Epochs without a better validation loss after which a network stops.
    n_folds
        Folds of the cross-validation.
    n_seeds
        Networks for each fold.
    """

    hidden: tuple[int, ...]
    epochs: int
    patience: int
    n_folds: int
    n_seeds: int


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset(hidden=(128, 128), epochs=40, patience=6, n_folds=4, n_seeds=1),
        "default": Preset(hidden=(256, 256), epochs=100, patience=15, n_folds=8, n_seeds=1),
        "best": Preset(hidden=(256, 256), epochs=100, patience=20, n_folds=8, n_seeds=3),
    }
)
"""Every preset by name, cheapest first."""


def preset_settings(name: object) -> dict[str, Any]:
    """The settings of a preset, by name.

    Raises
    ------
    SettingError
        If there is no such preset.

    Examples
    --------
    >>> preset_settings("fast")["n_folds"]
    4
    >>> preset_settings("slow")
    Traceback (most recent call last):
    demarcate.errors.SettingError: preset is one of fast, default, best: got 'slow'
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise SettingError(f"preset is one of {', '.join(PRESETS)}: got {name!r}")
    return asdict(PRESETS[name])
