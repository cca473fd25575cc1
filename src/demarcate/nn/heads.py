"""Heads: what a network's raw outputs mean, and the loss that teaches them.

A head turns logits into probabilities and predictions and says what a target must look like. The leading axes are free:
one network's logits are ``(batch, n_outputs)``, a population's ``(n_members, batch, n_outputs)``.

Training takes the same logits turned, ``(..., n_outputs, batch)``: a softmax over an outer axis costs a tenth of one
over a last axis of two or three. `Head.marks`, `Head.residual` and `Head.turned_losses` are for that.
"""

from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from demarcate.errors import TargetError
from demarcate.nn.spec import n_outputs


class Head(Protocol):
    """What every head can do."""

    name: str

    def n_outputs(self, n_classes: int) -> int:
        """How many logits a network needs for ``n_classes`` classes."""

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:
        """The targets the loss takes, from class indices ``(..., batch)`` of dtype int64."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The loss of each row, ``(..., batch)``, after checking the targets."""

    def probabilities(self, logits: Tensor) -> Tensor:
        """Class probabilities ``(..., batch, n_classes)``; each row sums to 1."""

    def predictions(self, logits: Tensor) -> Tensor:
        """The likeliest class of each row, int64 ``(..., batch)``."""

    def marks(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:
        """What each output's probability should be, ``(..., n_outputs, batch)``, from class indices."""

    def shares(self, shares: Tensor) -> Tensor:
        """The logits ``(n_outputs,)`` that give every class its share, from shares above 0 ``(n_classes,)``."""

    def residual(self, logits: Tensor, marks: Tensor) -> Tensor:
        """The slope of each row's loss in its logits, all three ``(..., n_outputs, batch)``: probability less mark."""

    def turned_losses(self, logits: Tensor, marks: Tensor) -> Tensor:
        """The loss of each row, ``(..., batch)``, from logits and marks ``(..., n_outputs, batch)``."""

    def turned_right(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Whether the prediction is right, bool ``(..., batch)``, from logits and marks ``(..., n_outputs, batch)``."""


class SoftmaxHead:
    """K logits, one a class; cross-entropy. Targets are class indices.

    Examples
    --------
    >>> logits = torch.tensor([[2.0, 0.0, -2.0]])
    >>> SoftmaxHead().predictions(logits)
    tensor([0])
    >>> SoftmaxHead().loss(logits, torch.tensor([0.0]))
    Traceback (most recent call last):
    demarcate.errors.TargetError: cross-entropy takes class indices, int64 of shape (1,): got float32 of shape (1,).
    Convert them with targets.long().
    """

    name = "softmax"

    def n_outputs(self, n_classes: int) -> int:
        """One logit a class."""
        return n_outputs(self.name, n_classes)

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:  # noqa: ARG002 - indices have their own type
        """The class indices themselves."""
        return codes

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of each row, ``(..., batch)``.

        Raises
        ------
        TargetError
            If ``targets`` is not int64 of shape ``(..., batch)``.
        """
        shape = logits.shape[:-1]
        if targets.dtype != torch.int64 or targets.shape != shape:
            raise TargetError(
                f"cross-entropy takes class indices, int64 of shape {tuple(shape)}: got {_described(targets)}. "
                + ("Convert them with targets.long()." if targets.shape == shape else "Give one index a row.")
            )
        flat = functional.cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="none")
        return flat.view(shape)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Softmax of the logits."""
        return torch.softmax(logits, -1)

    def predictions(self, logits: Tensor) -> Tensor:
        """The index of the largest logit."""
        return logits.argmax(-1)

    def marks(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:
        """One where the class is, zero elsewhere."""
        return (codes.unsqueeze(-2) == torch.arange(n_outputs, device=codes.device).unsqueeze(1)).to(dtype)

    def shares(self, shares: Tensor) -> Tensor:
        """The logs of the shares."""
        return shares.log()

    def residual(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Softmax over the classes, less the marks."""
        return torch.softmax(logits, -2).sub_(marks)

    def turned_losses(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Cross-entropy: minus the log of the class's own softmax."""
        # The product would be NaN for a class with logit -inf that is not the row's own.
        return torch.logsumexp(logits, -2) - torch.where(marks > 0, logits, 0).sum(-2)

    def turned_right(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Whether the largest logit is the class's own; of equal ones the first counts."""
        top = logits.amax(-2, keepdim=True)
        largest = logits == top
        if (largest.sum(-2) > 1).any():
            # Finding where the largest is takes many times as long as finding it, and matters only for ties.
            return logits.argmax(-2) == marks.argmax(-2)
        return (largest & (marks > 0)).any(-2)


class LogitHead:
    """One logit, the log-odds of class 1; binary cross-entropy. Targets are floats with a column of their own.

    Examples
    --------
    >>> logits = torch.tensor([[0.0], [3.0]])
    >>> LogitHead().probabilities(logits)[0]
    tensor([0.5000, 0.5000])
    >>> LogitHead().loss(logits, torch.tensor([0, 1]))
    Traceback (most recent call last):
    demarcate.errors.TargetError: binary cross-entropy takes floats of shape (2, 1): got int64 of shape (2,).
    Convert them with targets.float().unsqueeze(-1).
    """

    name = "logit"

    def n_outputs(self, n_classes: int) -> int:
        """One logit; refuses more than two classes."""
        return n_outputs(self.name, n_classes)

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:
        """0.0 or 1.0 in a last axis of length one."""
        return codes.to(dtype).unsqueeze(-1)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Binary cross-entropy of each row, ``(..., batch)``.

        Raises
        ------
        TargetError
            If ``targets`` is not floating and of the logits' shape, ``(..., batch, 1)``.
        """
        if not targets.is_floating_point() or targets.shape != logits.shape:
            raise TargetError(
                f"binary cross-entropy takes floats of shape {tuple(logits.shape)}: got {_described(targets)}. "
                f"Convert them with {_conversion(targets, logits)}."
            )
        return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """``(1 - sigmoid, sigmoid)`` of the logit, each computed without cancellation."""
        return torch.cat([torch.sigmoid(-logits), torch.sigmoid(logits)], -1)

    def predictions(self, logits: Tensor) -> Tensor:
        """Class 1 where the logit is above 0, which is where its sigmoid is above 0.5."""
        return (logits.squeeze(-1) > 0).long()

    def marks(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:  # noqa: ARG002 - it is always one
        """0.0 or 1.0, the class index itself."""
        return codes.to(dtype).unsqueeze(-2)

    def shares(self, shares: Tensor) -> Tensor:
        """The log-odds of class 1."""
        return shares[1:].log() - shares[:1].log()

    def residual(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Sigmoid of the logit, less the mark."""
        return torch.sigmoid(logits).sub_(marks)

    def turned_losses(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Binary cross-entropy: minus the log of the sigmoid, of the logit turned so that up is right."""
        return functional.logsigmoid(logits * (2 * marks - 1)).neg_().squeeze(-2)

    def turned_right(self, logits: Tensor, marks: Tensor) -> Tensor:
        """Whether the logit is above 0 just where the class is 1."""
        return ((logits > 0) == (marks > 0)).squeeze(-2)


HEADS: MappingProxyType[str, Head] = MappingProxyType({"softmax": SoftmaxHead(), "logit": LogitHead()})
"""Every head by name."""


def head_for(name: str, n_classes: int) -> Head:
    """The head a network of this ``head`` setting uses for ``n_classes`` classes.

    Raises
    ------
    SettingError
        If the head cannot tell that many classes apart.

    Examples
    --------
    >>> head_for("auto", 2).name, head_for("auto", 5).name
    ('logit', 'softmax')
    """
    if name == "auto":
        name = "logit" if n_classes == 2 else "softmax"
    head = HEADS[name]
    head.n_outputs(n_classes)
    return head


def _described(targets: Tensor) -> str:
    return f"{str(targets.dtype).removeprefix('torch.')} of shape {tuple(targets.shape)}"


def _conversion(targets: Tensor, logits: Tensor) -> str:
    parts = ["targets"]
    if not targets.is_floating_point():
        parts.append("float()")
    if targets.shape != logits.shape:
        parts.append("unsqueeze(-1)" if targets.shape == logits.shape[:-1] else f"reshape{tuple(logits.shape)}")
    return ".".join(parts)
