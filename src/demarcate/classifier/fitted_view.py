"""What a notebook shows of a fitted classifier below its settings: how it was trained, and its scores."""

from typing import TYPE_CHECKING

from demarcate.bundle.network_kinds import networks_in_words
from demarcate.formatting import counted, listed, quoted
from demarcate.presentation import ResultTable, ResultView

if TYPE_CHECKING:
    from demarcate.classifier.classifier import DemarcateClassifier

MAX_ROWS = 20_000
"""Scored rows up to which scores are computed to be shown; of more, only those that were asked for are."""


def fitted_view(fitted: "DemarcateClassifier") -> ResultView:
    """Return its rows, classes, networks, scores and leaks."""
    labels = fitted.classes_.tolist()
    lines = [
        f"{counted(len(labels), 'class')}: {listed(labels, write=quoted)}",
        f"{networks_in_words(fitted.predictor_)}.",
        *(f"Leak: {finding}." for finding in fitted.audit_ if finding.severity == "leak"),
    ]
    title = f"Fitted on {counted(fitted.n_samples_, 'row')} and {counted(fitted.n_features_in_, 'column')}"
    if "scores_" not in vars(fitted) and len(fitted.oof_codes_) > MAX_ROWS:
        return ResultView(title, lines, notes=["scores_ computes the scores and their intervals."])
    scores = fitted.scores_
    rows = [(name, *each.texts) for name, each in scores.labelled()]
    return ResultView(title, lines, [ResultTable(("", "value", "interval"), rows, scores.title)])
