import numpy as np
import pytest
import torch

from demarcate.nn import HEADS
from demarcate.nn.array_heads import array_probabilities


@pytest.mark.parametrize(("head", "n_outputs"), [("logit", 1), ("softmax", 2), ("softmax", 5)])
@pytest.mark.parametrize("size", [1.0, 40.0, 1e4])
def test_probabilities_are_those_of_torch(head, n_outputs, size):
    logits = np.random.default_rng(0).normal(0, size, (3, 50, n_outputs)).astype(np.float32)
    expected = HEADS[head].probabilities(torch.from_numpy(logits).double()).numpy()
    np.testing.assert_allclose(array_probabilities(head, logits), expected, atol=1e-15, rtol=1e-12)


@pytest.mark.parametrize("head", ["logit", "softmax"])
def test_logits_that_are_no_numbers_give_probabilities(head):
    logits = np.array([[np.nan], [np.inf], [-np.inf]]) * np.ones(1 if head == "logit" else 3)
    probabilities = array_probabilities(head, logits)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(-1), 1)
