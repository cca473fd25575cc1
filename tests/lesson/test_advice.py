"""The advice for errors that torch itself raises."""

from pathlib import Path

import pytest
import torch
from torch import nn

from demarcate.lesson.advice import advice_for

LOGITS, ONE = torch.zeros(4, 3, requires_grad=True), torch.zeros(4, 1, requires_grad=True)


def twice():
    loss = (LOGITS**2).sum()
    loss.backward()
    loss.backward()


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda: nn.Linear(3, 8)(torch.zeros(4, 2)), "in_features"),
        (lambda: nn.BCEWithLogitsLoss()(ONE, torch.zeros(4)), "unsqueeze"),
        (lambda: nn.CrossEntropyLoss()(LOGITS, torch.zeros(4)), "long()"),
        (lambda: nn.CrossEntropyLoss()(LOGITS, torch.zeros(4, 1, dtype=torch.int64)), "without unsqueeze"),
        (lambda: nn.CrossEntropyLoss()(LOGITS, torch.full((4,), 3)), "an output for each class"),
        (lambda: nn.Linear(2, 8)(torch.zeros(4, 2, dtype=torch.float64)), "float32"),
        (lambda: torch.zeros(3).sum().backward(), "no_grad"),
        (LOGITS.numpy, "detach"),
        (twice, "anew in every epoch"),
        (lambda: __import__("demarkate"), "environment"),
        (lambda: Path("no/such.csv").read_text(), "beside it"),
        (lambda: int("x"), "Run the file itself"),
    ],
)
def test_an_error_leads_to_its_remedy(mistake, words):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the kinds of errors are torch's
        mistake()
    assert words in advice_for(f"{type(caught.value).__name__}: {caught.value}")
