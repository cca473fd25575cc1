"""How to get the same classifier again."""

import inspect
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from demarcate.classifier import DemarcateClassifier
from demarcate.formatting import visible
from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Section

_OPTIONS = {
    "preset": "--preset",
    "hidden": "--hidden",
    "activation": "--activation",
    "dropout": "--dropout",
    "head": "--head",
    "optimizer": "--optimizer",
    "lr": "--lr",
    "weight_decay": "--weight-decay",
    "schedule": "--schedule",
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "patience": "--patience",
    "n_folds": "--folds",
    "n_seeds": "--seeds",
    "time_limit": "--time-limit",
    "class_weight": "--class-weight",
    "device": "--device",
    "precision": "--precision",
    "abstain": "--abstain",
    "categorical": "--categorical",
    "numerical": "--numerical",
    "drop": "--drop",
}
_LISTS = ("categorical", "numerical", "drop")
_TABLE = "TABLE"


@dataclass(frozen=True, eq=False)
class Reproduce(Section):
    """Commands, versions, seed and fingerprint.

    Attributes
    ----------
    command
        On the command line; empty if a setting cannot be given there. A table that is not at hand is called ``TABLE``.
    python
        In Python.
    settings
        All settings of the estimator.
    provenance
        Versions, seed and the SHA-256 of the parsed training rows.
    """

    key: ClassVar[str] = "reproduce"
    heading: ClassVar[str] = "How to reproduce it"

    command: str
    python: str
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]

    @classmethod
    def of(cls, judged: Judged) -> "Reproduce | None":
        """From what is on record; None where nothing is."""
        settings, provenance = judged.record.get("settings"), judged.record.get("provenance", {})
        if not settings:
            return None
        given = _changed(settings)
        seed = provenance.get("seed", 0)
        return cls(_command(given, judged, seed), _python(given, judged, seed), dict(settings), dict(provenance))

    @property
    def has_table(self) -> bool:
        """Whether the command names the table, and can be given as it stands."""
        return not self.command.startswith(f"demarcate fit {_TABLE} ")


def _table(judged: Judged) -> str:
    """The table it was trained on, if that is the one at hand."""
    return judged.name if judged.name and judged.rows != "given" else _TABLE


def _changed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are not the estimator's defaults, in its order."""
    defaults = {name: each.default for name, each in inspect.signature(DemarcateClassifier).parameters.items()}
    given = {name: (settings[name], default) for name, default in defaults.items() if name in settings}
    return {name: value for name, (value, default) in given.items() if _plain(value) != _plain(default)}


def _plain(value: Any) -> Any:
    """A setting as it can be compared: lists are tuples, and none at all is None."""
    if value is None or isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return tuple(value) or None


def _command(given: Mapping[str, Any], judged: Judged, seed: int) -> str:
    """The command line; empty where a setting has no option, or a name holds what cannot be seen or typed."""
    words = ["demarcate", "fit", _table(judged), "--target", judged.predictor.target, *judged.options]
    for name, value in given.items():
        options = _options(name, value, judged)
        if options is None:
            return ""
        words += options
    command = shlex.join([*words, "--seed", str(seed), "--out", "model.safetensors"])
    return command if visible(command) == command else ""


def _options(name: str, value: Any, judged: Judged) -> list[str] | None:
    if name == "cost":
        return _cost_options(judged)
    if name == "calibrate":
        return ["--no-calibration"]
    if name not in _OPTIONS or isinstance(value, Mapping):
        return None
    # The command line parts lists of columns at commas and trims the parts.
    if name in _LISTS and any("," in column or column != column.strip() for column in value):
        return None
    return [_OPTIONS[name], _word(name, value)]


def _cost_options(judged: Judged) -> list[str] | None:
    """Each mistake that does not cost 1; None where being right costs something or a label cannot be told apart."""
    matrix = _matrix(judged)
    if any(row[place] for place, row in enumerate(matrix)):
        return None
    if any({"=", ":"} & set(label) or label != label.strip() for label in judged.labels):
        return None
    named = [
        f"{judged.labels[true]}:{judged.labels[decided]}={cost:g}"
        for true, row in enumerate(matrix)
        for decided, cost in enumerate(row)
        if true != decided and cost != 1
    ]
    return [word for mistake in named for word in ("--cost", mistake)]


def _matrix(judged: Judged) -> list[list[float]]:
    costs = judged.predictor.costs
    return [] if costs is None else [[float(cost) for cost in row] for row in costs.matrix]


def _word(name: str, value: Any) -> str:
    if name == "hidden" and not value:
        return "none"
    if value is None:
        return "0"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return str(value)


def _python(given: Mapping[str, Any], judged: Judged, seed: int) -> str:
    # A record is JSON: its labels and pairs of labels have become text.
    labels = {str(label): label for label in judged.predictor.classes.tolist()}
    restored = dict(given)
    if "hidden" in given:
        restored["hidden"] = tuple(given["hidden"])
    if "cost" in given:
        restored["cost"] = _matrix(judged)
    if isinstance(given.get("class_weight"), Mapping):
        restored["class_weight"] = {labels[name]: weight for name, weight in given["class_weight"].items()}
    arguments = [f"{name}={value!r}" for name, value in restored.items()]
    return f"DemarcateClassifier({', '.join([*arguments, f'random_state={seed}'])}).fit(X, y)"
