import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from demarcate.errors import SettingError, TargetError
from demarcate.nn import HEADS
from demarcate.nn.heads import LogitHead, SoftmaxHead, head_for

REPEATABLE = settings(deadline=None, derandomize=True)

SOFTMAX, LOGIT = SoftmaxHead(), LogitHead()
FLOATS = st.floats(-1e4, 1e4, width=32)
ROWS_OF_LOGITS = st.integers(2, 6).flatmap(
    lambda n_classes: st.lists(st.lists(FLOATS, min_size=n_classes, max_size=n_classes), min_size=1, max_size=8)
)
SINGLE_LOGITS = st.lists(FLOATS, min_size=1, max_size=20)


@REPEATABLE
@given(ROWS_OF_LOGITS)
def test_softmax_probabilities_are_rows_that_sum_to_one(rows):
    probabilities = SOFTMAX.probabilities(torch.tensor(rows))
    assert probabilities.min() >= 0
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(len(rows)))


@REPEATABLE
@given(ROWS_OF_LOGITS)
def test_the_largest_logit_has_the_largest_probability(rows):
    logits = torch.tensor(rows, dtype=torch.float64)
    probabilities, predictions = SOFTMAX.probabilities(logits), SOFTMAX.predictions(logits)
    chosen = probabilities.gather(-1, predictions.unsqueeze(-1)).squeeze(-1)
    assert torch.equal(chosen, probabilities.max(-1).values)
    apart = logits.topk(2).values.diff().abs().squeeze(-1) > 1e-9
    assert torch.equal(predictions[apart], probabilities.argmax(-1)[apart])


@REPEATABLE
@given(SINGLE_LOGITS)
def test_a_logit_above_zero_is_a_probability_above_a_half(values):
    logits = torch.tensor(values, dtype=torch.float64).unsqueeze(-1)
    logits = logits[logits.abs().squeeze(-1) > 1e-9]
    assert torch.equal(LOGIT.predictions(logits), (torch.sigmoid(logits.squeeze(-1)) > 0.5).long())
    assert torch.equal(LOGIT.predictions(logits), LOGIT.probabilities(logits).argmax(-1))


def test_a_logit_of_zero_is_an_even_chance_and_predicts_class_zero():
    assert LOGIT.probabilities(torch.zeros(1, 1)).tolist() == [[0.5, 0.5]]
    assert LOGIT.predictions(torch.zeros(1, 1)).tolist() == [0]


@REPEATABLE
@given(SINGLE_LOGITS)
def test_the_two_probabilities_of_one_logit_sum_to_one_and_mirror_each_other(values):
    logits = torch.tensor(values).unsqueeze(-1)
    probabilities = LOGIT.probabilities(logits)
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(len(values)))
    assert torch.equal(LOGIT.probabilities(-logits), probabilities.flip(-1))


def test_a_small_probability_is_not_lost_to_cancellation():
    probabilities = LOGIT.probabilities(torch.tensor([[40.0]], dtype=torch.float64))
    assert probabilities[0, 0].item() == pytest.approx(4.248354255291589e-18, rel=1e-12)


@REPEATABLE
@given(SINGLE_LOGITS)
def test_one_logit_means_what_two_logits_that_differ_by_it_mean(values):
    logits = torch.tensor(values, dtype=torch.float64).unsqueeze(-1)
    two = torch.cat([torch.zeros_like(logits), logits], -1)
    codes = torch.arange(len(values)) % 2
    torch.testing.assert_close(LOGIT.probabilities(logits), SOFTMAX.probabilities(two))
    one_loss = LOGIT.loss(logits, LOGIT.targets(codes, torch.float64))
    torch.testing.assert_close(one_loss, SOFTMAX.loss(two, SOFTMAX.targets(codes, torch.float64)))


@REPEATABLE
@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=6))
def test_a_heads_logits_for_the_shares_of_classes_are_probabilities_that_are_these_shares(counts):
    shares = torch.tensor(counts, dtype=torch.float64)
    shares /= shares.sum()
    torch.testing.assert_close(SOFTMAX.probabilities(SOFTMAX.prior_logits(shares)), shares)
    assert LOGIT.prior_logits(shares[:2]).shape == (1,)
    two = shares[:2] / shares[:2].sum()
    torch.testing.assert_close(LOGIT.probabilities(LOGIT.prior_logits(shares[:2]).unsqueeze(0))[0], two)


@pytest.mark.parametrize("members", [(), (3,)], ids=["network", "population"])
def test_the_softmax_loss_of_each_row_is_torchs_cross_entropy(members):
    torch.manual_seed(0)
    logits, codes = torch.randn(*members, 20, 4), torch.randint(4, (*members, 20))
    expected = functional.cross_entropy(logits.reshape(-1, 4), codes.reshape(-1), reduction="none")
    assert torch.equal(SOFTMAX.loss(logits, SOFTMAX.targets(codes, torch.float32)), expected.view(*members, 20))


@pytest.mark.parametrize("members", [(), (3,)], ids=["network", "population"])
def test_the_logit_loss_of_each_row_is_torchs_binary_cross_entropy(members):
    torch.manual_seed(0)
    logits, codes = torch.randn(*members, 20, 1), torch.randint(2, (*members, 20))
    expected = functional.binary_cross_entropy_with_logits(logits.squeeze(-1), codes.float(), reduction="none")
    assert torch.equal(LOGIT.loss(logits, LOGIT.targets(codes, torch.float32)), expected)


def test_confident_wrong_answers_cost_more():
    targets = LOGIT.targets(torch.tensor([0, 0, 0]), torch.float32)
    losses = LOGIT.loss(torch.tensor([[0.1], [2.0], [10.0]]), targets)
    assert losses.diff().min() > 0


@pytest.mark.parametrize(
    ("targets", "remedy"),
    [
        (torch.tensor([0.0, 1.0]), "got float32 of shape (2,). Convert them with targets.long()."),
        (torch.tensor([0, 1], dtype=torch.int32), "got int32 of shape (2,). Convert them with targets.long()."),
        (torch.tensor([[0], [1]]), "got int64 of shape (2, 1). Convert them with targets.squeeze(-1)."),
        (torch.eye(3)[:2], "got one-hot float32 of shape (2, 3). Convert them with targets.argmax(dim=-1)."),
    ],
)
def test_cross_entropy_says_what_targets_it_takes(targets, remedy):
    message = "cross-entropy takes class indices, int64 of shape (2,), " + remedy
    with pytest.raises(TargetError, match=f"^{re.escape(message)}$"):
        SOFTMAX.loss(torch.zeros(2, 3), targets)


@pytest.mark.parametrize(
    ("targets", "remedy"),
    [
        (torch.tensor([0, 1]), "got int64 of shape (2,). Convert them with targets.float().unsqueeze(-1)."),
        (torch.tensor([0.0, 1.0]), "got float32 of shape (2,). Convert them with targets.unsqueeze(-1)."),
        (torch.tensor([[0], [1]]), "got int64 of shape (2, 1). Convert them with targets.float()."),
        (torch.tensor([[0.0, 1.0]]), "got float32 of shape (1, 2). Convert them with targets.reshape(2, 1)."),
    ],
)
def test_binary_cross_entropy_says_what_targets_it_takes(targets, remedy):
    message = "binary cross-entropy takes floats of shape (2, 1), " + remedy
    with pytest.raises(TargetError, match=f"^{re.escape(message)}$"):
        LOGIT.loss(torch.zeros(2, 1), targets)


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
@pytest.mark.parametrize("dtype", [torch.int64, torch.float32, torch.bool])
def test_the_conversion_an_error_names_mends_the_targets(shape, dtype):
    targets, logits = torch.ones(shape, dtype=dtype), torch.zeros(2, 1)
    try:
        LOGIT.loss(logits, targets)
    except TargetError as error:
        conversion = re.search(r"targets\.[^ ]+(?=\.$)", str(error))[0]
        targets = eval(conversion, {"targets": targets})
    assert LOGIT.loss(logits, targets).shape == (2,)


@pytest.mark.parametrize("name", HEADS)
def test_the_targets_a_head_makes_are_those_its_loss_takes(name):
    head = HEADS[name]
    logits = torch.zeros(4, 5, head.n_outputs(2), dtype=torch.float64)
    targets = head.targets(torch.zeros(4, 5, dtype=torch.int64), torch.float64)
    assert head.loss(logits, targets).shape == (4, 5)
    assert head.probabilities(logits).shape == (4, 5, 2)
    assert head.predictions(logits).shape == (4, 5)
    assert head.predictions(logits).dtype == torch.int64


@REPEATABLE
@given(st.integers(2, 1000))
def test_auto_is_one_logit_for_two_classes_and_one_a_class_for_more(n_classes):
    head = head_for("auto", n_classes)
    assert (head.name, head.n_outputs(n_classes)) == (("logit", 1) if n_classes == 2 else ("softmax", n_classes))


def test_a_binary_problem_may_have_two_logits():
    assert head_for("softmax", 2).n_outputs(2) == 2


def test_one_logit_refuses_three_classes():
    with pytest.raises(SettingError, match=r"^the logit head separates two classes, got 3\. Use head='softmax'$"):
        head_for("logit", 3)


# Transposed: classes before rows


@st.composite
def transposed_logits(draw):
    """A head, and logits and class indices of two members, ``(2, n_outputs, batch)`` and ``(2, batch)``."""
    n_outputs, batch = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    logits = torch.randn(2, n_outputs, batch, generator=generator, dtype=torch.float64) * draw(st.sampled_from([1, 30]))
    codes = torch.randint(max(2, n_outputs), (2, batch), generator=generator)
    return (LOGIT if n_outputs == 1 else SOFTMAX), logits, codes


@REPEATABLE
@given(transposed_logits())
def test_transposed_losses_and_predictions_are_those_of_rows_before_classes(case):
    head, logits, codes = case
    targets = head.target_probabilities(codes, logits.shape[1], logits.dtype)
    straight = logits.transpose(1, 2)
    losses = head.loss(straight, head.targets(codes, logits.dtype))
    torch.testing.assert_close(head.transposed_losses(logits, targets), losses, rtol=1e-12, atol=1e-12)
    assert torch.equal(head.transposed_hits(logits, targets), head.predictions(straight) == codes)


@REPEATABLE
@given(transposed_logits())
def test_the_gradient_is_autograds(case):
    head, logits, codes = case
    leaf = logits.clone().requires_grad_()
    losses = head.loss(leaf.transpose(1, 2), head.targets(codes, logits.dtype))
    (expected,) = torch.autograd.grad(losses.sum(), leaf)
    targets = head.target_probabilities(codes, logits.shape[1], logits.dtype)
    torch.testing.assert_close(head.gradient(logits, targets), expected, rtol=1e-10, atol=1e-13)


def test_a_logit_of_zero_is_the_first_class_and_ties_are_the_first_of_the_largest():
    zero = torch.zeros(1, 1, 2)
    assert LOGIT.transposed_hits(zero, LOGIT.target_probabilities(torch.tensor([[0, 1]]), 1, zero.dtype)).tolist() == [
        [True, False]
    ]
    ties = torch.zeros(1, 3, 3)
    targets = SOFTMAX.target_probabilities(torch.tensor([[0, 1, 2]]), 3, ties.dtype)
    assert SOFTMAX.transposed_hits(ties, targets).tolist() == [[True, False, False]]


def test_a_class_that_is_ruled_out_costs_nothing_unless_it_is_the_rows_own():
    logits = torch.tensor([[[0.0, 0.0], [-torch.inf, -torch.inf]]])
    losses = SOFTMAX.transposed_losses(logits, SOFTMAX.target_probabilities(torch.tensor([[0, 1]]), 2, logits.dtype))
    assert losses.tolist() == [[0.0, torch.inf]]
