"""Heads: the meaning of a network's logits, and the loss that trains them.

The leading axes are free: one network's logits are ``(batch, n_outputs)``, a population's ``(n_members, batch,
n_outputs)``.
"""

from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from demarcate.nn.spec import n_outputs
from demarcate.nn.target_checks import check_binary_targets, check_class_indices


class Head(Protocol):
    """Turns logits into probabilities and predictions, and knows the loss that trains them.

    Training takes the same logits transposed, ``(..., n_outputs, batch)``: a softmax over an outer axis costs a tenth
    of one over a last axis of two or three. The last four methods are for that.
    """

    name: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def n_outputs(self, n_classes: int) -> int:
        """Return the number of logits for ``n_classes`` classes; refuse more classes than the head separates."""
        return n_outputs(self.name, n_classes)

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:
        """Return the targets the loss takes, from class indices ``(..., batch)`` of dtype int64."""

    def check_targets(self, logits: Tensor, targets: Tensor) -> None:
        """Raise `TargetError` for targets unlike those of `targets`, and for logits that are none of this head."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each row, ``(..., batch)``, after `check_targets`."""

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return class probabilities ``(..., batch, n_classes)``; each row sums to 1."""

    def predictions(self, logits: Tensor) -> Tensor:
        """Return the likeliest class of each row, int64 ``(..., batch)``."""

    def prior_logits(self, priors: Tensor) -> Tensor:
        """Return the logits ``(n_outputs,)`` with these probabilities above 0, ``(n_classes,)``."""

    def target_probabilities(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:
        """Return the target of each output's probability, ``(..., n_outputs, batch)``, from class indices."""

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the gradient of each row's loss in its logits, probability less target.

        Both arguments and the result are ``(..., n_outputs, batch)``; the targets are `target_probabilities`.
        """

    def transposed_losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each row, ``(..., batch)``, from two tensors as for `gradient`."""

    def transposed_hits(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return whether the prediction is right, bool ``(..., batch)``, from two tensors as for `gradient`."""


class SoftmaxHead(Head):
    """K logits, one a class; cross-entropy. Targets are class indices."""

    name = "softmax"

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:  # noqa: ARG002 - indices have their own type
        """Return the class indices themselves."""
        return codes

    def check_targets(self, logits: Tensor, targets: Tensor) -> None:
        """Refuse targets that are no class indices, int64 ``(..., batch)``."""
        check_class_indices(logits, targets)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each row, ``(..., batch)``, for int64 targets ``(..., batch)``."""
        self.check_targets(logits, targets)
        flat = functional.cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="none")
        return flat.view(logits.shape[:-1])

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the softmax of the logits."""
        return torch.softmax(logits, -1)

    def predictions(self, logits: Tensor) -> Tensor:
        """Return the index of the largest logit."""
        return logits.argmax(-1)

    def prior_logits(self, priors: Tensor) -> Tensor:
        """Return the logarithms of the probabilities."""
        return priors.log()

    def target_probabilities(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:
        """Return 1 for the class, 0 elsewhere."""
        return (codes.unsqueeze(-2) == torch.arange(n_outputs, device=codes.device).unsqueeze(1)).to(dtype)

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the softmax over the classes, less the targets."""
        return torch.softmax(logits, -2).sub_(targets)

    def transposed_losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy: minus the logarithm of the class's own softmax."""
        # The product would be NaN for a class with logit -inf that is not the row's own.
        return torch.logsumexp(logits, -2) - torch.where(targets > 0, logits, 0).sum(-2)

    def transposed_hits(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return whether the largest logit is the class's own; of equal ones the first counts."""
        largest = logits == logits.amax(-2, keepdim=True)
        if (largest.sum(-2) > 1).any():
            # The position of the maximum takes many times as long as the maximum, and matters only for ties.
            return logits.argmax(-2) == targets.argmax(-2)
        return (largest & (targets > 0)).any(-2)


class LogitHead(Head):
    """One logit, the log-odds of class 1; binary cross-entropy. Targets are floats with a column of their own."""

    name = "logit"

    def targets(self, codes: Tensor, dtype: torch.dtype) -> Tensor:
        """Return 0.0 or 1.0 in a last axis of length one."""
        return codes.to(dtype).unsqueeze(-1)

    def check_targets(self, logits: Tensor, targets: Tensor) -> None:
        """Refuse targets that are not floats from 0 to 1, ``(..., batch, 1)``."""
        check_binary_targets(logits, targets)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the binary cross-entropy of each row, ``(..., batch)``, for floating targets ``(..., batch, 1)``."""
        self.check_targets(logits, targets)
        return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return ``(1 - sigmoid, sigmoid)`` of the logit, each computed without cancellation."""
        return torch.cat([torch.sigmoid(-logits), torch.sigmoid(logits)], -1)

    def predictions(self, logits: Tensor) -> Tensor:
        """Return class 1 where the logit is above 0, which is where its sigmoid is above 0.5."""
        return (logits.squeeze(-1) > 0).long()

    def prior_logits(self, priors: Tensor) -> Tensor:
        """Return the log-odds of class 1."""
        return priors[1:].log() - priors[:1].log()

    def target_probabilities(self, codes: Tensor, n_outputs: int, dtype: torch.dtype) -> Tensor:  # noqa: ARG002
        """Return 0.0 or 1.0, the class index itself."""
        return codes.to(dtype).unsqueeze(-2)

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the sigmoid of the logit, less the target."""
        return torch.sigmoid(logits).sub_(targets)

    def transposed_losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the binary cross-entropy: minus the log of the sigmoid of the logit, negated for class 0."""
        return functional.logsigmoid(logits * (2 * targets - 1)).neg_().squeeze(-2)

    def transposed_hits(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return whether the logit is above 0 just where the class is 1."""
        return ((logits > 0) == (targets > 0)).squeeze(-2)


HEADS: MappingProxyType[str, Head] = MappingProxyType({"softmax": SoftmaxHead(), "logit": LogitHead()})
"""Every head by name."""


def head_for(name: str, n_classes: int) -> Head:
    """Return the head for ``n_classes`` classes and a network's ``head`` setting; refuse classes it cannot separate."""
    if name == "auto":
        name = "logit" if n_classes == 2 else "softmax"
    head = HEADS[name]
    head.n_outputs(n_classes)
    return head
