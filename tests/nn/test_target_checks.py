import re

import numpy as np
import polars as pl
import pytest
import torch
from torch.nn import functional

from demarcate.errors import TargetError
from demarcate.nn import HEADS

SOFTMAX, LOGIT = HEADS["softmax"], HEADS["logit"]
THREE = torch.tensor([2, 0, 1, 1])
TWO = torch.tensor([1, 0, 1, 1])


def message(head, n_outputs, targets):
    with pytest.raises(TargetError) as caught:
        head.loss(torch.zeros(4, n_outputs), targets)
    return str(caught.value)


def converted(text, targets):
    """The targets after the conversion that a message names."""
    return eval(re.search(r"with ((targets|torch)[.].+)[.]$", text)[1], {"targets": targets, "torch": torch})


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool])
def test_one_hot_targets_become_class_indices_by_the_conversion_that_is_named(dtype):
    targets = functional.one_hot(THREE).to(dtype)
    text = message(SOFTMAX, 3, targets)
    assert "got one-hot" in text
    assert torch.equal(converted(text, targets), THREE)


def test_one_hot_targets_of_two_classes_become_a_column_by_the_conversion_that_is_named():
    targets = functional.one_hot(TWO)
    text = message(LOGIT, 1, targets)
    assert "got one-hot int64 of shape (4, 2)" in text
    assert torch.equal(converted(text, targets), TWO.float().unsqueeze(1))


def test_one_hot_targets_of_three_classes_need_another_head():
    text = message(LOGIT, 1, functional.one_hot(THREE))
    assert text.endswith("One logit separates two classes: use head='softmax', with 3 logits.")


@pytest.mark.parametrize("head", ["softmax", "logit"])
@pytest.mark.parametrize("of", [list, np.array, lambda values: pl.Series("y", values)])
def test_targets_that_are_no_tensor_are_converted_by_what_is_named(head, of):
    targets = of(TWO.tolist())
    text = message(HEADS[head], HEADS[head].n_outputs(2), targets)
    assert f"got {type(targets).__name__}. " in text
    assert torch.equal(converted(text, targets), TWO)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([0, 1, 3, 2], "class indices of 3 logits, 0 to 2, got 3 in row 3. Give the network 4 outputs, or number"),
        ([1, 2, 3, 3], "class indices of 3 logits, 0 to 2, got 3 in row 3. Labels that begin at 1 become indices with"),
        ([0, 1, -100, 2], "class indices of 3 logits, 0 to 2, got -100 in row 3. Number the classes from 0, and leave"),
        (
            [-1, 1, 1, -1],
            "class indices of 3 logits, 0 to 2, got -1 in row 1. Convert -1 and 1 with (targets + 1) // 2.",
        ),
        ([0.0, 1.0, float("nan"), 2.0], "class indices of 3 logits, 0 to 2, got nan in row 3. Leave out the rows with"),
        ([0.0, 1.0, 0.5, 2.0], "class indices of 3 logits, 0 to 2, got 0.5 in row 3. Fractions are no classes: cut th"),
    ],
)
def test_values_that_are_no_class_of_the_network_are_named_with_their_row(targets, said):
    assert message(SOFTMAX, 3, torch.tensor(targets)).startswith(f"targets must be {said}")


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([0.0, 1.0, 2.0, 0.0], "0.0 or 1.0, got 2 in row 3. "),
        ([0.0, float("nan"), 1.0, 0.0], "0.0 or 1.0, got nan in row 2. Leave out the rows without a label."),
        ([-1, 1, 1, -1], "0.0 or 1.0, got -1 in row 1. Convert -1 and 1 with (targets + 1) // 2."),
        ([1, 2, 1, 2], "0.0 or 1.0, got 2 in row 2. Labels that begin at 1 become indices with targets - 1."),
    ],
)
def test_values_that_are_neither_of_two_classes_are_named_with_their_row(targets, said):
    assert message(LOGIT, 1, torch.tensor(targets).unsqueeze(1)).startswith(f"targets must be {said}")


def test_the_number_of_logits_has_to_be_that_of_the_loss():
    assert message(SOFTMAX, 1, TWO).startswith(
        "cross-entropy takes a logit for each class, at least two, got logits of"
    )
    assert message(LOGIT, 2, TWO).startswith("binary cross-entropy takes one logit a row, got logits of shape (4, 2). ")


def test_other_shapes_are_refused_without_a_conversion_that_would_mix_rows():
    assert message(SOFTMAX, 3, torch.zeros(3).long()).endswith("got int64 of shape (3,). Give one index a row.")
    assert message(LOGIT, 1, torch.zeros(4, 3)).endswith("got float32 of shape (4, 3). Give one number a row.")
    assert message(SOFTMAX, 3, torch.full((4, 3), 1 / 3)).endswith("of probabilities targets.argmax(dim=-1).")
    assert message(SOFTMAX, 3, TWO.to(torch.complex64)).endswith("Give real numbers.")


def test_probabilities_of_class_one_are_targets_of_binary_cross_entropy():
    targets = torch.tensor([[0.1], [0.9], [0.5], [1.0]])
    expected = functional.binary_cross_entropy_with_logits(torch.zeros(4, 1), targets, reduction="none")
    assert torch.equal(LOGIT.loss(torch.zeros(4, 1), targets), expected[:, 0])
