import re

import pytest
import torch

from demarcate.errors import InputWarning, TargetError
from demarcate.nn import Network
from demarcate.trainingset.tensor_targets import tensor_codes

INDICES = torch.tensor([0, 1, 2, 0, 1, 2])
COLUMN = torch.tensor([[0.0], [1.0], [1.0]])


def test_targets_are_class_indices_whichever_loss_takes_them():
    assert torch.equal(tensor_codes(INDICES, [Network()]), INDICES)
    assert tensor_codes(COLUMN, [Network()]).tolist() == [0, 1, 1]
    assert tensor_codes(COLUMN.double().requires_grad_(), [Network()]).tolist() == [0, 1, 1]


def test_the_loss_of_every_network_has_to_take_them():
    with pytest.raises(TargetError, match=r"^cross-entropy takes class indices, int64 of shape \(3,\)"):
        tensor_codes(COLUMN, [Network(), Network(head="softmax")])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (INDICES - 1, "got -1 in row 1. Number the classes from 0, and leave out rows without a class."),
        (INDICES[:2] * 2 - 1, "got -1 in row 1. Convert -1 and 1 with (targets + 1) // 2."),
        (COLUMN + 0.25, "got 0.25 in row 1. Fractions are no classes: cut them into classes, such as (targets > 0.5)."),
        (COLUMN / COLUMN, "got nan in row 1. Leave out the rows without a label."),
    ],
)
def test_what_is_no_class_index_is_named_with_its_row_and_a_remedy(targets, message):
    with pytest.raises(TargetError, match=re.escape(f"targets must be class indices, 0, 1, 2 and so on, {message}")):
        tensor_codes(targets, [Network()])


@pytest.mark.parametrize(
    ("n_classes", "conversion"), [(3, "argmax(dim=-1)"), (2, "argmax(dim=-1, keepdim=True).float()")]
)
def test_one_hot_targets_are_refused_with_what_the_loss_takes(n_classes, conversion):
    targets = torch.eye(n_classes)[INDICES % n_classes]
    with pytest.raises(TargetError, match=re.escape(f"Convert them with targets.{conversion}.")):
        tensor_codes(targets, [Network()])
    assert tensor_codes(eval(f"targets.{conversion}"), [Network()]).tolist() == (INDICES % n_classes).tolist()


@pytest.mark.parametrize(("targets", "said"), [(INDICES + 1, "class 0"), (INDICES * 2, "classes 1, 3")])
def test_a_class_without_rows_is_warned_of(targets, said):
    with pytest.warns(InputWarning, match=f"^no row is of {said}: the 3 classes are the labels that occur, "):
        assert torch.equal(tensor_codes(targets, [Network()]), targets)


def test_ids_in_a_tensor_take_no_memory_for_each_number_below_them():
    targets = torch.tensor([10**12, 7, 10**12, 7])
    with pytest.warns(InputWarning, match=r"^no row is of classes 0, 1, 2.* and 999,999,999,\d+ more: the 2 "):
        assert torch.equal(tensor_codes(targets, [Network()]), targets)


def test_an_infinite_target_is_no_fraction():
    with pytest.raises(TargetError, match=r"got inf in row 2. Leave out the rows without a label.$"):
        tensor_codes(torch.tensor([[0.0], [torch.inf], [1.0]]), [Network()])
