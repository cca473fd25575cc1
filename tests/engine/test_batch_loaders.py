import pytest
import torch
from torch.nn import functional

from demarcate.engine import Samples
from demarcate.engine.batch_loaders import FullBatchLoader, MiniBatchLoader, ShortEpochLoader
from demarcate.engine.batches import Batches
from demarcate.engine.member_data import MemberData
from demarcate.nn import HEADS
from demarcate.nn.dropout import Dropout, Dropouts
from demarcate.nn.layout import Layout

N_ROWS, D_IN, N_CLASSES = 23, 4, 3
GENERATOR = torch.Generator().manual_seed(5)
X = torch.randn(N_ROWS, D_IN, generator=GENERATOR, dtype=torch.float64)
CODES = torch.randint(N_CLASSES, (N_ROWS,), generator=GENERATOR)
WEIGHTS = torch.rand(N_ROWS, generator=GENERATOR, dtype=torch.float64) + 0.1
ROWS = [torch.arange(N_ROWS), torch.arange(1, N_ROWS)]
LAYOUT = Layout(((D_IN, 6, N_CLASSES),) * 2)
LOADERS = {"full": (FullBatchLoader, None), "mini": (MiniBatchLoader, 5), "short": (ShortEpochLoader, 5)}


def loader(kind, dropout=0.0, input_dropout=0.0):
    make, batch_size = LOADERS[kind]
    generators = [torch.Generator().manual_seed(seed) for seed in range(2)]
    data = MemberData(Samples.of([X], CODES, N_CLASSES, WEIGHTS), torch.zeros(2).long(), HEADS["softmax"], D_IN, 3)
    hidden, inputs = (
        Dropout([rate] * 2, LAYOUT, [0, 1], X.new_empty(0), of) if rate else None
        for rate, of in ((dropout, "hidden"), (input_dropout, "inputs"))
    )
    return make(data, Batches(ROWS, batch_size, generators), Dropouts(hidden, inputs), X.dtype)


def epoch_rows(kind, n_epochs):
    """The rows of each step of each member, in the order a DataLoader with its generator would give."""
    size, epochs = LOADERS[kind][1], []
    generators = [torch.Generator().manual_seed(seed) for seed in range(2)]
    for _ in range(n_epochs):
        pairs = zip(ROWS, generators, strict=True)
        orders = [rows[torch.randperm(len(rows), generator=own)] if size else rows for rows, own in pairs]
        epochs.append([order.split(size or len(order)) for order in orders])
    return epochs


def run_epoch(loader, logits_of):
    """Take an epoch's steps, each with logits made from its inputs."""
    steps = []
    for group in loader.step_groups():
        for step in group.steps:
            step.logits.copy_(logits_of(step.x))
            steps.append(step)
        loader.record(group)
    return steps


def linear(x):
    weight = torch.arange(N_CLASSES * D_IN, dtype=x.dtype).view(N_CLASSES, D_IN).sin()
    return (x @ weight.T).transpose(1, 2)


@pytest.mark.parametrize("kind", LOADERS)
def test_steps_hold_the_rows_that_a_shuffling_data_loader_would_give(kind):
    loaded = loader(kind)
    loaded.start_block(3)
    for epoch in epoch_rows(kind, 3):
        steps = run_epoch(loaded, linear)
        for member, batches in enumerate(epoch):
            for step, rows in zip(steps, batches, strict=True):
                n = len(rows)
                assert torch.equal(step.x[member, :n], X[rows])
                assert torch.equal(step.targets[member, :, :n].T, functional.one_hot(CODES[rows], 3).double())
                torch.testing.assert_close(step.scale[member, 0, :n], WEIGHTS[rows] / WEIGHTS[rows].sum())
                assert not step.scale[member, 0, n:].any()


@pytest.mark.parametrize("kind", LOADERS)
def test_the_metrics_of_a_block_are_torchs_weighted_mean_loss_and_accuracy_of_each_epoch(kind):
    loaded = loader(kind)
    loaded.start_block(2)
    for _ in range(2):
        run_epoch(loaded, linear)
    metrics = loaded.end_block()
    assert metrics.shape == (2, 2, 2)
    for member, rows in enumerate(ROWS):
        logits = linear(X[rows].unsqueeze(0))[0].T
        losses = functional.cross_entropy(logits, CODES[rows], reduction="none")
        expected = (losses * WEIGHTS[rows]).sum() / WEIGHTS[rows].sum()
        accuracy = (logits.argmax(1) == CODES[rows]).double().mean()
        torch.testing.assert_close(metrics[:, :, member], torch.stack([expected, accuracy]).expand(2, 2))


@pytest.mark.parametrize("kind", LOADERS)
def test_a_block_that_ends_early_has_the_metrics_of_the_epochs_that_were_trained(kind):
    loaded = loader(kind)
    loaded.start_block(4)
    run_epoch(loaded, linear)
    assert len(loaded.end_block()) == 1
    loaded.start_block(2)
    for _ in range(2):
        run_epoch(loaded, linear)
    assert len(loaded.end_block()) == 2


@pytest.mark.parametrize("kind", LOADERS)
def test_dropout_multiplies_inputs_and_gives_each_step_masks_of_its_own(kind):
    loaded, masked = loader(kind), loader(kind, dropout=0.5, input_dropout=0.5)
    loaded.start_block(2)
    masked.start_block(2)
    seen = []
    for _ in range(2):
        for plain, step in zip(run_epoch(loaded, linear), run_epoch(masked, linear), strict=True):
            ratio = step.x / plain.x
            is_row = plain.scale[:, 0] > 0
            assert set(ratio[is_row].round(decimals=9).unique().tolist()) == {0.0, 2.0}
            (mask,) = step.masks
            assert mask.shape == (2, plain.x.shape[1], 6)
            seen.append(mask.clone())
    assert len({tuple(mask.flatten().tolist()) for mask in seen}) == len(seen)


def test_an_interrupted_epoch_resumes_with_the_same_rows_and_sums(monkeypatch):
    monkeypatch.setattr("demarcate.engine.batch_loaders.MAX_NUMBERS", 1)
    whole, first, second = (loader("mini") for _ in range(3))
    for each in (whole, first, second):
        each.start_block(1)
    expected = run_epoch(whole, linear)
    groups = first.step_groups()
    for _ in range(2):
        group = next(groups)
        for step in group.steps:
            step.logits.copy_(linear(step.x))
        first.record(group)
    second.restore({name: value.clone() for name, value in first.state().items()})
    assert second.n_done == 2
    rest = run_epoch(second, linear)
    for step, other in zip(rest, expected[2:], strict=True):
        assert torch.equal(step.x, other.x)
    assert torch.equal(second.end_block(), whole.end_block())
    assert second.state() == {}
