import pytest
import torch
from torch.nn import functional

from demarcate.engine import Samples
from demarcate.engine.batches import PAD
from demarcate.engine.member_data import MemberData, mean_metrics, metric_sums
from demarcate.nn import HEADS

GENERATOR = torch.Generator().manual_seed(3)
X = torch.randn(12, 4, generator=GENERATOR, dtype=torch.float64)
CODES = torch.randint(3, (12,), generator=GENERATOR)
ROWS = torch.tensor([[0, 5, 2, 7], [3, 1, PAD, PAD]])


def source(weights=None, head="softmax"):
    codes = CODES if head == "softmax" else CODES.clamp(max=1)
    samples = Samples.of([X, X[:, :2] * 10], codes, 3, weights)
    return MemberData(samples, torch.tensor([0, 1]), HEADS[head], 4, 3 if head == "softmax" else 1)


def judged(targets, logits, head="softmax"):
    return mean_metrics(metric_sums(HEADS[head], targets, logits))


def test_rows_are_read_in_each_members_encoding_and_marked_by_class():
    found = source()
    x, targets = found.inputs(ROWS, torch.float32), found.targets(ROWS)
    assert x.dtype == torch.float32
    torch.testing.assert_close(x[0].double(), X[ROWS[0]], rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(x[1, :2, :2].double(), X[ROWS[1, :2], :2] * 10, rtol=1e-6, atol=1e-6)
    assert targets.mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert torch.equal(targets.probabilities[0], functional.one_hot(CODES[ROWS[0]], 3).T.double())
    assert targets.scale().sum(2).tolist() == [[1.0], [1.0]]


def test_the_same_rows_with_a_first_axis_of_steps_are_the_same():
    found = source()
    both = torch.stack([ROWS, ROWS.flip(1)])
    assert torch.equal(found.inputs(both, X.dtype)[1], found.inputs(ROWS.flip(1), X.dtype))
    assert torch.equal(found.targets(both).probabilities[0], found.targets(ROWS).probabilities)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("head", ["softmax", "logit"])
def test_what_is_judged_is_torchs_weighted_mean_loss_and_the_share_that_is_right(head, weighted):
    weights = torch.rand(12, generator=GENERATOR, dtype=torch.float64) + 0.1 if weighted else None
    found = source(weights, head)
    targets = found.targets(ROWS)
    logits = torch.randn(5, *targets.probabilities.shape, generator=GENERATOR, dtype=torch.float64)
    losses, accuracies = judged(targets, logits, head).unbind(1)
    for look in range(5):
        for member, rows in enumerate((ROWS[0], ROWS[1, :2])):
            own, codes = logits[look, member, :, : len(rows)].T, found.samples.codes[rows]
            plain = HEADS[head].loss(own, HEADS[head].targets(codes, own.dtype))
            w = torch.ones(len(rows), dtype=torch.float64) if weights is None else weights[rows]
            torch.testing.assert_close(losses[look, member], (plain * w).sum() / w.sum())
            right = (HEADS[head].predictions(own) == codes).double().mean()
            torch.testing.assert_close(accuracies[look, member], right)


def test_rows_of_which_none_counts_are_told_by_their_plain_mean_and_have_no_share():
    nothing, everything = source(torch.zeros(12)), source()
    logits = torch.randn(2, 3, 4, generator=GENERATOR, dtype=torch.float64)
    torch.testing.assert_close(judged(nothing.targets(ROWS), logits), judged(everything.targets(ROWS), logits))
    assert nothing.targets(ROWS).scale().count_nonzero() == 0


def test_members_that_go_on_read_their_own_encoding():
    found = source()
    expected = found.inputs(ROWS, X.dtype)[1:]
    found.keep(torch.tensor([1]))
    assert torch.equal(found.inputs(ROWS[1:], X.dtype), expected)
