import pytest
import torch

from demarcate.nn.counter_random import random_bytes
from demarcate.nn.dropout import Dropout
from demarcate.nn.layout import Layout

CPU = torch.device("cpu")


def test_bytes_are_uniform_for_each_seed_layer_and_step():
    drawn = torch.stack([random_bytes([0, 1, 2], layer, range(5), 64, 100, CPU) for layer in range(2)])
    counts = torch.stack([(part.long() + 128).flatten().bincount(minlength=256) for part in drawn.flatten(0, 2)])
    expected = drawn[0, 0, 0].numel() / 256
    chi_square = ((counts - expected) ** 2 / expected).sum(1)
    assert (chi_square - 255).abs().max() < 5 * (2 * 255) ** 0.5


def test_streams_of_different_seeds_layers_steps_rows_and_columns_are_uncorrelated():
    drawn = torch.stack([random_bytes([7, 8], layer, range(3), 50, 64, CPU) for layer in range(2)]).double()
    for axis in range(drawn.ndim):
        first, second = drawn.narrow(axis, 0, 1).flatten(), drawn.narrow(axis, 1, 1).flatten()
        correlation = torch.corrcoef(torch.stack([first, second]))[0, 1]
        assert correlation.abs() < 5 / len(first) ** 0.5


def test_a_byte_depends_on_its_own_indices_alone():
    whole = random_bytes([3, 4, 5], 1, range(6), 20, 30, CPU)
    part = random_bytes([5, 3], 1, range(2, 4), 7, 11, CPU)
    assert torch.equal(part, whole[2:4, [2, 0], :7, :11])


@pytest.mark.parametrize("of", ["hidden", "inputs"])
def test_dropout_without_generators_meets_every_members_rate_and_keeps_the_expectation(of):
    rates = [0.0, 0.2, 0.7]
    dropout = Dropout(rates, Layout(((8, 8, 1),) * 3), [0, 1, 2], torch.empty(0), of)
    dropout._has_generators = False
    masks = torch.stack([mask for (mask,) in dropout.masks(500, 20, [20] * 3)])
    for member, rate in enumerate(rates):
        own = masks[:, member]
        assert own.eq(0).double().mean().item() == pytest.approx(rate, abs=0.01)
        assert own.mean().item() == pytest.approx(1, abs=0.02)


def test_masks_without_generators_depend_neither_on_neighbours_nor_on_the_steps_drawn_ahead():
    layout = Layout(((4, 6, 1), (4, 9, 1)))
    together, again, alone = (
        Dropout(rates, members, seeds, torch.empty(0))
        for rates, members, seeds in [
            ([0.5, 0.3], layout, [1, 2]),
            ([0.5, 0.3], layout, [1, 2]),
            ([0.3], layout.select([1]), [2]),
        ]
    )
    for dropout in (together, again, alone):
        dropout._has_generators = False
    expected = torch.stack([mask for (mask,) in together.masks(6, 10, [10, 10])])
    one_by_one = torch.stack([again.masks(1, 10, [10, 10])[0][0] for _ in range(6)])
    assert torch.equal(one_by_one, expected)
    assert torch.equal(torch.stack([mask for (mask,) in alone.masks(6, 10, [10])]), expected[:, 1:])
    together.keep([1])
    assert torch.equal(together.masks(1, 10, [10])[0][0], alone.masks(1, 10, [10])[0][0])
