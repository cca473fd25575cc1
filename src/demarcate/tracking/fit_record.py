"""What trackers are sent of a fit: parameters, scores with their intervals, curves, and where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from demarcate.errors import SettingError
from demarcate.evaluation import Score, Scores, ScoresByModel
from demarcate.evaluation.scores import scores_from_json
from demarcate.inference.fitted_model import FittedModel
from demarcate.inspection import LearningCurves
from demarcate.presentation import brief_repr

if TYPE_CHECKING:
    from demarcate.classifier import DemarcateClassifier

OWN = "demarcate"
"""The name of the classifier beside those of its baselines."""


@brief_repr
@dataclass(frozen=True, eq=False)
class FitRecord:
    """A fit in the terms of experiment trackers.

    Attributes
    ----------
    model
        The model itself, as its file keeps it.
    parameters, tags
        The settings of the classifier, and what it was trained on and with, as texts.
    scores
        The scores of the classifier, as ``demarcate``, and of its baselines.
    curves
        The mean of each curve over the networks, for each evaluated epoch, as ``(epoch, value)``.
    """

    model: FittedModel
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    scores: ScoresByModel
    curves: Mapping[str, list[tuple[int, float]]]

    @classmethod
    def of(
        cls,
        model: "DemarcateClassifier | FittedModel",
        baselines: Mapping[str, Mapping[str, Score]] | None = None,
    ) -> Self:
        """Read a fitted classifier, or a model that was saved with the record of its fit.

        Raises
        ------
        SettingError
            If there is no record of a fit.
        """
        fitted: FittedModel = model if isinstance(model, FittedModel) else _with_record(model, baselines)
        record: Mapping[str, Any] = fitted.record
        if "scores" not in record:
            raise SettingError("The model has no record of its fit. Track one that DemarcateClassifier fitted.")
        others = {name: Scores(scores_from_json(scores)) for name, scores in record.get("baselines", {}).items()}
        scores = ScoresByModel({OWN: fitted.scores, **others})
        parameters = {name: str(value) for name, value in record.get("settings", {}).items()}
        return cls(fitted, parameters, dict(_tags(fitted, record)), scores, _curves(fitted))

    def metrics(self) -> dict[str, float]:
        """Return every score and the ends of its interval by name: ``accuracy``, ``accuracy_low``, ``accuracy_high``.

        Those of baselines begin with the baseline's name: ``majority.accuracy``.
        """
        return {
            f"{'' if name == OWN else f'{name}.'}{metric}{suffix}": value
            for name, scores in self.scores.items()
            for metric, score in scores.items()
            for suffix, value in (("", score.value), ("_low", score.low), ("_high", score.high))
        }


def _with_record(classifier: "DemarcateClassifier", baselines: Mapping[str, Mapping[str, Score]] | None) -> FittedModel:
    """Return the model of a fitted classifier with the record that a file of it has."""
    if not hasattr(classifier, "predictor_"):
        raise SettingError(f"model must be a fitted classifier or a loaded model, got {type(classifier).__name__}")
    return classifier.predictor_.with_record(classifier.record(baselines))


def _tags(model: FittedModel, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "target", str(model.target)
    yield "networks", str(model.n_members)
    yield "classes", str(len(model.classes))
    for name in ("n_samples", "n_features"):
        if name in record:
            yield name, str(record[name])
    yield from ((name, str(value)) for name, value in record.get("provenance", {}).items())


def _curves(model: FittedModel) -> dict[str, list[tuple[int, float]]]:
    """Return the mean learning curves; none of a model without histories."""
    if not any(member.get("history") for member in model.record.get("members", ())):
        return {}
    curves = LearningCurves.of(model).curves
    return {
        name: [
            (epoch, value)
            for epoch, value in zip(curve.epochs.tolist(), curve.mean.tolist(), strict=True)
            if np.isfinite(value)
        ]
        for name, curve in curves.items()
    }
