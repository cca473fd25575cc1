"""What to look at for the errors that learners meet most."""

import re
from typing import NamedTuple


class Advice(NamedTuple):
    """A pattern in an error's message, and what to look at."""

    pattern: str
    text: str


ADVICE = (
    Advice(
        r"mat1 and mat2 shapes cannot be multiplied",
        "A layer gets another number of columns than it was made for: compare in_features with X.shape[1], and each "
        "layer's inputs with the outputs of the one before.",
    ),
    Advice(
        r"Target size .* must be the same as input size",
        "One logit needs targets of the same shape: y.float().unsqueeze(1).",
    ),
    Advice(
        r"expected scalar type Long|expected .*Long.*but (got|found)|0D or 1D target tensor expected",
        "Cross-entropy takes class numbers, int64 of shape (rows,): torch.tensor(y).long(), without unsqueeze.",
    ),
    Advice(
        r"result type Float can't be cast|expected .*Float.*but (got|found).*Long|Found dtype Long",
        "Binary cross-entropy takes targets 0.0 and 1.0: y.float().unsqueeze(1).",
    ),
    Advice(
        r"must have the same dtype|Found dtype Double|expected .*Float.*Double|expected .*Double.*Float",
        "Layers have float32 weights, numpy has float64 numbers: torch.tensor(X, dtype=torch.float32).",
    ),
    Advice(r"Target -?\d+ is out of bounds", "The last layer needs an output for each class, numbered from 0."),
    Advice(r"does not require grad", "The loss does not depend on the weights: leave out no_grad, detach and argmax."),
    Advice(r"requires grad|Use tensor\.detach", "Take numbers out with .item(), arrays with .detach().numpy()."),
    Advice(r"Trying to backward through the graph a second time", "Compute the loss anew in every epoch."),
    Advice(r"^ModuleNotFoundError", "Run this command in the environment in which the package is installed."),
    Advice(r"^FileNotFoundError", "The file runs in its own folder: put what it reads beside it."),
    Advice(r"^EOFError", "Nobody can answer input() here: write the value into the file."),
    Advice(r"^NameError", "The name is misspelt, or used before the line that sets it."),
    Advice(r"^(SyntaxError|IndentationError)", "Look for a missing bracket, colon or quote here or one line above."),
)


def advice_for(error: str) -> str:
    """Return what to look at for an error's message.

    Examples
    --------
    >>> advice_for("NameError: name 'modle' is not defined")
    'The name is misspelt, or used before the line that sets it.'
    """
    found = (advice.text for advice in ADVICE if re.search(advice.pattern, error))
    return next(found, "Run the file itself to see all of the message.")
