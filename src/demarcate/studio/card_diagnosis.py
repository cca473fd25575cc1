"""Whether a card underfits or overfits, and what would help: `diagnose` around it, as a page shows it."""

from dataclasses import asdict
from typing import Any

import numpy as np

from demarcate.engine import OnEpoch
from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis import Diagnosis
from demarcate.experiments.diagnosis.diagnose import diagnose_training_set
from demarcate.experiments.diagnosis.diagnosis_result import Levels
from demarcate.experiments.diagnosis.probes import Probe, larger, regularised, smaller
from demarcate.studio.script_parts import epochs_of
from demarcate.studio.trained_card import TrainedCard, network_of, training_of

SEEDS = 5
"""Splits of the rows, each of which trains all probes."""


def diagnosis_of(trained: TrainedCard, on_epoch: OnEpoch | None = None) -> dict[str, Any]:
    """Return the facts of the answer to `diagnose`: the card with as many epochs as it has, without the test rows.

    Raises
    ------
    InputError
        If there are fewer than 20 rows, or fewer than 5 a class.
    """
    data, card = trained.data, trained.card
    rows = np.sort(np.concatenate([data.train_rows, data.validation_rows]))
    diagnosis = diagnose_training_set(
        data.table.subset(rows),
        network_of(card),
        training_of(card, epochs_of(trained)),
        seeds=SEEDS,
        seed=card.seed,
        standardise=data.data.standardise,
        on_epoch=on_epoch,
    )
    return {
        "verdict": diagnosis.verdict,
        "headline": diagnosis.headline,
        "symptom": diagnosis.symptom,
        "remedy": diagnosis.remedy,
        "reasons": list(diagnosis.reasons[2:]),
        "train": _levels(diagnosis.train),
        "held_out": _levels(diagnosis.held_out),
        "gap": _levels(diagnosis.gap),
        "effects": _effects(diagnosis, trained),
        "min_gain": diagnosis.min_gain,
        "basis": diagnosis.basis(),
    }


def mean_facts(mean: Mean) -> dict[str, float | None]:
    """Return a mean and the ends of its interval, if it has one."""
    own = asdict(mean)
    return {name: own[name] for name in ("value", "low", "high")}


def _levels(levels: Levels) -> dict[str, dict[str, float | None]]:
    return {"log_loss": mean_facts(levels.log_loss), "accuracy": mean_facts(levels.accuracy)}


def _effects(diagnosis: Diagnosis, trained: TrainedCard) -> list[dict[str, Any]]:
    """Return each change, its effect, and the settings that a card has with it."""
    changed = _changed_settings(trained)
    return [
        {
            "name": name,
            "label": name.replace("_", " "),
            "change": effect.change,
            "answer": effect.answer,
            **_levels(effect),
            "settings": changed.get(name),
        }
        for name, effect in diagnosis.effects.items()
    ]


def _changed_settings(trained: TrainedCard) -> dict[str, dict[str, Any]]:
    """Return the settings of the card with each change of one of them; more rows are none."""
    card = trained.card
    network, training = network_of(card), training_of(card, epochs_of(trained))
    more = regularised(Probe("", network, training))
    wide = larger(network)
    wider = {"hidden": list(wide.hidden)}
    return {
        "more_capacity": wider if wide.activation == network.activation else {**wider, "activation": wide.activation},
        "less_capacity": {"hidden": list(smaller(network).hidden)},
        "more_regularisation": {
            "dropout": more.network.dropout,
            "weight_decay": more.training.weight_decay,
            "patience": more.training.patience,
        },
        "less_regularisation": {"dropout": 0.0, "weight_decay": 0.0, "patience": None},
        "longer_training": {"epochs": 3 * training.epochs},
    }
