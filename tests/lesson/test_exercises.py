"""Every answer is right, and the numbers of exact exercises are those of the definitions."""

import numpy as np
import pytest
import torch

from demarcate.lesson import EXERCISES, Solution, mark
from demarcate.lesson.run_solution import run_file


@pytest.mark.parametrize("name", EXERCISES)
def test_the_answer_is_right(name, tmp_path):
    path = tmp_path / f"{name}.py"
    path.write_text(EXERCISES[name].answer(), encoding="utf-8")
    marking = mark(Solution(str(path), **run_file(str(path))))
    assert marking.problem == ""
    assert [(each.expected.name, each.value) for each in marking.marks if not each.is_right] == []


def expected(exercise, name):
    return next(each for each in EXERCISES[exercise].expected if each.name == name)


def test_the_numbers_of_logits_are_those_of_the_formulas():
    exponentials = np.exp([2.0, 1.0, 0.0, -1.0])
    shares = exponentials / exponentials.sum()
    for name, value in (("largest_probability", shares[0]), ("loss", -np.log(shares[2]))):
        wanted = expected("logits", name)
        assert wanted.low <= value <= wanted.high
    twice = torch.nn.functional.cross_entropy(torch.tensor(shares)[None], torch.tensor([2])).item()
    assert "taken twice" in expected("logits", "loss").hint_for(twice)


def test_a_loss_that_a_softmax_or_sigmoid_before_it_bounds_is_recognised():
    perfect = torch.eye(4)
    bound = torch.nn.functional.cross_entropy(perfect, torch.arange(4)).item()
    assert "softmax" in expected("blobs", "last_loss").hint_for(bound + 0.02)
    halves = torch.tensor([0.0, 1.0])
    bound = torch.nn.functional.binary_cross_entropy_with_logits(halves, halves).item()
    assert "sigmoid" in expected("circles", "last_loss").hint_for(bound + 0.02)
