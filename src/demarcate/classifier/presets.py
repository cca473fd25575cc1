"""Presets: named settings of the classifier, from quick to thorough, and those of a lesson's plain training loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from demarcate.errors import SettingError

__all__ = ["LESSON", "LESSON_TABLES", "PRESETS", "Preset"]

AUTO = "auto"
"""The value of a setting that is left to the preset."""

HOLDOUT_ABOVE = 100_000
"""Rows above which one hold-out takes the place of the folds, by default."""
FEWER_FOLDS_ABOVE, FEWER_FOLDS = 10_000, 5
"""Rows above which a preset has at most so many folds: networks learn enough from four fifths of them."""


def _setting(reason: str, **default: Any) -> Any:
    """Declare a setting, with the reason for which the default differs in it from a plain loop."""
    return field(metadata={"reason": reason}, **default)


@dataclass(frozen=True)
class Preset:
    """The parameters of `DemarcateClassifier` that may be ``auto``, and ``betas``, which only presets set.

    Hidden layers are narrower for two classes of many rows. ``batch_size`` may itself be ``auto``: an eighth of the
    rows, from 32 to 256.
    """

    hidden: tuple[int, ...] = _setting("Wide layers cost little, because training stops in time.")
    epochs: int = _setting("The most passes over the rows; networks stop earlier.")
    patience: int | None = _setting(
        "Training stops when held-out rows say so, and keeps the best weights, not the last."
    )
    n_folds: int = _setting("Every row is scored by networks that did not train on it, not a fifth of them.")
    n_seeds: int = _setting("The mean of several networks is steadier than one of them.")
    batch_size: int | str | None = _setting("Larger batches of larger tables take less time.", default=AUTO)
    activation: str = _setting("SiLU bends smoothly where ReLU has a corner.", default="silu")
    dropout: float = _setting("Wide layers overfit less.", default=0.15)
    optimizer: str = _setting("Its weight decay does not depend on the size of gradients.", default="adamw")
    lr: float = _setting("A higher rate is safe because it falls to 0.", default=3e-3)
    weight_decay: float = _setting("Small weights make smooth boundaries.", default=1e-2)
    schedule: str = _setting(
        "A falling rate settles; a constant one keeps moving around the minimum.", default="cosine"
    )
    betas: tuple[float, float] = _setting("The second moment adapts faster in short trainings.", default=(0.9, 0.95))
    init: str = _setting("Training begins at the shares of the classes.", default="he")
    tolerance: float = _setting("The mean of networks gains from members that fit a little more.", default=0.02)
    averaging: float = _setting("The average of the last weights is steadier than the very last.", default=2.0)
    pieces: bool = _setting("Numbers in bins let a network bend where the classes part.", default=True)
    calibrate: bool = _setting("Probabilities are scaled where held-out rows show that this helps.", default=True)
    standardise: bool = _setting("Columns in small and in large units then weigh the same.", default=True)
    category_encoding: str = _setting(
        "Whole numbers give categories an order and distances that they do not have.", default="one_hot"
    )

    @classmethod
    def reasons(cls) -> dict[str, str]:
        """Return, by setting, why the default differs from a plain loop."""
        return {each.name: each.metadata["reason"] for each in fields(cls)}


LESSON = "lesson"
"""The preset that is the training loop of a first lesson: `Training()`'s own defaults, one network and one split."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset(hidden=(128, 128), epochs=30, patience=5, n_folds=4, n_seeds=1),
        "default": Preset(hidden=(256, 256), epochs=100, patience=15, n_folds=8, n_seeds=1),
        "best": Preset(hidden=(256, 256), epochs=100, patience=20, n_folds=8, n_seeds=3),
        LESSON: Preset(
            hidden=(16, 16),
            epochs=100,
            patience=None,
            n_folds=1,
            n_seeds=1,
            batch_size=32,
            activation="relu",
            dropout=0.0,
            optimizer="adam",
            lr=1e-3,
            weight_decay=0.0,
            schedule="constant",
            betas=(0.9, 0.999),
            init="torch",
            tolerance=0.0,
            averaging=0.0,
            pieces=False,
            calibrate=False,
            standardise=False,
            category_encoding="integer",
        ),
    }
)
"""Every preset by name: from cheap to dear, then the lesson's."""

LESSON_TABLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "blobs": {"hidden": (8, 8), "optimizer": "sgd", "lr": 0.1, "batch_size": None},
        "circles": {"hidden": (16, 16), "lr": 0.01, "batch_size": None, "epochs": 150},
        "moons": {
            "hidden": (16, 16),
            "dropout": 0.2,
            "weight_decay": 1e-4,
            "lr": 0.01,
            "batch_size": None,
            "epochs": 2000,
            "test_size": 0.3,
        },
        "heart": {"hidden": (32,), "dropout": 0.5, "epochs": 50, "standardise": True},
    }
)
"""By built-in data set, what the lesson sets otherwise than its preset."""

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
    return {each.name: getattr(PRESETS[name], each.name) for each in fields(Preset)}
