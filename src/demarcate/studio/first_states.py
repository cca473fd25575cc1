"""The states that a page may begin with, and what else a session's first message says; no torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from demarcate import __version__
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.spec import HEAD_HELP
from demarcate.studio.messages import Message
from demarcate.studio.state import DRAWN_EXTENT, LIMITS

FIRST_CARD: Mapping[str, Any] = {
    "id": "a",
    "name": "network",
    "hidden": [16, 16],
    "activation": "tanh",
    "dropout": 0.0,
    "head": "auto",
    "optimizer": "adam",
    "lr": 0.01,
    "weight_decay": 0.0,
    "batch_size": 32,
    "schedule": "constant",
    "epochs": 500,
    "patience": None,
    "seed": 0,
    "seeds": 1,
}
"""The settings of a new card."""

SOURCES: Mapping[str, Mapping[str, Any]] = {
    "moons": {"n_samples": 300, "noise": 0.3, "random_state": 0},
    "circles": {"n_samples": 1000, "noise": 0.05, "factor": 0.5, "random_state": 42},
    "blobs": {"n_samples": 1000, "centers": 4, "cluster_std": 1.5, "random_state": 42},
}
"""The numbers that each generator begins with: those of `demarcate.datasets`, which is not imported for them."""

FIRST_DATA: Mapping[str, Any] = {
    "source": "moons",
    "n_samples": 300,
    "noise": 0.3,
    "factor": 0.5,
    "centers": 4,
    "cluster_std": 1.5,
    "random_state": 0,
    "table": None,
    "target": None,
    "categorical": [],
    "drop": [],
    "added": [],
    "standardise": True,
}


def state_of(data: Mapping[str, Any], split: Mapping[str, Any], *cards: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole state of what is not as usual in it; cards have the ids a, b, c and d."""
    shares = {"validation": 0.2, "test": 0.2, "seed": 0}
    view = {
        "columns": None,
        "held": {},
        "kind": "probability",
        "probability_of": None,
        "points": {"train": True, "validation": True, "test": True},
        "spread": True,
    }
    return {
        "data": {**FIRST_DATA, **data},
        "split": {**shares, **split},
        "view": view,
        "cards": [{**FIRST_CARD, "id": "abcd"[number], **card} for number, card in enumerate(cards)],
        "decision": {"threshold": 0.5, "false_negative": 1, "false_positive": 1, "positive": 1},
    }


TINY = {"name": "tiny", "hidden": [2]}
GOOD = {"name": "good", "hidden": [16, 16], "dropout": 0.2, "weight_decay": 1e-4}
BIG = {"name": "big", "hidden": [256, 256, 256], "activation": "relu", "lr": 1e-3, "epochs": 200}
_SGD = {"optimizer": "sgd", "lr": 0.1, "activation": "relu", "batch_size": None}
_BLOBS = {"source": "blobs", **SOURCES["blobs"]}
_CIRCLES = {"source": "circles", **SOURCES["circles"]}
_HEART = {"hidden": [32], "activation": "relu", "lr": 1e-3, "epochs": 50}

PRESETS: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("moons", "Moons: a tiny and a good network", state_of({}, {}, TINY, GOOD)),
    ("three", "Moons: too small, about right, too large", state_of({}, {"test": 0.3}, TINY, GOOD, BIG)),
    ("blobs", "Blobs: four classes", state_of(_BLOBS, {}, {"hidden": [8, 8], "epochs": 100, **_SGD})),
    (
        "circles",
        "Circles: a straight line and a curve",
        state_of(
            _CIRCLES,
            {},
            {"name": "linear", "hidden": [], **_SGD},
            {"name": "16, 16", **_SGD, "batch_size": 32, "epochs": 100},
        ),
    ),
    (
        "heart",
        "Heart disease: with dropout and without",
        state_of(
            {"source": "heart"},
            {},
            {"name": "dropout 0.5", "dropout": 0.5, **_HEART},
            {"name": "no dropout", **_HEART},
        ),
    ),
    ("seeds", "Moons: one network with five seeds", state_of({"n_samples": 100}, {}, {**GOOD, "seeds": 5})),
)
"""Whole states by their names, with their titles; the first is the one that a page begins with."""


def welcome(session: str, tables: Sequence[Mapping[str, Any]], state: Mapping[str, Any] | None = None) -> Message:
    """Return a session's first message: its id, the tables it has, what can be chosen, and a state to begin with."""
    facts = {
        "session": session,
        "version": __version__,
        "state": state or PRESETS[0][2],
        "tables": tables,
        "activations": [{"name": each.name, "meaning": each.help} for each in ACTIVATIONS.values()],
        "optimizers": [{"name": each.name, "meaning": each.help} for each in OPTIMIZERS.values()],
        "heads": [
            {"name": "auto", "meaning": "one logit for two classes, one a class for more"},
            *({"name": name, "meaning": meaning} for name, meaning in HEAD_HELP.items()),
        ],
        "presets": [{"name": name, "title": title, "state": each} for name, title, each in PRESETS],
        "sources": SOURCES,
        "canvas": DRAWN_EXTENT,
        "limits": LIMITS,
    }
    return Message("welcome", facts)
