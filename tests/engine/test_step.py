import pytest
import torch
from torch.nn import functional

from demarcate.engine.step import Batch, Stack, Tally, gradient
from demarcate.nn import ACTIVATIONS, HEADS, Layout, initial_state

DTYPE = torch.float64
LAYOUT = Layout(((3, 5, 2), (3, 4, 2)))
STACK = Stack(LAYOUT, ACTIVATIONS["tanh"], HEADS["softmax"])


def flat():
    generator = torch.Generator().manual_seed(0)
    return LAYOUT.pack([initial_state(widths, generator, DTYPE) for widths in LAYOUT.widths])


def batch(weights):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2, 6, 3, generator=generator, dtype=DTYPE)
    codes = torch.randint(2, (2, 6), generator=generator)
    return Batch(x, codes, torch.tensor(weights, dtype=DTYPE).expand(2, 6), torch.ones(2, 6, dtype=DTYPE))


def plain_gradient(state, x, codes, weights):
    leaves = [parameter.clone().requires_grad_() for layer in state for parameter in layer]
    first, first_bias, second, second_bias = leaves
    logits = functional.linear(torch.tanh(functional.linear(x, first, first_bias)), second, second_bias)
    losses = functional.cross_entropy(logits, codes, reduction="none")
    return torch.autograd.grad((losses * weights).sum() / weights.sum(), leaves)


@pytest.mark.parametrize("weights", [[1.0] * 6, [1, 2, 3, 0, 0, 0.5]])
def test_the_gradient_is_autograds_of_each_networks_weighted_mean_loss(weights):
    parameters, seen = flat(), batch(weights)
    slopes = LAYOUT.unpack(gradient(parameters, STACK, seen, None)[0])
    for member, state in enumerate(LAYOUT.unpack(parameters)):
        expected = plain_gradient(state, seen.x[member], seen.codes[member], seen.weights[member])
        found = [slope for layer in slopes[member] for slope in layer]
        torch.testing.assert_close(found, list(expected), rtol=1e-12, atol=1e-15)


def test_rows_without_weight_have_no_gradient_whatever_they_hold():
    seen, changed = batch([1.0, 1, 1, 0, 0, 0]), batch([1.0, 1, 1, 0, 0, 0])
    changed.x[:, 3:] *= -100
    assert torch.equal(gradient(flat(), STACK, seen, None)[0], gradient(flat(), STACK, changed, None)[0])


def test_a_batch_in_which_no_row_counts_has_no_gradient():
    assert gradient(flat(), STACK, batch([0.0] * 6), None)[0].count_nonzero() == 0


def tallied(*batches):
    tally = Tally.empty(2, flat())
    for seen in batches:
        tally.add(STACK, seen, *STACK.loss(flat(), seen))
    return tally.result()


def test_a_tally_of_two_batches_is_the_weighted_mean_of_all_rows():
    first, second = batch([1.0, 2, 3, 4, 5, 6]), batch([2.0, 0, 0, 1, 0, 0])
    logits = torch.cat([STACK.loss(flat(), seen)[0] for seen in (first, second)], 1)
    codes, weights = (torch.cat([getattr(seen, name) for seen in (first, second)], 1) for name in ("codes", "weights"))
    losses = functional.cross_entropy(logits.transpose(1, 2), codes, reduction="none")
    expected = torch.stack([(losses * weights).sum(1) / weights.sum(1), (logits.argmax(2) == codes).double().mean(1)])
    torch.testing.assert_close(tallied(first, second), expected)


def test_padding_rows_never_count():
    whole, cut = batch([1.0] * 6), batch([1.0] * 6)
    real = torch.tensor([1.0, 1, 1, 1, 0, 0], dtype=DTYPE).expand(2, 6)
    padded = Batch(whole.x, whole.codes, whole.weights * real, real)
    cut = Batch(cut.x[:, :4], cut.codes[:, :4], cut.weights[:, :4], cut.real[:, :4])
    torch.testing.assert_close(tallied(padded), tallied(cut), rtol=1e-12, atol=0)


def test_rows_of_which_none_counts_are_told_by_their_plain_mean():
    assert torch.equal(tallied(batch([0.0] * 6)), tallied(batch([1.0] * 6)))
