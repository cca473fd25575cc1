"""The samples as the members of one population read them: inputs, targets and the metrics of logits."""

from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.engine.batches import PAD
from demarcate.engine.samples import Samples
from demarcate.nn import Head

_MAX_UINT8_CLASSES = 256


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets of rows, ``(..., n_members, batch)`` each.

    The weight of a row's loss is 0 for padding. Where all rows weigh 1, ``weights`` is the same tensor as ``mask``.
    """

    probabilities: Tensor  # the target probability of each output, (..., n_members, n_outputs, batch)
    weights: Tensor
    mask: Tensor  # 1 for rows, 0 for padding
    is_full: bool  # whether there is no padding

    def scale(self) -> Tensor:
        """Return each row's share of its batch's weight, ``(..., n_members, 1, batch)``; 0 where no row has weight."""
        total = self.weights.sum(-1, keepdim=True).clamp_(min=torch.finfo(self.weights.dtype).tiny)
        return (self.weights / total).unsqueeze(-2)


@dataclass(eq=False)
class MemberData:
    """The rows of a population's members, each in its own encoding."""

    samples: Samples
    encoding: Tensor  # that each member reads, (n_members,), on the device of the samples
    head: Head
    d_in: int
    n_outputs: int

    def __post_init__(self) -> None:
        self._is_unweighted = bool(self.samples.weights.eq(1).all())
        # Random reads of a large table's codes cost less the fewer bytes they take.
        dtype = torch.uint8 if self.samples.n_classes <= _MAX_UINT8_CLASSES else torch.int32
        self._codes = self.samples.codes.to(dtype)

    @property
    def device(self) -> torch.device:
        """Where inputs and targets are."""
        return self.encoding.device

    def inputs(self, rows: Tensor, dtype: torch.dtype) -> Tensor:
        """Return encoded rows ``(..., n_members, batch, d_in)`` for ``rows`` ``(..., n_members, batch)``.

        Any row may stand where there is `PAD`.
        """
        rows = rows.to(self.device).clamp(min=0)
        encoding = self.encoding.expand(rows.shape[:-1]).flatten()
        gathered = self.samples.inputs.gather(encoding, rows.flatten(0, -2))[..., : self.d_in]
        return gathered.to(dtype).contiguous().view(*rows.shape, self.d_in)

    def targets(self, rows: Tensor) -> Targets:
        """Return the targets of ``rows`` ``(..., n_members, batch)``."""
        rows = rows.to(self.device)
        dtype = self.samples.weights.dtype
        is_row = rows != PAD
        mask = is_row.to(dtype)
        rows = rows.clamp(min=0)
        probabilities = self.head.target_probabilities(self._codes[rows], self.n_outputs, dtype)
        weights = mask if self._is_unweighted else self.samples.weights[rows] * mask
        return Targets(probabilities, weights, mask, bool(is_row.all()))

    def keep(self, members: Tensor) -> None:
        """Keep only these members."""
        self.encoding = self.encoding[members]


def metric_sums(head: Head, targets: Targets, logits: Tensor) -> Tensor:
    """Return the sums over batches of which losses and accuracies are made, float64 ``(..., 5, n_members)``.

    They are weighted loss, weight, loss, correct predictions and rows. ``logits`` ``(..., n_members, n_outputs,
    batch)`` may have more leading axes than the targets.
    """
    probabilities = targets.probabilities.expand_as(logits)
    # In float64 sums of float32 numbers hardly round, so they do not depend on how rows are stacked.
    losses = head.transposed_losses(logits, probabilities).double()
    correct = head.transposed_hits(logits, probabilities)
    mask, weights = targets.mask.double(), targets.weights.double()
    if not targets.is_full:
        correct = correct & (targets.mask > 0)
    loss = losses.sum(-1) if targets.is_full else (losses * mask).sum(-1)
    weighted = loss if targets.weights is targets.mask else (losses * weights).sum(-1)
    sums = (weighted, weights.sum(-1), loss, correct.sum(-1).double(), mask.sum(-1))
    return torch.stack([each.expand_as(loss) for each in sums], -2)


def mean_metrics(sums: Tensor) -> Tensor:
    """Return mean loss and accuracy ``(..., 2, n_members)`` on the CPU, from sums ``(..., 5, n_members)``.

    Where all rows weigh 0, the loss is the unweighted mean: a loss has to be a number.
    """
    weighted, weight, loss, correct, rows = sums.cpu().unbind(-2)
    return torch.stack([torch.where(weight > 0, weighted / weight, loss / rows), correct / rows], -2)
