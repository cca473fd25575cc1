"""Which class a model decides for, in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demarcate.formatting import decimal, quoted
from demarcate.tabular.positive_class import positive_or_second

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel


def decision_rule(model: "FittedModel", write: Callable[[Any], str] = quoted) -> str:
    """Return how a model decides: by a threshold, by costs or for the likeliest class; ``write`` writes the label."""
    if model.threshold is not None:
        label = write(model.classes.tolist()[positive_or_second(model.positive)])
        return f"{label} from a probability of {decimal(model.threshold)} on"
    return "the likeliest class" if model.costs is None else "the class of least expected cost"
