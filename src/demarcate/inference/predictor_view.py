"""What a person sees of a predictor: what it predicts from which columns, and the scores it was saved with."""

from typing import TYPE_CHECKING

from demarcate.formatting import counted, listed, quoted
from demarcate.presentation import ResultTable, ResultView

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel

MAX_SHOWN = 12
"""Columns, and classes, that are named."""


def predictor_in_words(predictor: "FittedModel") -> str:
    """Return what it is, and its accuracy if it is known, in a line."""
    n_classes, n_columns = len(predictor.classes), len(predictor.schema.used)
    size = f"{counted(n_classes, 'class')}, {counted(n_columns, 'column')}, {counted(predictor.n_members, 'network')}"
    accuracy = predictor.scores.get("accuracy")
    scored = "" if accuracy is None else f"; accuracy {accuracy} on {accuracy.rows_in_words}"
    return f"{type(predictor).__name__} of {quoted(predictor.target)}: {size}{scored}"


def predictor_view(predictor: "FittedModel") -> ResultView:
    """Return its target, columns, decisions and scores."""
    labels = predictor.classes.tolist()
    names = [column.name for column in predictor.schema.used]
    lines = [
        f"{counted(len(labels), 'class')}: {listed(labels, MAX_SHOWN, write=quoted)}",
        f"{counted(len(names), 'column')}: {listed(names, MAX_SHOWN)}",
        _decision(predictor),
    ]
    scores = predictor.scores
    rows = [(name, *each.texts) for name, each in scores.labelled()]
    tables = [ResultTable(("", "value", "interval"), rows, caption=scores.title)] if rows else []
    return ResultView(f"{type(predictor).__name__} of {quoted(predictor.target)}", lines, tables)


def _decision(predictor: "FittedModel") -> str:
    networks = counted(predictor.n_members, "network")
    if predictor.costs is not None:
        return f"{networks}; decides by costs"
    if predictor.threshold is not None:
        return f"{networks}; decides from a probability of {predictor.threshold:.3g} on"
    return f"{networks}; decides for the likeliest class"
