"""Random tables through fit, save, load and predict."""

import random
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from demarcate import DemarcateClassifier, load
from demarcate.errors import InputError
from fuzz.campaign import CheckFailed, Target
from fuzz.drawing import Columns, as_input, number_of_rows, strategy

SETTINGS: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {"pieces": False}, {"calibrate": False}, {"class_weight": "balanced"}, {"hidden": ()}),
    *({"n_folds": 3}, {"dropout": 0.0}, {"epochs": 2}, {"abstain": 0.3}, {"n_seeds": 2}),
)


@dataclass(frozen=True)
class Case:
    """A table with its labels and its form; fresh rows from the same source; settings of the classifier."""

    columns: Columns
    labels: list[Any]
    fresh: Columns
    door: str
    settings: dict[str, Any]

    def __str__(self) -> str:
        return "".join(f"{name} = {value!r}\n" for name, value in vars(self).items())


def draw(random_: random.Random, _number: int) -> Case:
    """Draw a table, mostly small, and a few fresh rows."""
    source = strategy(random_)
    n_rows = number_of_rows(random_)
    labels = source.labels(random_, n_rows)
    fresh = source.table(random_, random_.choice((1, 3, 20)))
    return Case(source.table(random_, n_rows), labels, fresh, source.door, random_.choice(SETTINGS))


def check(case: Case) -> bool:
    """Return whether a table is accepted; raise if a model of it is wrong."""
    n_rows = len(case.labels)
    table = as_input(case.columns, case.door)
    classifier = DemarcateClassifier(**{"hidden": (4,), "epochs": 1, "n_folds": 2, "device": "cpu", **case.settings})
    try:
        classifier.fit(table, case.labels)
    except InputError:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        classifier.save(path)
        saved = load(path)
    probabilities = _checked(classifier.predict_proba(table), n_rows, len(classifier.classes_))
    loaded = saved.predict_proba(table)
    if not np.array_equal(probabilities, loaded):
        raise CheckFailed(f"the loaded model differs by up to {np.abs(probabilities - loaded).max()}")
    labels = classifier.predict(table)
    known = {*classifier.classes_.tolist(), *([None] if "abstain" in case.settings else [])}
    if len(labels) != n_rows or not set(labels.tolist()) <= known or labels.tolist() != saved.predict(table).tolist():
        raise CheckFailed(f"wrong labels: {labels.tolist()}")
    with suppress(InputError):
        _checked(
            saved.predict_proba(as_input(case.fresh, case.door)),
            len(next(iter(case.fresh.values()))),
            len(classifier.classes_),
        )
    return True


def target() -> Target[Case]:
    """Return the target: `InputError` in fit, or finite probabilities of all rows, equal after loading."""
    torch.set_num_threads(1)
    return Target(
        "tables", ".txt", draw, check, lambda case: str(case).encode(errors="backslashreplace"), max_seconds=20
    )


def _checked(probabilities: Any, n_rows: int, n_classes: int) -> Any:
    if probabilities.shape != (n_rows, n_classes):
        raise CheckFailed(f"{n_rows} rows of {n_classes} classes give probabilities of shape {probabilities.shape}")
    if not np.isfinite(probabilities).all() or not np.allclose(probabilities.sum(1), 1) or (probabilities < 0).any():
        raise CheckFailed(f"invalid probabilities: {probabilities}")
    return probabilities
