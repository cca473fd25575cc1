"""How to get the same classifier again."""

import inspect
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from demarcate.classifier import DemarcateClassifier
from demarcate.report.judged import Judged
from demarcate.report.sections.section import Section

_OPTIONS = {
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
    "class_weight": "--class-weight",
    "device": "--device",
    "precision": "--precision",
    "categorical": "--categorical",
    "numerical": "--numerical",
    "drop": "--drop",
}


@dataclass(frozen=True, eq=False)
class Reproduce(Section):
    """Commands, versions, seed and fingerprint.

    Attributes
    ----------
    command
        On the command line; empty if a setting cannot be given there.
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
        command = _command(given, _table(judged), judged.predictor.target, seed)
        return cls(command, _python(given, seed), dict(settings), dict(provenance))


def _table(judged: Judged) -> str:
    """The table it was trained on, if that is the one at hand."""
    return judged.name if judged.name and judged.rows != "given" else "TABLE"


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


def _command(given: Mapping[str, Any], table: str, target: str, seed: int) -> str:
    words = ["demarcate", "fit", table, "--target", target]
    for name, value in given.items():
        if name not in _OPTIONS or isinstance(value, Mapping):
            return ""
        words += [_OPTIONS[name], *_words(name, value)]
    return shlex.join([*words, "--seed", str(seed), "--out", "model.safetensors"])


def _words(name: str, value: Any) -> list[str]:
    if name == "hidden" and not value:
        return ["none"]
    if value is None:
        return ["0"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [",".join(map(str, value))]
    return [str(value)]


def _python(given: Mapping[str, Any], seed: int) -> str:
    arguments = ", ".join(f"{name}={tuple(value) if name == 'hidden' else value!r}" for name, value in given.items())
    arguments = f"{arguments}, random_state={seed}" if arguments else f"random_state={seed}"
    return f"DemarcateClassifier({arguments}).fit(X, y)"
