"""Every metric with its interval, compared with the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from markupsafe import Markup

from demarcate.evaluation import METRICS, PairedComparison, Score
from demarcate.evaluation.metrics import MAIN_METRICS
from demarcate.evaluation.scores import scores_from_json
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import number
from demarcate.report.sections.section import MIN_ROWS, JsonFields, Section
from demarcate.report.svg import Chart

MODEL_NAMES = {"demarcate": "demarcate", "majority": "majority class", "logistic_regression": "logistic regression"}
FAR = 3
"""A model further off than this many widths of the others' intervals is not drawn to scale."""


@brief_repr
@dataclass(frozen=True, eq=False)
class ModelScores(JsonFields):
    """The scores of a model by metric; ``rows`` is their kind: the report's, or ``out-of-fold`` ones on record."""

    key: str
    name: str
    rows: str
    scores: Mapping[str, Score]

    @property
    def n_rows(self) -> int:
        """Number of rows that the scores are from."""
        return next(iter(self.scores.values())).n_rows


@brief_repr
@dataclass(frozen=True, eq=False)
class ScoresSection(Section):
    """The scores of the classifier (first) and of the baselines.

    ``comparison`` has the paired differences from each baseline; ``positive`` is the class of two that average
    precision is about. ``decisions`` is a sentence on which numbers follow the costs or the threshold, ``about`` one on
    that class; either may be empty.
    """

    key: ClassVar[str] = "scores"
    heading: ClassVar[str] = "Scores"

    contenders: tuple[ModelScores, ...]
    comparison: Mapping[str, PairedComparison]
    positive: str | None
    decisions: str
    about: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Collect the scores; for given rows also those on record."""
        kind = evaluated.kind
        suffix = ", given rows" if kind == "given" else ""
        current = {"demarcate": evaluated.scores, **evaluated.baselines}
        models = [
            ModelScores(key, f"{name}{suffix}", kind, current[key])
            for key, name in MODEL_NAMES.items()
            if key in current
        ]
        if kind == "given" and evaluated.record.get("scores"):
            recorded = {"demarcate": evaluated.record["scores"], **evaluated.record.get("baselines", {})}
            for key in ("demarcate", "logistic_regression"):
                if key in recorded:
                    scores = scores_from_json(recorded[key])
                    recorded_kind = next(iter(scores.values())).rows
                    name = f"{MODEL_NAMES[key]}, {recorded_kind} rows"
                    models.append(ModelScores(f"{key}_{recorded_kind}", name, recorded_kind, scores))
        comparison, positive = evaluated.comparison, None
        if evaluated.n_classes == 2:
            positive = evaluated.labels[evaluated.positive]
        return cls(tuple(models), comparison, positive, evaluated.decision_note, evaluated.positive_note)

    def label(self, metric: str) -> str:
        """Return a metric's name, with the class it is about if that matters."""
        return METRICS[metric].label_of(self.positive)

    @property
    def metrics(self) -> list[str]:
        """The metrics in the order in which they are shown."""
        return [name for name in METRICS if name in self.contenders[0].scores]

    @property
    def drawn(self) -> list[str]:
        """The metrics that are drawn; the table has all."""
        return [name for name in self.metrics if name in MAIN_METRICS]

    @property
    def has_few_rows(self) -> bool:
        """Whether there are too few rows to conclude anything."""
        return self.contenders[0].n_rows < MIN_ROWS

    @property
    def models_by_rows(self) -> dict[str, list[str]]:
        """Names of the models by the rows that their scores are from."""
        names: dict[str, list[str]] = {}
        for model in self.contenders:
            names.setdefault(f"On {next(iter(model.scores.values())).rows_in_words}", []).append(model.name)
        return names

    def figure(self, metric: str) -> Markup:
        """Draw a metric of all models: a dot and an interval for each, one below the other."""
        models = [model for model in self.contenders if metric in model.scores]
        near = [model for model in models if not self._is_far(model, metric)]
        low = min(model.scores[metric].low for model in near)
        high = max(model.scores[metric].high for model in near)
        margin = (high - low) * 0.08 or 0.05
        chart = Chart(
            x=(low - margin, high + margin),
            y=(-0.6, len(models) - 0.4),
            width=290,
            height=64 + 30 * len(models),
            left=10,
            top=24,
            bottom=40,
        )
        chart.x_axis(f"{self.label(metric)}, {'higher' if METRICS[metric].higher_is_better else 'lower'} is better")
        for row, model in enumerate(reversed(models)):
            score, label = model.scores[metric], model.name
            if model in near:
                chart.error_bar(score.value, score.low, score.high, row, f"series-{len(models) - 1 - row}")
            else:
                arrow = "\u2190" if score.value < low else "\u2192"
                label += f": {number(score.value)}, off the scale {arrow}"
            chart.text(chart.x[0], row + 0.26, label, "tick halo")
        texts = [f"{model.name} {model.scores[metric]}" for model in models]
        return chart.render(f"scores-{metric}", f"Scores by {self.label(metric)}", "; ".join(texts) + ".")

    def _is_far(self, model: ModelScores, metric: str) -> bool:
        """Return whether the majority class is so far off that the other models would be hard to tell apart."""
        others = [other.scores[metric] for other in self.contenders if other is not model and metric in other.scores]
        if model.key != "majority" or not others:
            return False
        low, high = min(score.low for score in others), max(score.high for score in others)
        return max(low - model.scores[metric].high, model.scores[metric].low - high) > FAR * (high - low)
