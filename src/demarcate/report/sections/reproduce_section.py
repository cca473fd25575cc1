"""The command line, the code and the versions that reproduce a classifier."""

import inspect
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from demarcate.classifier import DemarcateClassifier
from demarcate.classifier.presets import preset_settings
from demarcate.formatting import visible
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import Section

_SETTINGS_WITH_OPTION = {
    *("preset", "hidden", "activation", "dropout", "head", "optimizer", "lr", "weight_decay", "schedule", "epochs"),
    *("batch_size", "patience", "n_folds", "n_seeds", "test_size", "time_limit", "class_weight", "device"),
    *("precision", "abstain"),
    *("categorical", "numerical", "text", "drop", "decimal", "thousands", "missing", "pos_label", "category_encoding"),
}
_OPTION_NAMES = {"pos_label": "positive"}
_FLAGS = {
    ("calibrate", False): "--no-calibration",
    ("merge_labels", True): "--merge-labels",
    ("standardise", True): "--standardise",
    ("standardise", False): "--no-standardise",
}
"""Options of settings that are true or false, by the setting and its value."""
_DECIDED_BY_TABLE = ("hidden", "epochs", "patience", "n_folds")
"""Settings that a preset adapts to the table, so that its value is not the same as leaving the setting to it."""
_LISTS = ("categorical", "numerical", "text", "drop", "missing")
_TABLE = "TABLE"


@brief_repr
@dataclass(frozen=True, eq=False)
class ReproduceSection(Section):
    """The command line and the Python code of the fit, all its settings, and its versions, seed and fingerprint.

    ``command`` is empty if a setting has no option; a table without a name is called ``TABLE``.
    """

    key: ClassVar[str] = "reproduce"
    heading: ClassVar[str] = "How to reproduce this model"

    command: str
    python: str
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Write the command and the code from the record; None if it has no settings."""
        settings, provenance = evaluated.record.get("settings"), evaluated.record.get("provenance", {})
        if not settings:
            return None
        changed, seed = _changed_settings(settings), provenance.get("seed", 0)
        command, python = _command(changed, evaluated, seed), _python(changed, evaluated, seed)
        return cls(command, python, dict(settings), dict(provenance))

    @property
    def has_table(self) -> bool:
        """Whether the command names the table, so that it can be run as it is."""
        return not self.command.startswith(f"demarcate fit {_TABLE} ")


def _changed_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that differ from the estimator's defaults, in its order."""
    parameters = inspect.signature(DemarcateClassifier).parameters.items()
    # Settings of earlier models have the preset's values where they now have the word that leaves them to it.
    of_preset = preset_settings(settings.get("preset", "default"))
    left = {name: value for name, value in of_preset.items() if name not in _DECIDED_BY_TABLE}
    return {
        name: settings[name]
        for name, parameter in parameters
        if name in settings
        and _comparable(settings[name]) != _comparable(parameter.default)
        and not (name in left and settings[name] == left[name])
    }


def _comparable(value: Any) -> Any:
    """Return lists as tuples, and empty ones as None."""
    if value is None or isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return tuple(value) or None


def _command(changed: Mapping[str, Any], evaluated: EvaluatedRows, seed: int) -> str:
    """Return the command line; empty if a setting has no option, or a name has characters that cannot be typed."""
    table = evaluated.name if evaluated.name and evaluated.kind != "given" else _TABLE
    words = ["demarcate", "fit", table, "--target", evaluated.predictor.target, *evaluated.options]
    for name, value in changed.items():
        options = _options(name, value, evaluated)
        if options is None:
            return ""
        words += options
    command = shlex.join([*words, "--seed", str(seed), "--out", "model.safetensors"])
    return command if visible(command) == command else ""


def _options(name: str, value: Any, evaluated: EvaluatedRows) -> list[str] | None:
    if name == "cost":
        return _cost_options(evaluated)
    if isinstance(value, bool):
        return [_FLAGS[name, value]] if (name, value) in _FLAGS else None
    if name == "dates":
        dates = value if isinstance(value, Mapping) else dict.fromkeys(value, "")
        named = [f"{column}={written}" if written else column for column, written in dates.items()]
        return None if any("," in each for each in named) else ["--dates", ",".join(named)]
    if name not in _SETTINGS_WITH_OPTION or isinstance(value, Mapping):
        return None
    # The command line splits lists of columns at commas and strips the parts.
    if name in _LISTS and any("," in column or column != column.strip() for column in value):
        return None
    return [f"--{_OPTION_NAMES.get(name, name).replace('_', '-')}", _option_text(name, value)]


def _cost_options(evaluated: EvaluatedRows) -> list[str] | None:
    """Return options for mistakes that do not cost 1; None if being right has a cost or a label cannot be parsed."""
    matrix, labels = _cost_matrix(evaluated), evaluated.labels
    if any(row[index] for index, row in enumerate(matrix)):
        return None
    if any({"=", ":"} & set(label) or label != label.strip() for label in labels):
        return None
    costs = [
        f"{labels[true]}:{labels[decided]}={cost:g}"
        for true, row in enumerate(matrix)
        for decided, cost in enumerate(row)
        if true != decided and cost != 1
    ]
    return [word for cost in costs for word in ("--cost", cost)]


def _cost_matrix(evaluated: EvaluatedRows) -> list[list[float]]:
    costs = evaluated.predictor.costs
    return [] if costs is None else [[float(cost) for cost in row] for row in costs.matrix]


def _option_text(name: str, value: Any) -> str:
    if name == "hidden" and not value:
        return "none"
    if value is None:
        return "0"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return str(value)


def _python(changed: Mapping[str, Any], evaluated: EvaluatedRows, seed: int) -> str:
    # A record is JSON, in which labels and pairs of labels are text.
    labels = {str(label): label for label in evaluated.predictor.classes.tolist()}
    settings = dict(changed)
    if "hidden" in settings:
        settings["hidden"] = tuple(settings["hidden"])
    if "cost" in settings:
        settings["cost"] = _cost_matrix(evaluated)
    if isinstance(settings.get("class_weight"), Mapping):
        settings["class_weight"] = {labels[name]: weight for name, weight in settings["class_weight"].items()}
    arguments = [f"{name}={value!r}" for name, value in settings.items()]
    dependence = evaluated.record.get("dependence") or {}
    roles = {"groups": dependence.get("group_columns"), "time": dependence.get("time_column")}
    fit = ["X", "y", *(f"{name}={columns!r}" for name, columns in roles.items() if columns)]
    if evaluated.record.get("weights_column"):
        fit.append(f"sample_weight=X[{evaluated.record['weights_column']!r}]")
    if dependence.get("gap"):
        arguments.append(f"gap={dependence['gap']!r}")
    return f"DemarcateClassifier({', '.join([*arguments, f'random_state={seed}'])}).fit({', '.join(fit)})"
