"""The record of a fit that a model file keeps beside the predictor."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from demarcate.argument_checks import plain
from demarcate.bundle import provenance
from demarcate.evaluation import Score
from demarcate.evaluation.scores import scores_json
from demarcate.phases.time_budget import current_budget

if TYPE_CHECKING:
    from demarcate.classifier.classifier import DemarcateClassifier

_UNRECORDED = ("on_epoch", "verbose", "random_state", "checkpoint")
"""Parameters that say nothing of the model; the seed is recorded as part of its origin."""


def model_record(fitted: "DemarcateClassifier", baselines: Mapping[str, Mapping[str, Score]]) -> dict[str, Any]:
    """Return scores, members, audit, settings and origin as JSON-ready values."""
    labels = [str(label) for label in fitted.classes_]
    comparison, budget = fitted.cost_comparison_, current_budget()
    return {
        **({"left_out": [*budget.left_out]} if budget and budget.left_out else {}),
        "n_samples": fitted.n_samples_,
        "n_features": fitted.n_features_in_,
        **({} if fitted.n_sampled_ is None else {"n_sampled": fitted.n_sampled_}),
        **({} if fitted.dependence_ is None else {"dependence": fitted.dependence_.to_json()}),
        **({} if fitted.weights_column_ is None else {"weights_column": fitted.weights_column_}),
        "class_rows": dict(zip(labels, fitted.class_rows_, strict=True)),
        "class_weight": {str(label): weight for label, weight in fitted.class_weight_.items()},
        "costs": None if comparison is None else comparison.to_json(),
        "scores": scores_json(fitted.scores_),
        "averaging_gain": fitted.averaging_gain_,
        "class_scores": dict(zip(labels, map(scores_json, fitted.class_scores_), strict=True)),
        "baselines": {name: scores_json(scores) for name, scores in baselines.items()},
        "comparison": {name: each.to_json() for name, each in getattr(fitted, "comparison_", {}).items()},
        "scored_rows": dict(zip(labels, np.bincount(fitted.oof_codes_, minlength=len(labels)).tolist(), strict=True)),
        **_members(fitted),
        "audit": [finding.to_json() for finding in fitted.audit_],
        "settings": {name: plain(value) for name, value in fitted.get_params().items() if name not in _UNRECORDED},
        "provenance": {**provenance(), "seed": fitted.seed_, "data_sha256": fitted.data_sha256_},
    }


def _members(fitted: "DemarcateClassifier") -> dict[str, Any]:
    """Return the members, and the numbers of rows of a single split; rows that decided nothing are called test rows."""
    members = [member.to_json() for member in fitted.members_]
    if not fitted.oof_kind_.endswith("test"):
        return {"members": members}
    (split,) = fitted.splits_
    n_stopping = len(split.validation) if split.stops_by_other_rows else 0
    if not n_stopping:
        for member in members:
            member["history"] = {name.replace("validation", "test"): own for name, own in member["history"].items()}
    return {"members": members, "split": {"train": len(split.train), "stopping": n_stopping, "test": len(split.scored)}}
