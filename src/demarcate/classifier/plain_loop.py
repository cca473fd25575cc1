"""How a classifier's defaults differ from a plain training loop, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.classifier.presets import LESSON, Preset, preset_settings
from demarcate.classifier.settings import ClassifierSettings
from demarcate.trainingset import TrainingSet


@dataclass(frozen=True)
class SettingDifference:
    """A setting that is left to the classifier, and is not what a plain loop has.

    Attributes
    ----------
    setting
        Its name in Python.
    value, plain
        Its value, and that of the preset ``lesson``.
    reason
        Why it differs, in one sentence.
    """

    setting: str
    value: Any
    plain: Any
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return vars(self).copy()


def differences_from_plain_loop(classifier: ClassifierSettings, training_set: TrainingSet) -> list[SettingDifference]:
    """Return, for a table, the settings that a caller left to a classifier and a plain loop has otherwise.

    Settings of the caller's own are no defaults, and left out. The plain loop is that of the preset ``lesson``.
    """
    plain, values = preset_settings(LESSON), classifier.resolved_settings(training_set)
    kinds = len(classifier.kinds_for(training_set))
    several = "Kinds of network err differently, and the mean of those that held-out rows ask for errs less."
    found = [SettingDifference("kinds of network", kinds, 1, several)] if kinds > 1 else []
    return found + [
        SettingDifference(name, values[name], plain[name], reason)
        for name, reason in Preset.reasons().items()
        if name in values and values[name] != plain[name]
    ]


def setting_in_words(setting: str, value: Any) -> str:
    """Return a setting's value as people write it: ``256,256``, ``yes``, ``all rows``, ``never``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "all rows" if setting == "batch_size" else "never"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value)) or "none"
    return str(value)
