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
from fuzz.campaign import Broken, Target
from fuzz.drawing import Columns, brought, number_of_rows, strategy

SETTINGS: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {"pieces": False}, {"calibrate": False}, {"class_weight": "balanced"}, {"hidden": ()}),
    *({"n_folds": 3}, {"dropout": 0.0}, {"epochs": 2}, {"abstain": 0.3}, {"n_seeds": 2}),
)


@dataclass(frozen=True)
class Case:
    """A table with its labels, as somebody brings it; a second one from the same source; settings of the classifier."""

    columns: Columns
    labels: list[Any]
    fresh: Columns
    door: str
    settings: dict[str, Any]

    def __str__(self) -> str:
        return "".join(f"{name} = {value!r}\n" for name, value in vars(self).items())


def draw(random_: random.Random, _number: int) -> Case:
    """A table, mostly small, and a few fresh rows."""
    source = strategy(random_)
    n_rows = number_of_rows(random_)
    labels = source.labels(random_, n_rows)
    fresh = source.table(random_, random_.choice((1, 3, 20)))
    return Case(source.table(random_, n_rows), labels, fresh, source.door, random_.choice(SETTINGS))


def holds(case: Case) -> bool:
    """Whether a table was learned from, if rightly."""
    n_rows = len(case.labels)
    table = brought(case.columns, case.door)
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
        raise Broken(f"once loaded it predicts otherwise, by up to {np.abs(probabilities - loaded).max()}")
    labels = classifier.predict(table)
    known = {*classifier.classes_.tolist(), *([None] if "abstain" in case.settings else [])}
    if len(labels) != n_rows or not set(labels.tolist()) <= known or labels.tolist() != saved.predict(table).tolist():
        raise Broken(f"it predicts the labels {labels.tolist()}")
    with suppress(InputError):
        _checked(
            saved.predict_proba(brought(case.fresh, case.door)),
            len(next(iter(case.fresh.values()))),
            len(classifier.classes_),
        )
    return True


def target() -> Target[Case]:
    """Refused with `InputError` at fit; or rows in are rows out, without NaN, and the same once saved and loaded."""
    torch.set_num_threads(1)
    return Target(
        "tables", ".txt", draw, holds, lambda case: str(case).encode(errors="backslashreplace"), most_seconds=20
    )


def _checked(probabilities: Any, n_rows: int, n_classes: int) -> Any:
    if probabilities.shape != (n_rows, n_classes):
        raise Broken(f"{n_rows} rows of {n_classes} classes give probabilities of shape {probabilities.shape}")
    if not np.isfinite(probabilities).all() or not np.allclose(probabilities.sum(1), 1) or (probabilities < 0).any():
        raise Broken(f"probabilities are {probabilities}")
    return probabilities
