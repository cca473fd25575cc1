"""The samples as the members of one population see them: what goes in, what should come out, and how it is judged."""

from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.engine.batches import PAD
from demarcate.engine.samples import Samples
from demarcate.nn import Head

_BYTE = 256


@dataclass(frozen=True, eq=False)
class Targets:
    """What should come out for rows, ``(..., n_members, batch)`` each.

    Attributes
    ----------
    marks
        What each output's probability should be, ``(..., n_members, n_outputs, batch)``.
    weights
        What each row's loss counts; 0 for rows that only fill up the stack. The same tensor as ``real`` where all rows
        count alike.
    real
        1 where there is a row, 0 where there is padding.
    whole
        Whether there is no padding.
    """

    marks: Tensor
    weights: Tensor
    real: Tensor
    whole: bool

    def scale(self) -> Tensor:
        """Each row's share of its batch's weights, ``(..., n_members, 1, batch)``; 0 where no row counts."""
        total = self.weights.sum(-1, keepdim=True).clamp_(min=torch.finfo(self.weights.dtype).tiny)
        return (self.weights / total).unsqueeze(-2)


@dataclass(eq=False)
class MemberData:
    """Where the members of a population get their rows.

    Attributes
    ----------
    samples
        The rows.
    encoding
        The encoding each member reads, ``(n_members,)``.
    head
        What the outputs mean.
    d_in, n_outputs
        Widths of the stack's inputs and outputs.
    """

    samples: Samples
    encoding: Tensor
    head: Head
    d_in: int
    n_outputs: int

    def __post_init__(self) -> None:
        self._alike = bool(self.samples.weights.eq(1).all())
        # Random reads of a large table's codes cost less the fewer bytes they lie in.
        self._codes = self.samples.codes.to(torch.uint8 if self.samples.n_classes <= _BYTE else torch.int32)

    def inputs(self, rows: Tensor, dtype: torch.dtype) -> Tensor:
        """Encoded rows ``(..., n_members, batch, d_in)`` for row numbers ``(..., n_members, batch)``, any for `PAD`."""
        rows = rows.to(self.encoding.device).clamp(min=0)
        encoding = self.encoding.expand(rows.shape[:-1]).flatten()
        gathered = self.samples.gather(encoding, rows.flatten(0, -2))[..., : self.d_in]
        return gathered.to(dtype).contiguous().view(*rows.shape, self.d_in)

    def targets(self, rows: Tensor) -> Targets:
        """What should come out for these rows."""
        rows = rows.to(self.encoding.device)
        dtype = self.samples.weights.dtype
        is_row = rows != PAD
        real = is_row.to(dtype)
        rows = rows.clamp(min=0)
        codes = self._codes[rows]
        marks = self.head.target_probabilities(codes, self.n_outputs, dtype)
        weights = real if self._alike else self.samples.weights[rows] * real
        return Targets(marks, weights, real, bool(is_row.all()))

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.encoding = self.encoding[members]


def metric_sums(head: Head, targets: Targets, logits: Tensor) -> Tensor:
    """Sums over batches, from which losses and accuracies come.

    Parameters
    ----------
    logits
        ``(..., n_members, n_outputs, batch)``; may have more leading axes than the targets.

    Returns
    -------
    Tensor
        Weighted loss, weight, loss, right predictions and rows, float64 ``(..., 5, n_members)``.
    """
    marks = targets.marks.expand_as(logits)
    # In float64 sums of float32 numbers hardly round, so they do not depend on how rows are stacked.
    losses = head.transposed_losses(logits, marks).double()
    right = head.transposed_hits(logits, marks)
    real, weights = targets.real.double(), targets.weights.double()
    if not targets.whole:
        right = right & (targets.real > 0)
    plain = losses.sum(-1) if targets.whole else (losses * real).sum(-1)
    weighted = plain if targets.weights is targets.real else (losses * weights).sum(-1)
    sums = (weighted, weights.sum(-1), plain, right.sum(-1).double(), real.sum(-1))
    return torch.stack([each.expand_as(plain) for each in sums], -2)


def mean_metrics(sums: Tensor) -> Tensor:
    """Mean loss and accuracy ``(..., 2, n_members)`` on the CPU, from sums ``(..., 5, n_members)``.

    Rows of which none counts (all their weights are 0) are told by their plain mean, so that there is a number to tell.
    """
    weighted, weight, plain, right, rows = sums.cpu().unbind(-2)
    return torch.stack([torch.where(weight > 0, weighted / weight, plain / rows), right / rows], -2)
